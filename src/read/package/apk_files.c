// SPDX-License-Identifier: Apache-2.0
/*
 * Which files an apk package owns, from the same database as apk.c: P names the package, F a
 * folder, R a file in the folder above it, Z the checksum of the file above it ("Q1" and base64 of
 * its SHA-1).
 */
#include "base/limits.h"
#include "model/damage.h"

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct damage damage = {.to = to, .path = entry->path};
    str line, package = {0}, folder = {0};
    bool behind_file = false; /* the last fact is the file that a Z line speaks of */
    size_t files = 0, lines = 0;
    while (str_next_line(&content, &line)) {
        lines++;
        if (line.len == 0) {
            package = folder = (str){0};
            behind_file = false;
            continue;
        }
        if (line.len < 2 || line.ptr[1] != ':')
            continue; /* apk.c reports it */
        str value = str_from_index(line, 2);
        switch (line.ptr[0]) {
        case 'P': package = arena_str(to->arena, str_trim(value)); break;
        case 'F': folder = value; break;
        case 'R':
            behind_file = false;
            if (package.len == 0 || value.len == 0 || folder.len + value.len >= LIMIT_PATH) {
                damage_add(&damage, "line %zu: a file without a package or name", lines);
                break;
            }
            if (++files > LIMIT_OWNED_FILES) {
                damage_add(&damage, "more than %d files", LIMIT_OWNED_FILES);
                damage_end(&damage);
                return 0;
            }
            struct owned_file *file = &fact_add(to, FACT_OWNED_FILE, entry->path)->owned_file;
            file->package = package;
            file->path = folder.len ? arena_join(to->arena, folder, STR("/"), value)
                                    : arena_str(to->arena, value);
            behind_file = true;
            break;
        case 'Z':
            if (behind_file)
                to->facts->items[to->facts->count - 1].owned_file.checksum =
                    arena_str(to->arena, str_sub(value, 0, LIMIT_VERSION));
            break;
        default: break;
        }
    }
    damage_end(&damage);
    return 0;
}

static const char *const paths[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL};

const struct collector package_apk_files = {
    .name = "apk_files",
    .version = 1,
    .wants = WANT_OWNERS,
    .limit = LIMIT_CLAIMED_FILE,
    .paths = paths,
    .collect = collect,
};
