/* Push, pull, finish: any cutting and any buffer give the bytes of one call. */
#include "check.h"

/* Runs the whole input through; returns the output, which the caller frees. */
static uint8_t *streamed(const uint8_t *data, size_t size, size_t step, size_t capacity, size_t *out_size,
                         voxline_preparer **preparer) {
    size_t room = 4u << 20, at = 0, length = 0, got = 0;
    uint8_t *out = (uint8_t *)malloc(room);
    uint8_t *buffer = (uint8_t *)malloc(capacity);
    voxline_report *report = NULL;
    uint64_t bytes = 0;
    int32_t status = VOXLINE_OK;
    FINE(voxline_preparer_new(NULL, preparer, &err));
    for (;;) {
        size_t n = size - at < step ? size - at : step;
        if (n > 0) {
            FINE(voxline_preparer_push(*preparer, data + at, n, &err));
            at += n;
        } else {
            FINE(voxline_preparer_finish(*preparer, &report, &err));
        }
        while ((status = voxline_preparer_pull(*preparer, 0, buffer, capacity, &got, NULL)) == VOXLINE_OK) {
            CHECK(got > 0 && got <= capacity && length + got <= room);
            memcpy(out + length, buffer, got);
            length += got;
        }
        CHECK(got == 0);
        if (n == 0) {
            break;
        }
        CHECK(status == VOXLINE_NEED_MORE);
    }
    CHECK(status == VOXLINE_END);
    FINE(voxline_report_get_u64(report, "target.bytes", &bytes, &err));
    CHECK(bytes == length);
    voxline_report_free(report);
    free(buffer);
    *out_size = length;
    return out;
}

static void any_cutting_gives_the_bytes_of_one_call(void) {
    static const size_t steps[] = {1, 7919, 1u << 20};
    static const size_t capacities[] = {65536, 1000, 50000};
    size_t mp3_size = 0, size = 0, i, header_size = 0;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    voxline_prepared *whole = NULL;
    const uint8_t *wanted = NULL;
    FINE(voxline_prepare_bytes(mp3, mp3_size, NULL, NULL, NULL, &whole, &err));
    FINE(voxline_prepared_output(whole, 0, &wanted, &size, &err));
    for (i = is_slow; i < 3; i++) {
        voxline_preparer *preparer = NULL;
        size_t got = 0;
        uint8_t *bytes = streamed(mp3, mp3_size, steps[i], capacities[i], &got, &preparer);
        uint8_t sizes_unknown[4] = {0xff, 0xff, 0xff, 0xff};
        CHECK(got == size && memcmp(bytes + 4, sizes_unknown, 4) == 0);
        header_size = 99;
        FAILS(voxline_preparer_wav_header(preparer, bytes, 43, &header_size, &err), VOXLINE_BUFFER_TOO_SMALL, "44");
        CHECK(header_size == 99);
        FINE(voxline_preparer_wav_header(preparer, bytes, got, &header_size, &err));
        CHECK(header_size == 44);
        CHECK(memcmp(bytes, wanted, size) == 0);
        voxline_preparer_free(preparer);
        free(bytes);
    }
    voxline_prepared_free(whole);
    free(mp3);
}

static void samples_come_in_whole_frames(void) {
    voxline_options *options = NULL;
    voxline_preparer *preparer = NULL;
    int16_t buffer[7];
    size_t mp3_size = 0, count = 0, total = 0, outputs = 9;
    uint64_t frames = 0, channels = 0;
    voxline_report *report = NULL;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    int32_t status;
    FINE(voxline_options_new(&options, &err));
    FINE(voxline_options_set(options, "target.channels", "keep", &err));
    FINE(voxline_preparer_new(options, &preparer, &err));
    CHECK(voxline_preparer_outputs(preparer, &outputs, NULL) == VOXLINE_NEED_MORE && outputs == 9);
    CHECK(voxline_preparer_pull_s16(preparer, 0, buffer, 7, &count, NULL) == VOXLINE_NEED_MORE && count == 0);
    FINE(voxline_preparer_push(preparer, mp3, 20000, &err));
    FINE(voxline_preparer_finish(preparer, &report, &err));
    FINE(voxline_preparer_outputs(preparer, &outputs, &err));
    CHECK(outputs == 1);
    FINE(voxline_report_get_u64(report, "target.frames", &frames, &err));
    FINE(voxline_report_get_u64(report, "target.channel_count", &channels, &err));
    FAILS(voxline_preparer_pull_s16(preparer, 0, buffer, channels - 1, &count, &err), VOXLINE_BUFFER_TOO_SMALL, "");
    while ((status = voxline_preparer_pull_s16(preparer, 0, buffer, 7, &count, NULL)) == VOXLINE_OK) {
        CHECK(count % channels == 0);
        total += count;
    }
    CHECK(status == VOXLINE_END && total == frames * channels && frames > 10000);
    FAILS(voxline_preparer_pull_s16(preparer, 1, buffer, 7, &count, &err), VOXLINE_INVALID_ARGUMENT, "output 1");
    voxline_report_free(report);
    voxline_preparer_free(preparer);
    voxline_options_free(options);
    free(mp3);
}

static void an_error_ends_the_stream(void) {
    voxline_preparer *preparer = NULL;
    uint8_t buffer[16];
    size_t got = 5;
    static const uint8_t text[] = "No sound, but a text that is long enough to be sure of it. 0123456789 0123456789";
    FINE(voxline_preparer_new(NULL, &preparer, &err));
    FINE(voxline_preparer_push(preparer, NULL, 0, &err));
    FAILS(voxline_preparer_push(preparer, NULL, 1, &err), VOXLINE_NULL_POINTER, "data");
    FINE(voxline_preparer_push(preparer, text, sizeof text, &err));
    FAILS(voxline_preparer_finish(preparer, NULL, &err), VOXLINE_UNSUPPORTED_FORMAT, "not recognised");
    FAILS(voxline_preparer_finish(preparer, NULL, &err), VOXLINE_INVALID_STATE, "after an error");
    FAILS(voxline_preparer_push(preparer, text, sizeof text, &err), VOXLINE_INVALID_STATE, "after an error");
    CHECK(voxline_preparer_pull(preparer, 0, buffer, sizeof buffer, &got, NULL) == VOXLINE_END && got == 0);
    CHECK(voxline_preparer_wav_header(preparer, buffer, sizeof buffer, &got, NULL) == VOXLINE_END);
    voxline_preparer_free(preparer);
}

void test_stream(void) {
    any_cutting_gives_the_bytes_of_one_call();
    samples_come_in_whole_frames();
    an_error_ends_the_stream();
}
