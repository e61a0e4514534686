/* A recording that is too long for one request, against the simulator: parts go out in order, a lost one alone again. */
#include "service.h"

typedef struct {
    int parts, failed, stop_after;
    double last_end_s;
} hearing;

static int32_t hear(void *userdata, const voxline_chat_part *part) {
    hearing *h = (hearing *)userdata;
    voxline_chat_part_info info;
    const voxline_chat_answer *answer = NULL;
    FINE(voxline_chat_part_describe(part, &info, &err));
    CHECK(info.index == (uint64_t)h->parts && info.start_s + info.overlap_s == h->last_end_s);
    CHECK(voxline_chat_part_answer(part, &answer, NULL) == info.status);
    CHECK((answer != NULL) == (info.status == VOXLINE_OK));
    h->failed += info.status != VOXLINE_OK;
    h->last_end_s = info.end_s;
    h->parts++;
    return h->parts == h->stop_after;
}

static int64_t read_nothing(void *userdata, uint8_t *buffer, size_t capacity) {
    (void)userdata;
    (void)buffer;
    (void)capacity;
    return -7;
}

static voxline_options *six_seconds(void) {
    voxline_options *options = NULL;
    FINE(voxline_options_new_profile("chat-16k", &options, &err));
    FINE(voxline_options_set(options, "split.max_duration_s", "6", &err));
    return options;
}

