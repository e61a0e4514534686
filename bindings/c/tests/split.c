/* Splitting, in one call and while input arrives: parts obey their limit, and joined they are the whole. */
#include "check.h"

/* What came out, joined. */
typedef struct {
    uint8_t *bytes;
    size_t size, longest;
    uint64_t parts, frames, next_frame;
    int cancel_at, wrong;
} gathered;

static int32_t gather(void *userdata, const voxline_part *part) {
    gathered *g = (gathered *)userdata;
    voxline_part_info info;
    const voxline_json *json = NULL;
    const char *text = NULL;
    const uint8_t *data = NULL;
    size_t size = 0, outputs = 0;
    int64_t number = -1;
    double seconds = -1;
    FINE(voxline_part_describe(part, &info, &err));
    FINE(voxline_part_output(part, 0, &data, &size, &err));
    CHECK(voxline_part_output(part, 1, &data, &size, NULL) == VOXLINE_END && size > 0);
    FINE(voxline_part_json(part, &json, &err));
    FINE(voxline_json_get_i64(json, "start_frame", &number, &err));
    FINE(voxline_json_get_f64(json, "end_s", &seconds, &err));
    FINE(voxline_json_get_text(json, "cut", &text, &err));
    FINE(voxline_json_length(json, "output_bytes", &outputs, &err));
    CHECK(number == (int64_t)info.start_frame && outputs == 1 && info.outputs == 1);
    CHECK(seconds * 16000 == (double)(info.start_frame + info.frames));
    CHECK((strcmp(text, "end") == 0) == (info.cut == VOXLINE_CUT_END));
    CHECK(info.sample_rate_hz == 16000 && info.channel_count == 1 && size == 2 * info.frames);
    g->wrong |= info.index != g->parts || info.start_frame + info.overlap_frames != g->next_frame;
    memcpy(g->bytes + g->size, data + 2 * info.overlap_frames, size - 2 * (size_t)info.overlap_frames);
    g->size += size - 2 * (size_t)info.overlap_frames;
    g->longest = size > g->longest ? size : g->longest;
    g->next_frame = info.start_frame + info.frames;
    g->parts++;
    return (int)g->parts == g->cancel_at;
}

typedef struct {
    const uint8_t *data;
    size_t size, at;
} reading;

static int64_t read_some(void *userdata, uint8_t *buffer, size_t capacity) {
    reading *r = (reading *)userdata;
    size_t n = r->size - r->at < 4096 ? r->size - r->at : 4096;
    n = n < capacity ? n : capacity;
    memcpy(buffer, r->data + r->at, n);
    r->at += n;
    return (int64_t)n;
}

static void is_the_whole(const gathered *g, const uint8_t *whole, size_t size) {
    CHECK(g->parts >= 3 && g->longest <= 2 * 96000 && !g->wrong);
    CHECK(g->size == size && memcmp(g->bytes, whole, size) == 0);
}

static gathered fresh(uint8_t *bytes) {
    gathered g;
    memset(&g, 0, sizeof g);
    g.bytes = bytes;
    return g;
}

static void parts_joined_are_the_whole(const voxline_options *options) {
    size_t mp3_size = 0, size = 0;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    uint8_t *bytes = (uint8_t *)malloc(1u << 20);
    const uint8_t *whole = NULL;
    voxline_prepared *prepared = NULL;
    voxline_report *report = NULL;
    uint64_t frames = 0;
    reading reader = {mp3, mp3_size, 0};
    gathered g = fresh(bytes);
    FINE(voxline_prepare_bytes(mp3, mp3_size, options, NULL, NULL, &prepared, &err));
    FINE(voxline_prepared_output(prepared, 0, &whole, &size, &err));

    FINE(voxline_split_path(asset("call.mp3"), options, gather, &g, NULL, NULL, &report, &err));
    is_the_whole(&g, whole, size);
    FINE(voxline_report_get_u64(report, "target.frames", &frames, &err));
    CHECK(frames == 246498);
    voxline_report_free(report);

    g = fresh(bytes);
    FINE(voxline_split_bytes(mp3, mp3_size, options, gather, &g, NULL, NULL, NULL, &err));
    is_the_whole(&g, whole, size);
    g = fresh(bytes);
    FINE(voxline_split_reader(read_some, &reader, options, gather, &g, NULL, NULL, NULL, &err));
    is_the_whole(&g, whole, size);

    g = fresh(bytes);
    g.cancel_at = 2;
    report = NULL;
    FAILS(voxline_split_bytes(mp3, mp3_size, options, gather, &g, NULL, NULL, &report, &err), VOXLINE_CANCELLED, "parts");
    CHECK(g.parts == 2 && report == NULL);
    FAILS(voxline_split_path("no-such-file", options, gather, &g, NULL, NULL, NULL, &err), VOXLINE_IO, "no-such-file");
    CHECK(g.parts == 2);
    voxline_prepared_free(prepared);
    free(bytes);
    free(mp3);
}

