/* The chat client against the simulator. */
#include "service.h"

static voxline_prepared *call_for_chat(void) {
    voxline_options *options = NULL;
    voxline_prepared *prepared = NULL;
    FINE(voxline_options_new_profile("chat-16k", &options, &err));
    FINE(voxline_prepare_path(asset("call.mp3"), options, NULL, NULL, &prepared, &err));
    voxline_options_free(options);
    return prepared;
}

static void an_utterance_is_answered(const voxline_prepared *prepared) {
    simulator s = simulator_start(NULL, NULL);
    voxline_chat_client *client = chat_client(&s);
    voxline_settings *settings = settings_of("tts", "on", "answer_audio", "wav16k", "speed", "6.5", NULL);
    voxline_chat_answer *answer = NULL, *other = NULL;
    voxline_bytes *spoken = NULL;
    voxline_prepared *decoded = NULL;
    const voxline_report *report = NULL;
    const uint8_t *data = NULL;
    size_t size = 0;
    uint64_t frames = 0;
    FINE(voxline_chat_send_prepared(client, prepared, settings, NULL, &answer, &err));
    CHECK(strstr(voxline_chat_answer_text(answer), "16 kHz") != NULL);
    CHECK(voxline_chat_answer_status_code(answer) == 0);
    CHECK(voxline_chat_answer_instructions(answer) == NULL);
    CHECK(voxline_chat_answer_audio_url(answer) != NULL);
    CHECK(strstr(voxline_chat_answer_raw(answer), "\"status\"") != NULL);

    FINE(voxline_chat_fetch_audio(client, answer, NULL, &spoken, &err));
    FINE(voxline_bytes_data(spoken, &data, &size, &err));
    CHECK(size > 1000 && memcmp(data, "RIFF", 4) == 0);
    FINE(voxline_chat_decode_answer(data, size, "wav16k", NULL, &decoded, &err));
    FINE(voxline_prepared_report(decoded, &report, &err));
    FINE(voxline_report_get_u64(report, "target.frames", &frames, &err));
    CHECK(frames > 1000);
    voxline_prepared_free(decoded);
    decoded = NULL;
    FAILS(voxline_chat_decode_answer(data, size, "ogg", NULL, &decoded, &err), VOXLINE_INVALID_ARGUMENT, "mulaw8k");
    CHECK(decoded == NULL);
    voxline_bytes_free(spoken);
    spoken = NULL;

    /* The same as bytes, and without speech. */
    FINE(voxline_prepared_output(prepared, 0, &data, &size, &err));
    FINE(voxline_chat_send(client, data, size, "pcm", 16000, NULL, NULL, &other, &err));
    CHECK(strcmp(voxline_chat_answer_text(other), voxline_chat_answer_text(answer)) == 0);
    CHECK(voxline_chat_answer_audio_url(other) == NULL);
    CHECK(voxline_chat_fetch_audio(client, other, NULL, &spoken, NULL) == VOXLINE_END && spoken == NULL);
    voxline_chat_answer_free(other);
    voxline_chat_answer_free(answer);
    other = answer = NULL;

    FAILS(voxline_chat_send(client, data, size, "mp3", 16000, NULL, NULL, &answer, &err), VOXLINE_INVALID_ARGUMENT,
          "speex-wb");
    FAILS(voxline_chat_send(client, data, size, "pcm", 44100, NULL, NULL, &answer, &err), VOXLINE_INVALID_ARGUMENT,
          "44100");
    FAILS(voxline_chat_client_for_user(client, "other", &client, &err), VOXLINE_INVALID_ARGUMENT, "app credentials");
    CHECK(answer == NULL);
    voxline_settings_free(settings);
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

static void instructions_are_handed_over(const voxline_prepared *prepared) {
    simulator s = simulator_start(NULL, NULL);
    voxline_chat_client *client = chat_client(&s);
    voxline_settings *settings = settings_of("position", "instructions", "latitude", "23.1", "longitude", "113.3",
                                             "city", "Guangzhou", NULL);
    voxline_chat_answer *answer = NULL;
    FINE(voxline_chat_send_prepared(client, prepared, settings, NULL, &answer, &err));
    CHECK(voxline_chat_answer_instructions(answer) != NULL);
    CHECK(strstr(voxline_chat_answer_instructions(answer), "\"actions\"") != NULL);
    CHECK(voxline_chat_answer_text(answer)[0] != '{');
    voxline_chat_answer_free(answer);
    voxline_settings_free(settings);
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

static void tokens_are_got_for_users(const voxline_prepared *prepared) {
    simulator s = simulator_start(NULL, NULL);
    voxline_options *options = quick();
    voxline_settings *settings = settings_of("base_url", s.url, "app_key", CHAT_APP_KEY, "auth_code", "code", "user_id",
                                             "first", "expires_unit", "days", "renew_before_ms", "1_000", NULL);
    voxline_chat_client *client = NULL, *other = NULL;
    voxline_chat_answer *answer = NULL;
    FINE(voxline_chat_client_new(settings, options, &client, &err));
    FINE(voxline_chat_client_for_user(client, "second", &other, &err));
    /* The one was made of the other and lives without it. */
    voxline_chat_client_free(client);
    FINE(voxline_chat_send_prepared(other, prepared, NULL, NULL, &answer, &err));
    voxline_chat_answer_free(answer);
    voxline_chat_client_free(other);
    voxline_settings_free(settings);
    voxline_options_free(options);
    simulator_stop(&s);
}

static void what_the_service_says_is_in_the_error(const voxline_prepared *prepared) {
    simulator s = simulator_start("--faults", "status=8,drop,http=503*3,http=429@7,status=122");
    voxline_chat_client *client = chat_client(&s);
    voxline_chat_answer *answer = NULL;
    voxline_error *err = NULL;
    CHECK(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err) == VOXLINE_SERVICE);
    CHECK(strcmp(voxline_error_service(err), "chat") == 0 && strcmp(voxline_error_service_code(err), "8") == 0);
    CHECK(voxline_error_service_message(err) != NULL && voxline_error_request_id(err) != NULL);
    CHECK(voxline_error_http_status(err) == 200);
    voxline_error_free(err);
    /* It was sent and not answered: nobody knows, and it is not sent again. */
    CHECK(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err) == VOXLINE_OUTCOME_UNKNOWN);
    CHECK(voxline_error_retry(err) == VOXLINE_RETRY_UNKNOWN);
    voxline_error_free(err);
    CHECK(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err) == VOXLINE_SERVICE);
    CHECK(voxline_error_http_status(err) == 503 && strstr(voxline_error_message(err), "http.max_attempts") != NULL);
    voxline_error_free(err);
    /* To wait longer than the options allow is left to the caller. */
    CHECK(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err) == VOXLINE_RATE_LIMITED);
    CHECK(voxline_error_retry(err) == VOXLINE_RETRY_AFTER && voxline_error_retry_after_ms(err) == 7000);
    voxline_error_free(err);
    CHECK(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err) == VOXLINE_UNAUTHENTICATED);
    CHECK(strcmp(voxline_error_service_code(err), "122") == 0);
    voxline_error_free(err);
    CHECK(answer == NULL);
    FINE(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err));
    voxline_chat_answer_free(answer);
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

