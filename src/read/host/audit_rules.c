// SPDX-License-Identifier: Apache-2.0
/*
 * The audit subsystem's rules as files have them (audit.rules(7), auditctl(8)): /etc/audit/
 * audit.rules, which is loaded at boot, and the pieces in rules.d that augenrules(8) makes it of.
 */
#include "base/limits.h"
#include "read/host/reader.h"

static void add_watch(struct arena *arena, str watched, bool is_folder, struct place place,
                      struct audit_watch_list *ret)
{
    while (watched.len > 1 && str_ends(watched, STR("/")))
        watched = str_sub(watched, 0, watched.len - 1);
    if (watched.len && watched.ptr[0] == '/' && ret->count < LIMIT_HOST_ROWS)
        *vec_push(arena, ret) =
            (struct audit_watch){.path = watched, .is_folder = is_folder, .place = place};
}

static void forget_watch(str watched, struct audit_watch_list *list)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!str_eq(list->items[i].path, watched))
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static void parse_rule(struct arena *arena, str line, struct place place,
                       struct audit_watch_list *ret)
{
    str word, watched = {0};
    bool is_folder = false, never = false;
    if (str_starts(line, STR("#")))
        return;
    while (str_next_word(&line, &word)) {
        if (str_eq(word, STR("-D"))) {
            ret->count = 0;
        } else if (str_eq(word, STR("-W")) && str_next_word(&line, &word)) {
            forget_watch(word, ret);
        } else if (str_eq(word, STR("-w")) && str_next_word(&line, &word)) {
            watched = word;
            is_folder = true; /* where it is one, the watch is of everything below */
        } else if ((str_eq(word, STR("-a")) || str_eq(word, STR("-A"))) &&
                   str_next_word(&line, &word)) {
            never = str_contains(word, STR("never")) || str_contains(word, STR("exclude"));
        } else if (str_eq(word, STR("-d"))) {
            return;
        } else if (str_eq(word, STR("-F")) && str_next_word(&line, &word)) {
            if (str_skip(&word, STR("path=")))
                watched = word;
            else if (str_skip(&word, STR("dir="))) {
                watched = word;
                is_folder = true;
            }
        }
    }
    if (watched.len && !never)
        add_watch(arena, watched, is_folder, place, ret);
}

void audit_rules_parse(struct arena *arena, str path, str text, struct audit_watch_list *ret)
{
    str rest = text, line;
    for (uint32_t number = 1; str_next_line(&rest, &line); number++)
        parse_rule(arena, str_trim(line), (struct place){.path = path, .line = number}, ret);
}

static void read_rules(struct host_reader *reader, str path, struct audit_watch_list *list)
{
    str text;
    struct host *host = reader->host;
    if (!reader_optional(reader, path, LIMIT_HOST_FILE, &text))
        return;
    host->has_audit_rules = true;
    *vec_push(reader->arena, &host->audit_files) = path;
    audit_rules_parse(reader->arena, path, text, list);
}

/* A -D in one piece of rules.d is of the pieces before it, not of what audit.rules has. */
void audit_rules_read(struct host_reader *reader)
{
    struct host *host = reader->host;
    struct audit_watch_list pieces = {0};
    read_rules(reader, STR("/etc/audit/audit.rules"), &host->watches);
    struct str_list names = reader_names(reader, STR("/etc/audit/rules.d"));
    for (size_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".rules")))
            read_rules(
                reader,
                arena_join(reader->arena, STR("/etc/audit/rules.d"), STR("/"), names.items[i]),
                &pieces);
    for (size_t i = 0; i < pieces.count; i++)
        *vec_push(reader->arena, &host->watches) = pieces.items[i];
}
