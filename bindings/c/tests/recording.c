/* The recording client against the simulator. */
#include "service.h"

#include <unistd.h>

static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    uint8_t *data = (uint8_t *)malloc(8u << 20);
    *size = file == NULL ? 0 : fread(data, 1, 8u << 20, file);
    if (file != NULL) {
        fclose(file);
    }
    return data;
}

static int is_call(const char *path) {
    size_t size = 0, wanted_size = 0;
    uint8_t *data = read_file(path, &size);
    uint8_t *wanted = read_asset("call.mp3", &wanted_size);
    int same = size == wanted_size && memcmp(data, wanted, size) == 0;
    free(data);
    free(wanted);
    return same;
}

static void recordings_are_found(void) {
    static const char *const records[] = {WAV_RECORD, "nobody", MP3_RECORD};
    simulator s = simulator_start(NULL, NULL);
    voxline_recording_client *client = recording_client(&s);
    voxline_recording_url *url = NULL;
    const voxline_recording_url *found = NULL;
    voxline_located *located = NULL;
    voxline_settings *stranger = settings_of("base_url", s.url, "token", "wrong", NULL);
    voxline_settings *sub_user = settings_of("sub_user_id", "12", NULL);
    voxline_recording_client *other = NULL;
    voxline_error *err = NULL;
    FINE(voxline_recording_check_token(client, NULL, &err));
    FINE(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err));
    CHECK(strncmp(voxline_recording_url_origin(url), "http://127.0.0.1:", 17) == 0);
    CHECK(strstr(voxline_recording_url_text(url), voxline_recording_url_origin(url)) == voxline_recording_url_text(url));
    CHECK(strchr(voxline_recording_url_text(url), '?') != NULL);
    CHECK(strcmp(voxline_recording_url_record_id(url), WAV_RECORD) == 0);
    voxline_recording_url_free(url);
    url = NULL;

    FINE(voxline_recording_locate_many(client, USER_ID, TASK_ID, records, 3, NULL, NULL, &located, &err));
    CHECK(voxline_located_count(located) == 3);
    FINE(voxline_located_url(located, 2, &found, &err));
    CHECK(strcmp(voxline_recording_url_record_id(found), MP3_RECORD) == 0);
    /* Each time it is asked for. */
    CHECK(voxline_located_url(located, 1, &found, NULL) == VOXLINE_NOT_FOUND);
    CHECK(voxline_located_url(located, 1, &found, &err) == VOXLINE_NOT_FOUND);
    CHECK(strcmp(voxline_error_service(err), "recording") == 0 && voxline_error_service_code(err) != NULL);
    voxline_error_free(err);
    CHECK(voxline_located_url(located, 3, &found, NULL) == VOXLINE_END);
    voxline_located_free(located);
    FINE(voxline_recording_locate_many(client, USER_ID, TASK_ID, NULL, 0, NULL, NULL, &located, &err));
    CHECK(voxline_located_count(located) == 0);
    voxline_located_free(located);

    FAILS(voxline_recording_locate(client, USER_ID, TASK_ID, "..", NULL, NULL, &url, &err), VOXLINE_INVALID_ARGUMENT,
          "record id");
    FAILS(voxline_recording_locate(client, USER_ID, TASK_ID, "nobody", NULL, NULL, &url, &err), VOXLINE_NOT_FOUND, "");
    FAILS(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, stranger, NULL, &url, &err),
          VOXLINE_INVALID_ARGUMENT, "is no setting of a recording");
    FINE(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, sub_user, NULL, &url, &err));
    voxline_recording_url_free(url);
    FINE(voxline_recording_client_new(stranger, NULL, &other, &err));
    FAILS(voxline_recording_check_token(other, NULL, &err), VOXLINE_UNAUTHENTICATED, "");
    voxline_recording_client_free(other);
    voxline_settings_free(stranger);
    voxline_settings_free(sub_user);
    voxline_recording_client_free(client);
    simulator_stop(&s);
}

typedef struct {
    uint64_t calls, received, total;
    uint64_t stop_from;
    signal_flag *flag;
} watching;

static int32_t watch(void *userdata, uint64_t received_bytes, uint64_t total_bytes) {
    watching *w = (watching *)userdata;
    w->calls++;
    w->received = received_bytes;
    w->total = total_bytes;
    if (w->flag != NULL) {
        flag_say(w->flag);
    }
    return w->stop_from > 0 && received_bytes >= w->stop_from;
}

