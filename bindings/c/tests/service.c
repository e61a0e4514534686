#include "service.h"

#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

simulator simulator_start(const char *name, const char *value) {
    simulator s;
    int ends[2];
    size_t length = 0;
    const char *program = getenv("VOXLINE_TEST_PROGRAM");
    memset(&s, 0, sizeof s);
    if (program == NULL || pipe(ends) != 0) {
        fprintf(stderr, "VOXLINE_TEST_PROGRAM is not set, or there is no pipe\n");
        exit(2);
    }
    s.pid = fork();
    if (s.pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        if (freopen("/dev/null", "w", stderr) != NULL) {
            execl(program, program, "sim", name, value, (char *)NULL);
        }
        _exit(127);
    }
    close(ends[1]);
    /* The first line is the address. */
    while (length + 1 < sizeof s.url && read(ends[0], s.url + length, 1) == 1 && s.url[length] != '\n') {
        length++;
    }
    s.url[length] = '\0';
    close(ends[0]);
    if (strncmp(s.url, "http://127.0.0.1:", 17) != 0) {
        fprintf(stderr, "the simulator did not start: %s\n", s.url);
        exit(2);
    }
    return s;
}

void simulator_stop(simulator *s) {
    int status = 0;
    kill(s->pid, SIGKILL);
    waitpid(s->pid, &status, 0);
}

voxline_settings *settings_of(const char *name, ...) {
    voxline_settings *settings = NULL;
    va_list rest;
    FINE(voxline_settings_new(&settings, &err));
    va_start(rest, name);
    while (name != NULL) {
        const char *value = va_arg(rest, const char *);
        FINE(voxline_settings_set(settings, name, value, &err));
        name = va_arg(rest, const char *);
    }
    va_end(rest);
    return settings;
}

voxline_options *quick(void) {
    voxline_options *options = NULL;
    FINE(voxline_options_new(&options, &err));
    FINE(voxline_options_set(options, "http.max_attempts", "3", &err));
    FINE(voxline_options_set(options, "http.backoff_initial_ms", "1", &err));
    FINE(voxline_options_set(options, "http.backoff_max_ms", "5", &err));
    return options;
}

voxline_chat_client *chat_client(const simulator *s) {
    voxline_chat_client *client = NULL;
    voxline_options *options = quick();
    voxline_settings *settings = settings_of("base_url", s->url, "access_token", CHAT_TOKEN, NULL);
    FINE(voxline_chat_client_new(settings, options, &client, &err));
    voxline_settings_free(settings);
    voxline_options_free(options);
    return client;
}

voxline_recording_client *recording_client(const simulator *s) {
    voxline_recording_client *client = NULL;
    voxline_options *options = quick();
    voxline_settings *settings =
        settings_of("base_url", s->url, "token", RECORDING_TOKEN, "download_scheme", "http", NULL);
    FINE(voxline_recording_client_new(settings, options, &client, &err));
    voxline_settings_free(settings);
    voxline_options_free(options);
    return client;
}

voxline_transcription_client *transcription_client(const simulator *s) {
    voxline_transcription_client *client = NULL;
    voxline_options *options = quick();
    voxline_settings *settings =
        settings_of("base_url", s->url, "app_id", TRANSCRIPTION_APP_ID, "app_key", TRANSCRIPTION_APP_KEY, NULL);
    FINE(voxline_transcription_client_new(settings, options, &client, &err));
    voxline_settings_free(settings);
    voxline_options_free(options);
    return client;
}

void flag_init(signal_flag *flag) {
    pthread_mutex_init(&flag->lock, NULL);
    pthread_cond_init(&flag->changed, NULL);
    flag->is_said = 0;
}

void flag_say(signal_flag *flag) {
    pthread_mutex_lock(&flag->lock);
    flag->is_said = 1;
    pthread_cond_signal(&flag->changed);
    pthread_mutex_unlock(&flag->lock);
}

void flag_wait(signal_flag *flag) {
    pthread_mutex_lock(&flag->lock);
    while (!flag->is_said) {
        pthread_cond_wait(&flag->changed, &flag->lock);
    }
    pthread_mutex_unlock(&flag->lock);
}

void flag_end(signal_flag *flag) {
    pthread_cond_destroy(&flag->changed);
    pthread_mutex_destroy(&flag->lock);
}

void *cancel_when_said(void *argument) {
    canceller *c = (canceller *)argument;
    flag_wait(c->flag);
    voxline_cancel_cancel(c->cancel, NULL);
    return NULL;
}
