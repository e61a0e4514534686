/* Runs that keep a ledger, and what only the caller decides. */
#include "service.h"

#define LINK(name) "https://files.example/" name ".wav?sig=cAnArY"

static voxline_ledger *ledger_at(const char *name) {
    voxline_ledger *ledger = NULL;
    static const char *const ends[] = {"", "-wal", "-shm", "-lock"};
    char path[1100];
    size_t i;
    for (i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", place(name), ends[i]);
        remove(path);
    }
    FINE(voxline_ledger_open(place(name), &ledger, &err));
    return ledger;
}

static voxline_submissions *three(void) {
    voxline_submissions *submissions = NULL;
    voxline_settings *first = settings_of("req_id", "c-1", "business_data", "order 7", NULL);
    FINE(voxline_submissions_new(&submissions, &err));
    FINE(voxline_submissions_add(submissions, LINK("one"), first, &err));
    FINE(voxline_submissions_add(submissions, LINK("two"), NULL, &err));
    FINE(voxline_submissions_add(submissions, LINK("three"), NULL, &err));
    FAILS(voxline_submissions_add(submissions, "cAnArY", NULL, &err), VOXLINE_INVALID_ARGUMENT, "file link");
    voxline_settings_free(first);
    return submissions;
}

static uint64_t count(const voxline_ledger *ledger, const char *state) {
    uint64_t number = 99;
    FINE(voxline_ledger_count(ledger, state, &number, &err));
    return number;
}

typedef struct {
    int jobs, done, unknown;
    int stop_at;
    int inside, overlapped;
    char unknown_id[64];
} hearing;

static int32_t hear(void *userdata, const voxline_json *job) {
    hearing *h = (hearing *)userdata;
    const char *text = NULL;
    int64_t status = 0;
    h->overlapped |= h->inside++ != 0;
    h->jobs++;
    if (voxline_json_get_text(job, "outcome", &text, NULL) == VOXLINE_OK) {
        h->done += strcmp(text, "done") == 0;
        if (strcmp(text, "unknown") == 0 && voxline_json_get_i64(job, "error.status", &status, NULL) == VOXLINE_OK &&
            status == VOXLINE_OUTCOME_UNKNOWN && voxline_json_get_text(job, "req_id", &text, NULL) == VOXLINE_OK) {
            h->unknown++;
            snprintf(h->unknown_id, sizeof h->unknown_id, "%s", text);
        }
    }
    h->inside--;
    return h->jobs == h->stop_at;
}