static void a_download_is_whole_or_goes_on(void) {
    /* The first try drips, so that it can be stopped half-way. */
    simulator s = simulator_start("--faults", "download:slow=20000/1");
    voxline_recording_client *client = recording_client(&s);
    voxline_cancel *cancel = NULL;
    voxline_json *done = NULL;
    voxline_recording_url *url = NULL;
    voxline_settings *anew = settings_of("resume", "off", NULL);
    watching stop = {0, 0, 0, 30000, NULL}, all = {0, 0, 0, 0, NULL};
    int64_t bytes = 0, resumed = 0;
    const char *text = NULL;
    char path[1024], part[1040];
    size_t size = 0;
    uint8_t *wanted = read_asset("call.mp3", &size);
    free(wanted);
    snprintf(path, sizeof path, "%s", place("call.mp3"));
    snprintf(part, sizeof part, "%s.part", path);
    FINE(voxline_cancel_new(&cancel, &err));
    FAILS(voxline_recording_download(client, USER_ID, TASK_ID, MP3_RECORD, path, NULL, watch, &stop, cancel, &done, &err),
          VOXLINE_CANCELLED, "");
    CHECK(done == NULL && stop.calls >= 2 && stop.received >= 30000 && stop.received < size);
    /* The callback's no is for its call alone. */
    CHECK(voxline_cancel_is_cancelled(cancel) == 0);
    CHECK(access(path, F_OK) != 0 && access(part, F_OK) == 0);

    FINE(voxline_recording_download(client, USER_ID, TASK_ID, MP3_RECORD, path, NULL, watch, &all, cancel, &done, &err));
    CHECK(is_call(path) && access(part, F_OK) != 0);
    CHECK(all.received == size && all.total == size && all.calls >= 2);
    FINE(voxline_json_get_i64(done, "bytes", &bytes, &err));
    FINE(voxline_json_get_i64(done, "resumed_bytes", &resumed, &err));
    FINE(voxline_json_get_text(done, "content_type", &text, &err));
    CHECK(bytes == (int64_t)size && resumed > 0 && resumed < bytes && strstr(text, "audio") != NULL);
    voxline_json_free(done);
    done = NULL;

    FINE(voxline_recording_locate(client, USER_ID, TASK_ID, MP3_RECORD, NULL, NULL, &url, &err));
    CHECK(remove(path) == 0);
    FINE(voxline_recording_download_url(client, url, path, anew, NULL, NULL, NULL, NULL, &err));
    CHECK(is_call(path));
    FAILS(voxline_recording_download_url(client, url, place("no/such/folder/x"), NULL, NULL, NULL, NULL, &done, &err),
          VOXLINE_IO, "no/such/folder");
    CHECK(done == NULL);
    voxline_recording_url_free(url);
    voxline_settings_free(anew);
    voxline_cancel_free(cancel);
    voxline_recording_client_free(client);
    simulator_stop(&s);
}

static void another_thread_ends_a_download(void) {
    /* The head and a little more every ten minutes: it would last for days. */
    simulator s = simulator_start("--faults", "download:slow=1000/600000");
    voxline_recording_client *client = recording_client(&s);
    voxline_cancel *cancel = NULL;
    signal_flag begun;
    canceller c;
    watching w = {0, 0, 0, 0, NULL};
    pthread_t thread;
    FINE(voxline_cancel_new(&cancel, &err));
    flag_init(&begun);
    c.flag = w.flag = &begun;
    c.cancel = cancel;
    CHECK(pthread_create(&thread, NULL, cancel_when_said, &c) == 0);
    FAILS(voxline_recording_download(client, USER_ID, TASK_ID, MP3_RECORD, place("slow.mp3"), NULL, watch, &w, cancel,
                                     NULL, &err),
          VOXLINE_CANCELLED, "");
    CHECK(pthread_join(thread, NULL) == 0 && voxline_cancel_is_cancelled(cancel) == 1);
    flag_end(&begun);
    voxline_cancel_free(cancel);
    voxline_recording_client_free(client);
    simulator_stop(&s);
}

