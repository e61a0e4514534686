// Callbacks of every kind; what they throw comes out again after the library has returned, and nothing passes through it.
#include <functional>
#include <memory>
#include <sstream>

#include "check.hpp"

namespace {

struct Ours {
    int number;
};

// What `call` throws as Ours, or -1.
template <class F>
int thrown_by(F &&call) {
    try {
        call();
    } catch (const Ours &ours) {
        return ours.number;
    }
    return -1;
}

int free_calls = 0;
void watch(const voxline::progress &now) { free_calls += now.input_total_bytes.has_value(); }

std::int64_t fails(voxline::span<std::uint8_t>) { return -7; }

// A stream whose buffer throws.
struct Throwing : std::streambuf {
    int_type underflow() override { throw Ours{9}; }
};

void progress_is_told_and_may_be_anything_callable() {
    const auto wav = read_asset("call.wav");
    std::uint64_t last = 0, frames = 0, calls = 0;
    auto count = [&](const voxline::progress &now) {
        CHECK(now.input_total_bytes == wav.size() && now.input_bytes >= last && now.input_bytes <= wav.size());
        last = now.input_bytes;
        frames = now.source_frames;
        calls++;
    };
    const auto prepared = voxline::prepare_bytes(wav, {}, count);
    CHECK(calls > 1 && last == wav.size() && frames == prepared.report().source().frames);
    const std::uint64_t each = calls;
    const auto &constant = count;
    last = 0;
    static_cast<void>(voxline::decode_bytes(wav, {}, constant));
    CHECK(calls == 2 * each);
    // A function, a std::function, one that owns what cannot be copied, and one that is changed.
    static_cast<void>(voxline::inspect_path(asset("call.wav"), {}, watch));
    CHECK(free_calls > 0);
    std::function<void(const voxline::progress &)> erased = watch;
    free_calls = 0;
    static_cast<void>(voxline::prepare_path(asset("call.wav"), {}, erased));
    CHECK(free_calls > 0);
    int own_calls = 0;
    static_cast<void>(voxline::prepare_path(
        asset("call.wav"), {}, [own = std::make_unique<int>(0), &own_calls](const voxline::progress &) mutable {
            own_calls = ++*own;
            return voxline::verdict::proceed;
        }));
    CHECK(own_calls > 1);
    // No length is known of what is read.
    std::istringstream stream(std::string(wav.begin(), wav.end()));
    bool is_known = false;
    static_cast<void>(voxline::prepare_reader(stream, {}, [&](const voxline::progress &now) {
        is_known |= now.input_total_bytes.has_value();
    }));
    CHECK(!is_known);
}

void a_verdict_cancels() {
    int calls = 0;
    const auto stop = [&](const voxline::progress &) {
        calls++;
        return voxline::verdict::cancel;
    };
    FAILS(cancelled, "cancel", voxline::try_prepare_path(asset("call.mp3"), {}, stop));
    THROWS(cancelled, "cancel", voxline::decode_path(asset("call.mp3"), {}, stop));
    THROWS(cancelled, "cancel", voxline::inspect_path(asset("call.mp3"), {}, stop));
    CHECK(calls == 3);
}

void what_a_callback_throws_comes_out_again() {
    const auto wav = read_asset("call.wav");
    int calls = 0;
    const auto bad = [&](const voxline::progress &) {
        calls++;
        throw Ours{calls};
    };
    CHECK(thrown_by([&] { voxline::prepare_bytes(wav, {}, bad); }) == 1);
    CHECK(thrown_by([&] { static_cast<void>(voxline::try_decode_bytes(wav, {}, bad)); }) == 2);
    CHECK(thrown_by([&] { voxline::inspect_path(asset("call.wav"), {}, bad); }) == 3 && calls == 3);
    // A reader, in the middle, with and without a progress callback that throws as well.
    std::size_t at = 0;
    const auto reader = [&](voxline::span<std::uint8_t> buffer) -> std::size_t {
        const auto piece = voxline::bytes_view(wav).from(at).first(buffer.size());
        if (at > 0) {
            throw Ours{77};
        }
        at += std::min(piece.size(), std::size_t{1000});
        std::copy_n(piece.begin(), at, buffer.begin());
        return at;
    };
    CHECK(thrown_by([&] { voxline::prepare_reader(reader); }) == 77);
    at = 0;
    CHECK(thrown_by([&] { voxline::decode_reader(reader, {}, bad); }) > 0);
    // It is what was thrown, and no error of ours that says less.
    bool is_seen = false;
    try {
        voxline::prepare_bytes(wav, {}, [](const voxline::progress &) { throw std::out_of_range("mine"); });
    } catch (const std::logic_error &error) {
        is_seen = std::string_view(error.what()) == "mine";
    }
    CHECK(is_seen);
    // After that everything works as before.
    const auto fine = voxline::prepare_bytes(wav);
    CHECK(fine.output().size() > wav.size() / 2);
}

void readers_that_fail_are_io_errors() {
    FAILS(io, "-7", voxline::try_prepare_reader(fails));
    FAILS(io, "callback", voxline::try_prepare_reader([](voxline::span<std::uint8_t> b) { return b.size() + 1; }));
    FAILS(io, "", voxline::try_decode_reader([](voxline::span<std::uint8_t>) { return -1; }));
    // A result has its own error, and is not asked again.
    int asked = 0;
    const auto refuses = [&](voxline::span<std::uint8_t>) -> voxline::result<std::size_t> {
        asked++;
        return voxline::error_info(voxline::status::timeout, "ours", "nobody came");
    };
    FAILS(timeout, "nobody came", voxline::try_prepare_reader(refuses));
    FAILS(timeout, "nobody came", voxline::try_decode_reader(refuses));
    THROWS(timeout, "nobody came", voxline::prepare_reader(refuses));
    CHECK(asked == 3);
    std::ifstream missing("no-such-file");
    FAILS(io, "", voxline::try_prepare_reader(missing));
    Throwing buffer;
    std::istream stream(&buffer);
    // A stream keeps what its buffer throws to itself …
    FAILS(io, "", voxline::try_prepare_reader(stream));
    // … unless it was told not to.
    std::istream loud(&buffer);
    loud.exceptions(std::ios::badbit);
    CHECK(thrown_by([&] { voxline::prepare_reader(loud); }) == 9);
    std::istringstream empty;
    CHECK(!voxline::try_prepare_reader(empty));
}

void a_frame_callback_that_throws_gets_no_more_frames() {
    voxline::speex_encoder encoder(voxline::speex_mode::narrowband);
    std::vector<std::uint8_t> packets;
    std::vector<std::int16_t> frame(encoder.frame_samples(), 1000);
    std::vector<std::uint8_t> packet(encoder.packet_bytes());
    encoder.encode(frame, packet);
    voxline::speex_decoder decoder(voxline::speex_mode::narrowband);
    int frames = 0;
    CHECK(thrown_by([&] {
              decoder.decode_frames(packet, [&](voxline::samples_view) { throw Ours{++frames}; });
          }) == 1);
    decoder.decode_frames(packet, [&](voxline::samples_view samples) { frames += samples.size() == 160; });
    CHECK(frames == 2);
}

}  // namespace

void test_callbacks() {
    progress_is_told_and_may_be_anything_callable();
    a_verdict_cancels();
    what_a_callback_throws_comes_out_again();
    readers_that_fail_are_io_errors();
    a_frame_callback_that_throws_gets_no_more_frames();
}
