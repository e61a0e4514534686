/* A panic inside the library, seen from C. Built with a library that has one function more than the installed one. */
#include <stdio.h>
#include <string.h>

#include <voxline.h>

int32_t voxline_test_panic(const char *word, voxline_error **err);

static int wrong = 0;

static void check(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        wrong = 1;
    }
}

int main(int argc, char **argv) {
    voxline_error *err = NULL;
    voxline_prepared *prepared = NULL;
    const uint8_t *data = NULL;
    size_t size = 0;
    int round;
    check(argc == 2, "the argument is a recording");
    for (round = 0; round < 3; round++) {
        check(voxline_test_panic("seven", &err) == VOXLINE_PANIC, "the status is VOXLINE_PANIC");
        check(voxline_error_status(err) == VOXLINE_PANIC, "so is that of the error");
        check(strcmp(voxline_error_message(err), "panic (voxline_test_panic): on purpose: seven") == 0, "its message");
        check(voxline_error_retry(err) == VOXLINE_RETRY_NO, "nothing is gained by trying again");
        voxline_error_free(err);
        check(voxline_test_panic("eight", NULL) == VOXLINE_PANIC, "the error may be left alone");
        check(voxline_test_panic(NULL, &err) == VOXLINE_NULL_POINTER, "arguments are looked at first");
        voxline_error_free(err);
        /* And life goes on. */
        check(voxline_prepare_path(argv[1], NULL, NULL, NULL, &prepared, &err) == VOXLINE_OK && err == NULL, "it works");
        check(voxline_prepared_output(prepared, 0, &data, &size, NULL) == VOXLINE_OK && size > 1000, "there is sound");
        voxline_prepared_free(prepared);
    }
    return wrong;
}
