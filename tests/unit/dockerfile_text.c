// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dockerfile_text.h"

#include "base/buf.h"

struct dockerfile *dockerfile_with(struct arena *arena, str text,
                                   const struct build_options *options)
{
    struct dockerfile *file = dockerfile_parse(arena, STR("Dockerfile"), text, options);
    uint32_t at = 0;
    for (size_t i = 0; i < file->items.count; i++) {
        CHECK_EQ(at, file->items.items[i].span.start);
        CHECK(file->items.items[i].span.end > at);
        at = file->items.items[i].span.end;
    }
    CHECK_EQ(text.len, at);
    for (size_t i = 0; i < file->instructions.count; i++) {
        const struct instruction *instruction = file->instructions.items[i];
        CHECK_EQ(i, instruction->index);
        CHECK(instruction->state != NULL);
        CHECK(instruction->keyword.start == instruction->span.start);
        CHECK(instruction->span.start < instruction->span.end);
        CHECK(instruction->span.end <= text.len);
    }
    return file;
}

struct dockerfile *dockerfile_of(struct arena *arena, const char *text)
{
    return dockerfile_with(arena, str_from(text), NULL);
}

static void show_word(struct buf *out, const struct dockerfile_word *word, const char *around)
{
    buf_printf(out, " %c%.*s%c%s", around[0], STR_ARG(word->value), around[1],
               word->open ? "?" : "");
}

static void show_heredoc(struct buf *out, const struct dockerfile_heredoc *heredoc)
{
    buf_printf(out, " {%.*s%s%s:", STR_ARG(heredoc->delimiter), heredoc->quoted ? "'" : "",
               heredoc->closed ? "" : "...");
    for (size_t i = 0; i < heredoc->text.text.len; i++)
        buf_add_char(out, heredoc->text.text.ptr[i] == '\n' ? '|' : heredoc->text.text.ptr[i]);
    buf_add_char(out, '}');
}

static void show(struct buf *out, const struct instruction *instruction)
{
    str name = instruction_name(instruction->kind);
    buf_printf(out, "%.*s", STR_ARG(name.len ? name : STR("?")));
    for (size_t i = 0; i < instruction->flags.count; i++) {
        const struct dockerfile_flag *flag = &instruction->flags.items[i];
        buf_printf(out, " --%.*s%s%.*s", STR_ARG(flag->name), flag->has_value ? "=" : "",
                   STR_ARG(flag->value.value));
    }
    for (size_t i = 0; i < instruction->words.count; i++)
        show_word(out, &instruction->words.items[i], instruction->is_json ? "\"\"" : "<>");
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        buf_printf(out, " %.*s%s%.*s%s", STR_ARG(pair->name.value), pair->has_value ? "=" : "",
                   STR_ARG(pair->value.value), pair->value.open ? "?" : "");
    }
    if (!instruction->words.count && !instruction->pairs.count && !instruction->trigger &&
        instruction->arguments.text.len)
        buf_printf(out, " %.*s", STR_ARG(instruction->arguments.text));
    for (size_t i = 0; i < instruction->heredocs.count; i++)
        show_heredoc(out, &instruction->heredocs.items[i]);
    if (instruction->trigger) {
        buf_add_char(out, ' ');
        show(out, instruction->trigger);
    }
}

const char *dockerfile_shown(struct arena *arena, const struct dockerfile *dockerfile)
{
    BUF_SCOPED out = buf_make(1 << 20);
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        show(&out, dockerfile->instructions.items[i]);
        buf_add_char(&out, '\n');
    }
    return arena_cstr(arena, buf_str(&out));
}

const char *dockerfile_complaints(struct arena *arena, const struct dockerfile *dockerfile)
{
    BUF_SCOPED out = buf_make(1 << 20);
    for (size_t i = 0; i < dockerfile->problems.count; i++) {
        const struct dockerfile_problem *one = &dockerfile->problems.items[i];
        struct text_place place = text_file_place(&dockerfile->file, one->span);
        buf_printf(&out, "%u:%u %.*s\n", place.line, place.column, STR_ARG(one->what));
    }
    return arena_cstr(arena, buf_str(&out));
}
