/* Made by cargo xtask gen: do not edit.
 *
 * Voxline turns call audio as it really comes into exactly what a speech API accepts.
 *
 * These rules hold everywhere:
 *
 * Status. Functions return a voxline_status as int32_t: 0 or more is fine (VOXLINE_END and VOXLINE_NEED_MORE are
 * news), less than 0 is an error. What a function gives back is written only when it succeeds.
 *
 * Errors. The last parameter, voxline_error **err, may be NULL. Otherwise it receives the details of an error, which
 * the caller frees with voxline_error_free(), or NULL when there was none; what was in it before is overwritten.
 *
 * Handles. What ..._new() and others give through a pointer to a pointer is the caller's and freed with the function
 * of its type; freeing NULL is fine. What comes as a pointer to const belongs to the handle it came from.
 *
 * Pointers. NULL, and a pointer that is not aligned, is an error unless the comment allows it; NULL with length 0 is
 * an empty slice. Buffers must not overlap. A handle that was freed must not be used.
 *
 * Text is UTF-8 and ends with NUL. Paths are bytes as the system takes them (on Windows UTF-8).
 *
 * Threads. Handles may move between threads. Functions that take a pointer to const may be called for one handle by
 * many threads at once; others by one at a time. Loading the library starts no thread and opens nothing. The only state
 * outside of handles is the function of voxline_log_set().
 *
 * Fork. It may be used on both sides of a fork, if at that moment the log is off or no other thread is inside Voxline.
 * Clients and ledgers that the child inherits are neither used nor freed there: it makes its own, and ends with _exit or
 * exec.
 *
 * Callbacks may call other functions, but not with a handle that the running call takes as non-const, and must not
 * free any handle that the running call takes.
 *
 * After VOXLINE_PANIC, which is a fault of Voxline, a handle that the call took as non-const may only be freed: anything
 * else is VOXLINE_INVALID_STATE, and accessors that cannot fail give what they give for NULL.
 *
 * Lengths are in samples or frames (one sample a channel) unless the name says _bytes.
 */


#ifndef VOXLINE_H
#define VOXLINE_H

#include <stddef.h>
#include <stdint.h>

/**
 * Version of the binary interface; voxline_abi_version() of the library that is loaded must return the same.
 */
#define VOXLINE_ABI_VERSION 0

/**
 * What a function returns: 0 or more is fine, less than 0 is an error.
 *
 * The numbers are never reused. A later version may add some: treat an unknown negative number as an error.
 */
enum voxline_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Done.
     */
    VOXLINE_OK = 0,
    /**
     * News: there is nothing more (of a stream), or nothing at all (of a value that may be missing).
     */
    VOXLINE_END = 1,
    /**
     * News: nothing is ready until more input is pushed.
     */
    VOXLINE_NEED_MORE = 2,
    /**
     * A value outside what the call accepts. Correct the call.
     */
    VOXLINE_INVALID_ARGUMENT = -1001,
    /**
     * A key that is not in the option table.
     */
    VOXLINE_UNKNOWN_OPTION = -1002,
    /**
     * A call that does not fit the state, such as pushing after finish.
     */
    VOXLINE_INVALID_STATE = -1003,
    /**
     * The caller's buffer is too small.
     */
    VOXLINE_BUFFER_TOO_SMALL = -1004,
    /**
     * A required pointer is NULL.
     */
    VOXLINE_NULL_POINTER = -1005,
    /**
     * Sound data of a kind that is not supported.
     */
    VOXLINE_UNSUPPORTED_FORMAT = -2001,
    /**
     * Data that breaks its own format.
     */
    VOXLINE_MALFORMED_INPUT = -2002,
    /**
     * Data that ends early.
     */
    VOXLINE_TRUNCATED_INPUT = -2003,
    /**
     * A limit of the options or of the service would be exceeded.
     */
    VOXLINE_LIMIT_EXCEEDED = -2004,
    /**
     * Reading or writing failed.
     */
    VOXLINE_IO = -3001,
    /**
     * The connection could not be made: the request did not reach the server.
     */
    VOXLINE_CONNECT = -3002,
    /**
     * A time limit passed.
     */
    VOXLINE_TIMEOUT = -3003,
    /**
     * The caller cancelled.
     */
    VOXLINE_CANCELLED = -3004,
    /**
     * The request may or may not have taken effect. Look before repeating it.
     */
    VOXLINE_OUTCOME_UNKNOWN = -3005,
    /**
     * The service does not accept the credentials, or they expired.
     */
    VOXLINE_UNAUTHENTICATED = -4001,
    /**
     * The credentials do not allow this.
     */
    VOXLINE_PERMISSION_DENIED = -4002,
    /**
     * The service does not know the thing asked for.
     */
    VOXLINE_NOT_FOUND = -4003,
    /**
     * Too many requests or a quota used up.
     */
    VOXLINE_RATE_LIMITED = -4004,
    /**
     * Any other failure that the service reported.
     */
    VOXLINE_SERVICE = -4005,
    /**
     * This build lacks the feature.
     */
    VOXLINE_FEATURE_DISABLED = -9001,
    /**
     * A fault of Voxline itself. Please report it.
     */
    VOXLINE_INTERNAL = -9002,
    /**
     * A panic of Voxline was caught. Please report it.
     */
    VOXLINE_PANIC = -9003,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_status voxline_status;
#else
typedef int32_t voxline_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Whether doing the same again can help.
 */
enum voxline_retry
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Permanent: the same call will fail again.
     */
    VOXLINE_RETRY_NO = 0,
    /**
     * Transient: the same call may succeed later.
     */
    VOXLINE_RETRY_YES = 1,
    /**
     * Transient, and the server said how long to wait: voxline_error_retry_after_ms().
     */
    VOXLINE_RETRY_AFTER = 2,
    /**
     * The request may have taken effect: repeating it may do the work, and cost the money, twice.
     */
    VOXLINE_RETRY_UNKNOWN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_retry voxline_retry;
#else
typedef int32_t voxline_retry;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The Speex modes.
 */
enum voxline_speex_mode
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * 8 kHz, 160 samples a frame.
     */
    VOXLINE_SPEEX_NARROWBAND = 0,
    /**
     * 16 kHz, 320 samples a frame.
     */
    VOXLINE_SPEEX_WIDEBAND = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_speex_mode voxline_speex_mode;
#else
typedef int32_t voxline_speex_mode;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How important a line of the log is.
 */
enum voxline_log_level
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: the log is off.
     */
    VOXLINE_LOG_OFF = 0,
    /**
     * What went wrong and has no other way to be told.
     */
    VOXLINE_LOG_ERROR = 1,
    /**
     * What somebody should look at: secrets that travel unencrypted, files left behind.
     */
    VOXLINE_LOG_WARN = 2,
    /**
     * What was tried again, and why.
     */
    VOXLINE_LOG_INFO = 3,
    /**
     * Every request: method, address without its query, status, time, sizes.
     */
    VOXLINE_LOG_DEBUG = 4,
    /**
     * More than that.
     */
    VOXLINE_LOG_TRACE = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_log_level voxline_log_level;
#else
typedef int32_t voxline_log_level;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What a part ends in.
 */
enum voxline_cut
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The end of the recording.
     */
    VOXLINE_CUT_END = 0,
    /**
     * A pause of at least split.min_pause_ms.
     */
    VOXLINE_CUT_PAUSE = 1,
    /**
     * A shorter pause: there was no better place.
     */
    VOXLINE_CUT_SHORT_PAUSE = 2,
    /**
     * Speech: there was no pause at all.
     */
    VOXLINE_CUT_SPEECH = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_cut voxline_cut;
#else
typedef int32_t voxline_cut;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How bad a finding is. Higher numbers are worse.
 */
enum voxline_severity
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing was found.
     */
    VOXLINE_SEVERITY_NONE = 0,
    /**
     * Good to know; nothing has to be done.
     */
    VOXLINE_SEVERITY_INFO = 1,
    /**
     * Part of what was said may be lost or ascribed to the wrong side.
     */
    VOXLINE_SEVERITY_WARNING = 2,
    /**
     * The recording cannot be used as it is.
     */
    VOXLINE_SEVERITY_ERROR = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_severity voxline_severity;
#else
typedef int32_t voxline_severity;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What happens when the service does not take a part.
 */
enum voxline_on_failure
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * No more is sent.
     */
    VOXLINE_ON_FAILURE_STOP = 0,
    /**
     * The next part is sent.
     */
    VOXLINE_ON_FAILURE_GO_ON = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum voxline_on_failure voxline_on_failure;
#else
typedef int32_t voxline_on_failure;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Decoded audio in memory: 16-bit samples. It is never changed: threads may read it together.
 */
typedef struct voxline_audio voxline_audio;

/**
 * Streaming base64 (RFC 4648 §4): standard alphabet, padded, no line breaks, the same text however the input is cut.
 * One thread at a time may use it.
 */
typedef struct voxline_base64 voxline_base64;

/**
 * Bytes that a call brought. They are never changed: threads may read them together.
 */
typedef struct voxline_bytes voxline_bytes;

/**
 * Cancels calls, from any thread: give it to calls as `const voxline_cancel *` and cancel it elsewhere.
 *
 * A call that is cancelled ends within a moment with VOXLINE_CANCELLED. One thing is finished first: a request that may
 * not be repeated (a submission, an utterance) and is being sent or answered. So for these VOXLINE_CANCELLED means that
 * nothing was done.
 */
typedef struct voxline_cancel voxline_cancel;

/**
 * An answer of the voice-chat service. It is never changed: threads may read it together.
 */
typedef struct voxline_chat_answer voxline_chat_answer;

/**
 * Talks to the voice-chat service. It may be shared between threads and is best kept: connections and access tokens are
 * used again.
 */
typedef struct voxline_chat_client voxline_chat_client;

/**
 * What came of a long recording: the parts that were sent, in order.
 */
typedef struct voxline_chat_long voxline_chat_long;

/**
 * One part of a long recording and what came of it. It belongs to a voxline_chat_long.
 */
typedef struct voxline_chat_part voxline_chat_part;

/**
 * What an examination says. It is never changed: threads may read it together.
 */
typedef struct voxline_diagnosis voxline_diagnosis;

/**
 * What went wrong, in detail. It is the caller's and freed with voxline_error_free().
 *
 * Neither a secret nor a signed URL is ever in it. An error is never changed: threads may read it together.
 */
