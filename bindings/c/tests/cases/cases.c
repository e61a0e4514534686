/* Does every case of the table that Rust, C and Python share and prints what came out, as the Rust test does:
 * cases TABLE ASSETS */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <voxline.h>

enum { PIECE_BYTES = 997, MOST_OUTPUTS = 8 };

typedef struct {
    uint8_t *data;
    size_t size;
    char path[1024]; /* "" when the input is no whole file */
    int is_there;
} input;

typedef struct {
    uint8_t *data;
    size_t size;
} bytes;

static void die(const char *what, const char *which) {
    fprintf(stderr, "%s: %s\n", what, which);
    exit(2);
}

static void *need(void *memory) {
    if (memory == NULL) {
        die("memory", "none left");
    }
    return memory;
}

/* A count and the CRC-32 of the bytes. */
static void print_hashed(size_t count, const uint8_t *data, size_t size) {
    uint32_t crc = 0xffffffffu;
    size_t i;
    int bit;
    for (i = 0; i < size; i++) {
        crc ^= data[i];
        for (bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
        }
    }
    printf("%zu:%08lx", count, (unsigned long)(crc ^ 0xffffffffu));
}

static void read_file(input *in) {
    FILE *file = fopen(in->path, "rb");
    long size;
    in->is_there = file != NULL;
    if (file == NULL) {
        return;
    }
    fseek(file, 0, SEEK_END);
    size = ftell(file);
    rewind(file);
    in->data = (uint8_t *)need(malloc((size_t)size + 1));
    in->size = fread(in->data, 1, (size_t)size, file);
    fclose(file);
}

static input read_input(const char *text, const char *assets);

/* Hexadecimal digits, and behind them what another input gives. */
static input in_front(const char *digits, const char *assets) {
    const char *plus = strchr(digits, '+');
    size_t count = plus == NULL ? 0 : (size_t)(plus - digits) / 2, i;
    input in = read_input(plus == NULL ? digits : plus + 1, assets);
    uint8_t *both = (uint8_t *)need(malloc(count + in.size + 1));
    for (i = 0; i < count; i++) {
        unsigned int byte = 0;
        if (sscanf(digits + 2 * i, "%2x", &byte) != 1) {
            die("not digits", digits);
        }
        both[i] = (uint8_t)byte;
    }
    memcpy(both + count, in.data, in.size);
    free(in.data);
    in.data = both;
    in.size += count;
    in.path[0] = '\0';
    return in;
}

static input read_input(const char *text, const char *assets) {
    input in = {NULL, 0, "", 1};
    const char *colon = strchr(text, ':');
    unsigned long from, to;
    if (strncmp(text, "hex:", 4) == 0) {
        in = in_front(text + 4, assets);
    } else if (strncmp(text, "zeros:", 6) == 0) {
        in.size = (size_t)strtoul(text + 6, NULL, 10);
        in.data = (uint8_t *)need(calloc(in.size + 1, 1));
    } else if (strncmp(text, "text:", 5) == 0) {
        in.size = strlen(text + 5);
        in.data = (uint8_t *)need(malloc(in.size + 1));
        memcpy(in.data, text + 5, in.size);
    } else {
        snprintf(in.path, sizeof in.path, "%s/%.*s", assets,
                 (int)(colon == NULL ? strlen(text) : (size_t)(colon - text)), text);
        read_file(&in);
        if (colon != NULL && sscanf(colon, ":%lu-%lu", &from, &to) == 2 && from <= to && to <= in.size) {
            memmove(in.data, in.data + from, to - from);
            in.size = to - from;
            in.path[0] = '\0';
        } else if (colon != NULL) {
            die("not an input", text);
        }
    }
    return in;
}

/* Takes the words of `text` apart. */
static int32_t read_options(char *text, voxline_options **options, int *is_split) {
    int32_t status = voxline_options_new(options, NULL);
    char *word;
    *is_split = 0;
    for (word = strtok(text, " "); word != NULL && status >= 0; word = strtok(NULL, " ")) {
        char *value = strchr(word, '=');
        if (value == NULL) {
            die("not an option", word);
        }
        *value++ = '\0';
        if (strcmp(word, "profile") == 0) {
            voxline_options_free(*options);
            *options = NULL;
            status = voxline_options_new_profile(value, options, NULL);
        } else {
            status = voxline_options_set(*options, word, value, NULL);
        }
        *is_split |= strcmp(word, "target.channels") == 0 && strcmp(value, "split") == 0;
    }
    return status < 0 ? status : voxline_options_validate(*options, NULL);
}

static int32_t print_prepared(int32_t status, const voxline_prepared *prepared) {
    const uint8_t *data = NULL;
    size_t size = 0, output = 0;
    while (status >= 0 && voxline_prepared_output(prepared, output, &data, &size, NULL) == VOXLINE_OK) {
        printf("%s", output++ == 0 ? "" : " ");
        print_hashed(size, data, size);
    }
    return status;
}

