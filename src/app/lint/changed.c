// SPDX-License-Identifier: Apache-2.0
#include "app/lint/changed.h"

#include "base/path.h"
#include "read/folder/folder.h"

#include <stdlib.h>

int changed_open(struct arena *arena, const char *rev, const char *const *operands, size_t count,
                 struct changed *ret, struct err *err)
{
    *ret = (struct changed){.rev = rev};
    str where = count ? str_from(operands[0]) : (str){0};
    if (str_eq(where, STR("-")))
        where = (str){0};
    if (!folder_repository(arena, where, &ret->top))
        return err_set(err, ERR_USAGE, "--changed-since %s: %s is in no git repository", rev,
                       where.len ? operands[0] : "this folder");
    if (git_open(arena, ret->top, &ret->git, err) < 0 ||
        git_tree(ret->git, str_from(rev), &ret->tree, err) < 0)
        return err_wrap(err, "--changed-since");
    return 0;
}

/* The path from the repository's top; absent where it is outside. */
static str inside(struct arena *arena, const struct changed *changed, str path)
{
    char *real = realpath(arena_cstr(arena, path), NULL);
    str full = real ? arena_str(arena, str_from(real)) : (str){0};
    free(real);
    if (str_eq(changed->top, STR("/")))
        return str_from_index(full, 1);
    str top = arena_join(arena, changed->top, STR("/"), (str){0});
    return str_skip(&full, top) ? full : (str){0};
}

static bool touches(const struct finding *finding, const char *marks, size_t count)
{
    uint32_t first = finding->location.line ? finding->location.line : 1;
    uint32_t last = finding->location.end_line > first ? finding->location.end_line : first;
    for (uint32_t line = first; line <= last && line <= count; line++)
        if (marks[line - 1])
            return true;
    return false;
}

/* The marks of one file's lines; NULL: all are new. */
static const char *marks_of(const struct changed *changed, struct arena *arena, str path, str text,
                            size_t *ret_count, struct report *report)
{
    str name = inside(arena, changed, path), before = {0};
    struct err err = {0};
    bool found = false;
    if (name.len && git_file(changed->git, arena, &changed->tree, name, &found, &before, &err) < 0)
        report_add_gap(arena, report, path,
                       arena_printf(arena,
                                    "its version in %s cannot be read, so all of it counts as "
                                    "changed: %s",
                                    changed->rev, err.message));
    return found ? changed_lines(arena, before, text, ret_count) : NULL;
}

void changed_keep(const struct changed *changed, struct texts *texts, struct arena *arena,
                  const struct listed_file *file, str text, struct report *report)
{
    const char *marks = NULL;
    size_t count = 0;
    str path = {0};
    str reason = arena_printf(arena, "its lines have not changed since %s", changed->rev);
    for (size_t i = 0; i < report->findings.count; i++) {
        struct finding *finding = &report->findings.items[i];
        if (i == 0 || !str_eq(finding->location.path, path)) {
            struct err err = {0};
            str content = text;
            path = finding->location.path;
            const struct listed_file other = {.path = path};
            if (str_eq(path, file->path) || texts_read(texts, arena, &other, &content, &err) == 0)
                marks = marks_of(changed, arena, path, content, &count, report);
            else
                marks = NULL;
        }
        if (finding->status != STATUS_OPEN || !marks || touches(finding, marks, count))
            continue;
        finding->status = STATUS_WAIVED;
        finding->reason = reason;
    }
}
