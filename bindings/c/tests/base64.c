/* Base64 against the vectors of RFC 4648 §10 and under any cutting. */
#include "check.h"

static void vectors_of_the_rfc(void) {
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    voxline_base64 *base64 = NULL;
    size_t i, step;
    FINE(voxline_base64_new(&base64, &err));
    for (i = 0; i < 7; i++) {
        for (step = 1; step <= 6; step++) {
            char text[32] = "not ended";
            size_t at = 0, n, length = 0, end = 0;
            const uint8_t *bytes = (const uint8_t *)plain[i];
            for (at = 0; at < strlen(plain[i]); at += n) {
                n = strlen(plain[i]) - at < step ? strlen(plain[i]) - at : step;
                FINE(voxline_base64_push(base64, bytes + at, n, text + end, voxline_base64_max(n), &length, &err));
                end += length;
            }
            FINE(voxline_base64_finish(base64, text + end, 5, &length, &err));
            CHECK(strcmp(text, coded[i]) == 0 && end + length == strlen(coded[i]));
        }
    }
    voxline_base64_free(base64);
}

static void a_small_buffer_loses_nothing(void) {
    voxline_base64 *base64 = NULL;
    char text[16];
    size_t length = 7;
    FINE(voxline_base64_new(&base64, &err));
    FINE(voxline_base64_push(base64, (const uint8_t *)"fo", 2, NULL, 0, &length, &err));
    CHECK(length == 0);
    length = 7;
    FAILS(voxline_base64_push(base64, (const uint8_t *)"oba", 3, text, 3, &length, &err), VOXLINE_BUFFER_TOO_SMALL, "4");
    FINE(voxline_base64_push(base64, (const uint8_t *)"oba", 3, text, 4, &length, &err));
    CHECK(length == 4 && memcmp(text, "Zm9v", 4) == 0);
    FAILS(voxline_base64_finish(base64, text, 4, &length, &err), VOXLINE_BUFFER_TOO_SMALL, "5");
    FINE(voxline_base64_finish(base64, text, 5, &length, &err));
    CHECK(length == 4 && strcmp(text, "YmE=") == 0);
    /* And anew. */
    FINE(voxline_base64_finish(base64, text, 1, &length, &err));
    CHECK(length == 0 && text[0] == '\0');
    voxline_base64_free(base64);
    CHECK(voxline_base64_max(0) == 5 && voxline_base64_max(1) == 5 && voxline_base64_max(2) == 9);
    CHECK(voxline_base64_max(SIZE_MAX) == SIZE_MAX);
}

void test_base64(void) {
    vectors_of_the_rfc();
    a_small_buffer_loses_nothing();
}