static int32_t pull(voxline_preparer *preparer, bytes *outputs) {
    uint8_t buffer[4096];
    size_t size = 0, count = 0, i;
    int32_t status = voxline_preparer_outputs(preparer, &count, NULL);
    for (i = 0; i < count && status >= 0; i++) {
        while ((status = voxline_preparer_pull(preparer, i, buffer, sizeof buffer, &size, NULL)) == VOXLINE_OK) {
            outputs[i].data = (uint8_t *)need(realloc(outputs[i].data, outputs[i].size + size));
            memcpy(outputs[i].data + outputs[i].size, buffer, size);
            outputs[i].size += size;
        }
    }
    return status;
}

static int32_t push(const input *in, const voxline_options *options) {
    voxline_preparer *preparer = NULL;
    bytes outputs[MOST_OUTPUTS] = {{NULL, 0}};
    uint8_t header[256];
    size_t at, count = 0, header_size = 0, i;
    int32_t status = voxline_preparer_new(options, &preparer, NULL), has_header = 0;
    for (at = 0; at < in->size && status >= 0; at += PIECE_BYTES) {
        size_t size = in->size - at < PIECE_BYTES ? in->size - at : PIECE_BYTES;
        status = voxline_preparer_push(preparer, in->data + at, size, NULL);
        status = status < 0 ? status : pull(preparer, outputs);
    }
    status = status < 0 ? status : voxline_preparer_finish(preparer, NULL, NULL);
    status = status < 0 ? status : pull(preparer, outputs);
    if (status >= 0) {
        has_header = voxline_preparer_wav_header(preparer, header, sizeof header, &header_size, NULL) == VOXLINE_OK;
        status = voxline_preparer_outputs(preparer, &count, NULL);
    }
    for (i = 0; i < count && status >= 0; i++) {
        if (has_header) {
            memcpy(outputs[i].data, header, header_size);
        }
        printf("%s", i == 0 ? "" : " ");
        print_hashed(outputs[i].size, outputs[i].data, outputs[i].size);
    }
    for (i = 0; i < MOST_OUTPUTS; i++) {
        free(outputs[i].data);
    }
    voxline_preparer_free(preparer);
    return status;
}

static int32_t samples(const input *in, const voxline_options *options) {
    voxline_audio *audio = NULL;
    const int16_t *values = NULL;
    size_t frames = 0, count, i;
    uint32_t rate = 0;
    uint16_t channels = 0;
    uint8_t *little;
    int32_t status = voxline_decode_bytes(in->data, in->size, options, NULL, NULL, &audio, NULL);
    status = status < 0 ? status : voxline_audio_samples(audio, 0, &values, &frames, NULL);
    status = status < 0 ? status : voxline_audio_format(audio, &rate, &channels, NULL);
    if (status >= 0) {
        count = frames * channels;
        little = (uint8_t *)need(malloc(2 * count + 1));
        for (i = 0; i < count; i++) {
            little[2 * i] = (uint8_t)((uint16_t)values[i] & 0xff);
            little[2 * i + 1] = (uint8_t)((uint16_t)values[i] >> 8);
        }
        print_hashed(count, little, 2 * count);
        free(little);
    }
    voxline_audio_free(audio);
    return status;
}

static const char *report_text(const voxline_report *report, const char *key) {
    const char *text = "?";
    voxline_report_get_text(report, key, &text, NULL);
    return text;
}

static unsigned long long report_number(const voxline_report *report, const char *key) {
    uint64_t number = UINT64_MAX;
    voxline_report_get_u64(report, key, &number, NULL);
    return number;
}

static int32_t found(const input *in, const voxline_options *options) {
    voxline_report *report = NULL;
    size_t warnings = 0, i;
    int32_t status = voxline_inspect_bytes(in->data, in->size, options, &report, NULL);
    status = status < 0 ? status : voxline_report_length(report, "warnings", &warnings, NULL);
    if (status >= 0) {
        printf("%s/%s", report_text(report, "source.container"), report_text(report, "source.codec"));
        printf(" %llu Hz %llu ch", report_number(report, "source.sample_rate_hz"),
               report_number(report, "source.channel_count"));
        printf(" %llu frames %llu bad ", report_number(report, "source.frames"),
               report_number(report, "source.bad_frames"));
        for (i = 0; i < warnings; i++) {
            char code[64], count[64];
            snprintf(code, sizeof code, "warnings.%zu.code", i);
            snprintf(count, sizeof count, "warnings.%zu.count", i);
            printf("%s%s*%llu", i == 0 ? "" : "+", report_text(report, code), report_number(report, count));
        }
        printf("%s", warnings == 0 ? "-" : "");
    }
    voxline_report_free(report);
    return status;
}