static void a_stream_feeds_the_preparer(void) {
    /* The connection is lost twice, which the reader does not notice. */
    simulator s = simulator_start("--faults", "download:truncate=30000*2");
    voxline_recording_client *client = recording_client(&s);
    voxline_recording_stream *stream = NULL;
    voxline_preparer *preparer = NULL;
    voxline_prepared *whole = NULL;
    const uint8_t *wanted = NULL;
    uint8_t input[5000], *out = (uint8_t *)malloc(4u << 20);
    size_t read = 0, pulled = 0, length = 0, size = 0, mp3_size = 0;
    uint64_t total = 0;
    int32_t status;
    uint8_t *mp3 = read_asset("call.mp3", &mp3_size);
    voxline_options *options = NULL;
    free(mp3);
    FINE(voxline_options_new_profile("chat-16k", &options, &err));
    FINE(voxline_prepare_path(asset("call.mp3"), options, NULL, NULL, &whole, &err));
    FINE(voxline_prepared_output(whole, 0, &wanted, &size, &err));
    FINE(voxline_preparer_new(options, &preparer, &err));
    FINE(voxline_recording_open(client, USER_ID, TASK_ID, MP3_RECORD, NULL, NULL, &stream, &err));
    FINE(voxline_recording_stream_total(stream, &total, &err));
    CHECK(total == mp3_size && strstr(voxline_recording_stream_content_type(stream), "audio") != NULL);
    FAILS(voxline_recording_stream_read(stream, input, 0, &read, &err), VOXLINE_BUFFER_TOO_SMALL, "");
    FAILS(voxline_recording_stream_read(stream, input, SIZE_MAX, &read, &err), VOXLINE_INVALID_ARGUMENT, "length");
    FAILS(voxline_recording_stream_read(stream, NULL, 8, &read, &err), VOXLINE_NULL_POINTER, "buffer");
    while ((status = voxline_recording_stream_read(stream, input, sizeof input, &read, NULL)) == VOXLINE_OK) {
        FINE(voxline_preparer_push(preparer, input, read, &err));
        while (voxline_preparer_pull(preparer, 0, out + length, 65536, &pulled, NULL) == VOXLINE_OK) {
            length += pulled;
        }
    }
    CHECK(status == VOXLINE_END && read == 0 && voxline_recording_stream_position(stream) == mp3_size);
    FINE(voxline_preparer_finish(preparer, NULL, &err));
    while (voxline_preparer_pull(preparer, 0, out + length, 65536, &pulled, NULL) == VOXLINE_OK) {
        length += pulled;
    }
    CHECK(length == size && memcmp(out, wanted, size) == 0);
    voxline_recording_stream_free(stream);
    voxline_preparer_free(preparer);
    voxline_prepared_free(whole);
    voxline_options_free(options);
    voxline_recording_client_free(client);
    simulator_stop(&s);
    free(out);
}

static void a_stream_ends_with_its_token(void) {
    simulator s = simulator_start(NULL, NULL);
    voxline_recording_client *client = recording_client(&s);
    voxline_recording_stream *stream = NULL;
    voxline_recording_url *url = NULL;
    voxline_cancel *cancel = NULL;
    uint8_t byte;
    size_t read = 0;
    FINE(voxline_cancel_new(&cancel, &err));
    FINE(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, cancel, &url, &err));
    FINE(voxline_recording_open_url(client, url, cancel, &stream, &err));
    FINE(voxline_recording_stream_read(stream, &byte, 1, &read, &err));
    CHECK(read == 1 && byte == 'R');
    FINE(voxline_cancel_cancel(cancel, &err));
    voxline_cancel_free(cancel);
    while (voxline_recording_stream_read(stream, &byte, 1, &read, NULL) == VOXLINE_OK) {
        CHECK(read == 1);
    }
    FAILS(voxline_recording_stream_read(stream, &byte, 1, &read, &err), VOXLINE_INVALID_STATE, "failed before");
    voxline_recording_stream_free(stream);
    voxline_recording_url_free(url);
    voxline_recording_client_free(client);
    simulator_stop(&s);
}

static void what_the_service_says_is_in_the_error(void) {
    simulator s = simulator_start("--faults", "recording:http=403,recording:delay=1+http=500*3,recording:status=777");
    voxline_recording_client *client = recording_client(&s);
    voxline_recording_url *url = NULL;
    voxline_error *err = NULL;
    CHECK(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err) ==
          VOXLINE_PERMISSION_DENIED);
    CHECK(voxline_error_http_status(err) == 403 && voxline_error_retry(err) == VOXLINE_RETRY_NO);
    voxline_error_free(err);
    CHECK(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err) == VOXLINE_SERVICE);
    CHECK(voxline_error_http_status(err) == 500 && voxline_error_retry(err) == VOXLINE_RETRY_YES);
    voxline_error_free(err);
    CHECK(voxline_recording_locate(client, USER_ID, TASK_ID, WAV_RECORD, NULL, NULL, &url, &err) == VOXLINE_SERVICE);
    CHECK(strcmp(voxline_error_service_code(err), "777") == 0);
    voxline_error_free(err);
    CHECK(url == NULL);
    voxline_recording_client_free(client);
    simulator_stop(&s);
}

void test_recording(void) {
    recordings_are_found();
    a_download_is_whole_or_goes_on();
    another_thread_ends_a_download();
    a_stream_feeds_the_preparer();
    a_stream_ends_with_its_token();
    what_the_service_says_is_in_the_error();
}
