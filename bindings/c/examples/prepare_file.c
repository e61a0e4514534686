/* Converts a recording in one call: prepare_file call.mp3 call.wav [PROFILE] */
#include <stdio.h>
#include <voxline.h>

static int fail(voxline_error *err) {
    fprintf(stderr, "error: %s\n", voxline_error_message(err));
    voxline_error_free(err);
    return 1;
}

int main(int argc, char **argv) {
    voxline_error *err = NULL;
    voxline_options *options = NULL;
    voxline_prepared *prepared = NULL;
    const voxline_report *report = NULL;
    const uint8_t *data = NULL;
    size_t size = 0;
    double seconds = 0;
    uint64_t frames = 0;
    FILE *out;
    if (argc < 3) {
        fprintf(stderr, "usage: prepare_file IN OUT [PROFILE]\n");
        return 2;
    }
    if (argc > 3 && voxline_options_new_profile(argv[3], &options, &err) < 0) {
        return fail(err);
    }
    /* No options are the defaults: a WAV file of 16 kHz, mono. */
    if (voxline_prepare_path(argv[1], options, NULL, NULL, &prepared, &err) < 0) {
        voxline_options_free(options);
        return fail(err);
    }
    /* What was just prepared has an output and a report: these cannot fail. */
    voxline_prepared_output(prepared, 0, &data, &size, NULL);
    voxline_prepared_report(prepared, &report, NULL);
    voxline_report_get_f64(report, "source.duration_s", &seconds, NULL);
    voxline_report_get_u64(report, "target.frames", &frames, NULL);
    printf("%.3f s became %lu frames\n", seconds, (unsigned long)frames);

    out = fopen(argv[2], "wb");
    if (out == NULL || fwrite(data, 1, size, out) != size || fclose(out) != 0) {
        perror(argv[2]);
        return 1;
    }
    voxline_prepared_free(prepared);
    voxline_options_free(options);
    return 0;
}
