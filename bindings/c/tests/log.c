/* The log: off, on, replaced, within itself. */
#include "service.h"

typedef struct {
    int lines;
    int debug_lines;
    int32_t worst;
    int has_answer;
    int nested;
} heard;

static void hear(void *userdata, int32_t level, const char *target, const char *message) {
    heard *h = (heard *)userdata;
    h->lines++;
    h->debug_lines += level == VOXLINE_LOG_DEBUG;
    h->worst = h->lines == 1 || level < h->worst ? level : h->worst;
    h->has_answer |= strncmp(target, "voxline", 7) == 0 && strstr(message, "request service=\"recording\"") == message &&
                     strstr(message, "status=") != NULL && strchr(message, '\n') == NULL;
}

/* Uses the library, which then has something to say, and wants to change the log. */
static void meddle(void *userdata, int32_t level, const char *target, const char *message) {
    heard *h = (heard *)userdata;
    voxline_recording_client *client = NULL;
    voxline_settings *settings = settings_of("base_url", "http://192.0.2.1", "token", "t", NULL);
    (void)level;
    (void)target;
    (void)message;
    h->lines++;
    h->nested += voxline_log_set(VOXLINE_LOG_OFF, NULL, NULL, NULL) == VOXLINE_INVALID_STATE &&
                 voxline_log_clear(meddle, userdata, NULL) == VOXLINE_INVALID_STATE;
    FINE(voxline_recording_client_new(settings, NULL, &client, &err));
    voxline_recording_client_free(client);
    voxline_settings_free(settings);
}

/* To an address that is not local and not encrypted: a warning. */
static void say_something(void) {
    voxline_recording_client *client = NULL;
    voxline_settings *settings = settings_of("base_url", "http://192.0.2.1", "token", "t", NULL);
    FINE(voxline_recording_client_new(settings, NULL, &client, &err));
    voxline_recording_client_free(client);
    voxline_settings_free(settings);
}

void test_log(void) {
    heard first, second;
    simulator s = simulator_start(NULL, NULL);
    voxline_recording_client *client = recording_client(&s);
    voxline_recording_url *url = NULL;
    memset(&first, 0, sizeof first);
    memset(&second, 0, sizeof second);

    FAILS(voxline_log_set(VOXLINE_LOG_DEBUG, NULL, NULL, &err), VOXLINE_NULL_POINTER, "log is NULL");
    FAILS(voxline_log_set(6, hear, &first, &err), VOXLINE_INVALID_ARGUMENT, "6 is no voxline_log_level");
    FAILS(voxline_log_set(-1, hear, &first, &err), VOXLINE_INVALID_ARGUMENT, "-1");
    FINE(voxline_log_set(VOXLINE_LOG_OFF, NULL, NULL, &err));
    say_something();
    CHECK(first.lines == 0);

    FINE(voxline_log_set(VOXLINE_LOG_WARN, hear, &first, &err));
    say_something();
    FINE(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err));
    CHECK(first.lines == 1 && first.worst == VOXLINE_LOG_WARN);
    voxline_recording_url_free(url);

    FINE(voxline_log_set(VOXLINE_LOG_DEBUG, hear, &second, &err));
    FINE(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err));
    CHECK(first.lines == 1 && second.lines > 0 && second.debug_lines == second.lines && second.has_answer);
    voxline_recording_url_free(url);

    memset(&first, 0, sizeof first);
    FINE(voxline_log_set(VOXLINE_LOG_TRACE, meddle, &first, &err));
    say_something();
    /* What was said within was dropped. */
    CHECK(first.lines == 1 && first.nested == 1);

    FINE(voxline_log_set(VOXLINE_LOG_OFF, hear, &first, &err));
    say_something();
    CHECK(first.lines == 1);

    /* Only who listens can be turned off. */
    FAILS(voxline_log_clear(NULL, &first, &err), VOXLINE_NULL_POINTER, "log is NULL");
    CHECK(voxline_log_clear(hear, &first, NULL) == VOXLINE_END);
    memset(&second, 0, sizeof second);
    FINE(voxline_log_set(VOXLINE_LOG_WARN, hear, &second, &err));
    CHECK(voxline_log_clear(hear, &first, NULL) == VOXLINE_END);
    CHECK(voxline_log_clear(meddle, &second, NULL) == VOXLINE_END);
    say_something();
    CHECK(second.lines == 1);
    FINE(voxline_log_clear(hear, &second, &err));
    say_something();
    CHECK(first.lines == 1 && second.lines == 1);
    voxline_recording_client_free(client);
    simulator_stop(&s);
}