typedef struct {
    const voxline_chat_client *client;
    const voxline_prepared *prepared;
    int wrong;
} talking;

static void *talk(void *argument) {
    talking *t = (talking *)argument;
    voxline_chat_answer *answer = NULL;
    int round;
    for (round = 0; round < 3; round++) {
        t->wrong |= voxline_chat_send_prepared(t->client, t->prepared, NULL, NULL, &answer, NULL) != VOXLINE_OK;
        t->wrong |= strstr(voxline_chat_answer_text(answer), "16 kHz") == NULL;
        voxline_chat_answer_free(answer);
        answer = NULL;
    }
    return NULL;
}

static void eight_threads_share_a_client(const voxline_prepared *prepared) {
    enum { THREADS = 8 };
    simulator s = simulator_start(NULL, NULL);
    voxline_chat_client *client = chat_client(&s);
    pthread_t threads[THREADS];
    talking each[THREADS];
    int i;
    for (i = 0; i < THREADS; i++) {
        talking t = {client, prepared, 0};
        each[i] = t;
        CHECK(pthread_create(&threads[i], NULL, talk, &each[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(each[i].wrong == 0);
    }
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

static void what_was_cancelled_is_not_sent(const voxline_prepared *prepared) {
    simulator s = simulator_start("--faults", "http=500");
    voxline_chat_client *client = chat_client(&s);
    voxline_cancel *cancel = NULL;
    voxline_chat_answer *answer = NULL;
    FINE(voxline_cancel_new(&cancel, &err));
    FINE(voxline_cancel_cancel(cancel, &err));
    FAILS(voxline_chat_send_prepared(client, prepared, NULL, cancel, &answer, &err), VOXLINE_CANCELLED, "");
    CHECK(answer == NULL);
    /* The fault is still to come: nothing had been sent. */
    FAILS(voxline_chat_send_prepared(client, prepared, NULL, NULL, &answer, &err), VOXLINE_SERVICE, "500");
    voxline_cancel_free(cancel);
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

void test_chat(void) {
    voxline_prepared *prepared = call_for_chat();
    an_utterance_is_answered(prepared);
    instructions_are_handed_over(prepared);
    tokens_are_got_for_users(prepared);
    what_the_service_says_is_in_the_error(prepared);
    eight_threads_share_a_client(prepared);
    what_was_cancelled_is_not_sent(prepared);
    voxline_prepared_free(prepared);
}
