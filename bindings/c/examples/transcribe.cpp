// Has the recording behind a link transcribed and prints who said what, when: transcribe https://files.example/call.wav
//
// VOXLINE_TRANSCRIPTION_ENDPOINT, VOXLINE_TRANSCRIPTION_APP_ID and VOXLINE_TRANSCRIPTION_APP_KEY say where the service is and
// who asks. With VOXLINE_LOG set, what the library does is told on standard error.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <optional>
#include <voxline.hpp>

namespace {

volatile std::sig_atomic_t interrupted = 0;

voxline::transcription_client client_from_environment() {
    voxline::settings settings;
    const std::pair<const char *, const char *> names[] = {
        {"base_url", "VOXLINE_TRANSCRIPTION_ENDPOINT"},
        {"app_id", "VOXLINE_TRANSCRIPTION_APP_ID"},
        {"app_key", "VOXLINE_TRANSCRIPTION_APP_KEY"},
    };
    for (const auto &[name, variable] : names) {
        if (const char *value = std::getenv(variable)) {
            settings.set(name, value);
        }
    }
    return voxline::transcription_client(settings);
}

void transcribe(const char *link, const voxline::cancel_token &cancel) {
    const auto client = client_from_environment();
    const auto accepted = client.submit(link, {}, &cancel);
    std::cerr << "accepted as " << accepted.request_id << "\n";
    const auto transcript = client.wait(accepted.request_id, voxline::settings().set("interval_ms", 500), &cancel);
    for (const voxline::sentence &sentence : transcript.sentences()) {
        std::cout << sentence.channel.value_or(0) << " " << sentence.start.value_or(std::chrono::milliseconds(0)).count()
                  << " ms: " << sentence.text << "\n";
    }
}

}  // namespace

int main(int argc, char **argv) {
    if (argc != 2) {
        std::cerr << "usage: transcribe LINK\n";
        return 2;
    }
    std::optional<voxline::log_listener> listener;
    if (std::getenv("VOXLINE_LOG") != nullptr) {
        listener.emplace(voxline::log_level::debug, [](const voxline::log_line &line) {
            std::cerr << line.target << ": " << line.message << "\n";
        });
    }
    std::signal(SIGINT, [](int) { interrupted = 1; });
    try {
        voxline::cancel_token cancel;
        auto work = std::async(std::launch::async, transcribe, argv[1], std::cref(cancel));
        // A signal handler may do next to nothing: this thread looks at what it noted.
        while (work.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
            if (interrupted != 0) {
                cancel.cancel();
            }
        }
        work.get();
    } catch (const std::exception &error) {
        std::cerr << "error: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
