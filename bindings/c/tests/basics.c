/* Version, names, error objects. */
#include "check.h"

static void version_and_names(void) {
    int major = -1, minor = -1, patch = -1;
    CHECK(sscanf(voxline_version(), "%d.%d.%d", &major, &minor, &patch) == 3);
    CHECK(major >= 0 && minor >= 0 && patch >= 0);
    CHECK(voxline_abi_version() == VOXLINE_ABI_VERSION);
    CHECK(strstr(voxline_features(), "wav ") != NULL && strstr(voxline_features(), " gsm ") != NULL);
    CHECK(strstr(voxline_features(), " transcription") != NULL && strstr(voxline_features(), " split doctor ") != NULL && voxline_features() == voxline_features());
    CHECK(strcmp(voxline_status_name(VOXLINE_OK), "VOXLINE_OK") == 0);
    CHECK(strcmp(voxline_status_name(VOXLINE_PANIC), "VOXLINE_PANIC") == 0);
    CHECK(strcmp(voxline_status_name(-12345), "VOXLINE_UNKNOWN_STATUS") == 0);
}

static void an_error_says_everything(void) {
    voxline_error *err = NULL;
    voxline_prepared *prepared = NULL;
    CHECK(voxline_prepare_path("/no/such/file", NULL, NULL, NULL, &prepared, &err) == VOXLINE_IO);
    CHECK(prepared == NULL);
    CHECK(voxline_error_status(err) == VOXLINE_IO);
    CHECK(strstr(voxline_error_message(err), "i/o error") == voxline_error_message(err));
    CHECK(strstr(voxline_error_context(err), "/no/such/file") != NULL);
    CHECK(strstr(voxline_error_message(err), voxline_error_context(err)) != NULL);
    CHECK(strcmp(voxline_error_operation(err), "open input") == 0);
    CHECK(voxline_error_retry(err) == VOXLINE_RETRY_NO);
    CHECK(voxline_error_retry_after_ms(err) == 0);
    CHECK(voxline_error_service(err) == NULL);
    CHECK(voxline_error_service_code(err) == NULL);
    CHECK(voxline_error_service_message(err) == NULL);
    CHECK(voxline_error_request_id(err) == NULL);
    CHECK(voxline_error_http_status(err) == 0);
    voxline_error_free(err);
    /* The details may be left alone. */
    CHECK(voxline_prepare_path("/no/such/file", NULL, NULL, NULL, &prepared, NULL) == VOXLINE_IO);
}

static void success_takes_away_what_was_in_err(void) {
    int placeholder = 0;
    voxline_error *err = (voxline_error *)(void *)&placeholder;
    voxline_options *options = NULL;
    CHECK(voxline_options_new(&options, &err) == VOXLINE_OK);
    CHECK(err == NULL);
    voxline_options_free(options);
}

static void null_is_fine_where_it_is_said(void) {
    voxline_error_free(NULL);
    voxline_options_free(NULL);
    voxline_report_free(NULL);
    voxline_prepared_free(NULL);
    voxline_audio_free(NULL);
    voxline_preparer_free(NULL);
    voxline_base64_free(NULL);
    voxline_splitter_free(NULL);
    voxline_part_free(NULL);
    voxline_diagnosis_free(NULL);
    voxline_chat_long_free(NULL);
    CHECK(voxline_diagnosis_worst(NULL) == -1 && voxline_diagnosis_count(NULL) == 0);
    CHECK(voxline_chat_long_count(NULL) == 0 && voxline_chat_long_is_complete(NULL) == 0);
    voxline_speex_encoder_free(NULL);
    voxline_speex_decoder_free(NULL);
    voxline_settings_free(NULL);
    voxline_cancel_free(NULL);
    voxline_bytes_free(NULL);
    voxline_json_free(NULL);
    voxline_chat_client_free(NULL);
    voxline_chat_answer_free(NULL);
    voxline_recording_client_free(NULL);
    voxline_recording_url_free(NULL);
    voxline_located_free(NULL);
    voxline_recording_stream_free(NULL);
    voxline_transcription_client_free(NULL);
    voxline_transcript_free(NULL);
    voxline_submissions_free(NULL);
    voxline_ledger_free(NULL);
    CHECK(voxline_cancel_is_cancelled(NULL) == 0);
    CHECK(strcmp(voxline_chat_answer_text(NULL), "") == 0);
    CHECK(strcmp(voxline_chat_answer_raw(NULL), "") == 0);
    CHECK(voxline_chat_answer_status_code(NULL) == -1);
    CHECK(voxline_chat_answer_instructions(NULL) == NULL);
    CHECK(voxline_chat_answer_description(NULL) == NULL);
    CHECK(voxline_chat_answer_audio_url(NULL) == NULL);
    CHECK(strcmp(voxline_recording_url_text(NULL), "") == 0);
    CHECK(strcmp(voxline_recording_url_origin(NULL), "") == 0);
    CHECK(strcmp(voxline_recording_url_record_id(NULL), "") == 0);
    CHECK(voxline_located_count(NULL) == 0);
    CHECK(voxline_recording_stream_position(NULL) == 0);
    CHECK(voxline_recording_stream_content_type(NULL) == NULL);
    CHECK(strcmp(voxline_transcript_text(NULL), "") == 0);
    CHECK(strcmp(voxline_transcript_raw(NULL), "") == 0);
    CHECK(strcmp(voxline_transcript_payload(NULL), "") == 0);
    CHECK(voxline_transcript_sentence_count(NULL) == 0);
    CHECK(voxline_error_status(NULL) == VOXLINE_OK);
    CHECK(strcmp(voxline_error_message(NULL), "") == 0);
    CHECK(strcmp(voxline_error_operation(NULL), "") == 0);
    CHECK(strcmp(voxline_error_context(NULL), "") == 0);
    CHECK(voxline_error_retry(NULL) == VOXLINE_RETRY_NO);
    CHECK(voxline_error_retry_after_ms(NULL) == 0);
    CHECK(voxline_error_http_status(NULL) == 0);
    CHECK(voxline_error_service(NULL) == NULL);
    CHECK(voxline_error_service_code(NULL) == NULL);
    CHECK(voxline_error_service_message(NULL) == NULL);
    CHECK(voxline_error_request_id(NULL) == NULL);
}

void test_basics(void) {
    version_and_names();
    an_error_says_everything();
    success_takes_away_what_was_in_err();
    null_is_fine_where_it_is_said();
}