typedef struct voxline_error voxline_error;

/**
 * What a service or a ledger says, field by field. It is never changed: threads may read it together.
 */
typedef struct voxline_json voxline_json;

/**
 * What was submitted, in a file that survives crashes: whatever it says is on disk. It may be shared between threads.
 *
 * It holds links and business data as they were given, and no credentials; the file is readable by its owner alone.
 */
typedef struct voxline_ledger voxline_ledger;

/**
 * Where many recordings are, or why that is not known. It is never changed: threads may read it together.
 */
typedef struct voxline_located voxline_located;

/**
 * What is done to audio and how services are talked to. Set by key, so that new options do not change this interface.
 */
typedef struct voxline_options voxline_options;

/**
 * A part of a recording, encoded by itself. It is never changed: threads may read it together.
 */
typedef struct voxline_part voxline_part;

/**
 * Prepared audio in memory. It is never changed: threads may read it together.
 */
typedef struct voxline_prepared voxline_prepared;

/**
 * Converts audio while it arrives. One thread at a time may use it.
 */
typedef struct voxline_preparer voxline_preparer;

/**
 * Finds and fetches recordings of calls. It may be shared between threads and is best kept: connections are used again.
 * Everything here only reads, so that whatever failed for a passing reason is tried again.
 */
typedef struct voxline_recording_client voxline_recording_client;

/**
 * The bytes of a recording, read as they arrive. One thread at a time may use it.
 */
typedef struct voxline_recording_stream voxline_recording_stream;

/**
 * Where a recording is. It is never changed: threads may read it together.
 */
typedef struct voxline_recording_url voxline_recording_url;

/**
 * What was found in the input, what was done and what was odd about it. It is never changed: threads may read it
 * together.
 */
typedef struct voxline_report voxline_report;

/**
 * What a client or a call of a service is set to, by name, so that new settings do not change this interface.
 *
 * Every value is kept like a secret: shown nowhere and wiped from memory with the handle. One thread at a time may set;
 * calls that take it as const may share it.
 */
typedef struct voxline_settings voxline_settings;

/**
 * Understands Speex. One thread at a time may use it.
 */
typedef struct voxline_speex_decoder voxline_speex_decoder;

/**
 * Speaks Speex. One thread at a time may use it.
 */
typedef struct voxline_speex_encoder voxline_speex_encoder;

/**
 * Splits a recording while it arrives. One thread at a time may use it.
 */
typedef struct voxline_splitter voxline_splitter;

/**
 * Submissions for a run, or to be entered into a ledger. One thread at a time may add; calls that take it as const may
 * share it.
 */
typedef struct voxline_submissions voxline_submissions;

/**
 * What was said in a recording. It is never changed: threads may read it together.
 */
typedef struct voxline_transcript voxline_transcript;

/**
 * Talks to the transcription service. It may be shared between threads and is best kept: connections are used again.
 *
 * A submission costs money: it is repeated only when the service surely did not take it.
 */
typedef struct voxline_transcription_client voxline_transcription_client;

/**
 * Says how far a call is; returning anything but 0 cancels it (VOXLINE_CANCELLED).
 *
 * `input_total_bytes` is UINT64_MAX when the length of the input is not known. It is called in the thread of the call.
 * It must return: no longjmp, no C++ exception.
 */
typedef int32_t (*voxline_progress_fn)(void *userdata,
                                       uint64_t input_bytes,
                                       uint64_t input_total_bytes,
                                       uint64_t source_frames);

/**
 * Reads up to `capacity_bytes` (never 0) into `buffer` and returns how many, 0 at the end, less than 0 on failure
 * (VOXLINE_IO). It is called in the thread of the call. It must return: no longjmp, no C++ exception.
 */
typedef int64_t (*voxline_read_fn)(void *userdata, uint8_t *buffer, size_t capacity_bytes);

/**
 * Hears of a part as soon as there is an answer to it, or none; returning anything but 0 sends no more.
 *
 * `part` lives until it returns. It is called in the thread of the call.
 * It must return: no longjmp, no C++ exception.
 */
typedef int32_t (*voxline_chat_part_fn)(void *userdata, const voxline_chat_part *part);

/**
 * Where a part lies in the recording, and whether there is an answer to it.
 */
typedef struct {
    /**
     * Which part; the first is 0.
     */
    uint64_t index;
    /**
     * Where it begins, in seconds, the overlap included.
     */
    double start_s;
    /**
     * Where it ends, in seconds.
     */
    double end_s;
    /**
     * How much of its beginning the part before holds too, in seconds.
     */
    double overlap_s;
    /**
     * A voxline_cut: what it ends in.
     */
    int32_t cut;
    /**
     * VOXLINE_OK when there is an answer, else why there is none.
     */
    int32_t status;
} voxline_chat_part_info;

/**
 * One thing that was found. What it points to lives as long as the diagnosis.
 */
typedef struct {
    /**
     * What was found, for programs: "clipping", "identical_channels" …; docs/doctor.md lists them.
     */
    const char *name;
    /**
     * What it is, in one sentence.
     */
    const char *what;
    /**
     * What to do about it, in one sentence.
     */
    const char *advice;
    /**
     * The numbers behind it, a JSON list: [{"name":"…","value":…,"unit":"…"}, …].
     */
    const char *figures;
    /**
     * The channels concerned, counted from 1; NULL when it is the file.
     */
    const uint16_t *channels;
    /**
     * How many channels that are.
     */
    size_t channel_count;
    /**
     * A voxline_severity.
     */
    int32_t severity;
} voxline_finding;

/**
 * Hears how one submission ended; returning anything but 0 lets the run end early, as if it were cancelled.
 *
 * `job` lives until it returns and has "req_id", "outcome" (done, awaiting callback, running, not sent, unknown, failed)
 * and "error" (null, or status, message, operation, context, retry (no, yes, after, unknown), retry_after_ms, service,
 * http_status, service_code, service_message, request_id). It is called in threads of the run, one at a time.
 * It must return: no longjmp, no C++ exception.
 */
typedef int32_t (*voxline_job_fn)(void *userdata, const voxline_json *job);

/**
 * Receives a line of the log: its voxline_log_level, the part of the library that speaks, such as "voxline_api::http", and
 * the text. Both texts live until it returns; neither holds a secret or a signed query.
 *
 * It is called in whichever thread has something to say, in several at once. What the library would say to calls made from
 * here is dropped. It must return: no longjmp, no C++ exception.
 */
typedef void (*voxline_log_fn)(void *userdata,
                               int32_t level,
                               const char *target,
                               const char *message);

/**
 * What is known about an option. Every text lives as long as the program.
 */
typedef struct {
    /**
     * The key, such as "target.sample_rate_hz".
     */
    const char *key;
    /**
     * What it takes: bool, integer, number, text or the words to choose from, with | between.
     */
    const char *takes;
    /**
     * The unit; "" when there is none.
     */
    const char *unit;
    /**
     * The default, as voxline_options_set() takes it.
     */
    const char *default_value;
    /**
     * One sentence.
     */
    const char *help;
} voxline_option_info;

/**
 * Says how far a download is; returning anything but 0 cancels it (VOXLINE_CANCELLED).
 *
 * `total_bytes` is UINT64_MAX when the server did not say. It is called in the thread of the call.
 * It must return: no longjmp, no C++ exception.
 */
typedef int32_t (*voxline_transfer_fn)(void *userdata, uint64_t received_bytes, uint64_t total_bytes);

/**
 * What is known about a setting. Every text lives as long as the program.
 */
typedef struct {
    /**
     * The name, such as "access_token".
     */
    const char *name;
    /**
     * What it is for, such as "chat client"; several with ", " between.
     */
    const char *used_for;
    /**
     * What it takes: bool, integer, number, text, secret, a form, or the words to choose from, with | between.
     */
    const char *takes;
    /**
     * One sentence, with unit and default.
     */
    const char *help;
} voxline_setting_info;

/**
 * Receives the frames of one packet, one call a frame; the samples live until it returns.
 * It must return: no longjmp, no C++ exception.
 */
typedef void (*voxline_frame_fn)(void *userdata, const int16_t *frame, size_t frame_samples);

/**
 * Receives a part as soon as it is made; returning anything but 0 cancels the call (VOXLINE_CANCELLED).
 *
 * `part` lives until it returns. It is called in the thread of the call.
 * It must return: no longjmp, no C++ exception.
 */
typedef int32_t (*voxline_part_fn)(void *userdata, const voxline_part *part);

/**
 * Where a part lies. Frames are those of the recording as prepared, counted from its start at the part's rate.
 */
typedef struct {
    /**
     * Which part; the first is 0.
     */
    uint64_t index;
    /**
     * Where it begins, the repeated frames included.
     */
    uint64_t start_frame;
    /**
     * Its frames, the repeated ones included.
     */
    uint64_t frames;
    /**
     * How many of its first frames the part before holds too.
     */
    uint64_t overlap_frames;
    /**
     * Frames a second.
     */
    uint32_t sample_rate_hz;
    /**
     * Channels of one output.
     */
    uint32_t channel_count;
    /**
     * A voxline_cut: what it ends in.
     */
    int32_t cut;
    /**
     * How many outputs it has: 1, or the channels when target.channels is split.
     */
    uint32_t outputs;
} voxline_part_info;

/**
 * Something that was said.
 */
typedef struct {
    /**
     * What; it lives as long as the transcript.
     */
    const char *text;
    /**
     * From when, in ms from the beginning of the recording; -1 if that is not said.
     */
    int64_t start_ms;
    /**
     * Until when, in ms; -1 if that is not said.
     */
    int64_t end_ms;
    /**
     * On which channel of the recording, counted as the service counts; -1 if that is not said.
     */
    int64_t channel;
} voxline_sentence;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library, such as "0.1.0".
 */
const char *voxline_version(void);

/**
 * The VOXLINE_ABI_VERSION that the library was built with.
 */
uint32_t voxline_abi_version(void);

/**
 * What this build can do, as words with a space between: "wav rf64 au mp3 ogg speex g711 …".
 */
const char *voxline_features(void);

/**
 * The name of a status, such as "VOXLINE_IO"; "VOXLINE_UNKNOWN_STATUS" for a number that is none.
 */
const char *voxline_status_name(int32_t status);

/**
 * Decodes a file to samples at the rate and with the channels that `options` ask for (target.encoding and target.base64
 * have no meaning here); free the result with voxline_audio_free(). Arguments and errors are those of
 * voxline_prepare_path().
 */
