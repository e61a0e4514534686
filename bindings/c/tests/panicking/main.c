/* A panic inside the library, seen from C. Built with a library that has functions which the installed one has not. */
#include <stdio.h>
#include <string.h>

#include <voxline.h>

int32_t voxline_test_panic(const char *word, voxline_error **err);
int32_t voxline_test_panic_base64(voxline_base64 *base64, voxline_error **err);
int32_t voxline_test_panic_options(voxline_options *options, voxline_error **err);
int32_t voxline_test_panic_preparer(voxline_preparer *preparer, voxline_error **err);
int32_t voxline_test_panic_settings(voxline_settings *settings, voxline_error **err);
int32_t voxline_test_panic_speex_decoder(voxline_speex_decoder *decoder, voxline_error **err);
int32_t voxline_test_panic_speex_encoder(voxline_speex_encoder *encoder, voxline_error **err);
int32_t voxline_test_panic_splitter(voxline_splitter *splitter, voxline_error **err);
int32_t voxline_test_panic_submissions(voxline_submissions *submissions, voxline_error **err);

static int wrong = 0;

static void check(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        wrong = 1;
    }
}

/* A call with a handle that a panic left: refused, whether the call takes it as const or not. */
#define REFUSED(call)                                                                                    \
    do {                                                                                                 \
        voxline_error *err = NULL;                                                                       \
        check((call) == VOXLINE_INVALID_STATE, #call);                                                   \
        check(strstr(voxline_error_message(err), "panicked") != NULL, "the message of " #call);          \
        voxline_error_free(err);                                                                         \
    } while (0)

#define PANICS(call) check((call) == VOXLINE_PANIC, #call)

static void a_handle_that_a_panic_left(const char *recording) {
    static int16_t frame[160];
    uint8_t bytes[256];
    char text[64];
    size_t size = 0;
    voxline_base64 *base64 = NULL;
    voxline_options *options = NULL, *copy = NULL;
    voxline_preparer *preparer = NULL;
    voxline_settings *settings = NULL;
    voxline_speex_decoder *decoder = NULL;
    voxline_speex_encoder *encoder = NULL;
    voxline_splitter *splitter = NULL;
    voxline_part *part = NULL;
    voxline_submissions *submissions = NULL;
    voxline_chat_client *client = NULL;
    voxline_prepared *prepared = NULL;
    voxline_base64_new(&base64, NULL);
    voxline_options_new(&options, NULL);
    voxline_preparer_new(options, &preparer, NULL);
    voxline_settings_new(&settings, NULL);
    voxline_speex_decoder_new(VOXLINE_SPEEX_NARROWBAND, 1, &decoder, NULL);
    voxline_speex_encoder_new(VOXLINE_SPEEX_NARROWBAND, 8, 3, &encoder, NULL);
    voxline_splitter_new(NULL, &splitter, NULL);
    voxline_submissions_new(&submissions, NULL);
    PANICS(voxline_test_panic_base64(base64, NULL));
    PANICS(voxline_test_panic_options(options, NULL));
    PANICS(voxline_test_panic_preparer(preparer, NULL));
    PANICS(voxline_test_panic_settings(settings, NULL));
    PANICS(voxline_test_panic_speex_decoder(decoder, NULL));
    PANICS(voxline_test_panic_speex_encoder(encoder, NULL));
    PANICS(voxline_test_panic_splitter(splitter, NULL));
    PANICS(voxline_test_panic_submissions(submissions, NULL));

    REFUSED(voxline_base64_push(base64, bytes, 3, text, sizeof text, &size, &err));
    REFUSED(voxline_base64_finish(base64, text, sizeof text, &size, &err));
    REFUSED(voxline_options_set(options, "input.strict", "on", &err));
    REFUSED(voxline_options_get(options, "input.strict", text, sizeof text, NULL, &err));
    REFUSED(voxline_options_clone(options, &copy, &err));
    REFUSED(voxline_options_validate(options, &err));
    REFUSED(voxline_prepare_path(recording, options, NULL, NULL, &prepared, &err));
    REFUSED(voxline_preparer_push(preparer, bytes, 3, &err));
    REFUSED(voxline_preparer_pull(preparer, 0, bytes, sizeof bytes, &size, &err));
    REFUSED(voxline_preparer_pull_s16(preparer, 0, frame, 160, &size, &err));
    REFUSED(voxline_preparer_outputs(preparer, &size, &err));
    REFUSED(voxline_preparer_wav_header(preparer, bytes, sizeof bytes, &size, &err));
    REFUSED(voxline_preparer_finish(preparer, NULL, &err));
    REFUSED(voxline_settings_set(settings, "access_token", "t", &err));
    REFUSED(voxline_chat_client_new(settings, NULL, &client, &err));
    REFUSED(voxline_speex_decode(decoder, NULL, 0, frame, 160, &err));
    REFUSED(voxline_speex_decoder_frame_samples(decoder, &size, &err));
    REFUSED(voxline_speex_decoder_reset(decoder, &err));
    REFUSED(voxline_speex_encode(encoder, frame, 160, bytes, sizeof bytes, &size, &err));
    REFUSED(voxline_speex_encoder_sizes(encoder, &size, NULL, NULL, &err));
    REFUSED(voxline_speex_encoder_reset(encoder, &err));
    REFUSED(voxline_splitter_push(splitter, bytes, 3, &err));
    REFUSED(voxline_splitter_pull(splitter, &part, &err));
    REFUSED(voxline_splitter_end_input(splitter, &err));
    REFUSED(voxline_splitter_finish(splitter, NULL, &err));
    REFUSED(voxline_submissions_add(submissions, "https://files.example/a.wav", NULL, &err));
    /* Even another panic is not reached. */
    REFUSED(voxline_test_panic_options(options, &err));
    check(copy == NULL && client == NULL && part == NULL && prepared == NULL, "nothing was made");

    voxline_base64_free(base64);
    voxline_options_free(options);
    voxline_preparer_free(preparer);
    voxline_settings_free(settings);
    voxline_speex_decoder_free(decoder);
    voxline_speex_encoder_free(encoder);
    voxline_splitter_free(splitter);
    voxline_submissions_free(submissions);
}

int main(int argc, char **argv) {
    voxline_error *err = NULL;
    voxline_prepared *prepared = NULL;
    const uint8_t *data = NULL;
    size_t size = 0;
    int round;
    check(argc == 2, "the argument is a recording");
    for (round = 0; round < 3; round++) {
        check(voxline_test_panic("seven", &err) == VOXLINE_PANIC, "the status is VOXLINE_PANIC");
        check(voxline_error_status(err) == VOXLINE_PANIC, "so is that of the error");
        check(strcmp(voxline_error_message(err), "panic (voxline_test_panic): on purpose: seven") == 0, "its message");
        check(voxline_error_retry(err) == VOXLINE_RETRY_NO, "nothing is gained by trying again");
        voxline_error_free(err);
        check(voxline_test_panic("eight", NULL) == VOXLINE_PANIC, "the error may be left alone");
        check(voxline_test_panic(NULL, &err) == VOXLINE_NULL_POINTER, "arguments are looked at first");
        voxline_error_free(err);
        /* And life goes on. */
        check(voxline_prepare_path(argv[1], NULL, NULL, NULL, &prepared, &err) == VOXLINE_OK && err == NULL, "it works");
        check(voxline_prepared_output(prepared, 0, &data, &size, NULL) == VOXLINE_OK && size > 1000, "there is sound");
        voxline_prepared_free(prepared);
    }
    a_handle_that_a_panic_left(argv[1]);
    return wrong;
}
