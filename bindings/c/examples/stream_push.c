/* Converts while input arrives, in bounded memory: stream_push PROFILE < call.mp3 > call.pcm */
#include <stdio.h>
#include <voxline.h>

/* Writes what is ready; returns the status that ended it: VOXLINE_NEED_MORE, VOXLINE_END or an error. */
static int32_t write_ready(voxline_preparer *preparer, voxline_error **err) {
    uint8_t buffer[16384];
    size_t size = 0;
    int32_t status;
    while ((status = voxline_preparer_pull(preparer, 0, buffer, sizeof buffer, &size, err)) == VOXLINE_OK) {
        fwrite(buffer, 1, size, stdout);
    }
    return status;
}

int main(int argc, char **argv) {
    voxline_error *err = NULL;
    voxline_options *options = NULL;
    voxline_preparer *preparer = NULL;
    voxline_report *report = NULL;
    uint8_t input[4096];
    size_t got;
    int32_t status;
    int failed = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: stream_push PROFILE < IN > OUT\n");
        return 2;
    }
    status = voxline_options_new_profile(argv[1], &options, &err);
    if (status >= 0) {
        status = voxline_preparer_new(options, &preparer, &err);
    }
    while (status >= 0 && (got = fread(input, 1, sizeof input, stdin)) > 0) {
        status = voxline_preparer_push(preparer, input, got, &err);
        if (status >= 0) {
            status = write_ready(preparer, &err);
        }
    }
    if (ferror(stdin)) {
        /* What came is not the whole recording. */
        perror("standard input");
        failed = 1;
    } else if (status >= 0) {
        status = voxline_preparer_finish(preparer, &report, &err);
        if (status >= 0) {
            status = write_ready(preparer, &err);
        }
    }
    if (status < 0) {
        fprintf(stderr, "error: %s\n", voxline_error_message(err));
        failed = 1;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("standard output");
        failed = 1;
    }
    voxline_error_free(err);
    voxline_report_free(report);
    voxline_preparer_free(preparer);
    voxline_options_free(options);
    return failed;
}
