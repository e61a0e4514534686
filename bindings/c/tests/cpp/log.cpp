// Listening: the last one hears, and when it is gone nobody does.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "simulator.hpp"

namespace {

// Something that is logged: a request that finds nobody.
void make_noise() {
    const auto client = voxline::recording_client::try_create(
        voxline::settings().set("base_url", "http://127.0.0.1:1").set("token", "t"),
        voxline::options().set("http.max_attempts", 1));
    CHECK(client && !client->try_check_token());
}

void lines_are_heard_while_somebody_listens() {
    int first = 0, second = 0;
    {
        const voxline::log_listener one(voxline::log_level::debug, [&](const voxline::log_line &line) {
            CHECK(line.level <= voxline::log_level::debug && !line.target.empty() && !line.message.empty());
            first++;
        });
        make_noise();
        CHECK(first > 0);
        const int before = first;
        auto other = std::make_unique<voxline::log_listener>(voxline::log_level::debug, [&](const voxline::log_line &) {
            second++;
            // Nobody is there to take it.
            throw 7;
        });
        make_noise();
        CHECK(second > 0 && first == before);
        // It was replaced: that it goes does not turn the other off.
        voxline::log_listener moved = std::move(*other);
        other.reset();
        const int so_far = second;
        make_noise();
        CHECK(second > so_far);
    }
    const int before = first + second;
    make_noise();
    CHECK(first + second == before);
    int errors = 0;
    const voxline::log_listener quiet(voxline::log_level::error, [&](const voxline::log_line &) { errors++; });
    make_noise();
    CHECK(errors == 0);
}

void what_a_listener_owns_is_freed() {
    const auto token = std::make_shared<int>(0);
    {
        const voxline::log_listener one(voxline::log_level::debug, [token](const voxline::log_line &) { ++*token; });
        make_noise();
        CHECK(token.use_count() > 1);
    }
    CHECK(token.use_count() == 1 && *token > 0);
    FAILS(invalid_argument, "", voxline::log_listener::try_create(static_cast<voxline::log_level>(77),
                                                                  [](const voxline::log_line &) {}));
}

// Whoever hears after it has gone finds that out, and so does a sanitizer.
struct Alive {
    int is_alive = 1;
    std::atomic<int> *heard;
    std::atomic<int> *too_late;

    Alive(std::atomic<int> *heard, std::atomic<int> *too_late) : heard(heard), too_late(too_late) {}
    Alive(Alive &&) = default;
    ~Alive() { is_alive = 0; }
    void operator()(const voxline::log_line &) const { ++*(is_alive == 1 ? heard : too_late); }
};

void threads_listen_one_after_the_other() {
    // To an address that is not local and not encrypted: a warning, without anything being sent.
    const auto warned = [] {
        static_cast<void>(voxline::recording_client::try_create(
            voxline::settings().set("base_url", "http://192.0.2.1").set("token", "t")));
    };
    std::atomic<int> heard{0}, too_late{0};
    std::atomic<bool> is_over{false};
    std::thread noise([&] {
        while (!is_over) {
            warned();
        }
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; i++) {
        threads.emplace_back([&] {
            for (int round = 0; round < (counts().is_slow ? 5 : 200); round++) {
                voxline::log_listener listener(voxline::log_level::warn, Alive(&heard, &too_late));
                warned();
                listener = voxline::log_listener(voxline::log_level::warn, Alive(&heard, &too_late));
            }
        });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    is_over = true;
    noise.join();
    CHECK(heard > 0 && too_late == 0);
    const int before = heard;
    warned();
    CHECK(heard == before);
}

// A listener that uses the library, which has something to say in threads of its own and waits for them, while another thread
// takes the listener away and waits for that.
void a_listener_that_works_is_taken_away() {
    const auto client = voxline::transcription_client::try_create(
        voxline::settings().set("base_url", "http://127.0.0.1:1").set("app_id", "a").set("app_key", "k"),
        voxline::options().set("http.max_attempts", 1));
    const voxline::ledger ledger(counts().folder + "/listened.db");
    voxline::submissions submissions;
    for (int i = 0; i < 4; i++) {
        submissions.add("https://files.example/" + std::to_string(i) + ".wav");
    }
    std::atomic<int> inside{0};
    std::atomic<bool> is_ending{false};
    std::size_t jobs = 0;
    auto listener = std::make_unique<voxline::log_listener>(voxline::log_level::debug, [&](const voxline::log_line &) {
        if (inside++ > 0) {
            return;
        }
        while (!is_ending) {
            std::this_thread::yield();
        }
        // Until the other thread is likely to wait.
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const auto settings = voxline::settings().set("in_flight", 2);
        const auto run = voxline::try_run(*client, ledger, submissions, settings, [&](const voxline::job &) { jobs++; });
        CHECK(run);
    });
    // Who waits for ever is ended, and the test with it.
    alarm(60);
    std::thread taker([&] {
        while (inside == 0) {
            std::this_thread::yield();
        }
        is_ending = true;
        listener.reset();
        // Nobody is in it any more.
        CHECK(jobs == 4);
    });
    make_noise();
    taker.join();
    alarm(0);
    const int before = inside;
    make_noise();
    CHECK(before > 0 && inside == before);
}

}  // namespace

void test_log() {
    a_listener_that_works_is_taken_away();
    threads_listen_one_after_the_other();
    lines_are_heard_while_somebody_listens();
    what_a_listener_owns_is_freed();
}