int32_t voxline_decode_path(const char *path,
                            const voxline_options *options,
                            voxline_progress_fn progress,
                            void *progress_data,
                            voxline_audio **audio,
                            voxline_error **err);

/**
 * Decodes the content of a file that is in memory; otherwise as voxline_decode_path().
 */
int32_t voxline_decode_bytes(const uint8_t *data,
                             size_t size_bytes,
                             const voxline_options *options,
                             voxline_progress_fn progress,
                             void *progress_data,
                             voxline_audio **audio,
                             voxline_error **err);

/**
 * Decodes what a callback reads; otherwise as voxline_decode_path().
 */
int32_t voxline_decode_reader(voxline_read_fn read,
                              void *read_data,
                              const voxline_options *options,
                              voxline_progress_fn progress,
                              void *progress_data,
                              voxline_audio **audio,
                              voxline_error **err);

/**
 * Frees decoded audio, its samples and its report. NULL is fine.
 */
void voxline_audio_free(voxline_audio *audio);

/**
 * Gives the samples of output number `output`, from 0, interleaved; VOXLINE_END when there is none. There is one, or one
 * a channel when target.channels is split.
 *
 * `frames` times the channel count of voxline_audio_format() is the number of samples. They live as long as `audio`.
 */
int32_t voxline_audio_samples(const voxline_audio *audio,
                              size_t output,
                              const int16_t **samples,
                              size_t *frames,
                              voxline_error **err);

/**
 * Gives the rate in Hz and the number of channels of one output.
 */
int32_t voxline_audio_format(const voxline_audio *audio,
                             uint32_t *sample_rate_hz,
                             uint16_t *channel_count,
                             voxline_error **err);

/**
 * Gives the report of decoded audio; it belongs to `audio` and lives as long.
 */
int32_t voxline_audio_report(const voxline_audio *audio,
                             const voxline_report **report,
                             voxline_error **err);

/**
 * The bytes that a buffer needs for the text of `size_bytes` bytes, whatever was pushed before, with a NUL; SIZE_MAX when
 * that is more than memory can hold.
 */
size_t voxline_base64_max(size_t size_bytes);

/**
 * Makes an encoder; free it with voxline_base64_free().
 */
int32_t voxline_base64_new(voxline_base64 **base64, voxline_error **err);

/**
 * Frees an encoder. NULL is fine.
 */
void voxline_base64_free(voxline_base64 *base64);

/**
 * Writes the text of all whole groups of three bytes into `buffer`, without a NUL, and its length into `length`; what is
 * left waits for the next call. voxline_base64_max(size_bytes) is room enough.
 *
 * Errors: VOXLINE_BUFFER_TOO_SMALL; nothing was taken then.
 */
int32_t voxline_base64_push(voxline_base64 *base64,
                            const uint8_t *data,
                            size_t size_bytes,
                            char *buffer,
                            size_t capacity_bytes,
                            size_t *length,
                            voxline_error **err);

/**
 * Writes the last group, padded, and a NUL into `buffer` (5 bytes are enough), the length without the NUL into `length`,
 * and starts anew.
 *
 * Errors: VOXLINE_BUFFER_TOO_SMALL; nothing was changed then.
 */
int32_t voxline_base64_finish(voxline_base64 *base64,
                              char *buffer,
                              size_t capacity_bytes,
                              size_t *length,
                              voxline_error **err);

/**
 * Gives the bytes; they live as long as the handle.
 */
int32_t voxline_bytes_data(const voxline_bytes *bytes,
                           const uint8_t **data,
                           size_t *size_bytes,
                           voxline_error **err);

/**
 * Frees the bytes. NULL is fine.
 */
void voxline_bytes_free(voxline_bytes *bytes);

/**
 * Makes a token that is not cancelled; free it with voxline_cancel_free() when no call uses it any more.
 */
int32_t voxline_cancel_new(voxline_cancel **cancel,
                           voxline_error **err);

/**
 * Cancels every call that uses it, for good.
 */
int32_t voxline_cancel_cancel(const voxline_cancel *cancel, voxline_error **err);

/**
 * 1 if it was cancelled, else 0; 0 for NULL.
 */
int32_t voxline_cancel_is_cancelled(const voxline_cancel *cancel);

/**
 * Frees a token. NULL is fine.
 */
void voxline_cancel_free(voxline_cancel *cancel);

/**
 * Makes a client. Nothing is sent yet. Free it with voxline_chat_client_free().
 *
 * `settings`: "access_token", or "app_key", "auth_code" and "user_id", with which the client gets its tokens itself; and
 * whatever voxline_setting_describe() lists for a chat client. `options` may be NULL; of them, http.* matters.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for missing or unusable credentials, an address that cannot be used, or settings and
 * options that do not fit.
 */
int32_t voxline_chat_client_new(const voxline_settings *settings,
                                const voxline_options *options,
                                voxline_chat_client **client,
                                voxline_error **err);

/**
 * Makes a client that speaks for another user, with the same connections and credentials.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT if `client` has no app credentials, or for a user id that cannot be sent.
 */
int32_t voxline_chat_client_for_user(const voxline_chat_client *client,
                                     const char *user_id,
                                     voxline_chat_client **other,
                                     voxline_error **err);

/**
 * Frees a client. NULL is fine.
 */
void voxline_chat_client_free(voxline_chat_client *client);

/**
 * Sends an utterance and waits for the answer; free it with voxline_chat_answer_free().
 *
 * `encoding` says what `audio` is, in the words of the option target.encoding: pcm, wav, speex, speex-wb. Speex needs the
 * setting "speex_size". `settings` and `cancel` may be NULL.
 *
 * An utterance sent twice may be answered twice: nothing is repeated that the service may have got, unless the client's
 * "repeat_unknown" is on.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT and VOXLINE_LIMIT_EXCEEDED before anything is sent; VOXLINE_CONNECT and VOXLINE_TIMEOUT
 * when the service was not reached; VOXLINE_OUTCOME_UNKNOWN when it may have been; VOXLINE_UNAUTHENTICATED,
 * VOXLINE_PERMISSION_DENIED, VOXLINE_NOT_FOUND, VOXLINE_RATE_LIMITED and VOXLINE_SERVICE for what it said, with its code
 * and message in the error; VOXLINE_CANCELLED if it surely did nothing.
 */
int32_t voxline_chat_send(const voxline_chat_client *client,
                          const uint8_t *audio,
                          size_t size_bytes,
                          const char *encoding,
                          uint32_t sample_rate_hz,
                          const voxline_settings *settings,
                          const voxline_cancel *cancel,
                          voxline_chat_answer **answer,
                          voxline_error **err);

/**
 * Sends what was prepared with one of the profiles chat-…; otherwise as voxline_chat_send().
 *
 * Errors: as there, and VOXLINE_INVALID_ARGUMENT for what the service does not take, such as base64 or two channels.
 */
int32_t voxline_chat_send_prepared(const voxline_chat_client *client,
                                   const voxline_prepared *prepared,
                                   const voxline_settings *settings,
                                   const voxline_cancel *cancel,
                                   voxline_chat_answer **answer,
                                   voxline_error **err);

/**
 * Frees an answer. NULL is fine.
 */
void voxline_chat_answer_free(voxline_chat_answer *answer);

/**
 * The text for a plain chat; where the answer consists of instructions, the text that comes with them. It lives as long as
 * the answer; "" for NULL.
 */
const char *voxline_chat_answer_text(const voxline_chat_answer *answer);

/**
 * The status code of the service: 0, because every other is an error; -1 for NULL.
 */
int64_t voxline_chat_answer_status_code(const voxline_chat_answer *answer);

/**
 * The instructions to a device, a JSON object, where the answer consists of such; else NULL. They live as long as the
 * answer and may hold signed links: do not log them.
 */
const char *voxline_chat_answer_instructions(const voxline_chat_answer *answer);

/**
 * The service's remark; NULL when there is none. It lives as long as the answer.
 */
const char *voxline_chat_answer_description(const voxline_chat_answer *answer);

/**
 * The link of the spoken answer; NULL when there is none. It lives as long as the answer. It is signed: do not log it;
 * voxline_chat_fetch_audio() fetches what is there.
 */
const char *voxline_chat_answer_audio_url(const voxline_chat_answer *answer);

/**
 * The whole answer as it came, JSON; "" for NULL. It lives as long as the answer and holds the signed link of the spoken
 * answer: do not log it.
 */
const char *voxline_chat_answer_raw(const voxline_chat_answer *answer);

/**
 * Fetches the spoken answer, which was asked for with the setting "tts": bytes of the kind of "answer_audio", else MP3.
 * Free them with voxline_bytes_free(). The link is short-lived.
 *
 * VOXLINE_END: the answer has no link to a spoken one.
 *
 * Errors: VOXLINE_SERVICE for anything that is not of that kind; VOXLINE_LIMIT_EXCEEDED beyond http.max_response_bytes;
 * otherwise as voxline_chat_send(), except that fetching is repeated freely.
 */
int32_t voxline_chat_fetch_audio(const voxline_chat_client *client,
                                 const voxline_chat_answer *answer,
                                 const voxline_cancel *cancel,
                                 voxline_bytes **bytes,
                                 voxline_error **err);

/**
 * Decodes a spoken answer; `answer_audio` is what was asked for: mp3, pcm16k, pcm8k, wav16k, wav8k, alaw8k, mulaw8k. Rate
 * and encoding of the result are those of `options`, which may be NULL. Free it with voxline_prepared_free().
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for another word, otherwise those of voxline_prepare_bytes().
 */
int32_t voxline_chat_decode_answer(const uint8_t *data,
                                   size_t size_bytes,
                                   const char *answer_audio,
                                   const voxline_options *options,
                                   voxline_prepared **prepared,
                                   voxline_error **err);

/**
 * Sends a file of any length in parts, in order, and gathers the answers; free the result with voxline_chat_long_free().
 *
 * `options` say how it is prepared and split, best one of the profiles chat-…; `settings` are those of voxline_chat_send(),
 * for each part. `on_failure` is a voxline_on_failure. `each` (progress: it hears of every part), `settings` and `cancel`
 * may be NULL. No part is sent twice on its own once the service may have acted on it.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for options and settings that are not valid and VOXLINE_IO from opening, before anything
 * is sent. Whatever goes wrong later is told in the result, so that no answer is lost: by voxline_chat_part_answer() what is
 * about a part, by voxline_chat_long_fault() what ended the whole, be it that it was cancelled.
 */
