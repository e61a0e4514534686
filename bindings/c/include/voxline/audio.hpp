/** @file audio.hpp
 * Whole results in memory: prepared bytes and decoded samples.
 */
#ifndef VOXLINE_AUDIO_HPP
#define VOXLINE_AUDIO_HPP

#include <cstdint>
#include <string_view>

#include "call.hpp"
#include "report.hpp"
#include "span.hpp"

namespace voxline {
inline namespace VOXLINE_VARIANT {

namespace detail {

/** The outputs of a handle, as bytes. */
template <class H, auto Function>
struct fetch_bytes {
    using value_type = bytes_view;
    const H *handle = nullptr;
    bool operator()(std::size_t index, bytes_view &value) const noexcept {
        const std::uint8_t *data = nullptr;
        std::size_t size = 0;
        const bool is_there = Function(handle, index, &data, &size, nullptr) == VOXLINE_OK;
        value = bytes_view(data, size);
        return is_there;
    }
    /** Nothing when there is no such output. */
    bytes_view at(std::size_t index) const noexcept {
        bytes_view bytes;
        return (*this)(index, bytes) ? bytes : bytes_view();
    }
};

using fetch_output = fetch_bytes<voxline_prepared, &voxline_prepared_output>;

/** For what is base64. */
inline std::string_view text_of_bytes(bytes_view bytes) noexcept {
    return bytes.empty() ? std::string_view()
                         : std::string_view(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

struct fetch_samples {
    using value_type = samples_view;
    const voxline_audio *audio = nullptr;
    std::size_t channel_count = 0;
    bool operator()(std::size_t index, samples_view &value) const noexcept {
        const std::int16_t *samples = nullptr;
        std::size_t frames = 0;
        const bool is_there = voxline_audio_samples(audio, index, &samples, &frames, nullptr) == VOXLINE_OK;
        value = samples_view(samples, frames * channel_count);
        return is_there;
    }
};

}  // namespace detail

/**
 * Prepared audio: for each output the bytes that a service takes. It is never changed: threads may read it together. There
 * is one output, or one a channel when target.channels is split. One that was moved from has none.
 */
class prepared {
public:
    /** Takes over what C gave. */
    explicit prepared(voxline_prepared *handle) noexcept : handle_(handle) {}

    /** The bytes of one output, from 0, as target.encoding and target.base64 say; nothing when there is no such output. They
     * live as long as this object. */
    bytes_view output(std::size_t index = 0) const & noexcept {
        return detail::fetch_output{handle_.get()}.at(index);
    }
    bytes_view output(std::size_t index = 0) const && = delete;

    /** The same as text, for what is base64. */
    std::string_view text(std::size_t index = 0) const & noexcept {
        return detail::text_of_bytes(output(index));
    }
    std::string_view text(std::size_t index = 0) const && = delete;

    /** Every output: `for (voxline::bytes_view bytes : prepared.outputs())`. */
    detail::sequence<detail::fetch_output> outputs() const & {
        return detail::sequence(detail::fetch_output{handle_.get()});
    }
    detail::sequence<detail::fetch_output> outputs() const && = delete;

    /** What was found and done; the view must not outlive this object. */
    report_view report() const & noexcept {
        const voxline_report *report = nullptr;
        voxline_prepared_report(handle_.get(), &report, nullptr);
        return report_view(report);
    }
    report_view report() const && = delete;

    /** For functions of C; it stays with this object. */
    const voxline_prepared *handle() const noexcept { return handle_.get(); }

private:
    detail::handle<voxline_prepared, &voxline_prepared_free> handle_;
};

/**
 * Decoded audio: 16-bit samples, interleaved. It is never changed: threads may read it together. There is one output, or one
 * a channel when target.channels is split. One that was moved from has none.
 */
class audio {
public:
    /** Takes over what C gave. */
    explicit audio(voxline_audio *handle) noexcept : handle_(handle) {
        voxline_audio_format(handle, &sample_rate_hz_, &channel_count_, nullptr);
    }

    /** The samples of one output, from 0; nothing when there is no such output. They live as long as this object. */
    samples_view samples(std::size_t output = 0) const & noexcept {
        samples_view samples;
        const bool is_there = detail::fetch_samples{handle_.get(), channel_count_}(output, samples);
        return is_there ? samples : samples_view();
    }
    samples_view samples(std::size_t output = 0) const && = delete;

    /** Every output. */
    detail::sequence<detail::fetch_samples> outputs() const & {
        return detail::sequence(detail::fetch_samples{handle_.get(), channel_count_});
    }
    detail::sequence<detail::fetch_samples> outputs() const && = delete;

    /** The rate in Hz. */
    std::uint32_t sample_rate_hz() const noexcept { return sample_rate_hz_; }
    /** The channels of one output. */
    std::uint16_t channel_count() const noexcept { return channel_count_; }
    /** The frames of one output. */
    std::size_t frames() const noexcept { return channel_count_ == 0 ? 0 : samples().size() / channel_count_; }

    /** What was found and done; the view must not outlive this object. */
    report_view report() const & noexcept {
        const voxline_report *report = nullptr;
        voxline_audio_report(handle_.get(), &report, nullptr);
        return report_view(report);
    }
    report_view report() const && = delete;

private:
    detail::handle<voxline_audio, &voxline_audio_free> handle_;
    std::uint32_t sample_rate_hz_ = 0;
    std::uint16_t channel_count_ = 0;
};

}  // namespace VOXLINE_VARIANT
}  // namespace voxline

#endif
