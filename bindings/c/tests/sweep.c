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
    REFUSED(voxline_inspect_reader(NULL, NULL, NULL, NULL, NULL, NULL, &err));
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
    REFUSED(voxline_settings_new(NULL, &err));
    REFUSED(voxline_settings_set(NULL, NULL, NULL, &err));
    REFUSED(voxline_setting_describe(0, NULL, &err));
    REFUSED(voxline_cancel_new(NULL, &err));
    REFUSED(voxline_cancel_cancel(NULL, &err));
    REFUSED(voxline_bytes_data(NULL, NULL, NULL, &err));
    REFUSED(voxline_json_text(NULL, NULL, &err));
    REFUSED(voxline_json_get_i64(NULL, NULL, NULL, &err));
    REFUSED(voxline_json_get_f64(NULL, NULL, NULL, &err));
    REFUSED(voxline_json_get_text(NULL, NULL, NULL, &err));
    REFUSED(voxline_json_length(NULL, NULL, NULL, &err));
    REFUSED(voxline_log_set(VOXLINE_LOG_TRACE, NULL, NULL, &err));
    REFUSED(voxline_log_clear(NULL, NULL, &err));
    REFUSED(voxline_chat_client_new(NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_client_for_user(NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_send(NULL, NULL, 0, NULL, 0, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_send_prepared(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_fetch_audio(NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_decode_answer(NULL, 0, NULL, NULL, NULL, &err));
    REFUSED(voxline_split_path(NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_split_bytes(NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_split_reader(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_part_describe(NULL, NULL, &err));
    REFUSED(voxline_part_output(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_part_json(NULL, NULL, &err));
    REFUSED(voxline_splitter_new(NULL, NULL, &err));
    REFUSED(voxline_splitter_push(NULL, NULL, 0, &err));
    REFUSED(voxline_splitter_end_input(NULL, &err));
    REFUSED(voxline_splitter_pull(NULL, NULL, &err));
    REFUSED(voxline_splitter_finish(NULL, NULL, &err));
    REFUSED(voxline_doctor_path(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_doctor_bytes(NULL, 0, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_doctor_reader(NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_diagnosis_finding(NULL, 0, NULL, &err));
    REFUSED(voxline_diagnosis_figure(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_diagnosis_json(NULL, NULL, &err));
    REFUSED(voxline_diagnosis_report(NULL, NULL, &err));
    REFUSED(voxline_chat_long_path(NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_long_bytes(NULL, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_long_reader(NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_long_part(NULL, 0, NULL, &err));
    REFUSED(voxline_chat_long_fault(NULL, &err));
    REFUSED(voxline_chat_long_report(NULL, NULL, &err));
    REFUSED(voxline_chat_long_resend(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_chat_part_describe(NULL, NULL, &err));
    REFUSED(voxline_chat_part_answer(NULL, NULL, &err));
    REFUSED(voxline_recording_client_new(NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_check_token(NULL, NULL, &err));
    REFUSED(voxline_recording_locate(NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_locate_many(NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, &err));
    REFUSED(voxline_located_url(NULL, 0, NULL, &err));
    REFUSED(voxline_recording_download(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_download_url(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_open(NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_open_url(NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_stream_read(NULL, NULL, 0, NULL, &err));
    REFUSED(voxline_recording_stream_total(NULL, NULL, &err));
    REFUSED(voxline_transcription_client_new(NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_submit(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_query(NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_wait(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_parse_callback(NULL, 0, NULL, NULL, &err));
    REFUSED(voxline_transcript_sentence(NULL, 0, NULL, &err));
    REFUSED(voxline_submissions_new(NULL, &err));
    REFUSED(voxline_submissions_add(NULL, NULL, NULL, &err));
    REFUSED(voxline_ledger_open(NULL, NULL, &err));
    REFUSED(voxline_ledger_count(NULL, NULL, NULL, &err));
    REFUSED(voxline_ledger_list(NULL, NULL, NULL, &err));
    REFUSED(voxline_ledger_result(NULL, NULL, NULL, &err));
    REFUSED(voxline_ledger_requeue(NULL, NULL, &err));
    REFUSED(voxline_ledger_give_up(NULL, NULL, NULL, &err));
    REFUSED(voxline_ledger_accept(NULL, NULL, NULL, &err));
    REFUSED(voxline_ledger_record_callback(NULL, NULL, 0, &err));
    REFUSED(voxline_transcription_enter(NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_run(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_resume(NULL, NULL, NULL, NULL, NULL, NULL, NULL, &err));
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

static void receive_nothing(void *userdata, const int16_t *frame, size_t frame_samples) {
    (void)userdata;
    (void)frame;
    (void)frame_samples;
    CHECK(0);
}

static int32_t take_nothing(void *userdata, const voxline_part *part) {
    (void)userdata;
    (void)part;
    CHECK(0);
    return 0;
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
    voxline_diagnosis *diagnosis = NULL;
    voxline_splitter *splitter = NULL;
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
    REFUSED(voxline_speex_decode_frames(decoder, byte, SIZE_MAX, receive_nothing, NULL, &err));
    REFUSED(voxline_speex_decode_frames(decoder, byte, 8, NULL, NULL, &err));
    REFUSED(voxline_prepare_bytes(byte, SIZE_MAX, NULL, NULL, NULL, &prepared, &err));
    REFUSED(voxline_decode_bytes(byte, SIZE_MAX, NULL, NULL, NULL, &audio, &err));
    REFUSED(voxline_inspect_bytes(byte, SIZE_MAX, NULL, &report, &err));
    REFUSED(voxline_split_bytes(byte, SIZE_MAX, NULL, take_nothing, NULL, NULL, NULL, &report, &err));
    REFUSED(voxline_split_bytes(byte, 8, NULL, NULL, NULL, NULL, NULL, &report, &err));
    REFUSED(voxline_doctor_bytes(byte, SIZE_MAX, NULL, NULL, NULL, &diagnosis, &err));
    FINE(voxline_splitter_new(NULL, &splitter, &err));
    REFUSED(voxline_splitter_push(splitter, byte, SIZE_MAX, &err));
    REFUSED(voxline_splitter_pull(splitter, NULL, &err));
    voxline_splitter_free(splitter);
    CHECK(prepared == NULL && audio == NULL && report == NULL && diagnosis == NULL);
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

/* Clients that nobody answers: every argument is looked at before anything is sent. */
static void what_services_are_given(void) {
    static uint8_t byte[8];
    static const char *const ids[2] = {"record", NULL};
    static union {
        uint64_t words[8];
        char bytes[64];
    } crooked;
    const voxline_cancel *no_token = (const voxline_cancel *)(void *)(crooked.bytes + 1);
    const voxline_settings *no_settings = (const voxline_settings *)(void *)(crooked.bytes + 1);
    voxline_settings *settings = NULL;
    voxline_chat_client *chat = NULL;
    voxline_recording_client *recording = NULL;
    voxline_transcription_client *transcription = NULL;
    voxline_chat_answer *answer = NULL;
    voxline_chat_long *answers = NULL;
    voxline_prepared *prepared = NULL;
    voxline_recording_url *url = NULL;
    voxline_located *located = NULL;
    voxline_recording_stream *stream = NULL;
    voxline_json *json = NULL;
    voxline_transcript *transcript = NULL;
    voxline_submissions *submissions = NULL;
    voxline_ledger *ledger = NULL, *opened = NULL;
    FINE(voxline_settings_new(&settings, &err));
    FINE(voxline_settings_set(settings, "base_url", "http://127.0.0.1:9", &err));
    FINE(voxline_settings_set(settings, "access_token", "t", &err));
    FINE(voxline_chat_client_new(settings, NULL, &chat, &err));
    voxline_settings_free(settings);
    FINE(voxline_settings_new(&settings, &err));
    FINE(voxline_settings_set(settings, "base_url", "http://127.0.0.1:9", &err));
    FINE(voxline_settings_set(settings, "token", "t", &err));
    FINE(voxline_recording_client_new(settings, NULL, &recording, &err));
    voxline_settings_free(settings);
    FINE(voxline_settings_new(&settings, &err));
    FINE(voxline_settings_set(settings, "base_url", "http://127.0.0.1:9", &err));
    FINE(voxline_settings_set(settings, "authorization", "t", &err));
    FINE(voxline_transcription_client_new(settings, NULL, &transcription, &err));

    REFUSED(voxline_settings_set(settings, NULL, "t", &err));
    REFUSED(voxline_settings_set(settings, "token", NULL, &err));
    REFUSED(voxline_chat_client_new(no_settings, NULL, &chat, &err));
    REFUSED(voxline_chat_client_for_user(chat, NULL, &chat, &err));
    REFUSED(voxline_chat_send(chat, byte, SIZE_MAX, "pcm", 16000, NULL, NULL, &answer, &err));
    REFUSED(voxline_chat_send(chat, NULL, 0, "pcm", 16000, NULL, NULL, &answer, &err));
    REFUSED(voxline_chat_send(chat, byte, 8, NULL, 16000, NULL, NULL, &answer, &err));
    REFUSED(voxline_chat_send(chat, byte, 8, "pcm", UINT32_MAX, NULL, NULL, &answer, &err));
    REFUSED(voxline_chat_send(chat, byte, 8, "pcm", 16000, settings, NULL, &answer, &err));
    REFUSED(voxline_chat_send(chat, byte, 8, "pcm", 16000, NULL, no_token, &answer, &err));
    REFUSED(voxline_chat_send(chat, byte, 8, "pcm", 16000, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_send_prepared(chat, NULL, NULL, NULL, &answer, &err));
    REFUSED(voxline_chat_fetch_audio(chat, NULL, NULL, NULL, &err));
    REFUSED(voxline_chat_long_bytes(chat, byte, SIZE_MAX, NULL, NULL, 0, NULL, NULL, NULL, &answers, &err));
    REFUSED(voxline_chat_long_bytes(chat, byte, 8, NULL, NULL, 9, NULL, NULL, NULL, &answers, &err));
    REFUSED(voxline_chat_long_bytes(chat, byte, 8, NULL, NULL, 0, NULL, NULL, no_token, &answers, &err));
    REFUSED(voxline_chat_long_reader(chat, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, &answers, &err));
    CHECK(answers == NULL);
    REFUSED(voxline_chat_decode_answer(byte, SIZE_MAX, "mp3", NULL, &prepared, &err));
    REFUSED(voxline_chat_decode_answer(NULL, 0, "mp3", NULL, &prepared, &err));
    REFUSED(voxline_recording_check_token(recording, no_token, &err));
    REFUSED(voxline_recording_locate(recording, NULL, "t", "r", NULL, NULL, &url, &err));
    REFUSED(voxline_recording_locate(recording, "u", NULL, "r", NULL, NULL, &url, &err));
    REFUSED(voxline_recording_locate(recording, "u", "t", NULL, NULL, NULL, &url, &err));
    REFUSED(voxline_recording_locate(recording, "u", "t", "", NULL, NULL, &url, &err));
    REFUSED(voxline_recording_locate(recording, "u", "t", "r", no_settings, NULL, &url, &err));
    REFUSED(voxline_recording_locate_many(recording, "u", "t", ids, 2, NULL, NULL, &located, &err));
    REFUSED(voxline_recording_locate_many(recording, "u", "t", ids, SIZE_MAX / 2, NULL, NULL, &located, &err));
    REFUSED(voxline_recording_locate_many(recording, "u", "t", NULL, 1, NULL, NULL, &located, &err));
    REFUSED(voxline_recording_download(recording, "u", "t", "r", NULL, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_download(recording, "u", "t", "r", "", NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_download_url(recording, NULL, "x", NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_recording_open(recording, "u", "t", "..", NULL, NULL, &stream, &err));
    REFUSED(voxline_recording_open_url(recording, NULL, NULL, &stream, &err));
    REFUSED(voxline_transcription_submit(transcription, NULL, NULL, NULL, &json, &err));
    REFUSED(voxline_transcription_submit(transcription, "", NULL, NULL, &json, &err));
    REFUSED(voxline_transcription_query(transcription, NULL, NULL, &transcript, &err));
    REFUSED(voxline_transcription_wait(transcription, NULL, NULL, NULL, &transcript, &err));
    REFUSED(voxline_transcription_wait(transcription, "r", settings, NULL, &transcript, &err));
    REFUSED(voxline_transcription_parse_callback(byte, SIZE_MAX, &json, NULL, &err));
    REFUSED(voxline_transcription_parse_callback(NULL, 0, &json, NULL, &err));
    FINE(voxline_submissions_new(&submissions, &err));
    REFUSED(voxline_submissions_add(submissions, NULL, NULL, &err));
    REFUSED(voxline_ledger_open("", &ledger, &err));
    FINE(voxline_ledger_open(place("sweep.ledger"), &opened, &err));
    REFUSED(voxline_ledger_record_callback(opened, byte, SIZE_MAX, &err));
    REFUSED(voxline_ledger_record_callback(opened, NULL, 8, &err));
    voxline_ledger_free(opened);
    REFUSED(voxline_transcription_enter(transcription, NULL, submissions, NULL, NULL, &err));
    REFUSED(voxline_transcription_run(transcription, NULL, submissions, NULL, NULL, NULL, NULL, NULL, &err));
    REFUSED(voxline_transcription_resume(transcription, NULL, NULL, NULL, NULL, NULL, NULL, &err));
    CHECK(answer == NULL && prepared == NULL && url == NULL && located == NULL && stream == NULL && json == NULL &&
          transcript == NULL && ledger == NULL);
    voxline_submissions_free(submissions);
    voxline_settings_free(settings);
    voxline_chat_client_free(chat);
    voxline_recording_client_free(recording);
    voxline_transcription_client_free(transcription);
}

void test_sweep(void) {
    null_everywhere();
    what_services_are_given();
    null_for_each_result();
    lengths_that_cannot_be();
    pointers_that_are_not_aligned();
}
