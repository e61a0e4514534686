/* A program with a SQLite and a Rust of its own, so to speak: names that Voxline has inside too. The program's calls reach
 * the program's functions, and Voxline's its own. Linked with the static library. */
#include <stdio.h>
#include <string.h>

#include <voxline.h>

static int calls = 0;

int sqlite3_open(const char *path, void **database);
int sqlite3_open_v2(const char *path, void **database, int flags, const char *vfs);
int sqlite3_exec(void *database, const char *sql, void *each, void *first, char **message);
const char *sqlite3_libversion(void);
void rust_eh_personality(void);

int sqlite3_open(const char *path, void **database) {
    (void)path;
    (void)database;
    calls++;
    return 77;
}

int sqlite3_open_v2(const char *path, void **database, int flags, const char *vfs) {
    (void)flags;
    (void)vfs;
    return sqlite3_open(path, database);
}

int sqlite3_exec(void *database, const char *sql, void *each, void *first, char **message) {
    (void)sql;
    (void)each;
    (void)first;
    (void)message;
    return sqlite3_open("", database);
}

const char *sqlite3_libversion(void) {
    calls++;
    return "the program's own";
}

void rust_eh_personality(void) {
    calls++;
}

static int wrong = 0;

static void check(int condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "not so: %s\n", what);
        wrong = 1;
    }
}

/* What a callback of C answers goes through Rust, which cleans up behind it. */
static int32_t cancel(void *userdata, uint64_t input_bytes, uint64_t total_bytes, uint64_t frames) {
    (void)input_bytes;
    (void)total_bytes;
    (void)frames;
    ++*(int *)userdata;
    return 1;
}

int main(int argc, char **argv) {
    voxline_ledger *ledger = NULL;
    voxline_prepared *prepared = NULL;
    voxline_error *err = NULL;
    const uint8_t *data = NULL;
    size_t size = 0;
    uint64_t count = 7;
    int asked = 0;
    check(argc == 3, "the arguments are a place for a ledger and a recording");
    check(voxline_ledger_open(argv[1], &ledger, &err) == VOXLINE_OK, voxline_error_message(err));
    check(voxline_ledger_count(ledger, "queued", &count, NULL) == VOXLINE_OK && count == 0, "the ledger is empty");
    voxline_ledger_free(ledger);
    check(voxline_prepare_path(argv[2], NULL, NULL, NULL, &prepared, NULL) == VOXLINE_OK, "a recording is prepared");
    check(voxline_prepared_output(prepared, 0, &data, &size, NULL) == VOXLINE_OK && size > 1000, "there is sound");
    voxline_prepared_free(prepared);
    check(voxline_prepare_path(argv[2], NULL, cancel, &asked, &prepared, NULL) == VOXLINE_CANCELLED && asked == 1,
          "a callback cancels");
    check(calls == 0, "Voxline calls what is its own");
    check(sqlite3_open("", NULL) == 77 && strcmp(sqlite3_libversion(), "the program's own") == 0 && calls == 2,
          "the program calls what is its own");
    return wrong;
}
