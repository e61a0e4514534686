/* The call doctor: recordings with known faults, made here. */
#include "check.h"

enum { RATE = 8000, SECONDS = 12, FRAMES = RATE * SECONDS, HEADER = 44 };

static void put(uint8_t *to, uint32_t value, int bytes) {
    while (bytes-- > 0) {
        *to++ = (uint8_t)value;
        value >>= 8;
    }
}

/* A WAV file of two channels, of the call's samples on one side, and what `other` makes of them on the other. */
static uint8_t *two_sides(const int16_t *samples, int (*other)(int), size_t *size) {
    uint8_t *wav = (uint8_t *)calloc(1, HEADER + 4 * (size_t)FRAMES);
    size_t i;
    *size = HEADER + 4 * (size_t)FRAMES;
    memcpy(wav, "RIFF....WAVEfmt ", 16);
    put(wav + 4, (uint32_t)*size - 8, 4);
    put(wav + 16, 16, 4);
    put(wav + 20, 1, 2);
    put(wav + 22, 2, 2);
    put(wav + 24, RATE, 4);
    put(wav + 28, 4 * RATE, 4);
    put(wav + 32, 4, 2);
    put(wav + 34, 16, 2);
    memcpy(wav + 36, "data", 4);
    put(wav + 40, 4 * FRAMES, 4);
    for (i = 0; i < FRAMES; i++) {
        put(wav + HEADER + 4 * i, (uint32_t)samples[i], 2);
        put(wav + HEADER + 4 * i + 2, (uint32_t)other(samples[i]), 2);
    }
    return wav;
}

static int same(int sample) { return sample; }
static int inverted(int sample) { return -sample; }
static int silent(int sample) { return 0 * sample; }

