// The chat client against the simulator.
#include <thread>

#include "simulator.hpp"

namespace {

void an_utterance_is_answered() {
    const Simulator simulator;
    const voxline::chat_client client(simulator.at().set("access_token", CHAT_TOKEN));
    const auto audio = voxline::prepare_path(asset("call.wav"), voxline::options::profile("chat-16k"));
    const auto plain = client.send(audio);
    CHECK(!plain.text().empty() && plain.raw().front() == '{' && !plain.audio_url());
    CHECK(!plain.instructions() && !client.fetch_audio(plain));
    const auto spoken = client.send(audio, voxline::settings().set("tts", true).set("speed", 5.5));
    CHECK(spoken.audio_url() && spoken.audio_url()->substr(0, 7) == "http://");
    const auto speech = client.fetch_audio(spoken);
    CHECK(speech && speech->view().size() > 1000);
    const auto decoded = voxline::decode_answer(*speech, "mp3");
    CHECK(decoded.report().source().container == "mp3" && decoded.output().size() > 1000);
    FAILS(invalid_argument, "", voxline::try_decode_answer(*speech, "flac"));
    const auto bytes = client.send(audio.output(), "pcm", 16000);
    CHECK(bytes.text() == plain.text());
    // Many threads, one client.
    std::vector<std::thread> threads;
    std::vector<std::string> answers(4);
    for (auto &answer : answers) {
        threads.emplace_back([&] {
            const auto said = client.send(audio);
            answer = said.text();
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    CHECK(answers == std::vector<std::string>(4, std::string(plain.text())));
}

void what_goes_wrong_is_told_and_no_secret() {
    const std::string canary = "canary-5fe2b1c09d";
    const Simulator simulator("status=122*9,ok");
    std::string said;
    const voxline::log_listener listener(voxline::log_level::trace, [&](const voxline::log_line &line) {
        said.append(line.target).append(line.message);
    });
    const auto audio = voxline::prepare_path(asset("call.wav"), voxline::options::profile("chat-16k"));
    const voxline::chat_client client(simulator.at().set("access_token", canary));
    bool is_seen = false;
    try {
        static_cast<void>(client.send(audio));
    } catch (const voxline::error &error) {
        is_seen = true;
        CHECK(error.service() == "chat" && error.service_code() == "122" && error.http_status() == 200);
        CHECK(error.status() < voxline::status::ok && error.retry_after().has_value() == (error.retry() == voxline::retry::after));
        said.append(error.what()).append(error.context()).append(error.service_message().value_or(""));
        said.append(error.request_id().value_or(""));
    }
    CHECK(is_seen);
    FAILS(invalid_argument, "", voxline::chat_client::try_create(simulator.at()));
    auto unknown = voxline::settings().try_set(canary, canary);
    CHECK(!unknown && unknown.error().status() == voxline::status::unknown_option);
    for (const char *bad : {"tts", "data", "answer_audio"}) {
        const auto refused = voxline::settings().try_set(bad, canary);
        CHECK(!refused);
        said.append(refused.error().message());
    }
    const auto elsewhere = voxline::chat_client::try_create(
        voxline::settings().set("base_url", "http://127.0.0.1:1").set("access_token", canary));
    const auto lost = elsewhere->try_send(audio);
    CHECK(!lost && lost.error().status() == voxline::status::connect);
    said.append(lost.error().message());
    CHECK(said.size() > 100 && said.find(canary) == std::string::npos);
}

void an_outcome_that_nobody_knows_is_said() {
    const Simulator simulator("drop");
    const voxline::chat_client client(simulator.at().set("access_token", CHAT_TOKEN));
    const auto audio = voxline::prepare_path(asset("call.wav"), voxline::options::profile("chat-16k"));
    const auto lost = client.try_send(audio);
    CHECK(!lost && lost.error().retry() == voxline::retry::unknown);
}

void a_token_cancels_from_another_thread() {
    const Simulator simulator("delay=20000");
    const voxline::chat_client client(simulator.at().set("access_token", CHAT_TOKEN));
    const auto audio = voxline::prepare_path(asset("call.wav"), voxline::options::profile("chat-16k"));
    voxline::cancel_token token;
    CHECK(!token.is_cancelled());
    token.cancel();
    CHECK(token.is_cancelled());
    FAILS(cancelled, "", client.try_send(audio, {}, &token));
    const voxline::cancel_token other = std::move(token);
    CHECK(other.is_cancelled());
}

void settings_are_a_table() {
    std::size_t tokens = 0;
    for (const voxline::setting_info &setting : voxline::setting_names()) {
        CHECK(!setting.help.empty() && !setting.takes.empty() && !setting.used_for.empty());
        tokens += setting.name == "access_token" && setting.takes == "secret";
    }
    CHECK(tokens == 1 && voxline::settings().handle() == nullptr);
    THROWS(invalid_argument, "NUL", voxline::settings().set("token", std::string_view("a\0b", 3)));
}

}  // namespace

void test_chat() {
    settings_are_a_table();
    an_utterance_is_answered();
    what_goes_wrong_is_told_and_no_secret();
    an_outcome_that_nobody_knows_is_said();
    a_token_cancels_from_another_thread();
}