static void parts_come_while_input_arrives(const voxline_options *options) {
    static const size_t steps[] = {65536, 997};
    size_t mp3_size = 0, size = 0, i, at;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    uint8_t *bytes = (uint8_t *)malloc(1u << 20);
    const uint8_t *whole = NULL;
    voxline_prepared *prepared = NULL;
    FINE(voxline_prepare_bytes(mp3, mp3_size, options, NULL, NULL, &prepared, &err));
    FINE(voxline_prepared_output(prepared, 0, &whole, &size, &err));
    for (i = 0; i < 2 - (size_t)is_slow; i++) {
        voxline_splitter *splitter = NULL;
        voxline_part *part = NULL;
        voxline_report *report = NULL;
        gathered g = fresh(bytes);
        uint64_t frames = 0;
        int32_t status;
        FINE(voxline_splitter_new(options, &splitter, &err));
        CHECK(voxline_splitter_pull(splitter, &part, NULL) == VOXLINE_NEED_MORE && part == NULL);
        for (at = 0; at < mp3_size; at += steps[i]) {
            size_t n = mp3_size - at < steps[i] ? mp3_size - at : steps[i];
            FINE(voxline_splitter_push(splitter, mp3 + at, n, &err));
            while ((status = voxline_splitter_pull(splitter, &part, NULL)) == VOXLINE_OK) {
                gather(&g, part);
                voxline_part_free(part);
            }
            CHECK(status == VOXLINE_NEED_MORE);
        }
        /* Some before the end. */
        CHECK(g.parts >= 2);
        FINE(voxline_splitter_end_input(splitter, &err));
        FAILS(voxline_splitter_push(splitter, mp3, 1, &err), VOXLINE_INVALID_STATE, "end");
        while ((status = voxline_splitter_pull(splitter, &part, NULL)) == VOXLINE_OK) {
            gather(&g, part);
            voxline_part_free(part);
        }
        CHECK(status == VOXLINE_END);
        FINE(voxline_splitter_finish(splitter, &report, &err));
        FINE(voxline_report_get_u64(report, "target.frames", &frames, &err));
        CHECK(frames == 246498);
        CHECK(voxline_splitter_pull(splitter, &part, NULL) == VOXLINE_END);
        FAILS(voxline_splitter_finish(splitter, NULL, &err), VOXLINE_INVALID_STATE, "finish");
        is_the_whole(&g, whole, size);
        voxline_report_free(report);
        voxline_splitter_free(splitter);
    }
    voxline_prepared_free(prepared);
    free(bytes);
    free(mp3);
}

/* Parts may also be fetched after the end, and what is no audio ends it. */
static void what_ends_a_splitter(const voxline_options *options) {
    const uint8_t text[] = "This is no sound at all, whatever its name may say about it.";
    size_t size = 0;
    uint8_t *wav = read_asset("call.wav", &size);
    voxline_splitter *splitter = NULL;
    voxline_part *part = NULL;
    voxline_part_info info;
    FINE(voxline_splitter_new(options, &splitter, &err));
    FINE(voxline_splitter_push(splitter, wav, size, &err));
    FINE(voxline_splitter_finish(splitter, NULL, &err));
    FINE(voxline_splitter_pull(splitter, &part, &err));
    FINE(voxline_part_describe(part, &info, &err));
    CHECK(info.index == 0 && info.start_frame == 0 && info.cut != VOXLINE_CUT_END);
    voxline_splitter_free(splitter);
    /* It owns what it holds. */
    FINE(voxline_part_describe(part, &info, &err));
    voxline_part_free(part);
    part = NULL;
    FINE(voxline_splitter_new(NULL, &splitter, &err));
    FINE(voxline_splitter_push(splitter, text, sizeof text, &err));
    FAILS(voxline_splitter_finish(splitter, NULL, &err), VOXLINE_UNSUPPORTED_FORMAT, "");
    CHECK(voxline_splitter_pull(splitter, &part, NULL) == VOXLINE_INVALID_STATE && part == NULL);
    voxline_splitter_free(splitter);
    free(wav);
}

void test_split(void) {
    voxline_options *options = NULL;
    FINE(voxline_options_new_profile("chat-16k", &options, &err));
    FINE(voxline_options_set(options, "target.encoding", "pcm", &err));
    FINE(voxline_options_set(options, "split.max_duration_s", "6", &err));
    parts_joined_are_the_whole(options);
    FINE(voxline_options_set(options, "split.overlap_ms", "200", &err));
    parts_come_while_input_arrives(options);
    what_ends_a_splitter(options);
    voxline_options_free(options);
}
