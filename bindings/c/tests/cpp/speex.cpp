// The codec frame by frame, as C has it.
#include <cmath>

#include "check.hpp"

namespace {

std::vector<std::int16_t> tone(std::size_t samples) {
    std::vector<std::int16_t> out(samples);
    for (std::size_t i = 0; i < samples; i++) {
        out[i] = static_cast<std::int16_t>(8000 * std::sin(0.2 * static_cast<double>(i)));
    }
    return out;
}

void packets_are_those_of_c() {
    for (auto mode : {voxline::speex_mode::narrowband, voxline::speex_mode::wideband}) {
        voxline::speex_encoder encoder(mode, 6, 2);
        voxline_speex_encoder *c = nullptr;
        std::size_t samples = 0, bytes = 0, lookahead = 0, size = 0;
        voxline_speex_encoder_new(static_cast<std::int32_t>(mode), 6, 2, &c, nullptr);
        voxline_speex_encoder_sizes(c, &samples, &bytes, &lookahead, nullptr);
        CHECK(encoder.frame_samples() == samples && encoder.packet_bytes() == bytes);
        CHECK(encoder.lookahead_samples() == lookahead && samples > 0);
        const auto speech = tone(4 * samples);
        std::vector<std::uint8_t> packet(200), other(200);
        voxline::speex_decoder decoder(mode);
        CHECK(decoder.frame_samples() == samples);
        std::vector<std::int16_t> frame(samples);
        double power = 0;
        for (std::size_t at = 0; at < speech.size(); at += samples) {
            const auto piece = voxline::samples_view(speech).from(at).first(samples);
            const auto coded = encoder.encode(piece, packet);
            voxline_speex_encode(c, piece.data(), samples, other.data(), other.size(), &size, nullptr);
            CHECK(coded.size() == bytes && coded.data() == packet.data());
            CHECK(same(coded, voxline::span(other).first(size)));
            decoder.decode(coded, frame);
            for (auto sample : frame) {
                power += double(sample) * sample;
            }
        }
        CHECK(power > 1e6 * static_cast<double>(samples));
        voxline_speex_encoder_free(c);
    }
}

void a_lost_packet_is_said_and_an_empty_one_is_damage() {
    voxline::speex_encoder encoder(voxline::speex_mode::narrowband);
    voxline::speex_decoder decoder(voxline::speex_mode::narrowband);
    std::vector<std::uint8_t> packet(encoder.packet_bytes());
    const auto speech = tone(160);
    std::vector<std::int16_t> frame(160), before;
    for (int i = 0; i < 3; i++) {
        encoder.encode(speech, packet);
        decoder.decode(packet, frame);
    }
    before = frame;
    // An empty vector has no address: C would take it for a lost one.
    FAILS(malformed_input, "no frame", decoder.try_decode(std::vector<std::uint8_t>(), frame));
    CHECK(frame == before);
    decoder.conceal(frame);
    CHECK(frame != before && frame != std::vector<std::int16_t>(160));
    std::vector<std::int16_t> shorter(159);
    THROWS(invalid_argument, "159", decoder.decode(packet, shorter));
    THROWS(invalid_argument, "159", decoder.conceal(shorter));
    THROWS(invalid_argument, "159", encoder.encode(shorter, packet));
    THROWS(buffer_too_small, "", encoder.encode(speech, voxline::span(packet).first(3)));
    FAILS(invalid_argument, "quality", voxline::speex_encoder::try_create(voxline::speex_mode::wideband, 11));
    FAILS(invalid_argument, "mode", voxline::speex_decoder::try_create(static_cast<voxline::speex_mode>(7)));
}

void reset_is_new() {
    voxline::speex_encoder used(voxline::speex_mode::wideband), fresh(voxline::speex_mode::wideband);
    voxline::speex_decoder old(voxline::speex_mode::wideband), young(voxline::speex_mode::wideband);
    std::vector<std::uint8_t> first(used.packet_bytes()), second(used.packet_bytes());
    std::vector<std::int16_t> one(320), other(320);
    const auto speech = tone(320);
    used.encode(speech, first);
    used.encode(speech, second);
    CHECK(first != second);
    old.decode(second, one);
    used.reset();
    old.reset();
    used.encode(speech, first);
    fresh.encode(speech, second);
    CHECK(first == second);
    old.decode(first, one);
    young.decode(first, other);
    CHECK(one == other);
}

}  // namespace

void test_speex() {
    packets_are_those_of_c();
    a_lost_packet_is_said_and_an_empty_one_is_damage();
    reset_is_new();
}
