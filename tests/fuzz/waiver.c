// SPDX-License-Identifier: Apache-2.0
#include "judge/waiver/waiver.h"
#include "read/dockerfile/dockerfile.h"
#include "read/folder/folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct text_file *file, const struct waiver_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct waiver *waiver = &list->items[i];
        if (waiver->span.end > file->text.len || waiver->span.start >= waiver->span.end)
            __builtin_trap();
        if (waiver->reach.end != UINT32_MAX && waiver->reach.end > file->text.len)
            __builtin_trap();
    }
}

/* The first byte says what the rest is: a Dockerfile, YAML, one comment, a .gitignore, or a
 * file of waivers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    if (size == 0)
        return 0;
    str text = str_make(data + 1, size - 1);
    struct waiver waiver;
    struct ignore_rules rules = {0};
    struct report report = {0};
    const struct rule_settings settings = {.today = "2026-11-24"};
    struct dockerfile *dockerfile = dockerfile_parse(&arena, STR("Dockerfile"), text, NULL);
    struct rule_run run = {
        .arena = &arena, .report = &report, .settings = &settings, .file = &dockerfile->file};
    struct waiver_list list;
    switch (data[0] % 5) {
    case 4:
        rule_ask_dockerfile(&run, dockerfile);
        waiver_file_apply(&arena, waiver_file_parse(&arena, STR(".hardenignore"), text), &settings,
                          true, &report);
        return 0;
    case 0: list = waivers_of_dockerfile(&arena, dockerfile); break;
    case 1: list = waivers_of_lines(&arena, &dockerfile->file); break;
    case 2: waiver_parse(&arena, text, &waiver); return 0;
    default:
        folder_ignore_parse(&arena, text, &rules);
        folder_ignore_match(&rules, STR("src/some/folder/with/a/name.c"), false);
        return 0;
    }
    check(&dockerfile->file, &list);
    rule_ask_dockerfile(&run, dockerfile);
    waivers_apply(&run, &list, 0, false);
    report_locate(&arena, &report, 0, &dockerfile->file, 1);
    return 0;
}