int32_t voxline_chat_long_path(const voxline_chat_client *client,
                               const char *path,
                               const voxline_options *options,
                               const voxline_settings *settings,
                               int32_t on_failure,
                               voxline_chat_part_fn each,
                               void *each_data,
                               const voxline_cancel *cancel,
                               voxline_chat_long **answer,
                               voxline_error **err);

/**
 * Sends the content of a file that is in memory; otherwise as voxline_chat_long_path().
 */
int32_t voxline_chat_long_bytes(const voxline_chat_client *client,
                                const uint8_t *data,
                                size_t size_bytes,
                                const voxline_options *options,
                                const voxline_settings *settings,
                                int32_t on_failure,
                                voxline_chat_part_fn each,
                                void *each_data,
                                const voxline_cancel *cancel,
                                voxline_chat_long **answer,
                                voxline_error **err);

/**
 * Sends what a callback reads; otherwise as voxline_chat_long_path().
 */
int32_t voxline_chat_long_reader(const voxline_chat_client *client,
                                 voxline_read_fn read,
                                 void *read_data,
                                 const voxline_options *options,
                                 const voxline_settings *settings,
                                 int32_t on_failure,
                                 voxline_chat_part_fn each,
                                 void *each_data,
                                 const voxline_cancel *cancel,
                                 voxline_chat_long **answer,
                                 voxline_error **err);

/**
 * Frees it, with its parts, answers and report. NULL is fine.
 */
void voxline_chat_long_free(voxline_chat_long *answer);

/**
 * 1 if every part of the recording has its answer, else 0; 0 for NULL.
 */
int32_t voxline_chat_long_is_complete(const voxline_chat_long *answer);

/**
 * How many parts were sent; 0 for NULL.
 */
size_t voxline_chat_long_count(const voxline_chat_long *answer);

/**
 * Gives part number `index`, from 0; it belongs to `answer` and lives as long. VOXLINE_END when there is none.
 */
int32_t voxline_chat_long_part(const voxline_chat_long *answer,
                               size_t index,
                               const voxline_chat_part **part,
                               voxline_error **err);

/**
 * VOXLINE_OK if the recording was read and sent to its end, or until a part failed under VOXLINE_ON_FAILURE_STOP.
 *
 * Errors: why it was not: what is wrong with the input or the options for it; VOXLINE_CANCELLED.
 */
int32_t voxline_chat_long_fault(const voxline_chat_long *answer,
                                voxline_error **err);

/**
 * Gives the report of the recording; it belongs to `answer` and lives as long. VOXLINE_END when the recording was not read
 * to its end.
 */
int32_t voxline_chat_long_report(const voxline_chat_long *answer,
                                 const voxline_report **report,
                                 voxline_error **err);

/**
 * Sends part number `index`, which failed, once more, by itself; with VOXLINE_OK it has its answer. VOXLINE_END when there is
 * no such part. `cancel` may be NULL.
 *
 * After VOXLINE_OUTCOME_UNKNOWN the service may have answered, and been paid for, already: only the caller can know whether
 * it should be asked again.
 *
 * Errors: those of voxline_chat_send(), which leave the part as it was; VOXLINE_INVALID_STATE for a part that has its answer.
 */
int32_t voxline_chat_long_resend(voxline_chat_long *answer,
                                 size_t index,
                                 const voxline_chat_client *client,
                                 const voxline_cancel *cancel,
                                 voxline_error **err);

/**
 * Says where a part lies in the recording, and whether there is an answer to it.
 */
int32_t voxline_chat_part_describe(const voxline_chat_part *part,
                                   voxline_chat_part_info *info,
                                   voxline_error **err);

/**
 * Gives the answer to a part; it belongs to the part and is not freed.
 *
 * Errors: why there is none, as voxline_chat_send() says it.
 */
int32_t voxline_chat_part_answer(const voxline_chat_part *part,
                                 const voxline_chat_answer **answer,
                                 voxline_error **err);

/**
 * Examines a file in one pass and bounded memory: silent, clipped, noisy or muffled channels, channels that are copies of
 * each other or leak into each other, and every oddity of the file. Free the result with voxline_diagnosis_free().
 *
 * Of the options, input.* and limits.* count; `options` and `progress` may be NULL. Damage that decoding puts up with is a
 * finding, and so is a file without audio.
 *
 * Errors: those of voxline_inspect_path().
 */
int32_t voxline_doctor_path(const char *path,
                            const voxline_options *options,
                            voxline_progress_fn progress,
                            void *progress_data,
                            voxline_diagnosis **diagnosis,
                            voxline_error **err);

/**
 * Examines the content of a file that is in memory; otherwise as voxline_doctor_path().
 */
int32_t voxline_doctor_bytes(const uint8_t *data,
                             size_t size_bytes,
                             const voxline_options *options,
                             voxline_progress_fn progress,
                             void *progress_data,
                             voxline_diagnosis **diagnosis,
                             voxline_error **err);

/**
 * Examines what a callback reads; otherwise as voxline_doctor_path().
 */
int32_t voxline_doctor_reader(voxline_read_fn read,
                              void *read_data,
                              const voxline_options *options,
                              voxline_progress_fn progress,
                              void *progress_data,
                              voxline_diagnosis **diagnosis,
                              voxline_error **err);

/**
 * Frees a diagnosis. NULL is fine.
 */
void voxline_diagnosis_free(voxline_diagnosis *diagnosis);

/**
 * A voxline_severity: that of the worst finding; VOXLINE_SEVERITY_NONE when nothing was found, -1 for NULL.
 */
int32_t voxline_diagnosis_worst(const voxline_diagnosis *diagnosis);

/**
 * How many findings there are; 0 for NULL.
 */
size_t voxline_diagnosis_count(const voxline_diagnosis *diagnosis);

/**
 * Describes finding number `index`, from 0; VOXLINE_END when there is none.
 */
int32_t voxline_diagnosis_finding(const voxline_diagnosis *diagnosis,
                                  size_t index,
                                  voxline_finding *finding,
                                  voxline_error **err);

/**
 * Gives the number `name` of finding number `index`; VOXLINE_END when there is no such finding or number.
 */
int32_t voxline_diagnosis_figure(const voxline_diagnosis *diagnosis,
                                 size_t index,
                                 const char *name,
                                 double *value,
                                 voxline_error **err);

/**
 * Gives all of it by name: "findings", "channels" (each in numbers, good or bad), "pair" (null unless there are two),
 * "sample_rate_hz", "frames", "report". It belongs to `diagnosis` and lives as long.
 */
int32_t voxline_diagnosis_json(const voxline_diagnosis *diagnosis,
                               const voxline_json **json,
                               voxline_error **err);

/**
 * Gives the report of the recording, as voxline_inspect_path() makes it; it belongs to `diagnosis` and lives as long.
 */
int32_t voxline_diagnosis_report(const voxline_diagnosis *diagnosis,
                                 const voxline_report **report,
                                 voxline_error **err);

/**
 * Frees an error. NULL is fine.
 */
void voxline_error_free(voxline_error *error);

/**
 * The status that came with the error; VOXLINE_OK for NULL.
 */
int32_t voxline_error_status(const voxline_error *error);

/**
 * One line for people: kind, operation, what happened, what to do. It lives as long as the error; "" for NULL.
 */
const char *voxline_error_message(const voxline_error *error);

/**
 * The operation that failed. It lives as long as the error; "" for NULL.
 */
const char *voxline_error_operation(const voxline_error *error);

/**
 * What happened, where and what to do, without kind and operation. It lives as long as the error; "" for NULL.
 */
const char *voxline_error_context(const voxline_error *error);

/**
 * A voxline_retry: whether doing the same again can help. VOXLINE_RETRY_NO for NULL.
 */
int32_t voxline_error_retry(const voxline_error *error);

/**
 * How long to wait under VOXLINE_RETRY_AFTER, in milliseconds; else 0.
 */
uint64_t voxline_error_retry_after_ms(const voxline_error *error);

/**
 * The service that failed: "chat", "recording", "transcription"; NULL when none was involved.
 */
const char *voxline_error_service(const voxline_error *error);

/**
 * The HTTP status of the service's answer; 0 when there was none.
 */
int32_t voxline_error_http_status(const voxline_error *error);

/**
 * The service's own error code; NULL when it gave none.
 */
const char *voxline_error_service_code(const voxline_error *error);

/**
 * The service's own message, verbatim; NULL when it gave none.
 */
const char *voxline_error_service_message(const voxline_error *error);

/**
 * The id to quote to the service's support; NULL when there is none.
 */
const char *voxline_error_request_id(const voxline_error *error);

/**
 * Frees it. NULL is fine.
 */
void voxline_json_free(voxline_json *json);

/**
 * Gives all of it as JSON in one line, with a NUL; it lives as long as `json`.
 */
int32_t voxline_json_text(const voxline_json *json, const char **text, voxline_error **err);

/**
 * Gives a whole number or a truth value (0 or 1) by its place: "known", "0.attempts", "0.error.status".
 *
 * VOXLINE_END: it is null, which is how fields say that there is nothing.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no whole number.
 */
int32_t voxline_json_get_i64(const voxline_json *json,
                             const char *key,
                             int64_t *value,
                             voxline_error **err);

/**
 * Gives a number by its place. Otherwise as voxline_json_get_i64().
 */
int32_t voxline_json_get_f64(const voxline_json *json,
                             const char *key,
                             double *value,
                             voxline_error **err);

/**
 * Gives a text by its place: "request_id", "0.error.message". It lives as long as `json`. Otherwise as
 * voxline_json_get_i64().
 */
int32_t voxline_json_get_text(const voxline_json *json,
                              const char *key,
                              const char **text,
                              voxline_error **err);

/**
 * Gives the length of a list; "" is the place of the whole. Otherwise as voxline_json_get_i64().
 */
int32_t voxline_json_length(const voxline_json *json,
                            const char *key,
                            size_t *length,
                            voxline_error **err);

/**
 * Opens a ledger, making the file if it is not there; free it with voxline_ledger_free().
 *
 * Errors: VOXLINE_IO if the file cannot be opened or made; VOXLINE_UNSUPPORTED_FORMAT if it is something else or of a newer
 * version; VOXLINE_MALFORMED_INPUT if it is damaged.
 */
