/* Says what is wrong with a recording and what to do: doctor CALL. Fails when the recording cannot be used as it is. */
#include <stdio.h>

#include <voxline.h>

static const char *word(int32_t severity) {
    switch (severity) {
    case VOXLINE_SEVERITY_INFO:
        return "info";
    case VOXLINE_SEVERITY_WARNING:
        return "warning";
    default:
        return "error";
    }
}

int main(int argc, char **argv) {
    voxline_error *err = NULL;
    voxline_diagnosis *diagnosis = NULL;
    voxline_finding finding;
    size_t i;
    int32_t worst;
    if (argc < 2) {
        fprintf(stderr, "usage: %s CALL\n", argv[0]);
        return 2;
    }
    if (voxline_doctor_path(argv[1], NULL, NULL, NULL, &diagnosis, &err) < 0) {
        fprintf(stderr, "error: %s\n", voxline_error_message(err));
        voxline_error_free(err);
        return 1;
    }
    for (i = 0; voxline_diagnosis_finding(diagnosis, i, &finding, NULL) == VOXLINE_OK; i++) {
        printf("%s: %s: %s. %s\n", word(finding.severity), finding.name, finding.what, finding.advice);
    }
    worst = voxline_diagnosis_worst(diagnosis);
    voxline_diagnosis_free(diagnosis);
    return worst == VOXLINE_SEVERITY_ERROR ? 1 : 0;
}
