/* Secrets that can be found are set, errors are provoked, and everything that is shown is searched. */
#include "service.h"

#define CANARY "cAnArY"

/* What must not be shown: the secrets, and the words that stand before what is made of them. */
static const char *const needles[] = {CANARY, "?key=", "appkey=", "authcode=", "Bearer ", "teleai-cloud-auth-v1"};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t lines = 0, errors = 0, found = 0, hidden = 0;
static int is_quiet = 0;

static void search(const char *text) {
    size_t i;
    for (i = 0; text != NULL && i < sizeof needles / sizeof needles[0]; i++) {
        if (strstr(text, needles[i]) != NULL) {
            pthread_mutex_lock(&lock);
            found++;
            pthread_mutex_unlock(&lock);
            if (!is_quiet) {
                fprintf(stderr, "%s is shown: %s\n", needles[i], text);
            }
        }
    }
    if (text != NULL && strstr(text, "?\xe2\x80\xa6") != NULL) {
        pthread_mutex_lock(&lock);
        hidden++;
        pthread_mutex_unlock(&lock);
    }
}

static void hear(void *userdata, int32_t level, const char *target, const char *message) {
    (void)userdata;
    (void)level;
    pthread_mutex_lock(&lock);
    lines++;
    pthread_mutex_unlock(&lock);
    search(target);
    search(message);
}

/* Takes the error of a call and searches it. */
static void look(voxline_error *err) {
    errors += err != NULL;
    search(voxline_error_message(err));
    search(voxline_error_operation(err));
    search(voxline_error_context(err));
    search(voxline_error_service_message(err));
    search(voxline_error_service_code(err));
    search(voxline_error_request_id(err));
    voxline_error_free(err);
}

static void look_at(voxline_json *json) {
    const char *text = NULL;
    if (json != NULL) {
        FINE(voxline_json_text(json, &text, &err));
        search(text);
    }
    voxline_json_free(json);
}

static int32_t hear_job(void *userdata, const voxline_json *job) {
    const char *text = NULL;
    (void)userdata;
    if (voxline_json_text(job, &text, NULL) == VOXLINE_OK) {
        search(text);
    }
    return 0;
}

