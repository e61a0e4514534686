/* Every function with what callers get wrong: NULL everywhere, zero, huge and crooked. Nothing may crash. */
#include "check.h"

static int is_error(int32_t status, voxline_error *err) {
    int right = status < 0 && voxline_error_status(err) == status && strlen(voxline_error_message(err)) > 0;
    voxline_error_free(err);
    return right;
}

/* Must be refused, with and without a place for the error. */
#define REFUSED(call)                                                                             \
    do {                                                                                          \
        voxline_error *err = NULL;                                                                \
        int32_t refused_status = (call);                                                          \
        CHECK(is_error(refused_status, err));                                                     \
    } while (0)

static void null_everywhere(void) {
    REFUSED(voxline_options_new(NULL, &err));
    REFUSED(voxline_options_new_profile(NULL, NULL, &err));
    REFUSED(voxline_options_clone(NULL, NULL, &err));
    REFUSED(voxline_options_set(NULL, NULL, NULL, &err));
    REFUSED(voxline_options_set_from_env(NULL, &err));
    REFUSED(voxline_options_get(NULL, NULL, NULL, 0, NULL, &err));
    REFUSED(voxline_options_validate(NULL, &err));
    REFUSED(voxline_option_describe(0, NULL, &err));
    REFUSED(voxline_profile_describe(0, NULL, NULL, &err));
    REFUSED(voxline_prepare_path(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_prepare_bytes(NULL, 0, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_prepare_reader(NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_prepared_output(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_prepared_report(NULL, NULL, &err));
    REFUSED(voxline_inspect_path(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_inspect_bytes(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_report_json(NULL, NULL, &err));
    REFUSED(voxline_report_get_u64(NULL, NULL, NULL, &err));
    REFUSED(voxline_report_get_f64(NULL, NULL, NULL, &err));
    REFUSED(voxline_report_get_text(NULL, NULL, NULL, &err));
    REFUSED(voxline_report_length(NULL, NULL, NULL, &err));
    REFUSED(voxline_decode_path(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_decode_bytes(NULL, 0, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_decode_reader(NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_audio_samples(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_audio_format(NULL, NULL, NULL, &err));
    REFUSED(voxline_audio_report(NULL, NULL, &err));
    REFUSED(voxline_preparer_new(NULL, NULL, &err));
    REFUSED(voxline_preparer_push(NULL, NULL, 0, &err));
    REFUSED(voxline_preparer_finish(NULL, NULL, &err));
    REFUSED(voxline_preparer_outputs(NULL, NULL, &err));
    REFUSED(voxline_preparer_pull(NULL, 0, NULL, 0, NULL, &err));
    REFUSED(voxline_preparer_pull_s16(NULL, 0, NULL, 0, NULL, &err));
    REFUSED(voxline_preparer_wav_header(NULL, NULL, 0, NULL, &err));
    REFUSED(voxline_base64_new(NULL, &err));
    REFUSED(voxline_base64_push(NULL, NULL, 0, NULL, 0, NULL, &err));
    REFUSED(voxline_base64_finish(NULL, NULL, 0, NULL, &err));
    REFUSED(voxline_speex_encoder_new(0, 8, 3, NULL, &err));
    REFUSED(voxline_speex_encoder_sizes(NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_speex_encode(NULL, NULL, 0, NULL, 0, NULL, &err));
    REFUSED(voxline_speex_encoder_reset(NULL, &err));
    REFUSED(voxline_speex_decoder_new(0, 0, NULL, &err));
    REFUSED(voxline_speex_decoder_frame_samples(NULL, NULL, &err));
    REFUSED(voxline_speex_decode(NULL, NULL, 0, NULL, 0, &err));
    REFUSED(voxline_speex_decode_frames(NULL, NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_speex_decoder_reset(NULL, &err));
    CHECK(voxline_options_new(NULL, NULL) == VOXLINE_NULL_POINTER);
}

static void null_for_each_result(void) {
    voxline_options *options = NULL;
    voxline_prepared *prepared = NULL;
    voxline_audio *audio = NULL;
    voxline_preparer *preparer = NULL;
    const voxline_report *report = NULL;
    const uint8_t *data = NULL;
    const int16_t *samples = NULL;
    const char *text = NULL;
    size_t size = 0;
    FINE(voxline_options_new(&options, &err));
    REFUSED(voxline_options_clone(options, NULL, &err));
    REFUSED(voxline_options_get(options, "input.strict", NULL, 5, NULL, &err));
    REFUSED(voxline_profile_describe(0, &text, NULL, &err));
    REFUSED(voxline_profile_describe(0, NULL, &text, &err));
    FAILS(voxline_prepare_bytes(NULL, 0, options, NULL, NULL, &prepared, &err), VOXLINE_MALFORMED_INPUT, "empty");
    FINE(voxline_prepare_path(asset("call.mp3"), options, NULL, NULL, &prepared, &err));
    REFUSED(voxline_prepare_bytes(NULL, 0, options, NULL, NULL, NULL, &err));
    REFUSED(voxline_prepared_output(prepared, 0, NULL, &size, &err));
    REFUSED(voxline_prepared_output(prepared, 0, &data, NULL, &err));
    CHECK(voxline_prepared_output(prepared, SIZE_MAX, &data, &size, NULL) == VOXLINE_END);
    REFUSED(voxline_prepared_report(prepared, NULL, &err));
    FINE(voxline_prepared_report(prepared, &report, &err));
    REFUSED(voxline_report_json(report, NULL, &err));
    REFUSED(voxline_report_get_u64(report, "source.frames", NULL, &err));
    REFUSED(voxline_report_get_text(report, NULL, &text, &err));
    REFUSED(voxline_report_get_text(report, "", &text, &err));
    FINE(voxline_decode_path(asset("call.mp3"), NULL, NULL, NULL, &audio, &err));
    REFUSED(voxline_audio_samples(audio, 0, NULL, &size, &err));
    REFUSED(voxline_audio_samples(audio, 0, &samples, NULL, &err));
    CHECK(voxline_audio_samples(audio, SIZE_MAX, &samples, &size, NULL) == VOXLINE_END);
    REFUSED(voxline_audio_report(audio, NULL, &err));
    FINE(voxline_preparer_new(options, &preparer, &err));
    REFUSED(voxline_preparer_outputs(preparer, NULL, &err));
    REFUSED(voxline_preparer_wav_header(preparer, NULL, 0, NULL, &err));
    voxline_preparer_free(preparer);
    voxline_audio_free(audio);
    voxline_prepared_free(prepared);
    voxline_options_free(options);
}

static void lengths_that_cannot_be(void) {
    static uint8_t byte[8];
    static int16_t sample[4];
    char text[8];
    size_t size = 0;
    voxline_preparer *preparer = NULL;
    voxline_base64 *base64 = NULL;
    voxline_speex_encoder *encoder = NULL;
    voxline_speex_decoder *decoder = NULL;
    voxline_prepared *prepared = NULL;
    voxline_audio *audio = NULL;
    voxline_report *report = NULL;
    voxline_options *options = NULL;
    FINE(voxline_preparer_new(NULL, &preparer, &err));
    FINE(voxline_base64_new(&base64, &err));
    FINE(voxline_options_new(&options, &err));
    FINE(voxline_speex_encoder_new(VOXLINE_SPEEX_NARROWBAND, 8, 3, &encoder, &err));
    FINE(voxline_speex_decoder_new(VOXLINE_SPEEX_NARROWBAND, 1, &decoder, &err));
    REFUSED(voxline_preparer_push(preparer, byte, SIZE_MAX, &err));
    REFUSED(voxline_preparer_pull(preparer, 0, byte, SIZE_MAX, &size, &err));
    REFUSED(voxline_preparer_pull_s16(preparer, 0, sample, SIZE_MAX / 2, &size, &err));
    REFUSED(voxline_preparer_wav_header(preparer, byte, SIZE_MAX, &size, &err));
    CHECK(voxline_preparer_pull(preparer, SIZE_MAX, byte, 8, &size, NULL) == VOXLINE_NEED_MORE);
    REFUSED(voxline_base64_push(base64, byte, SIZE_MAX, text, sizeof text, &size, &err));
    REFUSED(voxline_base64_push(base64, byte, 8, text, SIZE_MAX, &size, &err));
    REFUSED(voxline_base64_finish(base64, text, SIZE_MAX, &size, &err));
    REFUSED(voxline_options_get(options, "input.strict", text, SIZE_MAX, &size, &err));
    REFUSED(voxline_speex_encode(encoder, sample, SIZE_MAX, byte, 8, &size, &err));
    REFUSED(voxline_speex_encode(encoder, sample, 4, byte, SIZE_MAX, &size, &err));
    REFUSED(voxline_speex_decode(decoder, byte, SIZE_MAX, sample, 4, &err));
    REFUSED(voxline_speex_decode(decoder, byte, 8, sample, SIZE_MAX, &err));
    REFUSED(voxline_prepare_bytes(byte, SIZE_MAX, NULL, NULL, NULL, &prepared, &err));
    REFUSED(voxline_decode_bytes(byte, SIZE_MAX, NULL, NULL, NULL, &audio, &err));
    REFUSED(voxline_inspect_bytes(byte, SIZE_MAX, NULL, &report, &err));
    CHECK(prepared == NULL && audio == NULL && report == NULL);
    voxline_preparer_free(preparer);
    voxline_base64_free(base64);
    voxline_options_free(options);
    voxline_speex_encoder_free(encoder);
    voxline_speex_decoder_free(decoder);
}

static void pointers_that_are_not_aligned(void) {
    static union {
        uint64_t words[8];
        char bytes[64];
    } place;
    voxline_speex_encoder *encoder = NULL;
    uint8_t packet[64];
    size_t size = 0;
    FINE(voxline_speex_encoder_new(VOXLINE_SPEEX_NARROWBAND, 8, 3, &encoder, &err));
    FAILS(voxline_speex_encode(encoder, (const int16_t *)(void *)(place.bytes + 1), 8, packet, 64, &size, &err),
          VOXLINE_INVALID_ARGUMENT, "aligned");
    FAILS(voxline_options_new((voxline_options **)(void *)(place.bytes + 3), &err), VOXLINE_INVALID_ARGUMENT, "aligned");
    CHECK(voxline_speex_encoder_reset(encoder, (voxline_error **)(void *)(place.bytes + 1)) ==
          VOXLINE_INVALID_ARGUMENT);
    CHECK(place.words[0] == 0);
    voxline_speex_encoder_free(encoder);
}

void test_sweep(void) {
    null_everywhere();
    null_for_each_result();
    lengths_that_cannot_be();
    pointers_that_are_not_aligned();
}
