// The call doctor: findings are those of the JSON, and a sound recording has none.
#include "check.hpp"

namespace {

// Headerless, 10 s of two channels at 8 kHz: a call on the first, the same on the second, upside down.
std::vector<std::uint8_t> upside_down() {
    const auto audio = voxline::decode_path(asset("call.mp3"), voxline::options::profile("chat-8k"));
    std::vector<std::uint8_t> pcm;
    for (std::int16_t sample : audio.samples().first(80000)) {
        for (int value : {static_cast<int>(sample), -static_cast<int>(sample)}) {
            pcm.push_back(static_cast<std::uint8_t>(value));
            pcm.push_back(static_cast<std::uint8_t>(value >> 8));
        }
    }
    return pcm;
}

void findings_are_a_range() {
    voxline::options raw;
    raw.set("input.raw_format", "s16le").set("input.raw_channels", 2).set("input.raw_rate_hz", 8000);
    const auto pcm = upside_down();
    const auto diagnosis = voxline::doctor_bytes(pcm, raw);
    std::size_t count = 0, inverted = 0;
    auto worst = voxline::severity::none;
    for (const voxline::finding &finding : diagnosis.findings()) {
        const std::string at = "findings." + std::to_string(count);
        CHECK(finding.name == diagnosis.json().get_text(at + ".name"));
        CHECK(finding.what == diagnosis.json().get_text(at + ".what"));
        CHECK(finding.advice == diagnosis.json().get_text(at + ".advice"));
        CHECK(finding.channels.size() == diagnosis.json().length(at + ".channels"));
        CHECK(finding.figures.front() == '[' && !finding.figure("no such figure"));
        for (std::size_t i = 0; i < diagnosis.json().length(at + ".figures"); i++) {
            const std::string figure = at + ".figures." + std::to_string(i);
            const auto name = diagnosis.json().get_text(figure + ".name");
            CHECK(finding.figure(*name) == diagnosis.json().get_f64(figure + ".value"));
        }
        if (finding.name == "inverted_channels") {
            inverted++;
            CHECK(finding.channels.size() == 2 && finding.channels[0] == 1 && finding.channels[1] == 2);
        }
        worst = std::max(worst, finding.severity);
        count++;
    }
    CHECK(inverted == 1 && count == diagnosis.count() && worst == diagnosis.worst() && worst >= voxline::severity::warning);
    CHECK(diagnosis.report().source().frames == 80000);
}

void every_way_in_says_the_same() {
    const auto by_path = voxline::doctor_path(asset("call.wav"));
    CHECK(by_path.count() == 0 && by_path.worst() == voxline::severity::none);
    CHECK(*by_path.json().get_f64("channels.1.speech_ratio") > 0.3 && by_path.json().get_f64("pair.correlation"));
    std::ifstream file(asset("call.wav"), std::ios::binary);
    const auto by_stream = voxline::doctor_reader(file);
    CHECK(by_stream.json().text() == by_path.json().text());
    int calls = 0;
    FAILS(cancelled, "", voxline::try_doctor_path(asset("call.wav"), {}, [&](const voxline::progress &) {
              calls++;
              return voxline::verdict::cancel;
          }));
    CHECK(calls == 1);
    THROWS(io, "no-such-file", voxline::doctor_path("no-such-file"));
    auto moved = voxline::doctor_path(asset("call.wav"));
    const auto other = std::move(moved);
    CHECK(moved.worst() == voxline::severity::none && moved.count() == 0 && other.json().length("channels") == 2);
}

}  // namespace

void test_doctor() {
    findings_are_a_range();
    every_way_in_says_the_same();
}
