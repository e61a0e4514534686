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
 * Threads. Handles may move between threads. Functions that take a pointer to const may be called for one handle from
 * many threads at once; for all others, one at a time. The library starts no threads when it is loaded, keeps no
 * state outside of handles and may be used on both sides of a fork().
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
 * Decoded audio in memory: 16-bit samples. It is never changed: threads may read it together.
 */
typedef struct voxline_audio voxline_audio;

/**
 * Streaming base64 (RFC 4648 §4): standard alphabet, padded, no line breaks, the same text however the input is cut.
 * One thread at a time may use it.
 */
typedef struct voxline_base64 voxline_base64;

/**
 * What went wrong, in detail. It is the caller's and freed with voxline_error_free().
 *
 * Neither a secret nor a signed URL is ever in it. An error is never changed: threads may read it together.
 */
typedef struct voxline_error voxline_error;

/**
 * What is done to audio and how services are talked to. Set by key, so that new options do not change this interface.
 */
typedef struct voxline_options voxline_options;

/**
 * Prepared audio in memory. It is never changed: threads may read it together.
 */
typedef struct voxline_prepared voxline_prepared;

/**
 * Converts audio while it arrives. One thread at a time may use it.
 */
typedef struct voxline_preparer voxline_preparer;

/**
 * What was found in the input, what was done and what was odd about it. It is never changed: threads may read it
 * together.
 */
typedef struct voxline_report voxline_report;

/**
 * Understands Speex. One thread at a time may use it.
 */
typedef struct voxline_speex_decoder voxline_speex_decoder;

/**
 * Speaks Speex. One thread at a time may use it.
 */
typedef struct voxline_speex_encoder voxline_speex_encoder;

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
 * Receives the frames of one packet, one call a frame; the samples live until it returns.
 * It must return: no longjmp, no C++ exception.
 */
typedef void (*voxline_frame_fn)(void *userdata, const int16_t *frame, size_t frame_samples);

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
 * What this build can do, as words with a space between: "wav mp3 g711 speex".
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

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VOXLINE_H */
