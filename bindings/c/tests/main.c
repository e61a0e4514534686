/* Runs every test; the argument is the folder assets/. With VOXLINE_TEST_LEAK it leaks on purpose instead, so that a
 * run under a tool that finds leaks shows that the tool is on. */
#include "check.h"

int checks_done = 0;
int checks_failed = 0;
const char *assets = "assets";
int is_slow = 0;

const char *asset(const char *name) {
    /* Threads ask for one and the same name. */
    static char path[1024];
    static char last[256];
    if (strcmp(last, name) == 0) {
        return path;
    }
    snprintf(path, sizeof path, "%s/%s", assets, name);
    snprintf(last, sizeof last, "%s", name);
    return path;
}

const char *place(const char *name) {
    static char path[1024];
    const char *folder = getenv("VOXLINE_TEST_FOLDER");
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : ".", name);
    return path;
}

uint8_t *read_asset(const char *name, size_t *size_bytes) {
    FILE *file = fopen(asset(name), "rb");
    uint8_t *data;
    long size;
    if (file == NULL) {
        fprintf(stderr, "cannot open %s\n", asset(name));
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    data = (uint8_t *)malloc((size_t)size);
    *size_bytes = fread(data, 1, (size_t)size, file);
    fclose(file);
    return data;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        assets = argv[1];
    }
    is_slow = getenv("VOXLINE_TEST_SLOW") != NULL;
    if (getenv("VOXLINE_TEST_LEAK") != NULL) {
        voxline_options *lost = NULL;
        FINE(voxline_options_new(&lost, &err));
        lost = NULL;
        return checks_failed;
    }
    test_basics();
    test_options();
    test_prepare();
    test_stream();
    test_speex();
    test_base64();
    test_sweep();
    test_sharing();
    test_settings();
    test_log();
    test_split();
    test_doctor();
    test_chat();
    test_chat_long();
    test_recording();
    test_transcription();
    test_ledger();
    test_secrets();
    printf("%d checks, %d failed\n", checks_done, checks_failed);
    return checks_failed == 0 ? 0 : 1;
}