static void parts_are_answered_in_order(void) {
    simulator s = simulator_start(NULL, NULL);
    voxline_chat_client *client = chat_client(&s);
    voxline_options *options = six_seconds();
    voxline_settings *settings = settings_of("tts", "on", NULL);
    voxline_chat_long *answer = NULL;
    const voxline_chat_part *part = NULL;
    const voxline_chat_answer *said = NULL;
    const voxline_report *report = NULL;
    voxline_chat_part_info info;
    uint64_t frames = 0;
    hearing h = {0, 0, 0, 0};
    size_t i;
    FINE(voxline_chat_long_path(client, asset("call.mp3"), options, settings, VOXLINE_ON_FAILURE_STOP, hear, &h, NULL,
                                &answer, &err));
    CHECK(voxline_chat_long_is_complete(answer) == 1 && h.parts >= 3 && h.failed == 0);
    CHECK(voxline_chat_long_count(answer) == (size_t)h.parts);
    FINE(voxline_chat_long_fault(answer, &err));
    for (i = 0; i < voxline_chat_long_count(answer); i++) {
        FINE(voxline_chat_long_part(answer, i, &part, &err));
        FINE(voxline_chat_part_describe(part, &info, &err));
        FINE(voxline_chat_part_answer(part, &said, &err));
        CHECK(info.index == i && (info.cut == VOXLINE_CUT_END) == (i + 1 == (size_t)h.parts));
        CHECK(strstr(voxline_chat_answer_text(said), "16 kHz") != NULL && voxline_chat_answer_audio_url(said) != NULL);
    }
    CHECK(voxline_chat_long_part(answer, i, &part, NULL) == VOXLINE_END);
    FINE(voxline_chat_long_report(answer, &report, &err));
    FINE(voxline_report_get_u64(report, "target.frames", &frames, &err));
    CHECK(frames == 246498 && info.end_s == 246498 / 16000.0);
    FAILS(voxline_chat_long_resend(answer, 0, client, NULL, &err), VOXLINE_INVALID_STATE, "answer");
    CHECK(voxline_chat_long_resend(answer, 99, client, NULL, NULL) == VOXLINE_END);
    voxline_chat_long_free(answer);
    voxline_settings_free(settings);
    voxline_options_free(options);
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

static void a_lost_part_is_sent_again_alone(void) {
    simulator s = simulator_start("--faults", "ok,drop");
    voxline_chat_client *client = chat_client(&s);
    voxline_options *options = six_seconds();
    voxline_chat_long *answer = NULL;
    const voxline_chat_part *part = NULL;
    const voxline_chat_answer *said = NULL;
    const voxline_report *report = NULL;
    size_t size = 0;
    uint8_t *mp3 = read_asset("call.mp3", &size);
    hearing h = {0, 0, 0, 0};
    FINE(voxline_chat_long_bytes(client, mp3, size, options, NULL, VOXLINE_ON_FAILURE_GO_ON, hear, &h, NULL, &answer,
                                 &err));
    CHECK(h.parts >= 3 && h.failed == 1 && voxline_chat_long_is_complete(answer) == 0);
    FINE(voxline_chat_long_part(answer, 1, &part, &err));
    FAILS(voxline_chat_part_answer(part, &said, &err), VOXLINE_OUTCOME_UNKNOWN, "");
    CHECK(said == NULL);
    FINE(voxline_chat_long_resend(answer, 1, client, NULL, &err));
    CHECK(voxline_chat_long_is_complete(answer) == 1);
    FINE(voxline_chat_long_part(answer, 1, &part, &err));
    FINE(voxline_chat_part_answer(part, &said, &err));
    CHECK(strstr(voxline_chat_answer_text(said), "16 kHz") != NULL);
    voxline_chat_long_free(answer);
    voxline_chat_client_free(client);
    simulator_stop(&s);

    /* It ends there when nothing else is said, and the answers are kept. */
    s = simulator_start("--faults", "ok,drop");
    client = chat_client(&s);
    FINE(voxline_chat_long_bytes(client, mp3, size, options, NULL, VOXLINE_ON_FAILURE_STOP, NULL, NULL, NULL, &answer,
                                 &err));
    CHECK(voxline_chat_long_count(answer) == 2 && voxline_chat_long_fault(answer, NULL) == VOXLINE_OK);
    CHECK(voxline_chat_long_report(answer, &report, NULL) == VOXLINE_END && report == NULL);
    voxline_chat_long_free(answer);
    voxline_options_free(options);
    voxline_chat_client_free(client);
    simulator_stop(&s);
    free(mp3);
}

static void what_ends_it_is_told_and_answers_are_kept(void) {
    simulator s = simulator_start(NULL, NULL);
    voxline_chat_client *client = chat_client(&s);
    voxline_options *options = six_seconds();
    voxline_settings *wrong = settings_of("token", "t", NULL);
    voxline_chat_long *answer = NULL;
    voxline_cancel *cancel = NULL;
    hearing h = {0, 0, 2, 0};
    FINE(voxline_chat_long_path(client, asset("call.mp3"), options, NULL, 0, hear, &h, NULL, &answer, &err));
    CHECK(h.parts == 2 && voxline_chat_long_count(answer) == 2 && voxline_chat_long_is_complete(answer) == 0);
    FAILS(voxline_chat_long_fault(answer, &err), VOXLINE_CANCELLED, "after part 1");
    voxline_chat_long_free(answer);

    FINE(voxline_cancel_new(&cancel, &err));
    FINE(voxline_cancel_cancel(cancel, &err));
    FINE(voxline_chat_long_path(client, asset("call.mp3"), options, NULL, 0, NULL, NULL, cancel, &answer, &err));
    CHECK(voxline_chat_long_count(answer) == 0 && voxline_chat_long_fault(answer, NULL) == VOXLINE_CANCELLED);
    voxline_chat_long_free(answer);
    voxline_cancel_free(cancel);
    FINE(voxline_chat_long_reader(client, read_nothing, NULL, options, NULL, 0, NULL, NULL, NULL, &answer, &err));
    FAILS(voxline_chat_long_fault(answer, &err), VOXLINE_IO, "-7");
    voxline_chat_long_free(answer);

    answer = NULL;
    FAILS(voxline_chat_long_path(client, "no-such-file", options, NULL, 0, NULL, NULL, NULL, &answer, &err), VOXLINE_IO,
          "no-such-file");
    FAILS(voxline_chat_long_path(client, asset("call.mp3"), options, NULL, 7, NULL, NULL, NULL, &answer, &err),
          VOXLINE_INVALID_ARGUMENT, "7 is no voxline_on_failure");
    FAILS(voxline_chat_long_path(client, asset("call.mp3"), options, wrong, 0, NULL, NULL, NULL, &answer, &err),
          VOXLINE_INVALID_ARGUMENT, "is no setting of a");
    CHECK(answer == NULL && voxline_chat_long_count(NULL) == 0 && voxline_chat_long_is_complete(NULL) == 0);
    voxline_settings_free(wrong);
    voxline_options_free(options);
    voxline_chat_client_free(client);
    simulator_stop(&s);
}

void test_chat_long(void) {
    parts_are_answered_in_order();
    a_lost_part_is_sent_again_alone();
    what_ends_it_is_told_and_answers_are_kept();
}