int32_t voxline_ledger_open(const char *path,
                            voxline_ledger **ledger,
                            voxline_error **err);

/**
 * Closes a ledger. NULL is fine.
 */
void voxline_ledger_free(voxline_ledger *ledger);

/**
 * Gives how many submissions are in a state: queued, sending, unknown, accepted, done, failed.
 */
int32_t voxline_ledger_count(const voxline_ledger *ledger,
                             const char *state,
                             uint64_t *count,
                             voxline_error **err);

/**
 * Gives a list of the submissions in a state, or of all when `state` is NULL, in the order in which they were entered; free
 * it with voxline_json_free().
 *
 * Each has "req_id", "state", "attempts", "link" (without its query, which may be a signature), and "request_id",
 * "business_data" and "note", which may be null.
 */
int32_t voxline_ledger_list(const voxline_ledger *ledger,
                            const char *state,
                            voxline_json **list,
                            voxline_error **err);

/**
 * Gives the transcript of a submission that is done; free it with voxline_transcript_free(). VOXLINE_END when there is
 * none.
 */
int32_t voxline_ledger_result(const voxline_ledger *ledger,
                              const char *req_id,
                              voxline_transcript **transcript,
                              voxline_error **err);

/**
 * Puts a submission back that failed or whose outcome is unknown: the next run sends it again. If the service had taken it,
 * it is transcribed and charged twice.
 *
 * Errors: VOXLINE_NOT_FOUND; VOXLINE_INVALID_STATE in any other state, and while a run is under way.
 */
int32_t voxline_ledger_requeue(const voxline_ledger *ledger,
                               const char *req_id,
                               voxline_error **err);

/**
 * Gives a submission up; `why` is kept with it. Saying the same twice is fine.
 *
 * Errors: VOXLINE_NOT_FOUND; VOXLINE_INVALID_STATE for what is done, for what failed for another reason, which stays, and
 * while a run is under way.
 */
int32_t voxline_ledger_give_up(const voxline_ledger *ledger,
                               const char *req_id,
                               const char *why,
                               voxline_error **err);

/**
 * Notes that the service took a submission, under the id that it gave: the next run waits for the result. Saying the same
 * twice is fine.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for an id that is empty, longer than 1024 bytes, or holds control characters;
 * VOXLINE_NOT_FOUND; VOXLINE_INVALID_STATE for what is done or failed or has another id, which stays, and while a run is
 * under way.
 */
int32_t voxline_ledger_accept(const voxline_ledger *ledger,
                              const char *req_id,
                              const char *request_id,
                              voxline_error **err);

/**
 * Writes what the service posted to a callback address into the ledger. When it returns, the result is on disk: only then
 * acknowledge it.
 *
 * VOXLINE_END: it said nothing new, as a duplicate does.
 *
 * Errors: VOXLINE_NOT_FOUND if its ids are not in the ledger; VOXLINE_MALFORMED_INPUT for what is not a JSON object; those
 * of the ledger.
 */
int32_t voxline_ledger_record_callback(const voxline_ledger *ledger,
                                       const uint8_t *body,
                                       size_t size_bytes,
                                       voxline_error **err);

/**
 * Enters submissions without sending any: voxline_transcription_resume() does. One without a "req_id" gets a random one.
 *
 * `settings` ("known_links") may be NULL: then links that are in the ledger already are refused. `entered` may be NULL; it
 * has "new" (a list of req_ids), "known" and "repeated" (how many were left out); free it with voxline_json_free().
 *
 * Errors: VOXLINE_INVALID_STATE for known links that are to be refused, or while a run is under way;
 * VOXLINE_INVALID_ARGUMENT for a req_id that is there already. Nothing is entered then.
 */
int32_t voxline_transcription_enter(const voxline_transcription_client *client,
                                    const voxline_ledger *ledger,
                                    const voxline_submissions *submissions,
                                    const voxline_settings *settings,
                                    voxline_json **entered,
                                    voxline_error **err);

/**
 * Submits recordings, waits for the results of those that are asked for, and writes every step into the ledger before the
 * next is taken.
 *
 * All submissions are entered before the first is sent. When `cancel` is cancelled, or `job` says so, nothing more is sent:
 * a submission that is under way is still answered and recorded, waits end, and what was not begun stays queued; that is
 * no error. `jobs` receives a list of what `job` heard; free it with voxline_json_free(). `settings` ("in_flight",
 * "known_links", "stop_after_refusals" and those of voxline_transcription_wait()), `job`, `cancel` and `jobs` may be NULL.
 *
 * Errors: the ledger's, which end the run; VOXLINE_INVALID_STATE for links that are known or while another run is under
 * way, VOXLINE_INVALID_ARGUMENT for settings out of range, before anything is sent. What goes wrong with one submission is
 * no error here but in its job.
 */
int32_t voxline_transcription_run(const voxline_transcription_client *client,
                                  const voxline_ledger *ledger,
                                  const voxline_submissions *submissions,
                                  const voxline_settings *settings,
                                  voxline_job_fn job,
                                  void *job_data,
                                  const voxline_cancel *cancel,
                                  voxline_json **jobs,
                                  voxline_error **err);

/**
 * Goes on where an earlier run ended, however it ended: sends what surely was not taken, waits for what was, and reports as
 * "unknown", without touching it, what may have been. Otherwise as voxline_transcription_run(), without "known_links".
 */
int32_t voxline_transcription_resume(const voxline_transcription_client *client,
                                     const voxline_ledger *ledger,
                                     const voxline_settings *settings,
                                     voxline_job_fn job,
                                     void *job_data,
                                     const voxline_cancel *cancel,
                                     voxline_json **jobs,
                                     voxline_error **err);

/**
 * Has lines up to a voxline_log_level handed to `log`, for the whole process, in place of what was set before. It is off
 * at first, and VOXLINE_LOG_OFF, with which `log` may be NULL, turns it off again.
 *
 * When it returns, no thread is in the earlier function any more: what that used may be freed.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for another level; VOXLINE_NULL_POINTER; VOXLINE_INVALID_STATE from within the function,
 * and if the process hears what Voxline says in another way (a `tracing` subscriber of Rust code that has Voxline linked
 * into it).
 */
int32_t voxline_log_set(int32_t level,
                        voxline_log_fn log,
                        void *userdata,
                        voxline_error **err);

/**
 * Turns the log off if it is handed to this very `log` with this very `userdata`; VOXLINE_END if it is not, and nothing is
 * changed: whoever gives up a function does not silence the one that was set after it.
 *
 * When it returns, no thread is in the function with this userdata any more: what that used may be freed.
 *
 * Errors: VOXLINE_NULL_POINTER; VOXLINE_INVALID_STATE from within a log function.
 */
int32_t voxline_log_clear(voxline_log_fn log,
                          void *userdata,
                          voxline_error **err);

/**
 * Makes options with every default; free them with voxline_options_free().
 */
int32_t voxline_options_new(voxline_options **options, voxline_error **err);

/**
 * Makes options with the settings of a profile, such as "chat-16k"; voxline_profile_describe() lists them.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT, listing the profiles.
 */
int32_t voxline_options_new_profile(const char *profile,
                                    voxline_options **options,
                                    voxline_error **err);

/**
 * Makes a copy.
 */
int32_t voxline_options_clone(const voxline_options *options,
                              voxline_options **copy,
                              voxline_error **err);

/**
 * Frees options. NULL is fine.
 */
void voxline_options_free(voxline_options *options);

/**
 * Sets an option from text: voxline_options_set(o, "target.sample_rate_hz", "8000", &err).
 *
 * Booleans take on and off, values that may be missing take "none"; docs/options.md lists every key. Ranges are checked
 * by voxline_options_validate() and by every call that uses the options, so that the order of settings does not matter.
 *
 * Errors: VOXLINE_UNKNOWN_OPTION with the nearest key, VOXLINE_INVALID_ARGUMENT with what the option takes; nothing is
 * changed then.
 */
int32_t voxline_options_set(voxline_options *options,
                            const char *key,
                            const char *value,
                            voxline_error **err);

/**
 * Sets every option that an environment variable names: VOXLINE_TARGET_SAMPLE_RATE_HZ and so on.
 *
 * Errors: those of voxline_options_set(), naming the variable.
 */
int32_t voxline_options_set_from_env(voxline_options *options, voxline_error **err);

/**
 * Writes the value of an option as text with a NUL into `buffer`, and its size with the NUL into `size_bytes`.
 *
 * With `buffer` NULL and `capacity_bytes` 0 only the size is written. `size_bytes` may be NULL.
 *
 * Errors: VOXLINE_UNKNOWN_OPTION; VOXLINE_BUFFER_TOO_SMALL.
 */
int32_t voxline_options_get(const voxline_options *options,
                            const char *key,
                            char *buffer,
                            size_t capacity_bytes,
                            size_t *size_bytes,
                            voxline_error **err);

/**
 * Checks every range; the error names all faults at once.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT.
 */
int32_t voxline_options_validate(const voxline_options *options, voxline_error **err);

/**
 * Describes option number `index`, from 0; VOXLINE_END when there is none.
 */
int32_t voxline_option_describe(size_t index, voxline_option_info *info, voxline_error **err);

/**
 * Gives name and description of profile number `index`, from 0; VOXLINE_END when there is none.
 *
 * Both texts live as long as the program.
 */
int32_t voxline_profile_describe(size_t index,
                                 const char **name,
                                 const char **help,
                                 voxline_error **err);

/**
 * Converts a file in one call; free the result with voxline_prepared_free().
 *
 * `options` may be NULL for the defaults, `progress` may be NULL.
 *
 * Errors: VOXLINE_IO from reading; VOXLINE_UNSUPPORTED_FORMAT, VOXLINE_MALFORMED_INPUT for content that cannot be
 * decoded; VOXLINE_LIMIT_EXCEEDED, naming the limit; VOXLINE_INVALID_ARGUMENT for options that are not valid or do not
 * fit the input; VOXLINE_CANCELLED.
 */
int32_t voxline_prepare_path(const char *path,
                             const voxline_options *options,
                             voxline_progress_fn progress,
                             void *progress_data,
                             voxline_prepared **prepared,
                             voxline_error **err);

/**
 * Converts the content of a file that is in memory; otherwise as voxline_prepare_path().
 */
int32_t voxline_prepare_bytes(const uint8_t *data,
                              size_t size_bytes,
                              const voxline_options *options,
                              voxline_progress_fn progress,
                              void *progress_data,
                              voxline_prepared **prepared,
                              voxline_error **err);

