/* Eight threads that share what is const, and both sides of a fork. */
#include "check.h"

#include <pthread.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const voxline_options *options;
    const voxline_report *report;
    const uint8_t *wanted;
    size_t size;
    int wrong;
} shared;

/* Threads do not count checks: they report what was wrong. */
static void *work(void *argument) {
    shared *s = (shared *)argument;
    voxline_prepared *prepared = NULL;
    const uint8_t *data = NULL;
    const char *json = NULL, *again = NULL;
    size_t size = 0;
    int round;
    for (round = 0; round < 2; round++) {
        s->wrong |= voxline_prepare_path(asset("call.mp3"), s->options, NULL, NULL, &prepared, NULL) != VOXLINE_OK;
        s->wrong |= voxline_prepared_output(prepared, 0, &data, &size, NULL) != VOXLINE_OK;
        s->wrong |= size != s->size || memcmp(data, s->wanted, size) != 0;
        s->wrong |= voxline_report_json(s->report, &json, NULL) != VOXLINE_OK;
        s->wrong |= voxline_report_json(s->report, &again, NULL) != VOXLINE_OK || json != again;
        voxline_prepared_free(prepared);
    }
    return NULL;
}

void test_sharing(void) {
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    shared each[THREADS];
    voxline_options *options = NULL;
    voxline_prepared *prepared = NULL;
    const voxline_report *report = NULL;
    const uint8_t *wanted = NULL;
    size_t size = 0;
    int i, status = -1, threads_wanted = is_slow ? 2 : THREADS;
    pid_t child;
    FINE(voxline_options_new_profile("chat-8k", &options, &err));
    FINE(voxline_prepare_path(asset("call.mp3"), options, NULL, NULL, &prepared, &err));
    FINE(voxline_prepared_output(prepared, 0, &wanted, &size, &err));
    FINE(voxline_prepared_report(prepared, &report, &err));
    for (i = 0; i < threads_wanted; i++) {
        shared s = {options, report, wanted, size, 0};
        each[i] = s;
        CHECK(pthread_create(&threads[i], NULL, work, &each[i]) == 0);
    }
    for (i = 0; i < threads_wanted; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(each[i].wrong == 0);
    }

    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        work(&each[0]);
        _exit(each[0].wrong);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    work(&each[0]);
    CHECK(each[0].wrong == 0);
    voxline_prepared_free(prepared);
    voxline_options_free(options);
}
