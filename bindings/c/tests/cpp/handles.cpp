// Ownership: one owner at a time, moves, moves to oneself, what is left behind. The tools that find leaks and double frees run
// this.
#include <cstdlib>

#include "check.hpp"

namespace {

template <class T>
constexpr bool moves_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                            !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;

static_assert(moves_only<voxline::options> && moves_only<voxline::prepared> && moves_only<voxline::audio>);
static_assert(moves_only<voxline::report> && moves_only<voxline::preparer> && moves_only<voxline::speex_encoder>);
static_assert(moves_only<voxline::speex_decoder> && moves_only<voxline::base64_encoder>);
static_assert(moves_only<voxline::chat_client> && moves_only<voxline::chat_answer> && moves_only<voxline::cancel_token>);
static_assert(moves_only<voxline::recording_client> && moves_only<voxline::recording_stream> && moves_only<voxline::located>);
static_assert(moves_only<voxline::recording_url> && moves_only<voxline::transcript> && moves_only<voxline::ledger>);
static_assert(moves_only<voxline::transcription_client> && moves_only<voxline::submissions> && moves_only<voxline::log_listener>);
// A handle is a pointer and no more.
static_assert(sizeof(voxline::options) == sizeof(void *) && sizeof(voxline::prepared) == sizeof(void *));
static_assert(sizeof(voxline::preparer) == sizeof(void *) && sizeof(voxline::report_view) == sizeof(void *));

// No view of an owner that is about to go.
template <class T, class = void>
struct Shows : std::false_type {};
template <class T>
struct Shows<T, std::void_t<decltype(std::declval<T>().report())>> : std::true_type {};
static_assert(Shows<voxline::prepared &>() && !Shows<voxline::prepared>());
static_assert(Shows<const voxline::audio &>() && !Shows<voxline::audio>());

template <class Owner, class Look, class = void>
struct MayLook : std::false_type {};
template <class Owner, class Look>
struct MayLook<Owner, Look, std::void_t<std::invoke_result_t<Look, Owner>>> : std::true_type {};
// Whether an owner that stays can be looked into, and one that is about to go cannot.
template <class Owner, class Look>
constexpr bool only_while_it_stays(Look) {
    return MayLook<Owner &, Look>() && MayLook<const Owner &, Look>() && !MayLook<Owner, Look>() &&
           !MayLook<const Owner, Look>();
}

#define LOOK(what) [](auto &&owner) -> decltype(static_cast<decltype(owner) &&>(owner) what) { std::abort(); }
static_assert(only_while_it_stays<voxline::report>(LOOK(.view())) && only_while_it_stays<voxline::report>(LOOK(.operator->())));
static_assert(only_while_it_stays<voxline::report>(LOOK(->warnings())) && only_while_it_stays<voxline::json>(LOOK(->text())));
static_assert(only_while_it_stays<voxline::json>(LOOK(.view())) && only_while_it_stays<voxline::bytes>(LOOK(.view())));
static_assert(only_while_it_stays<voxline::located>(LOOK([0])) && only_while_it_stays<voxline::recording_url>(LOOK(.view())));
static_assert(only_while_it_stays<voxline::recording_stream>(LOOK(.content_type())));
static_assert(only_while_it_stays<voxline::chat_answer>(LOOK(.text())));
static_assert(only_while_it_stays<voxline::chat_answer>(LOOK(.raw())));
static_assert(only_while_it_stays<voxline::chat_answer>(LOOK(.instructions())));
static_assert(only_while_it_stays<voxline::chat_answer>(LOOK(.description())));
static_assert(only_while_it_stays<voxline::chat_answer>(LOOK(.audio_url())));
#undef LOOK

template <class T>
T &itself(T &value) {
    return value;
}

void a_handle_goes_from_hand_to_hand() {
    auto first = voxline::options::profile("chat-8k");
    const voxline_options *handle = first.handle();
    voxline::options second(std::move(first));
    CHECK(second.handle() == handle && first.handle() == nullptr);
    second = std::move(itself(second));
    CHECK(second.handle() == handle && second.get("target.sample_rate_hz") == "8000");
    second = voxline::options::profile("chat-16k");
    CHECK(second.get("target.sample_rate_hz") == "16000");
    std::swap(first, second);
    CHECK(first.get("target.sample_rate_hz") == "16000" && second.handle() == nullptr);
    // Options that were moved from are the defaults again.
    CHECK(second.get("target.encoding") == "wav" && second.set("target.encoding", "pcm").get("target.encoding") == "pcm");

    std::vector<voxline::preparer> many;
    for (int i = 0; i < 20; i++) {
        many.emplace_back();
    }
    many.erase(many.begin(), many.begin() + 10);
    many.front().push(read_asset("call.wav"));
    CHECK(many.size() == 10);
}

void what_is_left_behind_says_so() {
    const auto wav = read_asset("call.wav");
    std::uint8_t buffer[100];
    std::int16_t frame[160] = {};
    auto prepared = voxline::prepare_bytes(wav);
    const auto moved = std::move(prepared);
    CHECK(prepared.output().empty() && prepared.text().empty() && moved.output().size() > 44);
    CHECK(prepared.outputs().begin() == prepared.outputs().end());
    FAILS(null_pointer, "report", prepared.report().try_json());
    CHECK(prepared.report().source().frames == 0 && prepared.report().source().codec.empty());
    CHECK(prepared.report().warnings().begin() == prepared.report().warnings().end());

    voxline::preparer preparer;
    auto other = std::move(preparer);
    FAILS(null_pointer, "preparer", preparer.try_push(wav));
    FAILS(null_pointer, "preparer", preparer.try_pull(buffer));
    FAILS(null_pointer, "preparer", preparer.try_finish());
    FAILS(null_pointer, "preparer", preparer.try_outputs());
    FAILS(null_pointer, "preparer", preparer.try_wav_header(buffer));
    THROWS(null_pointer, "preparer", preparer.chunks(buffer).begin());

    voxline::speex_encoder encoder(voxline::speex_mode::narrowband);
    voxline::speex_decoder decoder(voxline::speex_mode::narrowband);
    voxline::base64_encoder base64;
    const auto e = std::move(encoder);
    const auto d = std::move(decoder);
    const auto b = std::move(base64);
    FAILS(null_pointer, "encoder", encoder.try_encode(frame, buffer));
    FAILS(null_pointer, "decoder", decoder.try_conceal(frame));
    FAILS(null_pointer, "base64", base64.try_push(wav, voxline::span<char>()));

    auto audio = voxline::decode_bytes(wav);
    const auto kept = std::move(audio);
    CHECK(audio.samples().empty() && kept.frames() > 0 && kept.samples().size() == kept.frames());
}

void an_exception_on_the_way_frees_what_was_made() {
    const auto wav = read_asset("call.wav");
    try {
        const auto prepared = voxline::prepare_bytes(wav);
        const auto report = voxline::inspect_bytes(wav);
        voxline::preparer preparer;
        preparer.push(wav);
        preparer.finish();
        preparer.push(wav);
        CHECK(!"it threw");
    } catch (const voxline::error &error) {
        CHECK(error.status() == voxline::status::invalid_state);
    }
}

}  // namespace

void test_handles() {
    a_handle_goes_from_hand_to_hand();
    what_is_left_behind_says_so();
    an_exception_on_the_way_frees_what_was_made();
}
