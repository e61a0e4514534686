// Runs every test; the arguments are the folder assets/, the program with the simulator and an empty folder. With VOXLINE_TEST_LEAK it leaks on purpose instead, so that a run
// under a tool that finds leaks shows that the tool is on.
#include <cstdlib>

#include "check.hpp"

int main(int argc, char **argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: tests ASSETS PROGRAM FOLDER\n");
        return 2;
    }
    counts().assets = argv[1];
    counts().program = argv[2];
    counts().folder = argv[3];
    counts().is_slow = std::getenv("VOXLINE_TEST_SLOW") != nullptr;
    if (std::getenv("VOXLINE_TEST_LEAK") != nullptr) {
        auto *lost = new voxline::options(voxline::options::profile("chat-16k"));
        CHECK(lost->handle() != nullptr);
        lost = nullptr;
        return counts().failed;
    }
    test_span();
    test_errors();
    test_handles();
    test_options();
    test_prepare();
    test_callbacks();
    test_stream();
    test_speex();
    test_base64();
    test_chat();
    test_recording();
    test_transcription();
    test_log();
    test_plain();
    std::printf("%d checks, %d failed\n", counts().done, counts().failed);
    return counts().failed == 0 ? 0 : 1;
}
