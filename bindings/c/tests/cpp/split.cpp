// Splitting, in one call and while input arrives, and a recording sent in parts.
#include <algorithm>

#include "simulator.hpp"

namespace {

voxline::options six_seconds() {
    auto options = voxline::options::profile("chat-16k");
    options.set("target.encoding", "pcm").set("split.max_duration_s", 6);
    return options;
}

// Parts as they come, joined without what they repeat.
struct Joined {
    std::vector<std::uint8_t> bytes;
    std::uint64_t parts = 0, end = 0, wrong = 0;
    voxline::cut last = voxline::cut::speech;

    void take(const voxline::part_view &part) {
        const voxline::part_info info = part.info();
        const auto fresh = part.output().from(2 * info.overlap_frames);
        bytes.insert(bytes.end(), fresh.begin(), fresh.end());
        wrong += info.index != parts || info.start_frame + info.overlap_frames != end || info.sample_rate_hz != 16000;
        wrong += info.frames > 96000 || part.output().size() != 2 * info.frames || !part.output(1).empty();
        wrong += part.json().get_i64("end_frame") != static_cast<std::int64_t>(info.end_frame());
        wrong += part.json().get_f64("start_s") != info.start_s() || info.end_s() <= info.start_s();
        end = info.end_frame();
        last = info.cut;
        parts++;
    }
    bool is(voxline::bytes_view whole) const {
        return wrong == 0 && parts >= 3 && last == voxline::cut::end && same(bytes, whole);
    }
};

void parts_joined_are_the_whole() {
    const auto options = six_seconds();
    const auto mp3 = read_asset("call.mp3");
    const auto whole = voxline::prepare_bytes(mp3, options);
    Joined by_path, by_bytes, by_stream;
    const auto report = voxline::split_path(asset("call.mp3"), [&](const voxline::part_view &p) { by_path.take(p); }, options);
    CHECK(by_path.is(whole.output()) && report->target().frames == by_path.end);
    if (!counts().is_slow) {
        int calls = 0;
        voxline::split_bytes(
            mp3, [&](const voxline::part_view &p) { by_bytes.take(p); }, options,
            [&](const voxline::progress &) { calls++; });
        CHECK(by_bytes.is(whole.output()) && calls > 1);
        std::ifstream file(asset("call.mp3"), std::ios::binary);
        voxline::split_reader(file, [&](const voxline::part_view &p) { by_stream.take(p); }, options);
        CHECK(by_stream.is(whole.output()));
    }
    int seen = 0;
    FAILS(cancelled, "parts", voxline::try_split_bytes(mp3, [&](const voxline::part_view &) {
              return ++seen == 2 ? voxline::verdict::cancel : voxline::verdict::proceed;
          }, options));
    CHECK(seen == 2);
    int thrown = 0;
    try {
        voxline::split_bytes(mp3, [](const voxline::part_view &) { throw 41; }, options);
    } catch (int number) {
        thrown = number;
    }
    CHECK(thrown == 41);
    THROWS(io, "no-such-file", voxline::split_path("no-such-file", [](const voxline::part_view &) {}));
    FAILS(io, "-3", voxline::try_split_reader([](voxline::span<std::uint8_t>) { return -3; },
                                              [](const voxline::part_view &) {}));
}

void parts_come_while_input_arrives() {
    auto options = six_seconds();
    options.set("split.overlap_ms", 200);
    const auto mp3 = read_asset("call.mp3");
    const auto whole = voxline::prepare_bytes(mp3, options);
    Joined joined;
    voxline::splitter splitter(options);
    CHECK(!splitter.pull() && splitter.pull().news == voxline::flow::need_more);
    for (std::size_t at = 0; at < mp3.size(); at += 4096) {
        splitter.push(voxline::bytes_view(mp3).from(at).first(4096));
        for (const voxline::part &part : splitter.parts()) {
            joined.take(part.view());
        }
    }
    CHECK(joined.parts >= 2);
    splitter.end_input();
    auto rest = splitter.try_parts();
    for (const voxline::part &part : rest) {
        CHECK(part->info().outputs == 1);
        joined.take(part.view());
    }
    CHECK(rest.news() == voxline::flow::end && !rest.failure() && joined.is(whole.output()));
    const auto report = splitter.finish();
    CHECK(report->target().frames == joined.end);
    FAILS(invalid_state, "", splitter.try_finish());
    // A part outlives its splitter; what is no audio ends the loop.
    auto other = voxline::splitter(options);
    other.push(mp3);
    static_cast<void>(other.finish());
    auto pulled = other.pull();
    other = voxline::splitter();
    CHECK(pulled && pulled.value->view().info().start_frame == 0 && !pulled.value->view().output().empty());
    const std::string_view text = "This is no sound at all, whatever its name may say about it.";
    other.push(voxline::bytes_of(text));
    other.end_input();
    auto none = other.try_parts();
    CHECK(none.begin() == none.end() && none.failure()->status() == voxline::status::unsupported_format);
    const auto gone = std::move(other);
    FAILS(null_pointer, "", other.try_pull());
}

void a_long_call_is_answered_in_parts() {
    const Simulator simulator("ok,drop");
    const voxline::chat_client client(simulator.at().set("access_token", CHAT_TOKEN));
    const auto options = six_seconds();
    std::uint64_t heard = 0, failed = 0;
    voxline::chat_long_how how;
    how.on_failure = voxline::on_failure::go_on;
    auto answer = voxline::chat_long_path(client, asset("call.mp3"), options, voxline::settings().set("tts", true), how,
                                          [&](const voxline::chat_part &part) {
                                              CHECK(part.index == heard++ && part.end_s > part.start_s);
                                              failed += part.status != voxline::status::ok;
                                          });
    CHECK(heard >= 3 && failed == 1 && answer.count() == heard && !answer.is_complete() && !answer.fault());
    for (const voxline::chat_part &part : answer.parts()) {
        CHECK((part.index == 1) == !part.try_answer());
        CHECK((part.index + 1 == heard) == (part.cut == voxline::cut::end));
        if (part.index == 0) {
            CHECK(!part.answer().text().empty() && client.fetch_audio(part.answer()));
        } else if (part.index == 1) {
            THROWS(outcome_unknown, "", part.answer());
        }
    }
    CHECK(answer.resend(1, client) && answer.is_complete() && !answer.resend(99, client));
    FAILS(invalid_state, "answer", answer.try_resend(1, client));
    CHECK(answer.report()->target().frames == 246498);

    // No more is sent when the callback says so, or throws.
    const auto stopped = voxline::chat_long_path(client, asset("call.mp3"), options, {}, {}, [](const voxline::chat_part &) {
        return voxline::verdict::cancel;
    });
    CHECK(stopped.count() == 1 && stopped.fault()->status() == voxline::status::cancelled && !stopped.report());
    int thrown = 0;
    try {
        voxline::chat_long_bytes(client, read_asset("call.wav"), options, {}, {}, [](const voxline::chat_part &) { throw 42; });
    } catch (int number) {
        thrown = number;
    }
    CHECK(thrown == 42);
    const voxline::cancel_token cancel;
    cancel.cancel();
    how.cancel = &cancel;
    std::ifstream file(asset("call.mp3"), std::ios::binary);
    const auto nothing = voxline::chat_long_reader(client, file, options, {}, how);
    CHECK(nothing.count() == 0 && nothing.fault()->status() == voxline::status::cancelled);
    FAILS(io, "no-such-file", voxline::try_chat_long_path(client, "no-such-file", options));
    FAILS(invalid_argument, "", voxline::try_chat_long_path(client, asset("call.mp3"), options,
                                                            voxline::settings().set("token", "t")));
}

}  // namespace

void test_split() {
    parts_joined_are_the_whole();
    parts_come_while_input_arrives();
    a_long_call_is_answered_in_parts();
}