/* The number of the finding with this name; -1 when there is none. */
static int find(const voxline_diagnosis *diagnosis, const char *name, voxline_finding *finding) {
    size_t i;
    for (i = 0; i < voxline_diagnosis_count(diagnosis); i++) {
        FINE(voxline_diagnosis_finding(diagnosis, i, finding, &err));
        if (strcmp(finding->name, name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void faults_have_their_names(const int16_t *samples) {
    static const struct {
        int (*other)(int);
        const char *name;
        size_t channels;
    } faults[] = {{same, "identical_channels", 2}, {inverted, "inverted_channels", 2}, {silent, "silent", 1}};
    size_t i;
    for (i = 0; i < 3 - 2 * (size_t)is_slow; i++) {
        size_t size = 0, length = 0;
        uint8_t *wav = two_sides(samples, faults[i].other, &size);
        voxline_diagnosis *diagnosis = NULL;
        const voxline_report *report = NULL;
        const voxline_json *json = NULL;
        const char *name = NULL;
        voxline_finding finding;
        uint64_t frames = 0;
        double value = -9;
        char key[64];
        int at;
        FINE(voxline_doctor_bytes(wav, size, NULL, NULL, NULL, &diagnosis, &err));
        at = find(diagnosis, faults[i].name, &finding);
        CHECK(at >= 0);
        if (at >= 0) {
            CHECK(finding.severity >= VOXLINE_SEVERITY_INFO && finding.severity <= voxline_diagnosis_worst(diagnosis));
            CHECK(finding.channel_count == faults[i].channels && finding.channels[finding.channel_count - 1] == 2);
            CHECK(strlen(finding.what) > 5 && strlen(finding.advice) > 5 && finding.figures[0] == '[');
            snprintf(key, sizeof key, "findings.%d.name", at);
            FINE(voxline_diagnosis_json(diagnosis, &json, &err));
            FINE(voxline_json_get_text(json, key, &name, &err));
            CHECK(strcmp(name, faults[i].name) == 0);
            /* Figures by name are those of the list. */
            snprintf(key, sizeof key, "findings.%d.figures", at);
            FINE(voxline_json_length(json, key, &length, &err));
            if (length > 0) {
                double other = -8;
                strcat(key, ".0.name");
                FINE(voxline_json_get_text(json, key, &name, &err));
                FINE(voxline_diagnosis_figure(diagnosis, (size_t)at, name, &value, &err));
                snprintf(key, sizeof key, "findings.%d.figures.0.value", at);
                FINE(voxline_json_get_f64(json, key, &other, &err));
                CHECK(value == other && strstr(finding.figures, name) != NULL);
            }
            CHECK(voxline_diagnosis_figure(diagnosis, (size_t)at, "no_such_figure", &value, NULL) == VOXLINE_END);
        }
        CHECK(voxline_diagnosis_worst(diagnosis) >= VOXLINE_SEVERITY_WARNING);
        CHECK(voxline_diagnosis_finding(diagnosis, voxline_diagnosis_count(diagnosis), &finding, NULL) == VOXLINE_END);
        FINE(voxline_diagnosis_report(diagnosis, &report, &err));
        FINE(voxline_report_get_u64(report, "source.frames", &frames, &err));
        CHECK(frames == FRAMES);
        voxline_diagnosis_free(diagnosis);
        free(wav);
    }
}

typedef struct {
    int calls;
} watching;

static int32_t stop(void *userdata, uint64_t input_bytes, uint64_t total_bytes, uint64_t frames) {
    (void)input_bytes;
    (void)total_bytes;
    (void)frames;
    return ++((watching *)userdata)->calls;
}

typedef struct {
    const uint8_t *data;
    size_t size, at;
} reading;

static int64_t read_some(void *userdata, uint8_t *buffer, size_t capacity) {
    reading *r = (reading *)userdata;
    size_t n = r->size - r->at < capacity ? r->size - r->at : capacity;
    memcpy(buffer, r->data + r->at, n);
    r->at += n;
    return (int64_t)n;
}

static void every_way_in_says_the_same(void) {
    size_t size = 0;
    uint8_t *wav = read_asset("call.wav", &size);
    reading reader = {wav, size, 0};
    voxline_diagnosis *all[3] = {NULL, NULL, NULL}, *none = NULL, *cut = NULL;
    voxline_finding finding;
    watching seen = {0};
    const char *first = NULL, *other = NULL;
    const voxline_json *json = NULL;
    int i;
    FINE(voxline_doctor_path(asset("call.wav"), NULL, NULL, NULL, &all[0], &err));
    FINE(voxline_doctor_bytes(wav, size, NULL, NULL, NULL, &all[1], &err));
    FINE(voxline_doctor_reader(read_some, &reader, NULL, NULL, NULL, &all[2], &err));
    for (i = 0; i < 3; i++) {
        /* Nothing is wrong with it. */
        CHECK(voxline_diagnosis_count(all[i]) == 0 && voxline_diagnosis_worst(all[i]) == VOXLINE_SEVERITY_NONE);
        FINE(voxline_diagnosis_json(all[i], &json, &err));
        FINE(voxline_json_text(json, &other, &err));
        first = i == 0 ? other : first;
        CHECK(strcmp(first, other) == 0 && strstr(first, "\"speech_ratio\"") != NULL);
    }
    FINE(voxline_doctor_bytes(wav, 50000, NULL, NULL, NULL, &cut, &err));
    CHECK(find(cut, "truncated", &finding) >= 0 && finding.channels == NULL && finding.channel_count == 0);
    FAILS(voxline_doctor_path(asset("call.wav"), NULL, stop, &seen, &none, &err), VOXLINE_CANCELLED, "cancel");
    CHECK(none == NULL && seen.calls == 1);
    FAILS(voxline_doctor_path("no-such-file", NULL, NULL, NULL, &none, &err), VOXLINE_IO, "no-such-file");
    CHECK(voxline_diagnosis_worst(NULL) == -1 && voxline_diagnosis_count(NULL) == 0);
    for (i = 0; i < 3; i++) {
        voxline_diagnosis_free(all[i]);
    }
    voxline_diagnosis_free(cut);
    free(wav);
}

void test_doctor(void) {
    voxline_options *options = NULL;
    voxline_audio *audio = NULL;
    const int16_t *samples = NULL;
    size_t frames = 0;
    FINE(voxline_options_new_profile("chat-8k", &options, &err));
    FINE(voxline_decode_path(asset("call.mp3"), options, NULL, NULL, &audio, &err));
    FINE(voxline_audio_samples(audio, 0, &samples, &frames, &err));
    CHECK(frames >= FRAMES);
    faults_have_their_names(samples);
    every_way_in_says_the_same();
    voxline_audio_free(audio);
    voxline_options_free(options);
}
