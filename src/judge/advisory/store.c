// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/store.h"

#include "base/die.h"
#include "base/fd.h"
#include "base/map.h"
#include "io/kv.h"
#include "judge/advisory/store_builtin.h"
#include "judge/advisory/store_pack.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

static const str suffix = STR_INIT(".mdb");

struct store_file {
    struct kv *kv;
    struct store_about about;
    uint32_t kinds; /* of its keys: a bit for each letter */
};

struct store {
    struct arena arena;
    VEC(struct store_file) files;
    struct map namespaces; /* to the index of the file that speaks for it */
    bool built_in;         /* has something to add to the files */
};

/* --- opening ---------------------------------------------------------------------------------- */

static int compare_strs(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

int store_list(struct arena *arena, const char *dir, struct str_list *ret, struct err *err)
{
    DIR_SCOPED open = opendir(dir);
    if (!open && errno == ENOENT)
        return 0;
    if (!open)
        return err_sys(err, "cannot open %s", dir);
    for (struct dirent *entry = readdir(open); entry; entry = readdir(open)) {
        str name = str_from(entry->d_name);
        if (str_ends(name, suffix) && name.len > suffix.len && name.ptr[0] != '.')
            *vec_push(arena, ret) = arena_str(arena, str_sub(name, 0, name.len - suffix.len));
    }
    if (ret->count)
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_strs);
    return 0;
}

static uint32_t bit_of(char kind)
{
    return kind >= 'a' && kind <= 'z' ? 1u << (kind - 'a') : 0;
}

static bool note_kind(void *context, str key, str value)
{
    (void)value;
    *(char *)context = key.len ? key.ptr[0] : 0;
    return false;
}

/* Most feeds hold rows of one kind: knowing which saves a look into each file for each flaw. */
static int find_kinds(struct store_file *file, struct err *err)
{
    for (char kind = 'a'; kind && kind <= 'z'; kind++) {
        char found = 0;
        if (kv_visit(file->kv, (str){&kind, 1}, note_kind, &found, err) < 0)
            return -1;
        if (found < kind)
            return 0;
        file->kinds |= bit_of(found);
        kind = found;
    }
    return 0;
}

static int open_file(const char *path, struct store_file *ret, struct err *err)
{
    str value;
    if (kv_open(path, &ret->kv, err) < 0)
        return -1;
    if (!kv_get(ret->kv, STR(KEY_ABOUT), &value) || !unpack_about(value, &ret->about))
        err_set(err, ERR_FORMAT, "%s is damaged: it does not say what it is", path);
    else if (find_kinds(ret, err) == 0)
        return 0;
    kv_close(ret->kv);
    ret->kv = NULL;
    return -1;
}

static bool covers(const void *context, str namespace);

/* The first file that has a namespace speaks for it. */
static void list_namespaces(struct store *store, size_t index)
{
    str rest = store->files.items[index].about.namespaces, name;
    bool fresh;
    while (rest.len && unpack_text(&rest, &name)) {
        uintptr_t *value = map_put(&store->arena, &store->namespaces, name, &fresh);
        if (fresh)
            *value = index;
    }
}

static int open_files(struct store *store, const char *dir, struct err *err)
{
    struct str_list names = {0};
    if (store_list(&store->arena, dir, &names, err) < 0)
        return -1;
    for (size_t i = 0; i < names.count; i++) {
        struct store_file file = {0};
        const char *path =
            arena_printf(&store->arena, "%s/%.*s.mdb", dir, STR_ARG(names.items[i])).ptr;
        if (open_file(path, &file, err) < 0)
            return err_wrap(err, "advisories");
        *vec_push(&store->arena, &store->files) = file;
        list_namespaces(store, store->files.count - 1);
    }
    return 0;
}

int store_open(const char *dir, bool built_in_only, struct store **ret, struct err *err)
{
    struct store *store = die_malloc(sizeof(*store));
    *store = (struct store){0};
    if (!built_in_only && open_files(store, dir, err) < 0) {
        store_close(store);
        return -1;
    }
    store->built_in = builtin_is_needed(covers, store);
    *ret = store;
    return 0;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->files.count; i++)
        kv_close(store->files.items[i].kv);
    arena_free(&store->arena);
    free(store);
}

