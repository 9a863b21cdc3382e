// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/rule.h"
#include "read/dockerfile/dockerfile.h"
#include "tests/fuzz/fix.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_word(const struct dockerfile_word *word, size_t size)
{
    must(word->span.start <= word->span.end && word->span.end <= size);
    must(word->value.len == 0 || word->value.ptr);
}

static void check_instruction(const struct instruction *instruction, size_t size)
{
    must(instruction->state && instruction->span.start < instruction->span.end);
    must(instruction->span.end <= size && instruction->head.end <= instruction->span.end);
    for (size_t i = 0; i < instruction->words.count; i++)
        check_word(&instruction->words.items[i], size);
    for (size_t i = 0; i < instruction->flags.count; i++)
        check_word(&instruction->flags.items[i].value, size);
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        check_word(&instruction->pairs.items[i].name, size);
        check_word(&instruction->pairs.items[i].value, size);
    }
    for (size_t i = 0; i < instruction->heredocs.count; i++)
        must(instruction->heredocs.items[i].body.end <= size);
    /* Each byte of the arguments is the byte of the file that its place names. */
    for (uint32_t i = 0; i < instruction->arguments.text.len; i += 7)
        must(mapped_text_offset(&instruction->arguments, i) < size);
    if (instruction->trigger)
        check_instruction(instruction->trigger, size);
}

static int judge(void *context, struct arena *arena, str text, struct report *report,
                 struct err *err)
{
    struct rule_run run = {.arena = arena, .report = report, .settings = context};
    struct dockerfile *file = dockerfile_parse(arena, STR("Dockerfile"), text, NULL);
    (void)err;
    rule_ask_dockerfile(&run, file);
    fix_attach(arena, report, 0);
    report_locate(arena, report, 0, &file->file, 1);
    return 0;
}

/* Round trip: the items are all bytes of the text, in order. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_SCOPED arena = {0};
    static const str enable = STR_INIT("all");
    struct rule_settings settings = {.enable = &enable, .enable_count = 1, .today = "2026-11-24"};
    struct report report = {0};
    struct rule_run run = {.arena = &arena, .report = &report, .settings = &settings};
    struct dockerfile *file =
        dockerfile_parse(&arena, STR("Dockerfile"), str_make(data, size), NULL);
    size_t at = 0;
    for (size_t i = 0; i < file->items.count; i++) {
        must(file->items.items[i].span.start == at && file->items.items[i].span.end > at);
        at = file->items.items[i].span.end;
    }
    must(at == size);
    for (size_t i = 0; i < file->instructions.count; i++)
        check_instruction(file->instructions.items[i], size);
    rule_ask_dockerfile(&run, file);
    if (size <= FUZZ_FIXED_SIZE)
        fuzz_fix(
            (struct fix_run){
                .arena = &arena, .path = STR("Dockerfile"), .judge = judge, .context = &settings},
            str_make(data, size));
    return 0;
}
