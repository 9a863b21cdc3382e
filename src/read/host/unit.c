// SPDX-License-Identifier: Apache-2.0
/*
 * systemd's units of the engines: the first file of a name in the search path, and its drop-ins
 * (NAME.d/X.conf) of all folders, in the order of their names (systemd.unit(5)). An empty
 * assignment clears a list, as in systemd: who asks for the last value sees the empty one.
 */
#include "base/limits.h"
#include "read/host/reader.h"

#include <stdlib.h>
#include <string.h>

static const char *const folders[] = {
    "/etc/systemd/system",     "/run/systemd/system", "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system", "/lib/systemd/system",
};
enum { FOLDER_COUNT = sizeof(folders) / sizeof(folders[0]) };

static const char *const units[] = {"docker.service", "docker.socket", "containerd.service",
                                    "podman.service", "podman.socket"};

static bool is_comment(str line)
{
    return line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';';
}

/* A line that ends in '\' goes on in the next one; comments between are passed over. */
static str join_lines(struct arena *arena, str *rest, str line, uint32_t *number)
{
    while (str_ends(line, STR("\\"))) {
        str more;
        line = str_sub(line, 0, line.len - 1);
        if (!str_next_line(rest, &more))
            break;
        ++*number;
        if (is_comment(str_trim(more)) && more.len) {
            line = arena_join(arena, line, STR("\\"), (str){0});
            continue;
        }
        if (line.len + more.len > LIMIT_FIELD)
            continue;
        line = arena_join(arena, line, STR(" "), str_trim_end(more));
    }
    return line;
}

void unit_parse(struct arena *arena, str unit, str path, str text, struct unit_line_list *ret)
{
    str rest = text, line, section = {0};
    for (uint32_t number = 1; str_next_line(&rest, &line); number++) {
        uint32_t first = number;
        if (is_comment(str_trim(line)))
            continue;
        line = join_lines(arena, &rest, str_trim_end(line), &number);
        str key = {0}, value = {0};
        line = str_trim(line);
        if (str_starts(line, STR("["))) {
            section = str_sub(line, 1, str_find_char(line, ']') - 1);
            continue;
        }
        if (!str_cut(line, '=', &key, &value) || ret->count >= LIMIT_HOST_ROWS)
            continue;
        *vec_push(arena, ret) = (struct unit_line){
            .unit = unit,
            .section = section,
            .key = str_trim(key),
            .value = str_trim(value),
            .place = {.path = path, .line = first},
        };
    }
}

static bool read_unit(struct host_reader *reader, str unit, str path)
{
    str text;
    if (!reader_optional(reader, path, LIMIT_HOST_FILE, &text))
        return false;
    reader_stat(reader, path);
    unit_parse(reader->arena, unit, path, text, &reader->host->unit_lines);
    return true;
}

struct drop_in {
    str name, path;
};

static int compare_drop_ins(const void *left, const void *right)
{
    const struct drop_in *a = left, *b = right;
    return str_cmp(a->name, b->name);
}

/* A drop-in of the same name in an earlier folder hides the later ones. */
static void read_drop_ins(struct host_reader *reader, const char *unit)
{
    VEC(struct drop_in) found = {0};
    for (size_t f = 0; f < FOLDER_COUNT; f++) {
        str folder = reader_path(reader, "%s/%s.d", folders[f], unit);
        struct str_list names = reader_names(reader, folder);
        for (size_t n = 0; n < names.count; n++) {
            bool hidden = !str_ends(names.items[n], STR(".conf"));
            for (size_t i = 0; i < found.count; i++)
                hidden |= str_eq(found.items[i].name, names.items[n]);
            if (!hidden)
                *vec_push(reader->arena, &found) = (struct drop_in){
                    names.items[n], arena_join(reader->arena, folder, STR("/"), names.items[n])};
        }
    }
    if (found.count > 1)
        qsort(found.items, found.count, sizeof(*found.items), compare_drop_ins);
    for (size_t i = 0; i < found.count; i++)
        read_unit(reader, str_from(unit), found.items[i].path);
}

void units_read(struct host_reader *reader)
{
    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
        for (size_t f = 0; f < FOLDER_COUNT; f++)
            if (read_unit(reader, str_from(units[u]),
                          reader_path(reader, "%s/%s", folders[f], units[u])))
                break;
        read_drop_ins(reader, units[u]);
    }
}