/* "3 records could not be read: GHSA-....json: it has no id, ..." */
static str unread_of(struct arena *arena, const struct kv *kv)
{
    static const char key[] = {KEY_UNREAD};
    str value, first;
    uint64_t count;
    if (!kv_get(kv, (str){key, sizeof(key)}, &value) || !unpack_number(&value, &count) ||
        !unpack_text(&value, &first))
        return (str){0};
    return arena_printf(arena, "%llu record%s could not be read: %.*s%s", (unsigned long long)count,
                        count == 1 ? "" : "s", STR_ARG(first), count == 1 ? "" : ", ...");
}

int store_examine(struct arena *arena, const char *dir, const char *name, struct store_state *ret,
                  struct err *err)
{
    struct store_file file = {0};
    struct stat st;
    const char *path = arena_printf(arena, "%s/%s.mdb", dir, name).ptr;
    if (open_file(path, &file, err) < 0)
        return -1;
    *ret = (struct store_state){
        .feed = arena_str(arena, file.about.feed),
        .updated = arena_str(arena, file.about.updated),
        .fetched = arena_str(arena, file.about.fetched),
        .unread = unread_of(arena, file.kv),
        .rows = file.about.rows,
        .bytes = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0,
    };
    kv_close(file.kv);
    return 0;
}

/* --- what there is ---------------------------------------------------------------------------- */

size_t store_feed_count(const struct store *store)
{
    return store->files.count + store->built_in;
}

struct report_feed store_feed(const struct store *store, size_t index)
{
    if (index >= store->files.count)
        return builtin_feed();
    const struct store_about *about = &store->files.items[index].about;
    return (struct report_feed){
        .feed = about->feed,
        .updated = about->updated,
        .count = about->rows,
    };
}

str store_feed_unread(const struct store *store, struct arena *arena, size_t index)
{
    return index < store->files.count ? unread_of(arena, store->files.items[index].kv) : (str){0};
}

static const struct store_file *file_of(const struct store *store, str namespace)
{
    const uintptr_t *index = map_get(&store->namespaces, namespace);
    return index ? &store->files.items[*index] : NULL;
}

static bool covers(const void *context, str namespace)
{
    return file_of(context, namespace) != NULL;
}

bool store_has_namespace(const struct store *store, str namespace)
{
    return file_of(store, namespace) || (store->built_in && builtin_has_namespace(namespace));
}

/* --- look-ups --------------------------------------------------------------------------------- */

static bool get(const struct store_file *file, char kind, str first, const str *second,
                str *ret_value)
{
    struct store_key key;
    return file->kinds & bit_of(kind) && store_key_make(&key, kind, first, second) &&
           kv_get(file->kv, store_key_str(&key), ret_value);
}

/* From the first file that has the key. */
static bool get_any(const struct store *store, char kind, str first, str *ret_value)
{
    for (size_t i = 0; i < store->files.count; i++)
        if (get(&store->files.items[i], kind, first, NULL, ret_value))
            return true;
    return false;
}

void store_find(const struct store *store, struct arena *arena, str namespace, str package,
                struct advisory_list *ret, str *ret_feed)
{
    const struct store_file *file = file_of(store, namespace);
    str value;
    if (!file) {
        *ret_feed =
            store->built_in && builtin_has_namespace(namespace) ? STR(BUILTIN_FEED) : (str){0};
        if (ret_feed->len)
            builtin_find(arena, namespace, package, ret);
        return;
    }
    *ret_feed = file->about.feed;
    if (!get(file, KEY_ADVISORY, namespace, &package, &value))
        return;
    struct advisory advisory;
    while (value.len && unpack_advisory(&value, arena, &advisory)) {
        advisory.namespace = namespace;
        advisory.package = package;
        *vec_push(arena, ret) = advisory;
    }
}

bool store_knows_package(const struct store *store, str distribution, str package)
{
    for (size_t i = 0; i < store->files.count; i++) {
        const struct store_file *file = &store->files.items[i];
        str rest = file->about.namespaces, name, value;
        while (rest.len && unpack_text(&rest, &name))
            if (str_starts(name, distribution) && get(file, KEY_ADVISORY, name, &package, &value))
                return true;
    }
    return store->built_in && str_eq(distribution, STR("debian:")) &&
           builtin_knows_package(package);
}

