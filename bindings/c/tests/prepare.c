/* The whole path in one call: path, memory, reader; progress and cancelling; reports; decoding to samples. */
#include "check.h"

typedef struct {
    const uint8_t *data;
    size_t size, at, step;
    int64_t answer_at_end;
} reading;

static int64_t read_some(void *userdata, uint8_t *buffer, size_t capacity) {
    reading *r = (reading *)userdata;
    size_t n = r->size - r->at;
    if (n == 0) {
        return r->answer_at_end;
    }
    n = n < r->step ? n : r->step;
    n = n < capacity ? n : capacity;
    memcpy(buffer, r->data + r->at, n);
    r->at += n;
    return (int64_t)n;
}

typedef struct {
    int calls, cancel_at;
    uint64_t input_bytes, total_bytes, frames;
} watching;

static int32_t watch(void *userdata, uint64_t input_bytes, uint64_t total_bytes, uint64_t frames) {
    watching *w = (watching *)userdata;
    CHECK(input_bytes >= w->input_bytes && frames >= w->frames);
    w->calls++;
    w->input_bytes = input_bytes;
    w->total_bytes = total_bytes;
    w->frames = frames;
    return w->calls == w->cancel_at;
}

static uint32_t le32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void every_way_in_gives_the_same(void) {
    voxline_prepared *by_path = NULL, *by_bytes = NULL, *by_reader = NULL;
    const uint8_t *data = NULL, *other = NULL;
    size_t size = 0, other_size = 0, mp3_size = 0;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    reading reader = {mp3, mp3_size, 0, 777, 0};
    watching seen = {0, 0, 0, 0, 0};

    FINE(voxline_prepare_path(asset("call.mp3"), NULL, watch, &seen, &by_path, &err));
    CHECK(seen.calls > 0 && seen.input_bytes == mp3_size && seen.total_bytes == mp3_size);
    FINE(voxline_prepare_bytes(mp3, mp3_size, NULL, NULL, NULL, &by_bytes, &err));
    memset(&seen, 0, sizeof seen);
    FINE(voxline_prepare_reader(read_some, &reader, NULL, watch, &seen, &by_reader, &err));
    CHECK(seen.total_bytes == UINT64_MAX);

    FINE(voxline_prepared_output(by_path, 0, &data, &size, &err));
    CHECK(size == 44 + 2 * 246498);
    CHECK(memcmp(data, "RIFF", 4) == 0 && le32(data + 4) == size - 8);
    CHECK(memcmp(data + 36, "data", 4) == 0 && le32(data + 40) == size - 44 && le32(data + 24) == 16000);
    FINE(voxline_prepared_output(by_bytes, 0, &other, &other_size, &err));
    CHECK(other_size == size && memcmp(other, data, size) == 0);
    FINE(voxline_prepared_output(by_reader, 0, &other, &other_size, &err));
    CHECK(other_size == size && memcmp(other, data, size) == 0);
    other = NULL;
    CHECK(voxline_prepared_output(by_path, 1, &other, &other_size, NULL) == VOXLINE_END);
    CHECK(other == NULL && other_size == size);

    voxline_prepared_free(by_path);
    voxline_prepared_free(by_bytes);
    voxline_prepared_free(by_reader);
    free(mp3);
}

