// SPDX-License-Identifier: Apache-2.0
/*
 * Which files a Debian package owns: info/NAME[:ARCH].list has a path a line (absolute, folders
 * too, "/." for the root), NAME[:ARCH].md5sums "hash  path" (relative, regular files that are no
 * conffiles). Distroless images have the latter only, in status.d/.
 */
#include "base/limits.h"
#include "model/damage.h"

enum { MD5_HEX = 32 };

static bool is_md5(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return text.len == MD5_HEX;
}

/* False where the line is damaged; an empty path is nothing to own. */
static bool read_line(str line, bool with_checksum, str *ret_path, str *ret_checksum)
{
    *ret_checksum = (str){0};
    if (with_checksum) {
        *ret_checksum = str_sub(line, 0, MD5_HEX);
        line = str_from_index(line, MD5_HEX);
        if (!is_md5(*ret_checksum) || !str_skip(&line, STR("  ")))
            return false;
    } else if (line.len && line.ptr[0] != '/') {
        return false;
    }
    str_skip(&line, STR("./"));
    while (str_skip(&line, STR("/")))
        ;
    *ret_path = str_eq(line, STR(".")) ? (str){0} : line;
    return line.len <= LIMIT_PATH;
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    size_t slash = str_rfind_char(entry->path, '/');
    str name = str_from_index(entry->path, slash == STR_NONE ? 0 : slash + 1);
    size_t dot = str_rfind_char(name, '.');
    bool with_checksum = str_eq(str_from_index(name, dot), STR(".md5sums"));
    name = arena_str(to->arena, str_sub(name, 0, dot));

    struct damage damage = {.to = to, .path = entry->path};
    size_t lines = 0;
    str line, path, checksum;
    while (str_next(&content, '\n', &line)) {
        if (++lines > LIMIT_OWNED_FILES) {
            damage_add(&damage, "more than %d files", LIMIT_OWNED_FILES);
            break;
        }
        if (!read_line(line, with_checksum, &path, &checksum)) {
            damage_add(&damage, "line %zu: not a file of a package", lines);
            continue;
        }
        if (path.len == 0)
            continue;
        struct owned_file *file = &fact_add(to, FACT_OWNED_FILE, entry->path)->owned_file;
        file->package = name;
        file->path = arena_str(to->arena, path);
        file->checksum = arena_str(to->arena, checksum);
    }
    damage_end(&damage);
    return 0;
}

static const char *const paths[] = {"var/lib/dpkg/info/*.list", "var/lib/dpkg/info/*.md5sums",
                                    "var/lib/dpkg/status.d/*.md5sums", NULL};

const struct collector package_dpkg_files = {
    .name = "dpkg_files",
    .version = 1,
    .wants = WANT_OWNERS,
    .limit = LIMIT_CLAIMED_FILE,
    .paths = paths,
    .collect = collect,
};