/**
 * Converts what a callback reads; otherwise as voxline_prepare_path().
 */
int32_t voxline_prepare_reader(voxline_read_fn read,
                               void *read_data,
                               const voxline_options *options,
                               voxline_progress_fn progress,
                               void *progress_data,
                               voxline_prepared **prepared,
                               voxline_error **err);

/**
 * Frees prepared audio, its data and its report. NULL is fine.
 */
void voxline_prepared_free(voxline_prepared *prepared);

/**
 * Gives the bytes of output number `output`, from 0, as target.encoding and target.base64 say; VOXLINE_END when there is
 * none. There is one, or one a channel when target.channels is split.
 *
 * The bytes live as long as `prepared`.
 */
int32_t voxline_prepared_output(const voxline_prepared *prepared,
                                size_t output,
                                const uint8_t **data,
                                size_t *size_bytes,
                                voxline_error **err);

/**
 * Gives the report of prepared audio; it belongs to `prepared` and lives as long.
 */
int32_t voxline_prepared_report(const voxline_prepared *prepared,
                                const voxline_report **report,
                                voxline_error **err);

/**
 * Reads a whole file and reports what is in it, without making anything of it; free the report with
 * voxline_report_free(). Arguments and errors are those of voxline_prepare_path().
 */
int32_t voxline_inspect_path(const char *path,
                             const voxline_options *options,
                             voxline_progress_fn progress,
                             void *progress_data,
                             voxline_report **report,
                             voxline_error **err);

/**
 * Reports what is in what a callback reads; otherwise as voxline_inspect_path().
 */
int32_t voxline_inspect_reader(voxline_read_fn read,
                               void *read_data,
                               const voxline_options *options,
                               voxline_progress_fn progress,
                               void *progress_data,
                               voxline_report **report,
                               voxline_error **err);

/**
 * Reports what is in the content of a file that is in memory; otherwise as voxline_inspect_path().
 */
int32_t voxline_inspect_bytes(const uint8_t *data,
                              size_t size_bytes,
                              const voxline_options *options,
                              voxline_report **report,
                              voxline_error **err);

/**
 * Makes a preparer for one input; `options` may be NULL for the defaults. Free it with voxline_preparer_free().
 *
 * Push input in pieces of any size and pull after each push until VOXLINE_NEED_MORE comes; finish, and pull until
 * VOXLINE_END. The same input gives the same output however it is cut. Memory stays bounded when what is ready is
 * pulled; WAV as base64 is held back to the end, because its header states a length.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT when the options are not valid.
 */
int32_t voxline_preparer_new(const voxline_options *options,
                             voxline_preparer **preparer,
                             voxline_error **err);

/**
 * Frees a preparer. NULL is fine.
 */
void voxline_preparer_free(voxline_preparer *preparer);

/**
 * Takes the next bytes of the input.
 *
 * Errors: what is wrong with the input (VOXLINE_UNSUPPORTED_FORMAT, VOXLINE_MALFORMED_INPUT and, under input.strict,
 * VOXLINE_TRUNCATED_INPUT), VOXLINE_LIMIT_EXCEEDED, and VOXLINE_INVALID_STATE after finish or an error. What was ready
 * before the error can still be pulled.
 */
int32_t voxline_preparer_push(voxline_preparer *preparer,
                              const uint8_t *data,
                              size_t size_bytes,
                              voxline_error **err);

/**
 * Ends the input: what is left can then be pulled. `report` may be NULL; else free it with voxline_report_free().
 *
 * Errors: those of voxline_preparer_push().
 */
int32_t voxline_preparer_finish(voxline_preparer *preparer,
                                voxline_report **report,
                                voxline_error **err);

/**
 * Gives how many outputs there are: 1, or the channels of the input when target.channels is split. VOXLINE_NEED_MORE
 * until that is known.
 */
int32_t voxline_preparer_outputs(const voxline_preparer *preparer,
                                 size_t *outputs,
                                 voxline_error **err);

/**
 * Fills `buffer` with bytes of output number `output` (from 0) that are ready, as target.encoding and target.base64 say,
 * and writes how many into `size_bytes`.
 *
 * With VOXLINE_OK there is at least one byte and there may be more; VOXLINE_NEED_MORE and VOXLINE_END come with 0.
 * WAV starts with a header whose sizes are 0xFFFFFFFF: put the one of voxline_preparer_wav_header() over it at the end
 * where the output can be rewritten.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for an output that does not exist, VOXLINE_BUFFER_TOO_SMALL when something is ready and
 * `capacity_bytes` is 0, and those of voxline_preparer_push(), because input that did not fit is decoded here.
 */
int32_t voxline_preparer_pull(voxline_preparer *preparer,
                              size_t output,
                              uint8_t *buffer,
                              size_t capacity_bytes,
                              size_t *size_bytes,
                              voxline_error **err);

/**
 * Fills `buffer` with samples of output number `output` (from 0) that are ready, interleaved, whole frames only, and
 * writes how many samples into `count`. Otherwise as voxline_preparer_pull(); use only one of the two on
 * one output: each takes what is ready.
 *
 * Errors: as there; VOXLINE_BUFFER_TOO_SMALL when not even one frame fits.
 */
int32_t voxline_preparer_pull_s16(voxline_preparer *preparer,
                                  size_t output,
                                  int16_t *buffer,
                                  size_t capacity_samples,
                                  size_t *count,
                                  voxline_error **err);

/**
 * Writes the final WAV header of each output into `buffer` and its size into `size_bytes`; VOXLINE_END when there is none:
 * before finish, or when the target is not WAV or is base64. 68 bytes are enough.
 *
 * Errors: VOXLINE_BUFFER_TOO_SMALL; VOXLINE_LIMIT_EXCEEDED past 4 GiB.
 */
int32_t voxline_preparer_wav_header(const voxline_preparer *preparer,
                                    uint8_t *buffer,
                                    size_t capacity_bytes,
                                    size_t *size_bytes,
                                    voxline_error **err);

/**
 * Makes a client. Nothing is sent yet. Free it with voxline_recording_client_free().
 *
 * `settings`: "token", and whatever voxline_setting_describe() lists for a recording client. `options` may be NULL; of
 * them, http.* matters.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a missing token, an address that cannot be used, or settings and options that do
 * not fit.
 */
int32_t voxline_recording_client_new(const voxline_settings *settings,
                                     const voxline_options *options,
                                     voxline_recording_client **client,
                                     voxline_error **err);

/**
 * Frees a client. NULL is fine.
 */
void voxline_recording_client_free(voxline_recording_client *client);

/**
 * Asks the service whether it accepts the token. `cancel` may be NULL.
 *
 * Errors: VOXLINE_UNAUTHENTICATED or VOXLINE_PERMISSION_DENIED if not; VOXLINE_NOT_FOUND from an installation that cannot
 * be asked; otherwise as voxline_recording_locate().
 */
int32_t voxline_recording_check_token(const voxline_recording_client *client,
                                      const voxline_cancel *cancel,
                                      voxline_error **err);

/**
 * Asks where a recording is; free the result with voxline_recording_url_free(). `settings` ("sub_user_id") and `cancel` may
 * be NULL.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for ids that cannot be, before anything is sent; VOXLINE_NOT_FOUND,
 * VOXLINE_UNAUTHENTICATED, VOXLINE_PERMISSION_DENIED, VOXLINE_RATE_LIMITED and VOXLINE_SERVICE for what the service says,
 * with its code and message in the error; VOXLINE_CONNECT, VOXLINE_TIMEOUT and VOXLINE_IO when there was no answer;
 * VOXLINE_CANCELLED.
 */
int32_t voxline_recording_locate(const voxline_recording_client *client,
                                 const char *user_id,
                                 const char *task_id,
                                 const char *record_id,
                                 const voxline_settings *settings,
                                 const voxline_cancel *cancel,
                                 voxline_recording_url **url,
                                 voxline_error **err);

/**
 * Frees an address that was located by itself. NULL is fine.
 */
void voxline_recording_url_free(voxline_recording_url *url);

/**
 * The whole address; "" for NULL. It lives as long as `url`. Whoever has it can fetch the audio: do not log it.
 */
const char *voxline_recording_url_text(const voxline_recording_url *url);

/**
 * Scheme, host and port of the address, which may be shown; "" for NULL. It lives as long as `url`.
 */
const char *voxline_recording_url_origin(const voxline_recording_url *url);

/**
 * The record id that the address belongs to; "" for NULL. It lives as long as `url`.
 */
const char *voxline_recording_url_record_id(const voxline_recording_url *url);

/**
 * Asks where many recordings of one task are, in as few requests as the service allows; free the result with
 * voxline_located_free(). `settings` ("sub_user_id") and `cancel` may be NULL.
 *
 * What goes wrong with one recording is in its entry; ids without an answer when `cancel` is cancelled have
 * VOXLINE_CANCELLED there.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT and VOXLINE_NULL_POINTER for the arguments.
 */
int32_t voxline_recording_locate_many(const voxline_recording_client *client,
                                      const char *user_id,
                                      const char *task_id,
                                      const char *const *record_ids,
                                      size_t count,
                                      const voxline_settings *settings,
                                      const voxline_cancel *cancel,
                                      voxline_located **located,
                                      voxline_error **err);

/**
 * How many entries there are, one for each id in the order they were given; 0 for NULL.
 */
size_t voxline_located_count(const voxline_located *located);

/**
 * Gives the address of entry number `index`, from 0; it belongs to `located` and lives as long. VOXLINE_END when there is
 * no such entry.
 *
 * Errors: what went wrong with this recording, as voxline_recording_locate() says it.
 */
int32_t voxline_located_url(const voxline_located *located,
                            size_t index,
                            const voxline_recording_url **url,
                            voxline_error **err);

/**
 * Frees what locate_many gave, its addresses included. NULL is fine.
 */
void voxline_located_free(voxline_located *located);

/**
 * Finds a recording and downloads it to `path`; what is there is replaced.
 *
 * What arrives goes to `path` with ".part" behind it (and a note in ".part.json", which holds no secret). Only when all
 * bytes are there and on disk does the file get its name. A lost connection, or a later call after a failed one, goes on
 * where it stopped if the server still has the same file.
 *
 * `settings` ("sub_user_id", "resume"), `progress`, `cancel` and `done` may be NULL. `done` has "bytes", "resumed_bytes"
 * (of an earlier try) and "content_type" (may be null); free it with voxline_json_free().
 *
 * Errors: those of voxline_recording_locate() and voxline_recording_open(); VOXLINE_INVALID_STATE if another download
 * writes to the same path; VOXLINE_IO when writing fails.
 */
