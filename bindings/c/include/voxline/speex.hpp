/** @file speex.hpp
 * Speex frame by frame. Files and streams in a container go through prepare.hpp and preparer.hpp.
 */
#ifndef VOXLINE_SPEEX_HPP
#define VOXLINE_SPEEX_HPP

#include <cstdint>

#include "call.hpp"
#include "callback.hpp"
#include "span.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

/** The Speex modes. A frame is 20 ms of one channel. */
enum class speex_mode : std::int32_t {
    /** 8 kHz, 160 samples a frame. */
    narrowband = VOXLINE_SPEEX_NARROWBAND,
    /** 16 kHz, 320 samples a frame. */
    wideband = VOXLINE_SPEEX_WIDEBAND,
};

/** Speaks Speex. One thread at a time may use it. One that was moved from answers with status::null_pointer. */
class speex_encoder {
public:
    /** Quality is 0 to 10 (8 is usual), complexity 1 to 10 (3 is usual). Errors: invalid_argument. */
    [[nodiscard]] static result<speex_encoder> try_create(speex_mode mode, int quality = 8, int complexity = 3) {
        voxline_speex_encoder *made = nullptr;
        auto outcome = detail::call(voxline_speex_encoder_new, static_cast<std::int32_t>(mode),
                                    static_cast<std::int32_t>(quality), static_cast<std::int32_t>(complexity), &made);
        return outcome ? result<speex_encoder>(speex_encoder(made)) : outcome.failure();
    }

    /** The samples of a frame. */
    std::size_t frame_samples() const noexcept { return frame_samples_; }
    /** The bytes of every packet. */
    std::size_t packet_bytes() const noexcept { return packet_bytes_; }
    /** By how many samples the coded signal is late. */
    std::size_t lookahead_samples() const noexcept { return lookahead_samples_; }

    /**
     * Codes one frame into `packet` and gives the part that it fills, packet_bytes().
     *
     * Errors: invalid_argument for a frame of another length, buffer_too_small; the encoder is then as before.
     */
    result<bytes_view> try_encode(samples_view frame, span<std::uint8_t> packet) {
        std::size_t size = 0;
        auto outcome = detail::call(voxline_speex_encode, handle_.get(), frame.data(), frame.size(), packet.data(),
                                    packet.size(), &size);
        return outcome ? result<bytes_view>(packet.first(size)) : outcome.failure();
    }

    /** Forgets what it has heard: what follows is coded as by a new one. */
    result<void> try_reset() { return detail::call(voxline_speex_encoder_reset, handle_.get()).done(); }

#if VOXLINE_EXCEPTIONS
    explicit speex_encoder(speex_mode mode, int quality = 8, int complexity = 3)
        : speex_encoder(try_create(mode, quality, complexity).value()) {}
    bytes_view encode(samples_view frame, span<std::uint8_t> packet) { return try_encode(frame, packet).value(); }
    void reset() { try_reset().value(); }
#endif

private:
    explicit speex_encoder(voxline_speex_encoder *handle) noexcept : handle_(handle) {
        voxline_speex_encoder_sizes(handle, &frame_samples_, &packet_bytes_, &lookahead_samples_, nullptr);
    }

    detail::handle<voxline_speex_encoder, &voxline_speex_encoder_free> handle_;
    std::size_t frame_samples_ = 0;
    std::size_t packet_bytes_ = 0;
    std::size_t lookahead_samples_ = 0;
};

/** Understands Speex. One thread at a time may use it. One that was moved from answers with status::null_pointer. */
class speex_decoder {
public:
    /** Enhancement makes coarse coding sound cleaner. Errors: invalid_argument. */
    [[nodiscard]] static result<speex_decoder> try_create(speex_mode mode, bool enhancement = true) {
        voxline_speex_decoder *made = nullptr;
        auto outcome = detail::call(voxline_speex_decoder_new, static_cast<std::int32_t>(mode),
                                    static_cast<std::int32_t>(enhancement), &made);
        return outcome ? result<speex_decoder>(speex_decoder(made)) : outcome.failure();
    }

    /** The samples of a frame. */
    std::size_t frame_samples() const noexcept { return frame_samples_; }

    /**
     * Decodes a packet of one frame into `frame`, whose length is frame_samples().
     *
     * Errors: invalid_argument for a frame of another length; truncated_input and malformed_input for a damaged or empty
     * packet. Decoder and frame are then as before.
     */
    result<void> try_decode(bytes_view packet, span<std::int16_t> frame) {
        // NULL would stand for a packet that did not arrive.
        static constexpr std::uint8_t nothing = 0;
        const std::uint8_t *data = packet.empty() ? &nothing : packet.data();
        return detail::call(voxline_speex_decode, handle_.get(), data, packet.size(), frame.data(), frame.size()).done();
    }

    /** Makes up a frame whose packet did not arrive: the last sounds go on and fade. Errors: invalid_argument. */
    result<void> try_conceal(span<std::int16_t> frame) {
        const std::uint8_t *lost = nullptr;
        return detail::call(voxline_speex_decode, handle_.get(), lost, std::size_t{0}, frame.data(), frame.size()).done();
    }

    /**
     * Decodes a packet of any number of frames and hands each to `receive(samples_view)`; the samples hold until it returns.
     *
     * Once `receive` has thrown it gets no more frames; the exception comes out when the packet is decoded.
     *
     * Errors: truncated_input and malformed_input for a damaged packet; frames before the damage were handed over.
     */
    template <class F>
    result<void> try_decode_frames(bytes_view packet, F &&receive) {
        const auto step = [&receive](samples_view frame) {
            receive(frame);
            return 0;
        };
        detail::guest<decltype(step)> guest(step);
        auto outcome = detail::call(voxline_speex_decode_frames, handle_.get(), packet.data(), packet.size(),
                                    &received<decltype(step)>, static_cast<void *>(&guest));
        guest.rethrow();
        return outcome.done();
    }

    /** Forgets what it has heard; enhancement stays as it was set. */
    result<void> try_reset() { return detail::call(voxline_speex_decoder_reset, handle_.get()).done(); }

#if VOXLINE_EXCEPTIONS
    explicit speex_decoder(speex_mode mode, bool enhancement = true)
        : speex_decoder(try_create(mode, enhancement).value()) {}
    void decode(bytes_view packet, span<std::int16_t> frame) { try_decode(packet, frame).value(); }
    void conceal(span<std::int16_t> frame) { try_conceal(frame).value(); }
    template <class F>
    void decode_frames(bytes_view packet, F &&receive) {
        try_decode_frames(packet, receive).value();
    }
    void reset() { try_reset().value(); }
#endif

private:
    explicit speex_decoder(voxline_speex_decoder *handle) noexcept : handle_(handle) {
        voxline_speex_decoder_frame_samples(handle, &frame_samples_, nullptr);
    }

    template <class F>
    static void received(void *data, const std::int16_t *frame, std::size_t samples) noexcept {
        static_cast<detail::guest<F> *>(data)->template run<int>(0, samples_view(frame, samples));
    }

    detail::handle<voxline_speex_decoder, &voxline_speex_decoder_free> handle_;
    std::size_t frame_samples_ = 0;
};

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