bool store_score(const struct store *store, str id, struct vulnerability_score *ret)
{
    str value;
    uint64_t tenths;
    *ret = (struct vulnerability_score){.id = id, .cvss = -1};
    if (!get_any(store, KEY_SCORE, id, &value) || !unpack_number(&value, &tenths) ||
        !unpack_text(&value, &ret->vector))
        return false;
    ret->cvss = (double)tenths / 10;
    return true;
}

bool store_exploit(const struct store *store, str id, struct exploit_score *ret)
{
    uint64_t year, number;
    str value;
    *ret = (struct exploit_score){.id = id};
    return store_parse_cve(id, &year, &number) &&
           get_any(store, KEY_EXPLOIT, str_sub(id, 4, 4), &value) &&
           unpack_exploit(value, (uint32_t)number, &ret->epss, &ret->percentile);
}

bool store_known(const struct store *store, str id, struct known_exploited *ret)
{
    uint64_t ransomware = 0;
    str value;
    *ret = (struct known_exploited){.id = id};
    if (!get_any(store, KEY_KNOWN, id, &value) || !unpack_text(&value, &ret->date_added) ||
        !unpack_text(&value, &ret->due_date) || !unpack_number(&value, &ransomware) ||
        !unpack_text(&value, &ret->name))
        return false;
    ret->ransomware = ransomware != 0;
    return true;
}

bool store_text(const struct store *store, str id, str *ret_description)
{
    return get_any(store, KEY_TEXT, id, ret_description);
}

bool store_offered(const struct store *store, str namespace, str package,
                   struct offered_package *ret)
{
    const struct store_file *file = file_of(store, namespace);
    str value;
    *ret = (struct offered_package){.namespace = namespace, .package = package};
    return file && get(file, KEY_OFFERED, namespace, &package, &value) &&
           unpack_text(&value, &ret->version) && unpack_text(&value, &ret->source_name) &&
           unpack_text(&value, &ret->source_version);
}

struct packages {
    struct arena *arena;
    struct str_list *list;
};

static void add_package(void *context, str package)
{
    struct packages *packages = context;
    for (size_t i = 0; i < packages->list->count; i++)
        if (str_eq(packages->list->items[i], package))
            return;
    *vec_push(packages->arena, packages->list) = arena_str(packages->arena, package);
}

void store_packages_of(const struct store *store, struct arena *arena, str id, size_t most,
                       struct str_list *ret)
{
    struct packages packages = {arena, ret};
    for (size_t i = 0; i < store->files.count; i++) {
        str value, package;
        if (get(&store->files.items[i], KEY_REVERSE, id, NULL, &value))
            while (value.len && unpack_text(&value, &package))
                add_package(&packages, package);
    }
    if (store->built_in)
        builtin_packages_of(id, add_package, &packages);
    if (ret->count)
        qsort(ret->items, ret->count, sizeof(*ret->items), compare_strs);
    if (ret->count > most)
        ret->count = most;
}

/* The row of a package that has the alias. */
static str id_in_row(const struct store_file *file, struct arena *arena, str package, str alias)
{
    str rest = file->about.namespaces, namespace, value;
    struct advisory advisory;
    while (rest.len && unpack_text(&rest, &namespace))
        if (get(file, KEY_ADVISORY, namespace, &package, &value))
            while (value.len && unpack_advisory(&value, arena, &advisory))
                if (str_has_word(advisory.aliases, alias))
                    return advisory.id;
    return (str){0};
}

str store_id_of(const struct store *store, struct arena *arena, str alias)
{
    for (size_t i = 0; i < store->files.count; i++) {
        str value, package;
        if (!get(&store->files.items[i], KEY_REVERSE, alias, NULL, &value))
            continue;
        while (value.len && unpack_text(&value, &package)) {
            str id = id_in_row(&store->files.items[i], arena, package, alias);
            if (id.len)
                return id;
        }
    }
    return (str){0};
}