/* Everything that can be called, once. The secrets are wrong, or right where it says so. */
static void call_everything(const char *plan, const char *chat_token, const char *recording_token) {
    simulator s = simulator_start(plan == NULL ? NULL : "--faults", plan);
    static const char *const ids[] = {WAV_RECORD, "nobody"};
    static const uint8_t sound[3200] = {0};
    voxline_options *options = quick();
    voxline_settings *chat_settings = settings_of("base_url", s.url, "access_token", chat_token, NULL);
    voxline_settings *app = settings_of("base_url", s.url, "app_key", CANARY "-key+/=", "auth_code", CANARY "-code+/=",
                                        "user_id", "user", NULL);
    voxline_settings *recording_settings =
        settings_of("base_url", s.url, "token", recording_token, "download_scheme", "http", NULL);
    voxline_settings *transcription_settings =
        settings_of("base_url", s.url, "app_id", TRANSCRIPTION_APP_ID, "app_key", CANARY "-app-key", NULL);
    voxline_settings *wait = settings_of("interval_ms", "1", "deadline_ms", "20", NULL);
    voxline_settings *run = settings_of("interval_ms", "1", "deadline_ms", "20", "known_links", "repeat", NULL);
    voxline_chat_client *chat = NULL;
    voxline_recording_client *recording = NULL;
    voxline_transcription_client *transcription = NULL;
    voxline_chat_answer *answer = NULL;
    voxline_recording_url *url = NULL;
    voxline_recording_stream *stream = NULL;
    const voxline_recording_url *one = NULL;
    voxline_located *located = NULL;
    voxline_json *json = NULL;
    voxline_transcript *transcript = NULL;
    voxline_submissions *submissions = NULL;
    voxline_ledger *ledger = NULL;
    voxline_error *err = NULL;
    size_t i;
    FINE(voxline_options_set(options, "http.read_timeout_ms", "2000", &err));
    for (i = 0; i < 2; i++) {
        FINE(voxline_chat_client_new(i == 0 ? chat_settings : app, options, &chat, &err));
        voxline_chat_send(chat, sound, sizeof sound, "pcm", 16000, NULL, NULL, &answer, &err);
        look(err);
        voxline_chat_answer_free(answer);
        voxline_chat_client_free(chat);
        answer = NULL;
    }
    FINE(voxline_recording_client_new(recording_settings, options, &recording, &err));
    voxline_recording_check_token(recording, NULL, &err);
    look(err);
    voxline_recording_locate(recording, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err);
    look(err);
    search(voxline_recording_url_origin(url));
    voxline_recording_url_free(url);
    FINE(voxline_recording_locate_many(recording, USER_ID, TASK_ID, ids, 2, NULL, NULL, &located, &err));
    for (i = 0; i < 2; i++) {
        voxline_located_url(located, i, &one, &err);
        look(err);
    }
    voxline_located_free(located);
    voxline_recording_open(recording, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &stream, &err);
    look(err);
    voxline_recording_stream_free(stream);
    voxline_recording_download(recording, USER_ID, TASK_ID, WAV_RECORD, place("secret.wav"), NULL, NULL, NULL, NULL,
                               &json, &err);
    look(err);
    look_at(json);
    json = NULL;
    voxline_recording_client_free(recording);

    FINE(voxline_transcription_client_new(transcription_settings, options, &transcription, &err));
    voxline_transcription_submit(transcription, "https://files.example/a.wav?sig=" CANARY "cAnArY", NULL, NULL, &json,
                                 &err);
    look(err);
    look_at(json);
    json = NULL;
    voxline_transcription_wait(transcription, "nobody's", wait, NULL, &transcript, &err);
    look(err);
    FINE(voxline_ledger_open(place("secret.ledger"), &ledger, &err));
    FINE(voxline_submissions_new(&submissions, &err));
    FINE(voxline_submissions_add(submissions, "https://files.example/a.wav?sig=" CANARY "cAnArY", NULL, &err));
    FINE(voxline_transcription_run(transcription, ledger, submissions, run, hear_job, NULL, NULL, &json, &err));
    look_at(json);
    json = NULL;
    FINE(voxline_ledger_list(ledger, NULL, &json, &err));
    look_at(json);
    voxline_submissions_free(submissions);
    voxline_ledger_free(ledger);
    voxline_transcription_client_free(transcription);
    voxline_settings_free(chat_settings);
    voxline_settings_free(app);
    voxline_settings_free(recording_settings);
    voxline_settings_free(transcription_settings);
    voxline_settings_free(wait);
    voxline_settings_free(run);
    voxline_options_free(options);
    simulator_stop(&s);
}

void test_secrets(void) {
    static const char *const plans[] = {
        NULL,
        "chat:http=500,authorize:html,recording:garbage,batch:http=404,token:http=403,download:html,submit:drop,query:html",
        "chat:drop,authorize:drop*3,recording:drop*3,batch:status=777,token:drop*3,download:status=5005*3,"
        "submit:garbage,query:drop*3",
        "chat:html,authorize:status=-1*3,recording:http=302,batch:html,download:http=403*3,submit:html,query:http=401",
    };
    size_t i;
    /* The search finds what there is to be found. */
    is_quiet = 1;
    search("GET http://127.0.0.1/x?key=" CANARY);
    CHECK(found == 2);
    is_quiet = 0;
    found = 0;
    FINE(voxline_log_set(VOXLINE_LOG_TRACE, hear, NULL, &err));
    for (i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        call_everything(plans[i], CANARY "-token+/=", CANARY "-token+/=");
        call_everything(plans[i], CHAT_TOKEN, RECORDING_TOKEN);
        if (is_slow) {
            break;
        }
    }
    FINE(voxline_log_set(VOXLINE_LOG_OFF, NULL, NULL, &err));
    CHECK(found == 0);
    /* Queries are there, and are left out. */
    CHECK(hidden > 0);
    CHECK(errors >= (is_slow ? 12u : 60u));
    CHECK(lines >= (is_slow ? 20u : 120u));
}
