// SPDX-License-Identifier: Apache-2.0
#include "act/report/terminal/terminal.h"
#include "base/buf.h"
#include "base/limits.h"
#include "model/live.h"

#include <errno.h>
#include <string.h>

enum { INDENT = 4 };

static void put_list(struct terminal *terminal, const char *title, const struct buf *list)
{
    struct text *text = &terminal->text;
    str words = buf_str(list);
    if (words.len == 0)
        return;
    text_to_column(text, 2);
    text_styled(text, STYLE_DIM, str_from(title));
    text_newline(text);
    text_to_column(text, INDENT);
    text_wrap(text, words, INDENT);
    text_newline(text);
}

static void add_word(struct buf *list, str word)
{
    if (list->len)
        buf_add_char(list, ' ');
    buf_add_str(list, word);
}

static void put_processes(struct terminal *terminal, const struct live_container *live)
{
    struct text *text = &terminal->text;
    text_to_column(text, 2);
    text_styled(text, STYLE_DIM, STR("Processes: number, user, name, program"));
    text_newline(text);
    for (size_t i = 0; i < live->processes.count; i++) {
        const struct live_process *process = &live->processes.items[i];
        text_to_column(text, INDENT);
        text_say(text, "%-8u %-6u ", process->pid, process->uid);
        text_put(text, process->name);
        text_to_column(text, INDENT + 33);
        text_put(text, process->executable);
        text_newline(text);
    }
}

static void put_changes(struct terminal *terminal, const struct live_container *live)
{
    BUF_SCOPED words = buf_make(LIMIT_DOCUMENT);
    for (size_t i = 0; i < live->changes.count; i++)
        add_word(&words, live->changes.items[i].path);
    put_list(terminal, "Files that differ from the image", &words);
}

static bool is_looser(const struct live_call *call)
{
    return call->verdict == SECCOMP_ALLOWED && !call->in_default;
}
static bool is_stricter(const struct live_call *call)
{
    return call->verdict != SECCOMP_ALLOWED && call->in_default;
}
static bool is_allowed(const struct live_call *call)
{
    return call->verdict == SECCOMP_ALLOWED;
}
static bool is_asked(const struct live_call *call)
{
    return call->verdict == SECCOMP_ASKED;
}

static void put_names(struct terminal *terminal, const char *title, const struct live_calls *calls,
                      bool (*test)(const struct live_call *call))
{
    BUF_SCOPED words = buf_make(LIMIT_DOCUMENT);
    for (size_t i = 0; i < calls->list.count; i++)
        if (test(&calls->list.items[i]))
            add_word(&words, calls->list.items[i].name);
    put_list(terminal, title, &words);
}

/* By the error that the program gets. */
static void put_refused(struct terminal *terminal, const struct live_calls *calls)
{
    BUF_SCOPED words = buf_make(LIMIT_DOCUMENT);
    for (size_t i = 0; i < calls->list.count; i++) {
        const struct live_call *call = &calls->list.items[i];
        const char *name = strerrorname_np((int)call->error);
        if (call->verdict != SECCOMP_REFUSED)
            continue;
        str word = call->name;
        if (call->error != EPERM)
            word = arena_printf(terminal->arena, "%.*s [%s]", STR_ARG(word),
                                name && call->error ? name : "signal");
        add_word(&words, word);
    }
    put_list(terminal, "Refused (with EPERM, where nothing else is said)", &words);
}

static void put_calls(struct terminal *terminal, const struct live_calls *calls)
{
    struct text *text = &terminal->text;
    BUF_SCOPED words = buf_make(LIMIT_DOCUMENT);
    text_to_column(text, 2);
    text_say(text, "System calls: %zu allowed, %zu refused", calls->counts[SECCOMP_ALLOWED],
             calls->counts[SECCOMP_REFUSED]);
    if (calls->counts[SECCOMP_ASKED])
        text_say(text, ", %zu asked about", calls->counts[SECCOMP_ASKED]);
    text_say(text, " by %zu filter%s of %zu instructions", calls->filters,
             calls->filters == 1 ? "" : "s", calls->instructions);
    text_newline(text);
    put_names(terminal, "Let through, though today's default profile refuses them", calls,
              is_looser);
    put_names(terminal, "Not let through, though today's default profile does", calls, is_stricter);
    for (size_t i = 0; i < calls->only_32_bit.count; i++)
        add_word(&words, calls->only_32_bit.items[i]);
    put_list(terminal, "Refused, but not to programs of 32 bits", &words);
    put_names(terminal, "Allowed", calls, is_allowed);
    put_names(terminal, "A supervisor decides", calls, is_asked);
    put_refused(terminal, calls);
}

void terminal_containers(struct terminal *terminal)
{
    const struct report_container_list *list = &terminal->report->containers;
    if (!terminal->options->verbose)
        return;
    for (size_t i = 0; i < list->count; i++) {
        const struct report_container *container = &list->items[i];
        if (!container->live)
            continue;
        text_newline(&terminal->text);
        text_style(&terminal->text, STYLE_BOLD);
        text_say(&terminal->text, "What the kernel has of ");
        text_put(&terminal->text, container->name);
        text_style(&terminal->text, STYLE_PLAIN);
        text_newline(&terminal->text);
        put_processes(terminal, container->live);
        put_changes(terminal, container->live);
        if (container->calls)
            put_calls(terminal, container->calls);
    }
}
