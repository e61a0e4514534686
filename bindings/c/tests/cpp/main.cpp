// Runs every test; the argument is the folder assets/, and VOXLINE_TEST_PROGRAM and VOXLINE_TEST_FOLDER are the program with the
// simulator and an empty folder. With VOXLINE_TEST_LEAK it leaks on purpose instead, so that a run under a tool that finds
// leaks shows that the tool is on.
#include <cstdlib>

#include "check.hpp"

int main(int argc, char **argv) {
    if (argc > 1) {
        counts().assets = argv[1];
    }
    // Nothing goes to a proxy.
    setenv("NO_PROXY", "127.0.0.1", 1);
    if (const char *program = std::getenv("VOXLINE_TEST_PROGRAM")) {
        counts().program = program;
    }
    if (const char *folder = std::getenv("VOXLINE_TEST_FOLDER")) {
        counts().folder = folder;
    }
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
    test_split();
    test_doctor();
    test_chat();
    test_recording();
    test_transcription();
    test_log();
    test_plain();
    std::printf("%d checks, %d failed\n", counts().done, counts().failed);
    return counts().failed == 0 ? 0 : 1;
}
