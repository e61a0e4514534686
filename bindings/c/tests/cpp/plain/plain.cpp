// What works with exceptions and RTTI turned off. Linked into the other tests too: the two kinds get along.
#include <algorithm>

#include "../check.hpp"

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "to be compiled with -fno-exceptions -fno-rtti"
#endif
static_assert(VOXLINE_EXCEPTIONS == 0, "found out by itself");

namespace {

void errors_are_values() {
    const auto none = voxline::try_prepare_path("no-such-file");
    CHECK(!none && none.error().status() == voxline::status::io);
    CHECK(none.error().message().find("no-such-file") != std::string_view::npos);
    voxline::options options;
    FAILS(unknown_option, "target.sample_rate_hz", options.try_set("target.samplerate", 8000));
    CHECK(options.try_set("target.sample_rate_hz", 8000) && *options.try_get("target.sample_rate_hz") == "8000");
    const char *missing = nullptr;
    FAILS(null_pointer, "null pointer", options.try_set("target.encoding", missing));
    CHECK(options.try_validate() && voxline::options::try_profile("chat-16k")->handle() != nullptr);
}

void a_recording_goes_through() {
    const auto wav = read_asset("call.wav");
    int calls = 0;
    const auto whole = voxline::try_prepare_bytes(wav, {}, [&](const voxline::progress &) { calls++; });
    CHECK(whole && calls > 1 && whole->report().source().container == "wav");
    FAILS(cancelled, "", voxline::try_decode_bytes(wav, {}, [](const voxline::progress &) {
              return voxline::verdict::cancel;
          }));
    auto preparer = voxline::preparer::try_create();
    std::uint8_t buffer[4096];
    std::size_t size = 0;
    CHECK(preparer && preparer->try_push(wav) && preparer->try_finish());
    auto rest = preparer->try_chunks(buffer);
    for (voxline::bytes_view chunk : rest) {
        size += chunk.size();
    }
    CHECK(rest.news() == voxline::flow::end && !rest.failure() && size == whole->output().size());
    std::ifstream file(asset("call.wav"), std::ios::binary);
    const auto audio = voxline::try_decode_reader(file);
    CHECK(audio && 2 * audio->frames() + 44 == size);
}

void readers_say_what_went_wrong() {
    FAILS(io, "-7", voxline::try_prepare_reader([](voxline::span<std::uint8_t>) { return -7; }));
    const auto refuses = [](voxline::span<std::uint8_t>) -> voxline::result<std::size_t> {
        return voxline::error_info(voxline::status::timeout, "ours", "nobody came");
    };
    FAILS(timeout, "nobody came", voxline::try_prepare_reader(refuses));
    FAILS(timeout, "nobody came", voxline::try_decode_reader(refuses));
    FAILS(null_pointer, "", voxline::try_prepare_reader(voxline::recording_stream(nullptr)));
    const auto wav = read_asset("call.wav");
    std::size_t at = 0;
    const auto read = voxline::try_decode_reader([&](voxline::span<std::uint8_t> b) -> voxline::result<std::size_t> {
        const auto piece = voxline::bytes_view(wav).from(at).first(b.size());
        std::copy(piece.begin(), piece.end(), b.begin());
        at += piece.size();
        return piece.size();
    });
    CHECK(read && at == wav.size());
}

void codec_and_text_go_through() {
    auto encoder = voxline::speex_encoder::try_create(voxline::speex_mode::narrowband);
    auto decoder = voxline::speex_decoder::try_create(voxline::speex_mode::narrowband);
    std::vector<std::int16_t> frame(160, 500);
    std::uint8_t packet[100];
    const auto coded = encoder->try_encode(frame, packet);
    CHECK(coded && decoder->try_decode(*coded, frame) && decoder->try_conceal(frame));
    int frames = 0;
    CHECK(decoder->try_decode_frames(*coded, [&](voxline::samples_view) { frames++; }) && frames == 1);
    CHECK(*voxline::try_base64_encode(voxline::bytes_of(std::string_view("fooba"))) == "Zm9vYmE=");
}

void long_recordings_are_cut_and_examined() {
    const auto wav = read_asset("call.wav");
    voxline::options options;
    CHECK(options.try_set("split.max_duration_s", 3) && options.try_set("target.encoding", "pcm"));
    std::size_t parts = 0, size = 0;
    const auto whole = voxline::try_split_bytes(wav, [&](const voxline::part_view &part) {
        CHECK(part.info().index == parts++ && part.output().size() <= 96000);
        size += part.output().size();
    }, options);
    CHECK(whole && parts >= 3 && size == 2 * (*whole)->target().frames);
    FAILS(cancelled, "", voxline::try_split_bytes(wav, [](const voxline::part_view &) { return voxline::verdict::cancel; }));
    const auto refuses = [](voxline::span<std::uint8_t>) -> voxline::result<std::size_t> {
        return voxline::error_info(voxline::status::timeout, "ours", "nobody came");
    };
    FAILS(timeout, "nobody came", voxline::try_split_reader(refuses, [](const voxline::part_view &) {}));
    auto splitter = voxline::splitter::try_create(options);
    CHECK(splitter && splitter->try_push(wav) && splitter->try_end_input());
    auto rest = splitter->try_parts();
    for (const voxline::part &part : rest) {
        size -= part->output().size();
    }
    CHECK(size == 0 && !rest.failure() && splitter->try_finish());
    const auto diagnosis = voxline::try_doctor_bytes(wav);
    CHECK(diagnosis && diagnosis->worst() == voxline::severity::none);
    FAILS(timeout, "nobody came", voxline::try_doctor_reader(refuses));
    const auto client = voxline::chat_client::try_create([] {
        voxline::settings settings;
        CHECK(settings.try_set("base_url", "http://127.0.0.1:1") && settings.try_set("access_token", "t"));
        return settings;
    }());
    FAILS(io, "no-such-file", voxline::try_chat_long_path(*client, "no-such-file", options));
    const auto lost = voxline::try_chat_long_reader(*client, refuses, options);
    CHECK(lost && lost->count() == 0 && lost->fault()->status() == voxline::status::timeout);
}

}  // namespace

void test_plain() {
    errors_are_values();
    a_recording_goes_through();
    readers_say_what_went_wrong();
    long_recordings_are_cut_and_examined();
    codec_and_text_go_through();
}