int32_t voxline_recording_download(const voxline_recording_client *client,
                                   const char *user_id,
                                   const char *task_id,
                                   const char *record_id,
                                   const char *path,
                                   const voxline_settings *settings,
                                   voxline_transfer_fn progress,
                                   void *progress_data,
                                   const voxline_cancel *cancel,
                                   voxline_json **done,
                                   voxline_error **err);

/**
 * The same for a recording that was located; `settings` has "resume" only.
 */
int32_t voxline_recording_download_url(const voxline_recording_client *client,
                                       const voxline_recording_url *url,
                                       const char *path,
                                       const voxline_settings *settings,
                                       voxline_transfer_fn progress,
                                       void *progress_data,
                                       const voxline_cancel *cancel,
                                       voxline_json **done,
                                       voxline_error **err);

/**
 * Finds a recording and begins to fetch it; free the stream with voxline_recording_stream_free(). `settings`
 * ("sub_user_id") and `cancel` may be NULL; `cancel` also ends reads that come later.
 *
 * Errors: those of voxline_recording_locate(); VOXLINE_SERVICE if what comes is not audio; VOXLINE_LIMIT_EXCEEDED if it is
 * longer than the client's "max_audio_bytes".
 */
int32_t voxline_recording_open(const voxline_recording_client *client,
                               const char *user_id,
                               const char *task_id,
                               const char *record_id,
                               const voxline_settings *settings,
                               const voxline_cancel *cancel,
                               voxline_recording_stream **stream,
                               voxline_error **err);

/**
 * The same for a recording that was located.
 */
int32_t voxline_recording_open_url(const voxline_recording_client *client,
                                   const voxline_recording_url *url,
                                   const voxline_cancel *cancel,
                                   voxline_recording_stream **stream,
                                   voxline_error **err);

/**
 * Reads up to `capacity_bytes` into `buffer` and writes how many into `size_bytes`; VOXLINE_END with 0 when all that was
 * announced is there. A lost connection is not noticed: the rest is asked for. What is read can be pushed into a
 * voxline_preparer: memory stays bounded whatever the length.
 *
 * Errors: those of voxline_recording_open(), and VOXLINE_BUFFER_TOO_SMALL for a capacity of 0. After any other error
 * reading fails with VOXLINE_INVALID_STATE.
 */
int32_t voxline_recording_stream_read(voxline_recording_stream *stream,
                                      uint8_t *buffer,
                                      size_t capacity_bytes,
                                      size_t *size_bytes,
                                      voxline_error **err);

/**
 * Gives the length of the whole recording in bytes; VOXLINE_END if the server did not say.
 */
int32_t voxline_recording_stream_total(const voxline_recording_stream *stream,
                                       uint64_t *total_bytes,
                                       voxline_error **err);

/**
 * How many bytes were read so far; 0 for NULL.
 */
uint64_t voxline_recording_stream_position(const voxline_recording_stream *stream);

/**
 * What the server says about the format; NULL if nothing. It lives as long as the stream. The bytes are more reliable.
 */
const char *voxline_recording_stream_content_type(const voxline_recording_stream *stream);

/**
 * Frees a stream, read to its end or not. NULL is fine.
 */
void voxline_recording_stream_free(voxline_recording_stream *stream);

/**
 * Frees a report. NULL is fine. A report that belongs to another handle is freed with that and not here.
 */
void voxline_report_free(voxline_report *report);

/**
 * Gives the whole report as JSON in one line, with a NUL; it lives as long as the report.
 */
int32_t voxline_report_json(const voxline_report *report, const char **json, voxline_error **err);

/**
 * Gives a whole number or a truth value (0 or 1) by its place in the JSON: "target.frames", "warnings.0.count".
 *
 * VOXLINE_END: not known for this input, as "source.encoder_delay_frames" often is.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no whole number.
 */
int32_t voxline_report_get_u64(const voxline_report *report,
                               const char *key,
                               uint64_t *value,
                               voxline_error **err);

/**
 * Gives a number by its place in the JSON: "source.duration_s", "target.channels.0.peak_dbfs".
 *
 * VOXLINE_END: not known for this input, as the level of silence is.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no number.
 */
int32_t voxline_report_get_f64(const voxline_report *report,
                               const char *key,
                               double *value,
                               voxline_error **err);

/**
 * Gives a text by its place in the JSON: "source.codec", "warnings.0.message". It lives as long as the report.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no text.
 */
int32_t voxline_report_get_text(const voxline_report *report,
                                const char *key,
                                const char **text,
                                voxline_error **err);

/**
 * Gives the length of a list: "warnings", "source.channels", "target.channels".
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a key that is not there or is no list.
 */
int32_t voxline_report_length(const voxline_report *report,
                              const char *key,
                              size_t *length,
                              voxline_error **err);

/**
 * Makes settings with nothing set; free them with voxline_settings_free().
 */
int32_t voxline_settings_new(voxline_settings **settings, voxline_error **err);

/**
 * Sets something from text: voxline_settings_set(s, "access_token", token, &err).
 *
 * What was set before is replaced, except "data", of which there may be many. Booleans take on and off.
 * voxline_setting_describe() lists what there is and what it is for; a client or call refuses what is for something else.
 *
 * Errors: VOXLINE_UNKNOWN_OPTION, listing the names; VOXLINE_INVALID_ARGUMENT with what the setting takes. Nothing is
 * changed then, and no error repeats a value.
 */
int32_t voxline_settings_set(voxline_settings *settings,
                             const char *name,
                             const char *value,
                             voxline_error **err);

/**
 * Frees settings and wipes what was in them. NULL is fine.
 */
void voxline_settings_free(voxline_settings *settings);

/**
 * Describes setting number `index`, from 0; VOXLINE_END when there is none.
 */
int32_t voxline_setting_describe(size_t index, voxline_setting_info *info, voxline_error **err);

/**
 * Makes an encoder for a voxline_speex_mode; quality is 0 to 10 (8 is usual), complexity 1 to 10 (3 is usual). Free it
 * with voxline_speex_encoder_free().
 *
 * Errors: VOXLINE_INVALID_ARGUMENT.
 */
int32_t voxline_speex_encoder_new(int32_t speex_mode,
                                  int32_t quality,
                                  int32_t complexity,
                                  voxline_speex_encoder **encoder,
                                  voxline_error **err);

/**
 * Frees an encoder. NULL is fine.
 */
void voxline_speex_encoder_free(voxline_speex_encoder *encoder);

/**
 * Gives the samples of a frame, the bytes of every packet and by how many samples the coded signal is late. Each of the
 * three may be NULL.
 */
int32_t voxline_speex_encoder_sizes(const voxline_speex_encoder *encoder,
                                    size_t *frame_samples,
                                    size_t *packet_bytes,
                                    size_t *lookahead_samples,
                                    voxline_error **err);

/**
 * Codes one frame of `frame_samples` samples into `packet` and writes its size into `size_bytes`.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a frame of another length, VOXLINE_BUFFER_TOO_SMALL; the encoder is then as before.
 */
int32_t voxline_speex_encode(voxline_speex_encoder *encoder,
                             const int16_t *frame,
                             size_t frame_samples,
                             uint8_t *packet,
                             size_t capacity_bytes,
                             size_t *size_bytes,
                             voxline_error **err);

/**
 * Forgets what the encoder has heard: what follows is coded as by a new one.
 */
int32_t voxline_speex_encoder_reset(voxline_speex_encoder *encoder, voxline_error **err);

/**
 * Makes a decoder for a voxline_speex_mode; `enhancement` other than 0 makes coarse coding sound cleaner. Free it with
 * voxline_speex_decoder_free().
 */
int32_t voxline_speex_decoder_new(int32_t speex_mode,
                                  int32_t enhancement,
                                  voxline_speex_decoder **decoder,
                                  voxline_error **err);

/**
 * Frees a decoder. NULL is fine.
 */
void voxline_speex_decoder_free(voxline_speex_decoder *decoder);

/**
 * Gives the samples of a frame.
 */
int32_t voxline_speex_decoder_frame_samples(const voxline_speex_decoder *decoder,
                                            size_t *frame_samples,
                                            voxline_error **err);

/**
 * Decodes a packet of one frame into `frame`, whose length `frame_samples` is that of the mode. A packet that is NULL
 * with 0 bytes did not arrive: the frame is made up, the last sounds go on and fade.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for a frame of another length; VOXLINE_TRUNCATED_INPUT and VOXLINE_MALFORMED_INPUT for
 * a damaged packet. Decoder and frame are then as before.
 */
int32_t voxline_speex_decode(voxline_speex_decoder *decoder,
                             const uint8_t *packet,
                             size_t size_bytes,
                             int16_t *frame,
                             size_t frame_samples,
                             voxline_error **err);

/**
 * Decodes a packet of any number of frames and hands each to `receive`.
 *
 * Errors: VOXLINE_TRUNCATED_INPUT and VOXLINE_MALFORMED_INPUT for a damaged packet; frames before the damage were handed
 * over.
 */
int32_t voxline_speex_decode_frames(voxline_speex_decoder *decoder,
                                    const uint8_t *packet,
                                    size_t size_bytes,
                                    voxline_frame_fn receive,
                                    void *userdata,
                                    voxline_error **err);

/**
 * Forgets what the decoder has heard; enhancement stays as it was set.
 */
int32_t voxline_speex_decoder_reset(voxline_speex_decoder *decoder, voxline_error **err);

/**
 * Prepares a file and cuts it into parts that each obey limits.max_output_bytes, limits.max_base64_bytes and
 * split.max_duration_s, as they are after encoding; hands each to `each` as soon as it is made. At most one is held.
 *
 * A part ends in a pause if there is one in the allowed window (split.window_s, split.min_pause_ms). Without the frames that
 * split.overlap_ms repeats, the parts joined are the whole to the sample. Input that fits is one part.
 *
 * `options` may be NULL for the defaults, `progress` and `report` may be NULL. The report is about the whole: free it with
 * voxline_report_free().
 *
 * Errors: those of voxline_prepare_path(); VOXLINE_LIMIT_EXCEEDED when not a single frame fits into a part,
 * VOXLINE_INVALID_ARGUMENT for an overlap above a quarter of the longest part.
 */
