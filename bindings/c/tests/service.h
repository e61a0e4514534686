/* What the tests of the services share: the simulator, settings, options that try again at once. */
#ifndef SERVICE_H
#define SERVICE_H

#include "check.h"

#include <pthread.h>
#include <sys/types.h>

/* What the simulator knows from the start. */
#define CHAT_TOKEN "voxline-demo-token"
#define CHAT_APP_KEY "voxline-demo-appkey"
#define RECORDING_TOKEN "voxline-demo-recording-token"
#define TRANSCRIPTION_APP_ID "voxline-demo-app-id"
#define TRANSCRIPTION_APP_KEY "voxline-demo-transcription-app-key"
#define USER_ID "4d99d91c-f5d9-49da-88da-758977cc58a9"
#define TASK_ID "287e19c4-1966-49d6-8f02-b53ef11c0a55"
#define WAV_RECORD "50971322-2e84-4701-836c-fd1181306885"
#define MP3_RECORD "50971322-2e84-4701-836c-fd1181306886"

typedef struct {
    pid_t pid;
    char url[128];
} simulator;

/* Starts it with up to two more arguments, each of which may be NULL, and waits until it listens. */
simulator simulator_start(const char *name, const char *value);
void simulator_stop(simulator *s);

/* Settings of names and values, which end with NULL; the caller frees them. */
voxline_settings *settings_of(const char *name, ...);
/* Options with three attempts and hardly any wait between them; the caller frees them. */
voxline_options *quick(void);

voxline_chat_client *chat_client(const simulator *s);
voxline_recording_client *recording_client(const simulator *s);
voxline_transcription_client *transcription_client(const simulator *s);

/* Something that one thread waits for and another says. */
typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int is_said;
} signal_flag;

void flag_init(signal_flag *flag);
void flag_say(signal_flag *flag);
void flag_wait(signal_flag *flag);
void flag_end(signal_flag *flag);

/* A thread that waits for a flag and then cancels. */
typedef struct {
    signal_flag *flag;
    const voxline_cancel *cancel;
} canceller;

void *cancel_when_said(void *argument);

#endif
