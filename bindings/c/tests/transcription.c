/* The transcription client against the simulator. */
#include "service.h"

#define LINK "https://files.example/call.wav?sig=cAnArY"

static void a_transcript_is_asked_for(void) {
    simulator s = simulator_start(NULL, NULL);
    voxline_transcription_client *client = transcription_client(&s);
    voxline_settings *settings = settings_of("req_id", "c-1", "business_data", "order 7", NULL);
    voxline_settings *wait = settings_of("interval_ms", "1", "max_interval_ms", "2", "growth", "1.5", NULL);
    voxline_json *accepted = NULL;
    voxline_transcript *transcript = NULL;
    voxline_sentence sentence;
    const char *id = NULL, *own = NULL;
    size_t i, count;
    int64_t number = 0;
    FINE(voxline_transcription_submit(client, LINK, settings, NULL, &accepted, &err));
    FINE(voxline_json_get_text(accepted, "request_id", &id, &err));
    FINE(voxline_json_get_text(accepted, "req_id", &own, &err));
    CHECK(strcmp(own, "c-1") == 0 && strlen(id) > 0);
    FAILS(voxline_json_get_text(accepted, "nothing", &own, &err), VOXLINE_INVALID_ARGUMENT, "nothing");
    FAILS(voxline_json_get_i64(accepted, "req_id", &number, &err), VOXLINE_INVALID_ARGUMENT, "whole number");
    /* The simulator lets two questions find it pending. */
    CHECK(voxline_transcription_query(client, id, NULL, &transcript, NULL) == VOXLINE_NEED_MORE && transcript == NULL);
    FINE(voxline_transcription_wait(client, id, wait, NULL, &transcript, &err));
    count = voxline_transcript_sentence_count(transcript);
    CHECK(count > 1 && strlen(voxline_transcript_text(transcript)) > 20);
    for (i = 0; i < count; i++) {
        FINE(voxline_transcript_sentence(transcript, i, &sentence, &err));
        CHECK(strstr(voxline_transcript_text(transcript), sentence.text) != NULL);
        CHECK(sentence.start_ms >= 0 && sentence.end_ms > sentence.start_ms && sentence.channel >= -1);
    }
    CHECK(voxline_transcript_sentence(transcript, count, &sentence, NULL) == VOXLINE_END);
    CHECK(strstr(voxline_transcript_raw(transcript), voxline_transcript_payload(transcript)) != NULL ||
          strlen(voxline_transcript_payload(transcript)) > 0);
    voxline_transcript_free(transcript);
    transcript = NULL;
    /* What is there stays there. */
    FINE(voxline_transcription_query(client, id, NULL, &transcript, &err));
    voxline_transcript_free(transcript);
    transcript = NULL;
    FAILS(voxline_transcription_query(client, "", NULL, &transcript, &err), VOXLINE_INVALID_ARGUMENT, "requestId");
    CHECK(transcript == NULL);
    voxline_json_free(accepted);
    voxline_settings_free(settings);
    voxline_settings_free(wait);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

static void a_paid_submission_is_not_repeated(void) {
    simulator s = simulator_start("--faults", "submit:drop,submit:status=10304,submit:http=503,query:status=10903");
    voxline_transcription_client *client = transcription_client(&s);
    voxline_settings *settings = settings_of("req_id", "c-2", NULL);
    voxline_json *accepted = NULL;
    voxline_transcript *transcript = NULL;
    voxline_error *err = NULL;
    const char *id = NULL;
    CHECK(voxline_transcription_submit(client, LINK, settings, NULL, &accepted, &err) == VOXLINE_OUTCOME_UNKNOWN);
    CHECK(voxline_error_retry(err) == VOXLINE_RETRY_UNKNOWN);
    CHECK(strcmp(voxline_error_request_id(err), "c-2") == 0 && strstr(voxline_error_message(err), "c-2") != NULL);
    voxline_error_free(err);
    CHECK(voxline_transcription_submit(client, LINK, NULL, NULL, &accepted, &err) == VOXLINE_SERVICE);
    CHECK(strcmp(voxline_error_service_code(err), "10304") == 0);
    voxline_error_free(err);
    FAILS(voxline_transcription_submit(client, "call.wav", NULL, NULL, &accepted, &err), VOXLINE_INVALID_ARGUMENT,
          "file link");
    CHECK(accepted == NULL);
    /* 503 says that nothing was done: it is sent again. */
    FINE(voxline_transcription_submit(client, LINK, NULL, NULL, &accepted, &err));
    FINE(voxline_json_get_text(accepted, "request_id", &id, &err));
    CHECK(voxline_transcription_query(client, id, NULL, &transcript, &err) == VOXLINE_SERVICE && transcript == NULL);
    CHECK(strcmp(voxline_error_service_code(err), "10903") == 0 && strcmp(voxline_error_request_id(err), id) == 0);
    voxline_error_free(err);
    voxline_json_free(accepted);
    voxline_settings_free(settings);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

static void a_question_was_answered(void *userdata, int32_t level, const char *target, const char *message) {
    (void)level;
    (void)target;
    if (strstr(message, "asyncResult/query") != NULL) {
        flag_say((signal_flag *)userdata);
    }
}

static void a_wait_ends_when_it_should(void) {
    simulator s = simulator_start("--pending-polls", "1000000");
    voxline_transcription_client *client = transcription_client(&s);
    /* It ends at once, because the second question would come too late. */
    voxline_settings *until = settings_of("interval_ms", "86400000", "max_interval_ms", "86400000", "deadline_ms", "60000",
                                          NULL);
    /* Nobody waits for a day: another thread ends it. */
    voxline_settings *ever = settings_of("interval_ms", "86400000", "max_interval_ms", "86400000", "deadline_ms",
                                         "864000000", NULL);
    voxline_cancel *cancel = NULL;
    voxline_json *accepted = NULL;
    voxline_transcript *transcript = NULL;
    const char *id = NULL;
    signal_flag asked;
    canceller c;
    pthread_t thread;
    FINE(voxline_transcription_submit(client, LINK, NULL, NULL, &accepted, &err));
    FINE(voxline_json_get_text(accepted, "request_id", &id, &err));
    FAILS(voxline_transcription_wait(client, id, until, NULL, &transcript, &err), VOXLINE_TIMEOUT, "not done yet");
    FINE(voxline_settings_set(until, "growth", "0.5", &err));
    FAILS(voxline_transcription_wait(client, id, until, NULL, &transcript, &err), VOXLINE_INVALID_ARGUMENT, "growth");
    FINE(voxline_cancel_new(&cancel, &err));
    flag_init(&asked);
    c.flag = &asked;
    c.cancel = cancel;
    FINE(voxline_log_set(VOXLINE_LOG_DEBUG, a_question_was_answered, &asked, &err));
    CHECK(pthread_create(&thread, NULL, cancel_when_said, &c) == 0);
    FAILS(voxline_transcription_wait(client, id, ever, cancel, &transcript, &err), VOXLINE_CANCELLED, "gave up");
    CHECK(transcript == NULL && pthread_join(thread, NULL) == 0);
    FINE(voxline_log_set(VOXLINE_LOG_OFF, NULL, NULL, &err));
    flag_end(&asked);
    voxline_cancel_free(cancel);
    voxline_json_free(accepted);
    voxline_settings_free(until);
    voxline_settings_free(ever);
    voxline_transcription_client_free(client);
    simulator_stop(&s);
}

static void deliveries_are_read(void) {
    static const char done[] = "{\"code\":\"10000\",\"flag\":1,\"requestId\":\"r-1\",\"req_id\":\"c-1\",\"business_data\":\"b\","
                               "\"data\":{\"sentences\":[{\"text\":\"one\",\"start\":120,\"end\":900,\"channel\":1},"
                               "{\"text\":\"two\"}]}}";
    static const char failed[] = "{\"code\":\"10903\",\"msg\":\"no sound\",\"requestId\":\"r-2\"}";
    voxline_json *callback = NULL;
    voxline_transcript *transcript = NULL;
    voxline_sentence sentence;
    const char *text = NULL;
    FINE(voxline_transcription_parse_callback((const uint8_t *)done, sizeof done - 1, &callback, &transcript, &err));
    FINE(voxline_json_text(callback, &text, &err));
    CHECK(strstr(text, "\"state\":\"done\"") != NULL && strstr(text, "\"request_id\":\"r-1\"") != NULL &&
          strstr(text, "\"req_id\":\"c-1\"") != NULL && strstr(text, "\"business_data\":\"b\"") != NULL);
    CHECK(voxline_json_get_text(callback, "code", &text, NULL) == VOXLINE_END);
    FINE(voxline_transcript_sentence(transcript, 0, &sentence, &err));
    CHECK(strcmp(sentence.text, "one") == 0 && sentence.start_ms == 120 && sentence.end_ms == 900 &&
          sentence.channel == 1);
    FINE(voxline_transcript_sentence(transcript, 1, &sentence, &err));
    CHECK(strcmp(sentence.text, "two") == 0 && sentence.start_ms == -1 && sentence.end_ms == -1 &&
          sentence.channel == -1);
    CHECK(strcmp(voxline_transcript_raw(transcript), done) == 0);
    voxline_transcript_free(transcript);
    voxline_json_free(callback);
    FINE(voxline_transcription_parse_callback((const uint8_t *)failed, sizeof failed - 1, &callback, &transcript, &err));
    CHECK(transcript == NULL);
    FINE(voxline_json_get_text(callback, "state", &text, &err));
    CHECK(strcmp(text, "failed") == 0);
    FINE(voxline_json_get_text(callback, "code", &text, &err));
    CHECK(strcmp(text, "10903") == 0);
    FINE(voxline_json_get_text(callback, "message", &text, &err));
    CHECK(strcmp(text, "no sound") == 0);
    voxline_json_free(callback);
    callback = NULL;
    FAILS(voxline_transcription_parse_callback((const uint8_t *)"[1]", 3, &callback, NULL, &err),
          VOXLINE_MALFORMED_INPUT, "3 bytes");
    CHECK(callback == NULL);
}

void test_transcription(void) {
    a_transcript_is_asked_for();
    a_paid_submission_is_not_repeated();
    a_wait_ends_when_it_should();
    deliveries_are_read();
}
