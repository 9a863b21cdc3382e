// SPDX-License-Identifier: Apache-2.0
/* A report from anywhere: read, judged, compared with itself, and shown in every format. */
#include "act/report/render.h"
#include "base/die.h"
#include "judge/policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str rendered(struct arena *arena, const struct report *report, const char *format,
                    const struct render_options *options)
{
    char *bytes = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&bytes, &len);
    INVARIANT(out != NULL);
    format_by_name(str_from(format))->render(report, options, out);
    fclose(out);
    str text = arena_str(arena, str_make(bytes, len));
    free(bytes);
    return text;
}

/* Nothing that a terminal acts on but newlines, and only whole characters. */
static void check_harmless(str text)
{
    uint32_t rune;
    bool valid;
    while (text_next_rune(&text, &rune, &valid))
        INVARIANT(valid && (rune == '\n' || !text_is_unsafe(rune)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct report report, again;
    struct report_diff diff;
    const struct render_options plain = {.list_packages = true};
    const struct render_options full = {
        .list_packages = true, .unicode = true, .verbose = true, .width = 60};
    const struct policy policy = {.fail_on = SEVERITY_HIGH};
    if (report_parse(&arena, str_make(data, size), &report, &err) < 0) {
        INVARIANT(err.kind != ERR_NONE && err.message[0]);
        return 0;
    }
    policy_apply(&arena, &policy, &report);
    report_sort(&arena, &report);
    policy_exit_code(&policy, &report);
    check_harmless(rendered(&arena, &report, "tty", &plain));
    check_harmless(rendered(&arena, &report, "tty", &full));
    check_harmless(rendered(&arena, &report, "table", &full));
    check_harmless(rendered(&arena, &report, "sarif", &plain));
    str json = rendered(&arena, &report, "json", &plain);
    check_harmless(json);
    INVARIANT(report_parse(&arena, json, &again, &err) == 0);
    INVARIANT(str_eq(json, rendered(&arena, &again, "json", &plain)));
    /* With itself: invalid UTF-8 of the input was repaired on the way. */
    report_compare(&arena, &again, &again, &diff);
    INVARIANT(diff.findings.count == 0 && diff.packages.count == 0);
    return 0;
}
