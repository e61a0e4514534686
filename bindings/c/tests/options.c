/* Options by key, profiles, the table of keys. */
#include "check.h"

static void what_was_set_is_got(void) {
    voxline_options *options = NULL, *copy = NULL;
    char text[16];
    size_t size = 0;
    FINE(voxline_options_new(&options, &err));
    FINE(voxline_options_set(options, "target.sample_rate_hz", "8_000", &err));
    FINE(voxline_options_get(options, "target.sample_rate_hz", text, sizeof text, &size, &err));
    CHECK(strcmp(text, "8000") == 0 && size == 5);
    FINE(voxline_options_clone(options, &copy, &err));
    FINE(voxline_options_set(options, "target.sample_rate_hz", "keep", &err));
    FINE(voxline_options_get(copy, "target.sample_rate_hz", text, 5, NULL, &err));
    CHECK(strcmp(text, "8000") == 0);

    size = 0;
    FINE(voxline_options_get(copy, "target.sample_rate_hz", NULL, 0, &size, &err));
    CHECK(size == 5);
    size = 77;
    FAILS(voxline_options_get(copy, "target.sample_rate_hz", text, 4, &size, &err), VOXLINE_BUFFER_TOO_SMALL,
          "5 bytes are needed, the buffer has 4");
    CHECK(size == 77);
    voxline_options_free(copy);
    voxline_options_free(options);
}

static void wrong_settings_change_nothing(void) {
    voxline_options *options = NULL;
    char text[16];
    FINE(voxline_options_new(&options, &err));
    FAILS(voxline_options_set(options, "target.samplerate", "8000", &err), VOXLINE_UNKNOWN_OPTION,
          "target.sample_rate_hz");
    FAILS(voxline_options_set(options, "target.sample_rate_hz", "fast", &err), VOXLINE_INVALID_ARGUMENT, "integer");
    FAILS(voxline_options_set(options, "target.sample_rate_hz", "\xff", &err), VOXLINE_INVALID_ARGUMENT, "UTF-8");
    FAILS(voxline_options_set(options, "target.sample_rate_hz", NULL, &err), VOXLINE_NULL_POINTER,
          "voxline_options_set");
    FINE(voxline_options_get(options, "target.sample_rate_hz", text, sizeof text, NULL, &err));
    CHECK(strcmp(text, "16000") == 0);
    FINE(voxline_options_validate(options, &err));
    FINE(voxline_options_set(options, "target.sample_rate_hz", "1", &err));
    FINE(voxline_options_set(options, "speex.quality", "11", &err));
    /* Both faults at once. */
    FAILS(voxline_options_validate(options, &err), VOXLINE_INVALID_ARGUMENT, "target.sample_rate_hz");
    FAILS(voxline_options_validate(options, &err), VOXLINE_INVALID_ARGUMENT, "speex.quality");
    voxline_options_free(options);
}

static void the_table_describes_every_option(void) {
    voxline_options *options = NULL;
    voxline_option_info info;
    char text[64];
    size_t count = 0;
    FINE(voxline_options_new(&options, &err));
    while (voxline_option_describe(count, &info, NULL) == VOXLINE_OK) {
        CHECK(strlen(info.help) > 10 && strlen(info.takes) > 0 && info.unit != NULL);
        FINE(voxline_options_get(options, info.key, text, sizeof text, NULL, &err));
        CHECK(strcmp(text, info.default_value) == 0);
        count++;
    }
    CHECK(count > 20);
    CHECK(voxline_option_describe(count, &info, NULL) == VOXLINE_END);
    CHECK(voxline_option_describe(SIZE_MAX, &info, NULL) == VOXLINE_END);
    voxline_options_free(options);
}

static void every_profile_can_be_had(void) {
    const char *name = NULL, *help = NULL;
    voxline_options *options = NULL;
    char text[16];
    size_t count = 0;
    while (voxline_profile_describe(count, &name, &help, NULL) == VOXLINE_OK) {
        FINE(voxline_options_new_profile(name, &options, &err));
        FINE(voxline_options_validate(options, &err));
        CHECK(strlen(help) > 10);
        voxline_options_free(options);
        count++;
    }
    CHECK(count >= 4);
    FINE(voxline_options_new_profile("chat-8k", &options, &err));
    FINE(voxline_options_get(options, "target.sample_rate_hz", text, sizeof text, NULL, &err));
    CHECK(strcmp(text, "8000") == 0);
    voxline_options_free(options);
    FAILS(voxline_options_new_profile("chat-9k", &options, &err), VOXLINE_INVALID_ARGUMENT, "chat-16k");
}

static void the_environment_sets_options(void) {
    /* Set by the suite: VOXLINE_INPUT_STRICT=on. */
    voxline_options *options = NULL;
    char text[16] = "";
    FINE(voxline_options_new(&options, &err));
    FINE(voxline_options_set_from_env(options, &err));
    FINE(voxline_options_get(options, "input.strict", text, sizeof text, NULL, &err));
    CHECK(strcmp(text, "on") == 0);
    voxline_options_free(options);
}

void test_options(void) {
    what_was_set_is_got();
    wrong_settings_change_nothing();
    the_table_describes_every_option();
    every_profile_can_be_had();
    the_environment_sets_options();
}
