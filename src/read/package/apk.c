// SPDX-License-Identifier: Apache-2.0
/*
 * apk's database of installed packages: records of "X:value" lines, separated by empty lines
 * (Alpine wiki, "Apk spec"). P name, V version, A architecture, o origin (the source package), m
 * maintainer, L license; the files that follow (F, R, ...) are for apk_files.c.
 */
#include "base/limits.h"
#include "model/damage.h"

struct record {
    str name, version, architecture, origin, maintainer, license;
    bool any, bad, too_long;
};

static str *value_of(struct record *record, char key)
{
    switch (key) {
    case 'P': return &record->name;
    case 'V': return &record->version;
    case 'A': return &record->architecture;
    case 'o': return &record->origin;
    case 'm': return &record->maintainer;
    case 'L': return &record->license;
    default: return NULL;
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void read_line(struct record *record, str line)
{
    record->any = true;
    if (line.len < 2 || line.ptr[1] != ':' || !is_letter(line.ptr[0])) {
        record->bad = true;
        return;
    }
    str *value = value_of(record, line.ptr[0]);
    if (!value)
        return;
    *value = str_trim(str_from_index(line, 2));
    record->too_long |= value->len > LIMIT_FIELD;
}

static void add_package(struct collect *to, str path, const struct record *record)
{
    struct package *package = &fact_add(to, FACT_PACKAGE, path)->package;
    package->type = STR("apk");
    package->name = arena_str(to->arena, record->name);
    package->version = arena_str(to->arena, record->version);
    package->arch = arena_str(to->arena, record->architecture);
    package->source_name = record->origin.len && !str_eq(record->origin, record->name)
                               ? arena_str(to->arena, record->origin)
                               : package->name;
    package->source_version = package->version;
    package->maintainer = arena_str(to->arena, record->maintainer);
    package->license = arena_str(to->arena, record->license);
}

/* Whether a package came of it. */
static bool end_record(struct damage *damage, const struct record *record, size_t number)
{
    if (!record->any)
        return false;
    if (record->too_long) {
        damage_add(damage, "record %zu: a field is longer than %llu KiB", number,
                   LIMIT_FIELD / 1024);
        return false;
    }
    if (record->bad)
        damage_add(damage, "record %zu: lines that are no field", number);
    if (record->name.len == 0 || record->version.len == 0) {
        damage_add(damage, "record %zu has no %s", number,
                   record->name.len ? "version" : "package name");
        return false;
    }
    add_package(damage->to, damage->path, record);
    return true;
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct damage damage = {.to = to, .path = entry->path};
    struct record record = {0};
    size_t packages = 0, records = 0;
    str line;
    while (packages < LIMIT_PACKAGES && str_next_line(&content, &line)) {
        if (line.len)
            read_line(&record, line);
        /* For apk a line too short for a field ends the record like an empty one. */
        if (line.len >= 2)
            continue;
        packages += end_record(&damage, &record, ++records);
        record = (struct record){0};
    }
    if (content.len)
        damage_add(&damage, "more than %d packages", LIMIT_PACKAGES);
    else
        packages += end_record(&damage, &record, ++records);
    if (packages == 0)
        fact_add_gap(to, entry->path, STR("the package database lists no installed package"));
    damage_end(&damage);
    return 0;
}

static const char *const paths[] = {"lib/apk/db/installed", "usr/lib/apk/db/installed", NULL};

const struct collector package_apk = {
    .name = "apk",
    .version = 2,
    .wants = WANT_PACKAGES,
    .limit = LIMIT_CLAIMED_FILE,
    .paths = paths,
    .collect = collect,
};
