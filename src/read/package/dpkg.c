// SPDX-License-Identifier: Apache-2.0
/*
 * dpkg's database: var/lib/dpkg/status, and var/lib/dpkg/status.d/ of distroless images, which has
 * one control paragraph a file (and *.md5sums, see dpkg_files.c). dpkg(1), deb-control(5).
 *
 * What dpkg has not yet written into status stands in updates/, one paragraph a file, named by a
 * number; dpkg itself always reads both. Both count here: which one is older is not known to a
 * reader of single files, and a package too many is better than one that is not seen.
 */
#include "base/limits.h"
#include "io/deb822.h"
#include "model/damage.h"

#define UPDATES "var/lib/dpkg/updates/"

struct record {
    str name, version, status, architecture, source, maintainer;
    size_t bad_lines;
    bool any, has_nul;
};

static bool read_record(str paragraph, struct record *ret)
{
    const struct {
        str name;
        str *value;
    } fields[] = {
        {STR("Package"), &ret->name},  {STR("Version"), &ret->version},
        {STR("Status"), &ret->status}, {STR("Architecture"), &ret->architecture},
        {STR("Source"), &ret->source}, {STR("Maintainer"), &ret->maintainer},
    };
    str name, value;
    int more;
    *ret = (struct record){0};
    while ((more = deb822_next_field(&paragraph, &name, &value)) != 0) {
        ret->any = true;
        if (more < 0) {
            ret->bad_lines++;
            continue;
        }
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
            if (str_eq_nocase(name, fields[i].name))
                *fields[i].value = value;
    }
    /* dpkg reads on, with C strings: what stands behind a NUL is not there for it. */
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        size_t nul = str_find_char(*fields[i].value, 0);
        ret->has_nul |= nul != STR_NONE;
        *fields[i].value = str_sub(*fields[i].value, 0, nul);
    }
    return ret->name.len <= LIMIT_FIELD && ret->version.len <= LIMIT_FIELD &&
           ret->architecture.len <= LIMIT_FIELD && ret->source.len <= LIMIT_FIELD &&
           ret->maintainer.len <= LIMIT_FIELD;
}

/*
 * "install ok installed": what is wanted, whether it went well, and the state. In every state but
 * these two the package's files are on the disk, at least in part. Image builders that write
 * records without dpkg leave the field out: then the package is there.
 */
static bool is_on_disk(str status)
{
    str word, state = {0};
    while (str_next_word(&status, &word))
        state = word;
    return !str_eq(state, STR("not-installed")) && !str_eq(state, STR("config-files"));
}

/* dpkg knows packages by lower-case names, whatever the case they are written in. */
static str lower_name(struct arena *arena, str name)
{
    char *out = arena_copy(arena, name.ptr, name.len);
    for (size_t i = 0; i < name.len; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] + ('a' - 'A'));
    return str_make(out, name.len);
}

static void add_package(struct collect *to, str path, const struct record *record)
{
    struct package *package = &fact_add(to, FACT_PACKAGE, path)->package;
    package->name = lower_name(to->arena, record->name);
    str source = package->name, source_version = {0};
    if (record->source.len)
        deb822_split_source(record->source, &source, &source_version);
    package->type = STR("deb");
    package->version = arena_str(to->arena, record->version);
    package->arch = arena_str(to->arena, record->architecture);
    package->source_name =
        str_eq(source, package->name) ? package->name : arena_str(to->arena, source);
    package->source_version =
        source_version.len ? arena_str(to->arena, source_version) : package->version;
    package->maintainer = arena_str(to->arena, record->maintainer);
}

static bool is_number(str name)
{
    uint64_t value;
    return str_to_u64(name, UINT64_MAX, &value);
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    str path = entry->path;
    bool is_update = str_skip(&path, STR(UPDATES));
    if (str_ends(path, STR(".md5sums")) || (is_update && !is_number(path)))
        return 0;
    struct damage damage = {.to = to, .path = entry->path};
    size_t packages = 0, paragraphs = 0;
    str paragraph;
    while (deb822_next(&content, &paragraph)) {
        struct record record;
        bool fits = read_record(paragraph, &record);
        if (!record.any) /* comments, as dpkg pads updates with */
            continue;
        paragraphs++;
        if (record.bad_lines)
            damage_add(&damage, "record %zu: %zu line%s no field", paragraphs, record.bad_lines,
                       record.bad_lines == 1 ? " that is" : "s that are");
        if (record.has_nul)
            damage_add(&damage, "record %zu: NUL bytes", paragraphs);
        if (fits && !is_on_disk(record.status))
            continue;
        if (!fits) {
            damage_add(&damage, "record %zu: a field is longer than %llu KiB", paragraphs,
                       LIMIT_FIELD / 1024);
        } else if (record.name.len == 0 || record.version.len == 0) {
            damage_add(&damage, "record %zu has no %s", paragraphs,
                       record.name.len ? "version" : "package name");
        } else if (packages == LIMIT_PACKAGES) {
            damage_add(&damage, "more than %d packages", LIMIT_PACKAGES);
            break;
        } else {
            add_package(to, entry->path, &record);
            packages++;
        }
    }
    if (packages == 0 && !is_update)
        fact_add_gap(to, entry->path, STR("the package database lists no installed package"));
    damage_end(&damage);
    return 0;
}

static const char *const paths[] = {"var/lib/dpkg/status", "var/lib/dpkg/status.d/*", UPDATES "*",
                                    NULL};

const struct collector package_dpkg = {
    .name = "dpkg",
    .version = 3,
    .wants = WANT_PACKAGES,
    .limit = LIMIT_CLAIMED_FILE,
    .paths = paths,
    .collect = collect,
};