static void every_step_is_written_down(void) {
    simulator s = simulator_start(NULL, NULL);
    voxline_transcription_client *client = transcription_client(&s);
    voxline_ledger *ledger = ledger_at("all.ledger");
    voxline_submissions *submissions = three();
    voxline_settings *settings = settings_of("interval_ms", "1", "max_interval_ms", "2", "in_flight", "3", NULL);
    voxline_json *jobs = NULL, *list = NULL;
    voxline_transcript *transcript = NULL;
    const char *text = NULL;
    size_t length = 0;
    int64_t attempts = 0;
    double number = 0;
    uint64_t none = 7;
    hearing h;
    memset(&h, 0, sizeof h);
    FINE(voxline_transcription_run(client, ledger, submissions, settings, hear, &h, NULL, &jobs, &err));
    CHECK(h.jobs == 3 && h.done == 3 && h.overlapped == 0);
    FINE(voxline_json_length(jobs, "", &length, &err));
    CHECK(length == 3 && count(ledger, "done") == 3);
    voxline_json_free(jobs);
    jobs = NULL;

    FINE(voxline_ledger_list(ledger, NULL, &list, &err));
    FINE(voxline_json_get_text(list, "0.req_id", &text, &err));
    CHECK(strcmp(text, "c-1") == 0);
    FINE(voxline_json_get_text(list, "0.business_data", &text, &err));
    CHECK(strcmp(text, "order 7") == 0);
    CHECK(voxline_json_get_text(list, "1.business_data", &text, NULL) == VOXLINE_END);
    FINE(voxline_json_get_i64(list, "0.attempts", &attempts, &err));
    FINE(voxline_json_get_f64(list, "0.attempts", &number, &err));
    CHECK(attempts == 1 && number > 0.5 && number < 1.5);
    FINE(voxline_json_get_text(list, "2.link", &text, &err));
    CHECK(strncmp(text, "https://files.example/three.wav", 31) == 0);
    FINE(voxline_json_text(list, &text, &err));
    CHECK(strstr(text, "cAnArY") == NULL);
    voxline_json_free(list);

    FINE(voxline_ledger_result(ledger, "c-1", &transcript, &err));
    CHECK(strlen(voxline_transcript_text(transcript)) > 20);
    voxline_transcript_free(transcript);
    transcript = NULL;
    CHECK(voxline_ledger_result(ledger, "nobody", &transcript, NULL) == VOXLINE_END && transcript == NULL);

    /* Nothing is paid for twice. */
    FAILS(voxline_transcription_run(client, ledger, submissions, settings, hear, &h, NULL, &jobs, &err),
          VOXLINE_INVALID_STATE, "3 of 3 links are in the ledger already");
    FINE(voxline_settings_set(settings, "known_links", "skip", &err));
    FINE(voxline_transcription_run(client, ledger, submissions, settings, NULL, NULL, NULL, NULL, &err));
    FAILS(voxline_transcription_resume(client, ledger, settings, NULL, NULL, NULL, NULL, &err), VOXLINE_INVALID_ARGUMENT,
          "known_links is no setting of a resumed run");
    FAILS(voxline_ledger_requeue(ledger, "c-1", &err), VOXLINE_INVALID_STATE, "c-1");
    FAILS(voxline_ledger_requeue(ledger, "nobody", &err), VOXLINE_NOT_FOUND, "nobody");
    FAILS(voxline_ledger_count(ledger, "Done", &none, &err), VOXLINE_INVALID_ARGUMENT, "accepted");
    CHECK(none == 7);
    CHECK(h.jobs == 3);
    voxline_settings_free(settings);
    voxline_submissions_free(submissions);
    voxline_ledger_free(ledger);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

static void doubt_is_left_to_the_caller(void) {
    simulator s = simulator_start("--faults", "submit:drop,submit:status=10304");
    voxline_transcription_client *client = transcription_client(&s);
    voxline_ledger *ledger = ledger_at("doubt.ledger");
    voxline_submissions *submissions = three();
    voxline_settings *settings = settings_of("interval_ms", "1", "max_interval_ms", "2", "in_flight", "1", NULL);
    voxline_json *list = NULL;
    const char *text = NULL;
    char failed_id[64];
    hearing h;
    memset(&h, 0, sizeof h);
    FINE(voxline_transcription_run(client, ledger, submissions, settings, hear, &h, NULL, NULL, &err));
    CHECK(h.jobs == 3 && h.done == 1 && h.unknown == 1 && strcmp(h.unknown_id, "c-1") == 0);
    CHECK(count(ledger, "unknown") == 1 && count(ledger, "failed") == 1 && count(ledger, "done") == 1);
    /* Going on does not touch it. */
    memset(&h, 0, sizeof h);
    FINE(voxline_transcription_resume(client, ledger, settings, hear, &h, NULL, NULL, &err));
    CHECK(h.jobs == 1 && h.unknown == 1 && count(ledger, "unknown") == 1);
    FINE(voxline_ledger_list(ledger, "failed", &list, &err));
    FINE(voxline_json_get_text(list, "0.note", &text, &err));
    CHECK(strstr(text, "10304") != NULL);
    FINE(voxline_json_get_text(list, "0.req_id", &text, &err));
    snprintf(failed_id, sizeof failed_id, "%s", text);
    voxline_json_free(list);
    FINE(voxline_ledger_give_up(ledger, "c-1", "nobody needs it", &err));
    FINE(voxline_ledger_give_up(ledger, "c-1", "nobody needs it", &err));
    FAILS(voxline_ledger_give_up(ledger, "c-1", "another", &err), VOXLINE_INVALID_STATE, "another reason");
    FINE(voxline_ledger_requeue(ledger, failed_id, &err));
    CHECK(count(ledger, "unknown") == 0 && count(ledger, "failed") == 1 && count(ledger, "queued") == 1);
    FAILS(voxline_ledger_accept(ledger, "c-1", "sim-job-1", &err), VOXLINE_INVALID_STATE, "c-1 is failed");
    memset(&h, 0, sizeof h);
    FINE(voxline_transcription_resume(client, ledger, settings, hear, &h, NULL, NULL, &err));
    CHECK(h.jobs == 1 && h.done == 1 && count(ledger, "done") == 2);
    /* What had been lost was taken by the service: found out elsewhere, its result is fetched. */
    FINE(voxline_ledger_requeue(ledger, "c-1", &err));
    FAILS(voxline_ledger_accept(ledger, "c-1", "", &err), VOXLINE_INVALID_ARGUMENT, "empty");
    FINE(voxline_ledger_accept(ledger, "c-1", "sim-job-1", &err));
    FINE(voxline_ledger_accept(ledger, "c-1", "sim-job-1", &err));
    FAILS(voxline_ledger_accept(ledger, "c-1", "sim-job-2", &err), VOXLINE_INVALID_STATE, "sim-job-2 was not noted");
    memset(&h, 0, sizeof h);
    FINE(voxline_transcription_resume(client, ledger, settings, hear, &h, NULL, NULL, &err));
    CHECK(h.done == 1 && count(ledger, "done") == 3);
    voxline_settings_free(settings);
    voxline_submissions_free(submissions);
    voxline_ledger_free(ledger);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

static void the_callback_ends_a_run(void) {
    simulator s = simulator_start("--pending-polls", "0");
    voxline_transcription_client *client = transcription_client(&s);
    voxline_ledger *ledger = ledger_at("early.ledger");
    voxline_submissions *submissions = three();
    voxline_settings *settings = settings_of("interval_ms", "1", "in_flight", "1", NULL);
    voxline_settings *skip = settings_of("known_links", "skip", NULL);
    voxline_cancel *cancel = NULL;
    voxline_json *jobs = NULL, *entered = NULL;
    size_t length = 0;
    int64_t known = 0, repeated = 9;
    hearing h;
    memset(&h, 0, sizeof h);
    h.stop_at = 1;
    FINE(voxline_cancel_new(&cancel, &err));
    FINE(voxline_transcription_run(client, ledger, submissions, settings, hear, &h, cancel, &jobs, &err));
    FINE(voxline_json_length(jobs, "", &length, &err));
    CHECK(length == 1 && h.jobs == 1 && count(ledger, "queued") == 2 && voxline_cancel_is_cancelled(cancel) == 0);
    voxline_json_free(jobs);

    /* One more, entered without being sent. */
    FINE(voxline_submissions_add(submissions, LINK("four"), NULL, &err));
    FAILS(voxline_transcription_enter(client, ledger, submissions, NULL, &entered, &err), VOXLINE_INVALID_STATE,
          "3 of 4");
    FINE(voxline_transcription_enter(client, ledger, submissions, skip, &entered, &err));
    FINE(voxline_json_length(entered, "new", &length, &err));
    FINE(voxline_json_get_i64(entered, "known", &known, &err));
    FINE(voxline_json_get_i64(entered, "repeated", &repeated, &err));
    CHECK(length == 1 && known == 3 && repeated == 0 && count(ledger, "queued") == 3);
    voxline_json_free(entered);
    FINE(voxline_cancel_cancel(cancel, &err));
    FINE(voxline_transcription_resume(client, ledger, settings, NULL, NULL, cancel, NULL, &err));
    CHECK(count(ledger, "queued") == 3);
    FINE(voxline_transcription_resume(client, ledger, settings, NULL, NULL, NULL, NULL, &err));
    CHECK(count(ledger, "done") == 4);
    voxline_cancel_free(cancel);
    voxline_settings_free(settings);
    voxline_settings_free(skip);
    voxline_submissions_free(submissions);
    voxline_ledger_free(ledger);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

static void deliveries_are_recorded(void) {
    static const char body[] = "{\"code\":\"10000\",\"flag\":1,\"requestId\":\"sim-job-1\",\"req_id\":\"c-1\","
                               "\"data\":{\"sentences\":[{\"text\":\"delivered\",\"start\":1,\"end\":2}]}}";
    static const char stranger[] = "{\"code\":\"10000\",\"requestId\":\"x\",\"req_id\":\"x\",\"data\":{\"text\":\"t\"}}";
    simulator s = simulator_start("--pending-polls", "1000000");
    voxline_transcription_client *client = transcription_client(&s);
    voxline_ledger *ledger = ledger_at("pushed.ledger");
    voxline_submissions *submissions = NULL;
    voxline_settings *push = settings_of("req_id", "c-1", "callback_url", "http://127.0.0.1:9/callback", NULL);
    voxline_transcript *transcript = NULL;
    voxline_json *jobs = NULL;
    const char *text = NULL;
    FINE(voxline_submissions_new(&submissions, &err));
    FINE(voxline_submissions_add(submissions, LINK("one"), push, &err));
    FINE(voxline_transcription_run(client, ledger, submissions, NULL, NULL, NULL, NULL, &jobs, &err));
    FINE(voxline_json_get_text(jobs, "0.outcome", &text, &err));
    CHECK(strcmp(text, "awaiting callback") == 0);
    CHECK(voxline_json_get_text(jobs, "0.error", &text, NULL) == VOXLINE_END);
    voxline_json_free(jobs);
    FINE(voxline_ledger_record_callback(ledger, (const uint8_t *)body, sizeof body - 1, &err));
    CHECK(voxline_ledger_record_callback(ledger, (const uint8_t *)body, sizeof body - 1, NULL) == VOXLINE_END);
    FAILS(voxline_ledger_record_callback(ledger, (const uint8_t *)stranger, sizeof stranger - 1, &err),
          VOXLINE_NOT_FOUND, "");
    FAILS(voxline_ledger_record_callback(ledger, (const uint8_t *)"?", 1, &err), VOXLINE_MALFORMED_INPUT, "");
    FINE(voxline_ledger_result(ledger, "c-1", &transcript, &err));
    CHECK(strcmp(voxline_transcript_text(transcript), "delivered") == 0);
    voxline_transcript_free(transcript);
    voxline_settings_free(push);
    voxline_submissions_free(submissions);
    voxline_ledger_free(ledger);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

void test_ledger(void) {
    voxline_ledger *ledger = NULL;
    every_step_is_written_down();
    doubt_is_left_to_the_caller();
    the_callback_ends_a_run();
    deliveries_are_recorded();
    FAILS(voxline_ledger_open(asset("call.mp3"), &ledger, &err), VOXLINE_UNSUPPORTED_FORMAT, "call.mp3");
    CHECK(ledger == NULL);
}