int32_t voxline_split_path(const char *path,
                           const voxline_options *options,
                           voxline_part_fn each,
                           void *each_data,
                           voxline_progress_fn progress,
                           void *progress_data,
                           voxline_report **report,
                           voxline_error **err);

/**
 * Splits the content of a file that is in memory; otherwise as voxline_split_path().
 */
int32_t voxline_split_bytes(const uint8_t *data,
                            size_t size_bytes,
                            const voxline_options *options,
                            voxline_part_fn each,
                            void *each_data,
                            voxline_progress_fn progress,
                            void *progress_data,
                            voxline_report **report,
                            voxline_error **err);

/**
 * Splits what a callback reads; otherwise as voxline_split_path().
 */
int32_t voxline_split_reader(voxline_read_fn read,
                             void *read_data,
                             const voxline_options *options,
                             voxline_part_fn each,
                             void *each_data,
                             voxline_progress_fn progress,
                             void *progress_data,
                             voxline_report **report,
                             voxline_error **err);

/**
 * Frees a part that voxline_splitter_pull() gave. NULL is fine.
 */
void voxline_part_free(voxline_part *part);

/**
 * Says where a part lies in the recording.
 */
int32_t voxline_part_describe(const voxline_part *part,
                              voxline_part_info *info,
                              voxline_error **err);

/**
 * Gives the bytes of output number `output` of a part, from 0, as target.encoding and target.base64 say; VOXLINE_END when
 * there is none. There is one, or one a channel when target.channels is split.
 *
 * The bytes live as long as `part`.
 */
int32_t voxline_part_output(const voxline_part *part,
                            size_t output,
                            const uint8_t **data,
                            size_t *size_bytes,
                            voxline_error **err);

/**
 * Gives what is known of a part by name: "index", "start_frame", "end_frame", "frames", "overlap_frames", "start_s",
 * "end_s", "cut" (pause, short_pause, speech, end), "sample_rate_hz", "channel_count", "encoding", "packet_bytes" (may be
 * null), "base64", "output_bytes" (a list). It belongs to `part` and lives as long.
 */
int32_t voxline_part_json(const voxline_part *part,
                          const voxline_json **json,
                          voxline_error **err);

/**
 * Makes a splitter for one input; `options` may be NULL for the defaults. Free it with voxline_splitter_free().
 *
 * Push input in pieces of any size and pull after each push until VOXLINE_NEED_MORE comes; end the input, pull until
 * VOXLINE_END, and finish. The same input gives the same parts however it is cut, and the first part is there before the
 * input ends. What is held is the samples of one part and about a second more, if what is ready is pulled; without any
 * limit there is only one part.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT when the options are not valid.
 */
int32_t voxline_splitter_new(const voxline_options *options,
                             voxline_splitter **splitter,
                             voxline_error **err);

/**
 * Frees a splitter. NULL is fine.
 */
void voxline_splitter_free(voxline_splitter *splitter);

/**
 * Takes the next bytes of the input.
 *
 * Errors: what is wrong with the input, as voxline_preparer_push() says it, and VOXLINE_INVALID_STATE after the end of the
 * input or an error.
 */
int32_t voxline_splitter_push(voxline_splitter *splitter,
                              const uint8_t *data,
                              size_t size_bytes,
                              voxline_error **err);

/**
 * Says that the input is over: what is left can then be pulled.
 *
 * Errors: VOXLINE_INVALID_STATE after the end of the input or an error.
 */
int32_t voxline_splitter_end_input(voxline_splitter *splitter, voxline_error **err);

/**
 * Gives the next part; free it with voxline_part_free(). VOXLINE_NEED_MORE when more has to be pushed, VOXLINE_END when this
 * was all; nothing is written then.
 *
 * Errors: those of voxline_splitter_push(), because input that did not fit is decoded here, and those of
 * voxline_split_path() about options that do not fit the input.
 */
int32_t voxline_splitter_pull(voxline_splitter *splitter,
                              voxline_part **part,
                              voxline_error **err);

/**
 * Ends the input, if it is not over yet, and reports about the whole. Parts that were not pulled are made now and can be
 * pulled afterwards. `report` may be NULL; else free it with voxline_report_free().
 *
 * Errors: those of voxline_splitter_pull(), and VOXLINE_INVALID_STATE when it was finished before.
 */
int32_t voxline_splitter_finish(voxline_splitter *splitter,
                                voxline_report **report,
                                voxline_error **err);

/**
 * Makes a client. Nothing is sent yet. Free it with voxline_transcription_client_free().
 *
 * `settings`: "app_id" and "app_key", or "authorization"; and whatever voxline_setting_describe() lists for a
 * transcription client. `options` may be NULL; of them, http.* matters.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for missing or unusable credentials, an address that cannot be used, or settings and
 * options that do not fit.
 */
int32_t voxline_transcription_client_new(const voxline_settings *settings,
                                         const voxline_options *options,
                                         voxline_transcription_client **client,
                                         voxline_error **err);

/**
 * Frees a client. NULL is fine.
 */
void voxline_transcription_client_free(voxline_transcription_client *client);

/**
 * Submits the recording behind a link that the service can reach. `accepted` has "request_id", by which the result is
 * asked for, and "req_id", the submission's own id; free it with voxline_json_free().
 *
 * `settings` ("req_id", "business_data", "callback_url") and `cancel` may be NULL.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT before anything is sent; VOXLINE_CONNECT when the service was not reached;
 * VOXLINE_OUTCOME_UNKNOWN, or VOXLINE_RETRY_UNKNOWN in the error, when it may have taken the submission: the req_id to ask
 * the vendor about is in voxline_error_request_id(); VOXLINE_UNAUTHENTICATED, VOXLINE_PERMISSION_DENIED,
 * VOXLINE_NOT_FOUND, VOXLINE_RATE_LIMITED, VOXLINE_TIMEOUT and VOXLINE_SERVICE for what it said, with its code and message
 * in the error; VOXLINE_CANCELLED if it surely did not take it.
 */
int32_t voxline_transcription_submit(const voxline_transcription_client *client,
                                     const char *file_link,
                                     const voxline_settings *settings,
                                     const voxline_cancel *cancel,
                                     voxline_json **accepted,
                                     voxline_error **err);

/**
 * Asks once what became of a submission; free the transcript with voxline_transcript_free(). `cancel` may be NULL.
 *
 * VOXLINE_NEED_MORE: it is not done yet, or the service cannot say, which is normal right after a submission.
 *
 * Errors: VOXLINE_SERVICE with the service's code when the recording could not be transcribed; otherwise what the service
 * or the connection said; VOXLINE_CANCELLED.
 */
int32_t voxline_transcription_query(const voxline_transcription_client *client,
                                    const char *request_id,
                                    const voxline_cancel *cancel,
                                    voxline_transcript **transcript,
                                    voxline_error **err);

/**
 * Asks for a result until it is there; free the transcript with voxline_transcript_free(). `settings` ("interval_ms",
 * "growth", "max_interval_ms", "deadline_ms", "not_available_grace_ms") and `cancel` may be NULL. A question that fails for
 * a passing reason counts as "not yet".
 *
 * Errors: VOXLINE_TIMEOUT at the deadline (the work goes on and may be asked for again); VOXLINE_SERVICE with the service's
 * code when the recording could not be transcribed; VOXLINE_NOT_FOUND when the service still does not know the id after
 * the time of grace; VOXLINE_CANCELLED; what is wrong for good, such as VOXLINE_UNAUTHENTICATED.
 */
int32_t voxline_transcription_wait(const voxline_transcription_client *client,
                                   const char *request_id,
                                   const voxline_settings *settings,
                                   const voxline_cancel *cancel,
                                   voxline_transcript **transcript,
                                   voxline_error **err);

/**
 * Reads what the service posts to a callback address. It may come more than once, and nothing proves where it comes from:
 * voxline_ledger_record_callback() compares its ids.
 *
 * `callback` has "request_id", "req_id" and "business_data" (each may be null), "state" (done, pending, failed), and for
 * failed "code" and "message"; free it with voxline_json_free(). `transcript` may be NULL; else it receives what is to be
 * freed with voxline_transcript_free(), or NULL when the state is another than done.
 *
 * Errors: VOXLINE_MALFORMED_INPUT for what is not a JSON object; nothing of it is repeated in the error.
 */
int32_t voxline_transcription_parse_callback(const uint8_t *body,
                                             size_t size_bytes,
                                             voxline_json **callback,
                                             voxline_transcript **transcript,
                                             voxline_error **err);

/**
 * Frees a transcript. NULL is fine.
 */
void voxline_transcript_free(voxline_transcript *transcript);

/**
 * The whole text: as the service gives it, else the sentences line by line; "" if none was found, and for NULL. It lives
 * as long as the transcript.
 */
const char *voxline_transcript_text(const voxline_transcript *transcript);

/**
 * The whole answer of the service as it came, JSON; "" for NULL. It lives as long as the transcript.
 */
const char *voxline_transcript_raw(const voxline_transcript *transcript);

/**
 * The part of the answer that is the transcript, JSON; "" for NULL. It lives as long as the transcript.
 */
const char *voxline_transcript_payload(const voxline_transcript *transcript);

/**
 * How many sentences were found; 0 for NULL.
 */
size_t voxline_transcript_sentence_count(const voxline_transcript *transcript);

/**
 * Gives sentence number `index`, from 0, in the order of the answer; VOXLINE_END when there is none.
 */
int32_t voxline_transcript_sentence(const voxline_transcript *transcript,
                                    size_t index,
                                    voxline_sentence *sentence,
                                    voxline_error **err);

/**
 * Makes an empty list; free it with voxline_submissions_free().
 */
int32_t voxline_submissions_new(voxline_submissions **submissions, voxline_error **err);

/**
 * Adds the recording behind a link that the service can reach; `settings` ("req_id", "business_data", "callback_url") may
 * be NULL.
 *
 * Errors: VOXLINE_INVALID_ARGUMENT for what the service would refuse; nothing was added then, and the error does not repeat
 * the link, which may be signed.
 */
int32_t voxline_submissions_add(voxline_submissions *submissions,
                                const char *file_link,
                                const voxline_settings *settings,
                                voxline_error **err);

/**
 * Frees a list. NULL is fine.
 */
void voxline_submissions_free(voxline_submissions *submissions);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VOXLINE_H */