static void a_report_tells_by_key_and_as_json(void) {
    voxline_prepared *prepared = NULL;
    const voxline_report *report = NULL;
    const char *text = NULL;
    uint64_t number = 0;
    double real = 0;
    size_t length = 9;
    FINE(voxline_prepare_path(asset("call.mp3"), NULL, NULL, NULL, &prepared, &err));
    FINE(voxline_prepared_report(prepared, &report, &err));
    FINE(voxline_report_get_u64(report, "source.frames", &number, &err));
    CHECK(number == 679410);
    FINE(voxline_report_get_u64(report, "target.frames", &number, &err));
    CHECK(number == 246498);
    FINE(voxline_report_get_u64(report, "source.duration_exact", &number, &err));
    CHECK(number <= 1);
    FINE(voxline_report_get_f64(report, "source.duration_s", &real, &err));
    CHECK(real > 15.4060 && real < 15.4062);
    FINE(voxline_report_get_f64(report, "target.channels.0.peak_dbfs", &real, &err));
    CHECK(real < 1.0 && real > -40.0);
    FINE(voxline_report_get_text(report, "source.codec", &text, &err));
    CHECK(strcmp(text, "mp3") == 0);
    FINE(voxline_report_length(report, "target.channels", &length, &err));
    CHECK(length == 1);
    FINE(voxline_report_length(report, "warnings", &length, &err));
    FINE(voxline_report_json(report, &text, &err));
    CHECK(text[0] == '{' && strstr(text, "\"frames\":246498") != NULL && strchr(text, '\n') == NULL);

    /* PCM has no packets. */
    number = 5;
    CHECK(voxline_report_get_u64(report, "target.packet_bytes", &number, NULL) == VOXLINE_END && number == 5);
    FAILS(voxline_report_get_u64(report, "target.frame", &number, &err), VOXLINE_INVALID_ARGUMENT, "target.frame");
    FAILS(voxline_report_get_u64(report, "source.codec", &number, &err), VOXLINE_INVALID_ARGUMENT, "whole number");
    FAILS(voxline_report_get_f64(report, "source", &real, &err), VOXLINE_INVALID_ARGUMENT, "number");
    FAILS(voxline_report_get_text(report, "source.frames", &text, &err), VOXLINE_INVALID_ARGUMENT, "text");
    FAILS(voxline_report_length(report, "source.frames", &length, &err), VOXLINE_INVALID_ARGUMENT, "list");
    voxline_prepared_free(prepared);
}

static void callbacks_end_the_work(void) {
    voxline_prepared *prepared = NULL;
    voxline_report *report = NULL;
    uint8_t some[100] = {0};
    watching cancel = {0, 1, 0, 0, 0};
    reading broken = {some, sizeof some, 0, 50, -5};
    reading liar = {some, 0, 0, 1, INT64_MAX};
    FAILS(voxline_prepare_path(asset("call.mp3"), NULL, watch, &cancel, &prepared, &err), VOXLINE_CANCELLED, "cancel");
    CHECK(prepared == NULL && cancel.calls == 1);
    memset(&cancel, 0, sizeof cancel);
    cancel.cancel_at = 1;
    FAILS(voxline_inspect_path(asset("call.mp3"), NULL, watch, &cancel, &report, &err), VOXLINE_CANCELLED, "cancel");
    CHECK(report == NULL);
    FAILS(voxline_prepare_reader(read_some, &broken, NULL, NULL, NULL, &prepared, &err), VOXLINE_IO, "-5");
    FAILS(voxline_prepare_reader(read_some, &liar, NULL, NULL, NULL, &prepared, &err), VOXLINE_IO, "callback");
    FAILS(voxline_prepare_reader(NULL, NULL, NULL, NULL, NULL, &prepared, &err), VOXLINE_NULL_POINTER, "read");
    CHECK(prepared == NULL);
}

static void what_cannot_be_is_refused(void) {
    voxline_prepared *prepared = NULL;
    voxline_options *options = NULL;
    const uint8_t text[] = "This is no sound at all, whatever its name may say about it.";
    FAILS(voxline_prepare_bytes(text, sizeof text, NULL, NULL, NULL, &prepared, &err), VOXLINE_UNSUPPORTED_FORMAT, "");
    FAILS(voxline_prepare_bytes(NULL, 5, NULL, NULL, NULL, &prepared, &err), VOXLINE_NULL_POINTER, "data");
    FAILS(voxline_prepare_bytes(text, SIZE_MAX, NULL, NULL, NULL, &prepared, &err), VOXLINE_INVALID_ARGUMENT, "data");
    FINE(voxline_options_new_profile("chat-16k", &options, &err));
    FINE(voxline_options_set(options, "limits.max_output_bytes", "1000", &err));
    FAILS(voxline_prepare_path(asset("call.mp3"), options, NULL, NULL, &prepared, &err), VOXLINE_LIMIT_EXCEEDED,
          "limits.max_output_bytes");
    FINE(voxline_options_set(options, "speex.quality", "11", &err));
    FAILS(voxline_prepare_path(asset("call.mp3"), options, NULL, NULL, &prepared, &err), VOXLINE_INVALID_ARGUMENT,
          "speex.quality");
    CHECK(prepared == NULL);
    voxline_options_free(options);
}

