/* What every test file uses: checks that say where they failed, and the assets. Valid as C99 and as C++17. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <voxline.h>
/* Including it twice must be harmless. */
#include <voxline.h>

extern int checks_done;
extern int checks_failed;
extern const char *assets;
/* 1 under a tool that makes everything many times slower: what repeats is done less often. */
extern int is_slow;

#define CHECK(condition)                                                                          \
    do {                                                                                          \
        checks_done++;                                                                            \
        if (!(condition)) {                                                                       \
            checks_failed++;                                                                      \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);               \
        }                                                                                         \
    } while (0)

/* A call that must succeed; shows the error when it does not. */
#define FINE(call)                                                                                \
    do {                                                                                          \
        voxline_error *err = NULL;                                                                \
        int32_t fine_status = (call);                                                             \
        checks_done++;                                                                            \
        if (fine_status != VOXLINE_OK || err != NULL) {                                           \
            checks_failed++;                                                                      \
            fprintf(stderr, "%s:%d: %s: %s: %s\n", __FILE__, __LINE__, #call,                     \
                    voxline_status_name(fine_status), voxline_error_message(err));                \
            voxline_error_free(err);                                                              \
        }                                                                                         \
    } while (0)

/* A call that must fail like this, with an error whose message holds the words. */
#define FAILS(call, wanted, words)                                                                \
    do {                                                                                          \
        voxline_error *err = NULL;                                                                \
        int32_t fails_status = (call);                                                            \
        checks_done++;                                                                            \
        if (fails_status != (wanted) || voxline_error_status(err) != (wanted) ||                  \
            strstr(voxline_error_message(err), words) == NULL) {                                  \
            checks_failed++;                                                                      \
            fprintf(stderr, "%s:%d: %s: wanted %s with \"%s\", got %s: %s\n", __FILE__, __LINE__, \
                    #call, voxline_status_name(wanted), words, voxline_status_name(fails_status), \
                    voxline_error_message(err));                                                  \
        }                                                                                         \
        voxline_error_free(err);                                                                  \
    } while (0)

/* A file of assets/, read whole; the caller frees it. */
uint8_t *read_asset(const char *name, size_t *size_bytes);
/* The path of a file of assets/, in a buffer that the next call uses again. */
const char *asset(const char *name);

/* The path of a file in the folder for files of this run, in a buffer that the next call uses again. */
const char *place(const char *name);

void test_basics(void);
void test_options(void);
void test_prepare(void);
void test_stream(void);
void test_speex(void);
void test_base64(void);
void test_sweep(void);
void test_sharing(void);
void test_settings(void);
void test_log(void);
void test_chat(void);
void test_chat_long(void);
void test_doctor(void);
void test_split(void);
void test_recording(void);
void test_transcription(void);
void test_ledger(void);
void test_secrets(void);

#endif
