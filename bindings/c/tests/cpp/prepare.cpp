// Every way in gives the same bytes; reports tell what C tells.
#include <sstream>

#include "check.hpp"

namespace {

void every_way_in_gives_the_same() {
    const auto mp3 = read_asset("call.mp3");
    const auto by_path = voxline::prepare_path(asset("call.mp3"));
    const auto whole = by_path.output();
    CHECK(whole.size() == 44 + 2 * 246498 && whole[0] == 'R' && whole[24] == 0x80 && whole[25] == 0x3e);
    CHECK(by_path.output(1).empty() && by_path.output(SIZE_MAX).empty());
    if (counts().is_slow) {
        return;
    }
    const auto by_bytes = voxline::prepare_bytes(mp3);
    CHECK(same(by_bytes.output(), whole));
    std::ifstream file(asset("call.mp3"), std::ios::binary);
    const auto by_stream = voxline::prepare_reader(file);
    CHECK(same(by_stream.output(), whole));
    std::size_t at = 0, step = 0;
    const auto by_reader = voxline::prepare_reader([&](voxline::span<std::uint8_t> buffer) {
        step = step % 4999 + 7;
        const auto piece = voxline::bytes_view(mp3).from(at).first(std::min(step, buffer.size()));
        std::copy(piece.begin(), piece.end(), buffer.begin());
        at += piece.size();
        return piece.size();
    });
    CHECK(same(by_reader.output(), whole) && at == mp3.size());
}

void samples_are_those_of_the_wav() {
    const auto wav = voxline::prepare_path(asset("call.wav"));
    const auto audio = voxline::decode_path(asset("call.wav"));
    CHECK(audio.sample_rate_hz() == 16000 && audio.channel_count() == 1 && audio.frames() == audio.samples().size());
    std::size_t wrong = 0, i = 0;
    for (std::int16_t sample : audio.samples()) {
        const auto at = 44 + 2 * i++;
        wrong += sample != static_cast<std::int16_t>(wav.output()[at] | wav.output()[at + 1] << 8);
    }
    CHECK(wrong == 0 && 44 + 2 * i == wav.output().size() && i > 100000);
    CHECK(audio.report().target().frames == audio.frames());
    const auto bytes = read_asset("call.wav");
    const auto from_memory = voxline::decode_bytes(bytes);
    CHECK(same(from_memory.samples(), audio.samples()));
    std::istringstream stream(std::string(bytes.begin(), bytes.end()));
    const auto streamed = voxline::decode_reader(stream);
    CHECK(same(streamed.samples(), audio.samples()));
}

void split_channels_are_outputs() {
    // 3 frames of two channels, headerless.
    const std::uint8_t pcm[] = {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0};
    voxline::options options;
    options.set("input.raw_format", "s16le").set("input.raw_channels", 2).set("input.raw_rate_hz", 16000);
    const auto both = voxline::decode_bytes(pcm, options.set("target.channels", "keep"));
    const std::int16_t interleaved[] = {1, 2, 3, 4, 5, 6};
    CHECK(both.channel_count() == 2 && both.frames() == 3 && same(both.samples(), voxline::span(interleaved)));
    const auto sides = voxline::decode_bytes(pcm, options.set("target.channels", "split"));
    std::vector<std::vector<std::int16_t>> found;
    for (voxline::samples_view side : sides.outputs()) {
        found.emplace_back(side.begin(), side.end());
    }
    CHECK(found == std::vector<std::vector<std::int16_t>>{{1, 3, 5}, {2, 4, 6}});
    const auto bytes = voxline::prepare_bytes(pcm, options.set("target.encoding", "pcm"));
    std::size_t outputs = 0;
    for (voxline::bytes_view side : bytes.outputs()) {
        CHECK(side.size() == 6 && side[0] == outputs + 1);
        outputs++;
    }
    CHECK(outputs == 2 && bytes.report().target().outputs == 2);
    const auto text = voxline::prepare_bytes(pcm, options.set("target.base64", true));
    CHECK(text.text(0) == "AQADAAUA" && text.text(1) == "AgAEAAYA" && text.text(2).empty());
}

void a_report_tells_what_c_tells() {
    const auto prepared = voxline::prepare_path(asset("call.wav"));
    const auto report = prepared.report();
    const auto json = report.json();
    CHECK(json.front() == '{' && json.back() == '}');
    const auto source = report.source();
    const auto target = report.target();
    const auto whole = [&](const char *key) { return report.get_u64(key).value(); };
    CHECK(source.container == report.get_text("source.container") && source.container == "wav");
    CHECK(source.codec == report.get_text("source.codec") && source.codec.substr(0, 4) == "pcm_");
    CHECK(source.sample_rate_hz == whole("source.sample_rate_hz") && source.sample_rate_hz >= 8000);
    CHECK(source.channel_count == whole("source.channel_count") && source.channel_count > 0);
    CHECK(source.channel_mask == whole("source.channel_mask"));
    CHECK(source.frames == whole("source.frames") && source.frames > 0);
    CHECK(source.duration_s == report.get_f64("source.duration_s") && source.duration_s > 1);
    CHECK(source.duration_exact == (whole("source.duration_exact") != 0) && source.duration_exact);
    CHECK(source.encoder_delay_frames == report.get_u64("source.encoder_delay_frames") && !source.encoder_delay_frames);
    CHECK(source.encoder_padding_frames == report.get_u64("source.encoder_padding_frames"));
    CHECK(source.bad_frames == whole("source.bad_frames") && source.samples_nan == whole("source.samples_nan"));
    CHECK(source.input_bytes == read_asset("call.wav").size());
    CHECK(target.encoding == "wav" && target.sample_rate_hz == 16000 && target.channel_count == 1);
    CHECK(target.outputs == 1 && target.frames == whole("target.frames") && target.frames > 0);
    CHECK(target.duration_s == report.get_f64("target.duration_s") && target.duration_s > 1);
    CHECK(target.bytes == prepared.output().size() && !target.packet_bytes);
    CHECK(target.samples_clipped == whole("target.samples_clipped"));
    std::size_t levels = 0;
    for (const voxline::channel_level &level : report.source_levels()) {
        const std::string key = "source.channels." + std::to_string(levels++);
        CHECK(level.peak_dbfs == report.get_f64(key + ".peak_dbfs") && level.rms_dbfs == report.get_f64(key + ".rms_dbfs"));
        CHECK(*level.peak_dbfs > *level.rms_dbfs);
    }
    CHECK(levels == source.channel_count && levels == report.length("source.channels"));
    for (const voxline::channel_level &level : report.target_levels()) {
        CHECK(level.peak_dbfs == report.get_f64("target.channels.0.peak_dbfs"));
    }
    THROWS(invalid_argument, "target.frame", report.get_u64("target.frame"));
    THROWS(invalid_argument, "whole number", report.get_u64("source.codec"));
    FAILS(invalid_argument, "text", report.try_get_text("source.frames"));
    FAILS(invalid_argument, "list", report.try_length("source.frames"));
    const voxline::report owned = voxline::inspect_path(asset("call.wav"));
    CHECK(owned->source().frames == source.frames && owned->target().frames == 0 && owned.view().json() != json);
    std::ifstream file(asset("call.wav"), std::ios::binary);
    const auto read = voxline::inspect_reader(file);
    CHECK(read.view().json() == owned.view().json());
    FAILS(io, "-1", voxline::try_inspect_reader([](voxline::span<std::uint8_t>) { return -1; }));
}

void warnings_are_a_range() {
    auto cut = read_asset("call.wav");
    cut.erase(cut.end() - 1001, cut.end());
    // The suite runs with strict input in the environment; these options do not look at it.
    const auto report = voxline::inspect_bytes(cut);
    std::size_t count = 0;
    for (const voxline::warning &warning : report->warnings()) {
        CHECK(warning.count > 0 && !warning.message.empty());
        CHECK(warning.code == report->get_text("warnings." + std::to_string(count) + ".code"));
        count++;
    }
    CHECK(count == report->length("warnings") && count > 0);
    FAILS(truncated_input, "", voxline::try_inspect_bytes(cut, voxline::options().set("input.strict", true)));
}

}  // namespace

void test_prepare() {
    every_way_in_gives_the_same();
    samples_are_those_of_the_wav();
    split_channels_are_outputs();
    a_report_tells_what_c_tells();
    warnings_are_a_range();
}