static void inspecting_makes_nothing(void) {
    voxline_report *report = NULL, *again = NULL, *read = NULL;
    const char *json = NULL, *other = NULL;
    uint64_t number = 9;
    size_t size = 0;
    uint8_t *mp3 = read_asset("call.mp3", &size);
    reading reader = {mp3, size, 0, 777, 0};
    watching seen;
    memset(&seen, 0, sizeof seen);
    FINE(voxline_inspect_path(asset("call.mp3"), NULL, NULL, NULL, &report, &err));
    FINE(voxline_inspect_bytes(mp3, size, NULL, &again, &err));
    FINE(voxline_report_json(report, &json, &err));
    FINE(voxline_report_json(again, &other, &err));
    CHECK(strcmp(json, other) == 0);
    FINE(voxline_inspect_reader(read_some, &reader, NULL, watch, &seen, &read, &err));
    FINE(voxline_report_json(read, &other, &err));
    CHECK(strcmp(json, other) == 0 && seen.calls > 0);
    voxline_report_free(read);
    read = NULL;
    reader.at = 0;
    memset(&seen, 0, sizeof seen);
    seen.cancel_at = 1;
    FAILS(voxline_inspect_reader(read_some, &reader, NULL, watch, &seen, &read, &err), VOXLINE_CANCELLED, "cancel");
    FAILS(voxline_inspect_reader(NULL, NULL, NULL, NULL, NULL, &read, &err), VOXLINE_NULL_POINTER, "read");
    CHECK(read == NULL);
    FINE(voxline_report_get_u64(report, "target.frames", &number, &err));
    CHECK(number == 0);
    voxline_report_free(report);
    voxline_report_free(again);
    free(mp3);
}

static void samples_are_those_of_the_wav(void) {
    voxline_prepared *prepared = NULL;
    voxline_audio *audio = NULL, *again = NULL;
    const voxline_report *report = NULL;
    const uint8_t *wav = NULL;
    const int16_t *samples = NULL, *others = NULL;
    size_t size = 0, frames = 0, other_frames = 0, mp3_size = 0, i, wrong = 0;
    uint32_t rate = 0;
    uint16_t channels = 0;
    uint64_t number = 0;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    reading reader = {mp3, mp3_size, 0, 10000, 0};
    FINE(voxline_prepare_path(asset("call.mp3"), NULL, NULL, NULL, &prepared, &err));
    FINE(voxline_prepared_output(prepared, 0, &wav, &size, &err));
    FINE(voxline_decode_path(asset("call.mp3"), NULL, NULL, NULL, &audio, &err));
    FINE(voxline_audio_samples(audio, 0, &samples, &frames, &err));
    FINE(voxline_audio_format(audio, &rate, &channels, &err));
    CHECK(rate == 16000 && channels == 1 && frames == 246498);
    for (i = 0; i < frames && 46 + 2 * i <= size; i++) {
        wrong += samples[i] != (int16_t)(wav[44 + 2 * i] | wav[45 + 2 * i] << 8);
    }
    CHECK(i == frames && wrong == 0);
    FINE(voxline_audio_report(audio, &report, &err));
    FINE(voxline_report_get_u64(report, "target.frames", &number, &err));
    CHECK(number == frames);
    CHECK(voxline_audio_samples(audio, 1, &samples, &frames, NULL) == VOXLINE_END);

    FINE(voxline_decode_bytes(mp3, mp3_size, NULL, NULL, NULL, &again, &err));
    FINE(voxline_audio_samples(again, 0, &others, &other_frames, &err));
    CHECK(other_frames == frames && memcmp(samples, others, 2 * frames) == 0);
    voxline_audio_free(again);
    FINE(voxline_decode_reader(read_some, &reader, NULL, NULL, NULL, &again, &err));
    FINE(voxline_audio_samples(again, 0, &others, &other_frames, &err));
    CHECK(other_frames == frames && memcmp(samples, others, 2 * frames) == 0);
    voxline_audio_free(again);
    voxline_audio_free(audio);
    voxline_prepared_free(prepared);
    free(mp3);
}

void test_prepare(void) {
    every_way_in_gives_the_same();
    a_report_tells_by_key_and_as_json();
    callbacks_end_the_work();
    what_cannot_be_is_refused();
    inspecting_makes_nothing();
    samples_are_those_of_the_wav();
}
