// The transcription client and the ledger against the simulator.
#include <cstdio>

#include "simulator.hpp"

namespace {

constexpr const char *LINK = "https://files.example/call.wav?signature=c0ffee";

voxline::transcription_client client_for(const Simulator &simulator) {
    return voxline::transcription_client(simulator.at().set("app_id", APP_ID).set("app_key", APP_KEY));
}

voxline::settings soon() { return voxline::settings().set("interval_ms", 20).set("max_interval_ms", 50); }

void a_link_becomes_sentences() {
    const Simulator simulator;
    const auto client = client_for(simulator);
    const auto accepted = client.submit(LINK, voxline::settings().set("req_id", "cpp-1"));
    CHECK(accepted.req_id == "cpp-1" && !accepted.request_id.empty());
    CHECK(!client.query(accepted.request_id));
    const auto transcript = client.wait(accepted.request_id, soon());
    const auto now = client.query(accepted.request_id);
    CHECK(now && now->text() == transcript.text() && transcript.raw().front() == '{' && !transcript.payload().empty());
    std::size_t count = 0;
    for (const voxline::sentence &sentence : transcript.sentences()) {
        CHECK(!sentence.text.empty() && transcript.text().find(sentence.text) != std::string_view::npos);
        CHECK(sentence.start && sentence.end && *sentence.end > *sentence.start && sentence.channel);
        count++;
    }
    CHECK(count > 0 && count == transcript.sentence_count());
    FAILS(timeout, "", client.try_wait(client.submit(LINK).request_id, soon().set("deadline_ms", 1)));
    voxline::cancel_token token;
    token.cancel();
    FAILS(cancelled, "", client.try_submit(LINK, {}, &token));
    FAILS(invalid_argument, "", client.try_submit("no link"));
    FAILS(invalid_argument, "NUL", client.try_submit(std::string_view("a\0b", 3)));
}

void callbacks_are_read() {
    FAILS(malformed_input, "", voxline::try_parse_callback(voxline::bytes_of(std::string_view("[1]"))));
    const auto pending = voxline::parse_callback(voxline::bytes_of(std::string_view("{\"reqId\":\"cpp-2\"}")));
    CHECK(!pending.transcript && pending.content->get_text("state") == "pending");
    FAILS(invalid_argument, "no-such-key", pending.content->try_get_text("no-such-key"));
    CHECK(pending.content->text().front() == '{');
}

void a_run_keeps_its_ledger() {
    const Simulator simulator;
    const auto client = client_for(simulator);
    const std::string path = counts().folder + "/calls.db";
    {
        const voxline::ledger ledger(path);
        voxline::submissions submissions;
        submissions.add(LINK, voxline::settings().set("req_id", "cpp-a").set("business_data", "A"));
        submissions.add("https://files.example/other.wav");
        FAILS(invalid_argument, "", submissions.try_add("no link"));
        std::size_t heard = 0;
        const auto jobs = voxline::run(client, ledger, submissions, soon(), [&](const voxline::job &job) {
            CHECK(job.outcome == "done" && job.error_message.empty() && job.all.get_text("req_id") == job.req_id);
            heard++;
        });
        CHECK(heard == 2 && jobs->length() == 2 && jobs->get_text("0.outcome") == "done");
        CHECK(ledger.count("done") == 2 && ledger.count("queued") == 0);
        FAILS(invalid_argument, "finished", ledger.try_count("finished"));
        FAILS(invalid_state, "", voxline::try_run(client, ledger, submissions, soon()));
    }
    const voxline::ledger ledger(path);
    const auto all = ledger.list();
    CHECK(all->length() == 2 && all->get_text("0.req_id") == "cpp-a" && all->get_text("0.business_data") == "A");
    CHECK(all->text().find("c0ffee") == std::string_view::npos && all->get_i64("0.attempts") == 1);
    const auto queued = ledger.list("queued");
    CHECK(queued->length() == 0 && !all->get_text("0.note"));
    const auto said = ledger.transcript_of("cpp-a");
    CHECK(said && said->sentence_count() > 0);
    FAILS(not_found, "", ledger.try_requeue("no-such-id"));
    FAILS(invalid_state, "", ledger.try_give_up("cpp-a", "because"));
    FAILS(invalid_argument, "NUL", ledger.try_accept("cpp-a", std::string_view("\0", 1)));
}

void a_run_that_is_stopped_goes_on() {
    const Simulator simulator;
    const auto client = client_for(simulator);
    const voxline::ledger ledger(counts().folder + "/stopped.db");
    voxline::submissions submissions;
    for (int i = 0; i < 3; i++) {
        submissions.add("https://files.example/" + std::to_string(i) + ".wav");
    }
    const auto entered = voxline::enter(client, ledger, submissions);
    CHECK(entered->length("new") == 3 && entered->get_i64("known") == 0 && ledger.count("queued") == 3);
    // A callback that throws ends the run; the exception comes out in the thread of the call.
    int thrown = 0;
    try {
        voxline::resume(client, ledger, soon().set("in_flight", 1), [](const voxline::job &) { throw 43; });
    } catch (int number) {
        thrown = number;
    }
    CHECK(thrown == 43 && ledger.count("done") < 3);
    const auto jobs = voxline::resume(client, ledger, soon());
    CHECK(jobs->length() >= 1 && ledger.count("done") == 3);
}

}  // namespace

void test_transcription() {
    a_link_becomes_sentences();
    callbacks_are_read();
    a_run_keeps_its_ledger();
    a_run_that_is_stopped_goes_on();
}
