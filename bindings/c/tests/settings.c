/* Settings by name, and tokens that cancel. */
#include "service.h"

static void the_table_describes_every_setting(void) {
    voxline_setting_info info;
    size_t count = 0, secrets = 0;
    while (voxline_setting_describe(count, &info, NULL) == VOXLINE_OK) {
        CHECK(strlen(info.name) > 2 && strlen(info.used_for) > 2 && strlen(info.takes) > 2 && strlen(info.help) > 10);
        secrets += strcmp(info.takes, "secret") == 0;
        count++;
    }
    CHECK(count > 30 && secrets == 5);
    CHECK(voxline_setting_describe(SIZE_MAX, &info, NULL) == VOXLINE_END);
}

static void what_is_wrong_is_said_and_not_repeated(void) {
    voxline_settings *settings = settings_of("token", "cAnArY", NULL);
    voxline_chat_client *chat = NULL;
    voxline_recording_client *recording = NULL;
    voxline_transcription_client *transcription = NULL;
    voxline_options *options = quick();
    voxline_error *err = NULL;
    FAILS(voxline_settings_set(settings, "acces_token", "cAnArY", &err), VOXLINE_UNKNOWN_OPTION, "access_token");
    FAILS(voxline_settings_set(settings, "tts", "cAnArY", &err), VOXLINE_INVALID_ARGUMENT, "bool");
    CHECK(voxline_settings_set(settings, "speed", "cAnArY", &err) == VOXLINE_INVALID_ARGUMENT);
    CHECK(strstr(voxline_error_message(err), "cAnArY") == NULL);
    voxline_error_free(err);
    FAILS(voxline_settings_set(settings, "token", "\xff", &err), VOXLINE_INVALID_ARGUMENT, "UTF-8");
    FAILS(voxline_chat_client_new(settings, NULL, &chat, &err), VOXLINE_INVALID_ARGUMENT,
          "token is no setting of a chat client");
    FAILS(voxline_chat_client_new(NULL, NULL, &chat, &err), VOXLINE_INVALID_ARGUMENT, "no access token");
    FAILS(voxline_recording_client_new(NULL, NULL, &recording, &err), VOXLINE_INVALID_ARGUMENT, "no token");
    FAILS(voxline_transcription_client_new(NULL, NULL, &transcription, &err), VOXLINE_INVALID_ARGUMENT,
          "no credentials");
    FINE(voxline_options_set(options, "http.max_attempts", "0", &err));
    FAILS(voxline_recording_client_new(settings, options, &recording, &err), VOXLINE_INVALID_ARGUMENT,
          "http.max_attempts");
    FINE(voxline_settings_set(settings, "base_url", "ftp://cAnArY.example", &err));
    FAILS(voxline_recording_client_new(settings, NULL, &recording, &err), VOXLINE_INVALID_ARGUMENT, "base URL");
    CHECK(chat == NULL && recording == NULL && transcription == NULL);
    voxline_options_free(options);
    voxline_settings_free(settings);
}

static void cancelling_is_seen_everywhere(void) {
    voxline_cancel *cancel = NULL;
    FINE(voxline_cancel_new(&cancel, &err));
    CHECK(voxline_cancel_is_cancelled(cancel) == 0 && voxline_cancel_is_cancelled(NULL) == 0);
    FINE(voxline_cancel_cancel(cancel, &err));
    FINE(voxline_cancel_cancel(cancel, &err));
    CHECK(voxline_cancel_is_cancelled(cancel) == 1);
    voxline_cancel_free(cancel);
}

void test_settings(void) {
    the_table_describes_every_setting();
    what_is_wrong_is_said_and_not_repeated();
    cancelling_is_seen_everywhere();
}
