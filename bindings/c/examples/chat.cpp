// Sends a recording to the voice-chat service and prints the answer: chat call.mp3 [ANSWER.mp3]
//
// VOXLINE_CHAT_ENDPOINT and VOXLINE_CHAT_TOKEN say where the service is and who asks.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <voxline.hpp>

namespace {

voxline::chat_client client_from_environment() {
    voxline::settings settings;
    if (const char *endpoint = std::getenv("VOXLINE_CHAT_ENDPOINT")) {
        settings.set("base_url", endpoint);
    }
    if (const char *token = std::getenv("VOXLINE_CHAT_TOKEN")) {
        settings.set("access_token", token);
    }
    return voxline::chat_client(settings);
}

void ask(const char *recording, const char *spoken) {
    const auto audio = voxline::prepare_path(recording, voxline::options::profile("chat-16k"));
    const auto client = client_from_environment();
    const auto answer = client.send(audio, voxline::settings().set("tts", spoken != nullptr));
    std::cout << answer.text() << "\n";
    if (spoken == nullptr) {
        return;
    }
    if (const auto speech = client.fetch_audio(answer)) {
        const voxline::bytes_view bytes = speech->view();
        std::ofstream file(spoken, std::ios::binary);
        file.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
        if (!file.flush()) {
            throw std::runtime_error(std::string("cannot write ") + spoken);
        }
    }
}

}  // namespace

int main(int argc, char **argv) {
    if (argc < 2) {
        std::cerr << "usage: chat RECORDING [ANSWER.mp3]\n";
        return 2;
    }
    try {
        ask(argv[1], argc > 2 ? argv[2] : nullptr);
    } catch (const voxline::error &error) {
        std::cerr << "error: " << error.what() << "\n";
        if (error.retry() == voxline::retry::unknown) {
            std::cerr << "The service may have heard it all the same.\n";
        } else if (const auto wait = error.retry_after()) {
            std::cerr << "It may work in " << wait->count() << " ms.\n";
        }
        return 1;
    } catch (const std::exception &error) {
        std::cerr << "error: " << error.what() << "\n";
        return 1;
    }
    return 0;
}