static int32_t print_part(void *userdata, const voxline_part *part) {
    static const char *const cuts[] = {"end", "pause", "short_pause", "speech"};
    const uint8_t *data = NULL;
    size_t size = 0, output = 0;
    voxline_part_info info;
    int *count = (int *)userdata;
    if (voxline_part_describe(part, &info, NULL) != VOXLINE_OK) {
        return 1;
    }
    printf("%s%llu+%llu/%llu %s", (*count)++ == 0 ? "" : " ", (unsigned long long)info.start_frame,
           (unsigned long long)info.frames, (unsigned long long)info.overlap_frames, cuts[info.cut]);
    while (voxline_part_output(part, output++, &data, &size, NULL) == VOXLINE_OK) {
        printf(" ");
        print_hashed(size, data, size);
    }
    return 0;
}

static int32_t split(const input *in, const voxline_options *options) {
    int count = 0;
    return voxline_split_bytes(in->data, in->size, options, print_part, &count, NULL, NULL, NULL, NULL);
}

static int32_t doctor(const input *in, const voxline_options *options) {
    static const char *const severities[] = {"-", "info", "warning", "error"};
    voxline_diagnosis *diagnosis = NULL;
    voxline_finding finding;
    size_t i, channel;
    int32_t status = voxline_doctor_bytes(in->data, in->size, options, NULL, NULL, &diagnosis, NULL);
    if (status >= 0) {
        printf("%s", severities[voxline_diagnosis_worst(diagnosis)]);
        for (i = 0; voxline_diagnosis_finding(diagnosis, i, &finding, NULL) == VOXLINE_OK; i++) {
            printf(" %s:%s:", severities[finding.severity], finding.name);
            for (channel = 0; channel < finding.channel_count; channel++) {
                printf("%s%u", channel == 0 ? "" : ",", (unsigned int)finding.channels[channel]);
            }
        }
    }
    voxline_diagnosis_free(diagnosis);
    return status;
}

/* Ends the line of a way: what came out is printed already, a failure is not. */
static void end_line(int32_t status) {
    if (status < 0) {
        printf("%d", (int)status);
    }
    printf("\n");
}

static void do_case(const char *name, const char *input_text, char *options_text, const char *assets) {
    voxline_options *options = NULL;
    voxline_prepared *prepared = NULL;
    int is_split;
    /* Before it is taken apart. */
    int has_split = strstr(options_text, "split.") != NULL, has_target = strstr(options_text, "target.") != NULL;
    int32_t status = read_options(options_text, &options, &is_split);
    input in = read_input(input_text, assets);
    if (status < 0) {
        printf("%s\toptions\t", name);
        end_line(status);
    } else {
        if (in.is_there) {
            printf("%s\tbytes\t", name);
            status = voxline_prepare_bytes(in.data, in.size, options, NULL, NULL, &prepared, NULL);
            end_line(print_prepared(status, prepared));
            voxline_prepared_free(prepared);
            prepared = NULL;
            printf("%s\tpush\t", name);
            end_line(push(&in, options));
        }
        if (in.path[0] != '\0') {
            printf("%s\tpath\t", name);
            status = voxline_prepare_path(in.path, options, NULL, NULL, &prepared, NULL);
            end_line(print_prepared(status, prepared));
            voxline_prepared_free(prepared);
        }
        if (in.is_there && !is_split) {
            printf("%s\tsamples\t", name);
            end_line(samples(&in, options));
        }
        if (in.is_there) {
            printf("%s\tfound\t", name);
            end_line(found(&in, options));
        }
        if (in.is_there && has_split) {
            printf("%s\tsplit\t", name);
            end_line(split(&in, options));
        }
        if (in.is_there && !has_target) {
            printf("%s\tdoctor\t", name);
            end_line(doctor(&in, options));
        }
    }
    free(in.data);
    voxline_options_free(options);
}

int main(int argc, char **argv) {
    char line[1024];
    FILE *table;
    if (argc != 3) {
        die("usage", "cases TABLE ASSETS");
    }
    table = fopen(argv[1], "r");
    if (table == NULL) {
        die("cannot open", argv[1]);
    }
    while (fgets(line, sizeof line, table) != NULL) {
        char *fields[4] = {line, NULL, NULL, NULL};
        int i;
        if (line[0] == '#') {
            continue;
        }
        for (i = 1; i < 4; i++) {
            fields[i] = strchr(fields[i - 1], '\t');
            if (fields[i] == NULL) {
                die("not a case", line);
            }
            *fields[i]++ = '\0';
        }
        do_case(fields[0], fields[1], fields[2], argv[2]);
    }
    fclose(table);
    return 0;
}
