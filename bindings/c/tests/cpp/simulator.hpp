// `voxline sim`, the stand-in for the services, as a process of its own.
#ifndef SIMULATOR_HPP
#define SIMULATOR_HPP

#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

#include "check.hpp"

class Simulator {
public:
    explicit Simulator(const char *faults = "") {
        int pipe_ends[2];
        CHECK(pipe(pipe_ends) == 0);
        process_ = fork();
        if (process_ == 0) {
            dup2(pipe_ends[1], 1);
            close(pipe_ends[0]);
            close(pipe_ends[1]);
            // What it says on standard error is for people.
            static_cast<void>(std::freopen("/dev/null", "w", stderr));
            const char *program = counts().program.c_str();
            if (*faults == 0) {
                execl(program, program, "sim", "--pending-polls", "1", nullptr);
            } else {
                execl(program, program, "sim", "--pending-polls", "1", "--faults", faults, nullptr);
            }
            _exit(9);
        }
        close(pipe_ends[1]);
        char c = 0;
        while (read(pipe_ends[0], &c, 1) == 1 && c != '\n') {
            url += c;
        }
        close(pipe_ends[0]);
        CHECK(url.substr(0, 7) == "http://");
    }
    Simulator(const Simulator &) = delete;
    ~Simulator() {
        kill(process_, SIGKILL);
        waitpid(process_, nullptr, 0);
    }

    voxline::settings at() const { return voxline::settings().set("base_url", url); }

    std::string url;

private:
    pid_t process_ = 0;
};

// What the program prints when it starts, and the README says.
constexpr const char *CHAT_TOKEN = "voxline-demo-token";
constexpr const char *RECORDING_TOKEN = "voxline-demo-recording-token";
constexpr const char *APP_ID = "voxline-demo-app-id";
constexpr const char *APP_KEY = "voxline-demo-transcription-app-key";
constexpr const char *USER = "4d99d91c-f5d9-49da-88da-758977cc58a9";
constexpr const char *TASK = "287e19c4-1966-49d6-8f02-b53ef11c0a55";
constexpr const char *RECORD = "50971322-2e84-4701-836c-fd1181306885";

#endif
