// What every test file uses: checks that say where they failed, and the assets. Valid without exceptions too.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <voxline.hpp>
// Including it twice must be harmless.
#include <voxline.hpp>

struct Counts {
    int done = 0;
    int failed = 0;
    // Under a tool that makes everything many times slower what repeats is done less often.
    bool is_slow = false;
    std::string assets = "assets";
    // The program with the simulator, and an empty folder.
    std::string program = "voxline";
    std::string folder = ".";
};

inline Counts &counts() {
    static Counts counts;
    return counts;
}

inline void check(bool is_so, const char *file, int line, const char *what, std::string_view said = "") {
    counts().done++;
    if (!is_so) {
        counts().failed++;
        std::fprintf(stderr, "%s:%d: not so: %s%s%.*s\n", file, line, what, said.empty() ? "" : ": ",
                     static_cast<int>(said.size()), said.data());
    }
}

#define CHECK(...) check(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)

// A try_ call that fails with this status and with these words in its message.
#define FAILS(wanted, words, ...)                                                                           \
    do {                                                                                                    \
        const auto fails_result = __VA_ARGS__;                                                              \
        const std::string fails_said(fails_result ? "success" : fails_result.error().message());            \
        check(!fails_result && fails_result.error().status() == voxline::status::wanted &&                  \
                  fails_said.find(words) != std::string::npos,                                              \
              __FILE__, __LINE__, #__VA_ARGS__ " fails with " #wanted, fails_said);                         \
    } while (0)

// A call that throws this type with a status and with these words in what().
#define THROWS(wanted, words, ...)                                                                          \
    do {                                                                                                    \
        bool throws_did = false;                                                                            \
        try {                                                                                               \
            static_cast<void>(__VA_ARGS__);                                                                 \
        } catch (const voxline::error &error) {                                                             \
            throws_did = error.status() == voxline::status::wanted &&                                       \
                         std::string(error.what()).find(words) != std::string::npos;                        \
        }                                                                                                   \
        check(throws_did, __FILE__, __LINE__, #__VA_ARGS__ " throws " #wanted);                             \
    } while (0)

inline std::string asset(const char *name) { return counts().assets + "/" + name; }

inline std::vector<std::uint8_t> read_asset(const char *name) {
    std::ifstream file(asset(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <class A, class B>
bool same(const A &a, const B &b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

void test_span();
void test_errors();
void test_handles();
void test_options();
void test_prepare();
void test_callbacks();
void test_stream();
void test_speex();
void test_base64();
void test_chat();
void test_doctor();
void test_split();
void test_recording();
void test_transcription();
void test_log();
// Compiled with exceptions and RTTI turned off, and linked into programs of both kinds.
void test_plain();

#endif
