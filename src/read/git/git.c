// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "base/limits.h"
#include "base/path.h"
#include "io/zlib.h"
#include "read/git/git_internal.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REF_MOST = 4096, PACKED_REFS_MOST = 256 << 20, REF_DEPTH = 5, ALTERNATES_MOST = 16 };
enum { PACKS_MOST = 10000, CONFIG_MOST = 1 << 20, ID_DIGITS_LEAST = 4, STEPS_MOST = 100000 };

static str in_folder(struct arena *arena, str folder, str name)
{
    return str_starts(name, STR("/")) ? arena_str(arena, name)
                                      : arena_join(arena, folder, STR("/"), name);
}

/* A small file without the blanks around it; absent where it is not there. */
static str read_trimmed(struct arena *arena, str path, size_t most)
{
    struct err ignored = {0};
    str text;
    return fd_read_file(arena, path.ptr, most, &text, &ignored) == 0 ? str_trim(text) : (str){0};
}

static void list_packs(struct arena *arena, struct git *git, str objects)
{
    str folder = in_folder(arena, objects, STR("pack"));
    DIR_SCOPED dir = opendir(folder.ptr);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) && git->packs.count < PACKS_MOST) {
        str name = str_from(entry->d_name);
        if (str_ends(name, STR(".idx")))
            *vec_push(arena, &git->packs) =
                in_folder(arena, folder, str_sub(name, 0, name.len - STR(".idx").len));
    }
}

static void add_objects(struct arena *arena, struct git *git, str folder)
{
    if (git->objects.count >= ALTERNATES_MOST)
        return;
    for (size_t i = 0; i < git->objects.count; i++)
        if (str_eq(git->objects.items[i], folder))
            return;
    *vec_push(arena, &git->objects) = folder;
    list_packs(arena, git, folder);
    str text = read_trimmed(arena, in_folder(arena, folder, STR("info/alternates")), REF_MOST),
        line;
    while (str_next_line(&text, &line))
        if (line.len && line.ptr[0] != '#')
            add_objects(arena, git, in_folder(arena, folder, line));
}

int git_open(struct arena *arena, str top, struct git **ret, struct err *err)
{
    struct git *git = *ret = arena_new(arena, struct git);
    struct stat st;
    git->folder = in_folder(arena, str_eq(top, STR("/")) ? (str){0} : top, STR(".git"));
    if (stat(git->folder.ptr, &st) < 0)
        return err_sys(err, "%.*s is no git repository", STR_ARG(top));
    if (S_ISREG(st.st_mode)) { /* a linked worktree, or a submodule */
        str line = read_trimmed(arena, git->folder, REF_MOST);
        if (!str_skip(&line, STR("gitdir: ")))
            return err_set(err, ERR_FORMAT, "%.*s says no gitdir", STR_ARG(git->folder));
        git->folder = in_folder(arena, top, line);
    }
    str common = read_trimmed(arena, in_folder(arena, git->folder, STR("commondir")), REF_MOST);
    git->common = common.len ? in_folder(arena, git->folder, common) : git->folder;
    git->id_len = git_config_id_len(
        read_trimmed(arena, in_folder(arena, git->common, STR("config")), CONFIG_MOST));
    add_objects(arena, git, in_folder(arena, git->common, STR("objects")));
    return 0;
}

/* --- objects ------------------------------------------------------------------------------------
 */

static bool parse_loose(str raw, struct git_object *ret)
{
    static const struct {
        str name;
        enum git_type type;
    } types[] = {{STR_INIT("commit "), GIT_COMMIT},
                 {STR_INIT("tree "), GIT_TREE},
                 {STR_INIT("blob "), GIT_BLOB},
                 {STR_INIT("tag "), GIT_TAG}};
    str head;
    uint64_t size;
    if (!str_cut(raw, '\0', &head, &ret->content))
        return false;
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_skip(&head, types[i].name)) {
            ret->type = types[i].type;
            return str_to_u64(head, LIMIT_GIT_OBJECT, &size) && size == ret->content.len;
        }
    return false;
}

static int read_loose(struct arena *arena, str folder, const struct git_id *id,
                      struct git_object *ret, struct err *err)
{
    const char *digits = git_id_text(arena, id);
    str path = arena_printf(arena, "%.*s/%.2s/%s", STR_ARG(folder), digits, digits + 2), packed,
        raw;
    if (fd_read_file(arena, path.ptr, LIMIT_GIT_OBJECT, &packed, err) < 0 ||
        zlib_inflate(arena, packed, LIMIT_GIT_OBJECT, &raw, err) < 0)
        return -1;
    if (!parse_loose(raw, ret))
        return err_set(err, ERR_FORMAT, "%.*s is no object", STR_ARG(path));
    return 0;
}

int git_object(const struct git *git, struct arena *arena, const struct git_id *id,
               struct git_object *ret, struct err *err)
{
    for (size_t i = 0; i < git->objects.count; i++) {
        struct err failed = {0};
        if (read_loose(arena, git->objects.items[i], id, ret, &failed) == 0)
            return 0;
        if (failed.kind != ERR_NOT_FOUND) {
            *err = failed;
            return -1;
        }
    }
    for (size_t i = 0; i < git->packs.count; i++) {
        struct err failed = {0};
        if (git_pack_object(git, arena, git->packs.items[i], id, ret, &failed) == 0)
            return 0;
        if (failed.kind != ERR_NOT_FOUND) {
            *err = failed;
            return -1;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "the repository has no object %s (a shallow clone?)",
                   git_id_text(arena, id));
}

static void find_loose(struct arena *arena, str folder, str digits, unsigned char len,
                       struct git_id found[2], size_t *count)
{
    str path = arena_printf(arena, "%.*s/%.2s", STR_ARG(folder), digits.ptr);
    DIR_SCOPED dir = opendir(path.ptr);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) && *count < 2) {
        str name = arena_printf(arena, "%.2s%s", digits.ptr, entry->d_name);
        struct git_id id;
        if (name.len != 2u * len || !str_starts(name, digits) || !git_id_parse(name, &id))
            continue;
        if (*count == 0 || memcmp(found[0].bytes, id.bytes, len) != 0)
            found[(*count)++] = id;
    }
}

int git_find_id(const struct git *git, str digits, struct git_id *ret, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct git_id found[2], prefix;
    size_t count = 0;
    if (digits.len < ID_DIGITS_LEAST || digits.len > 2u * git->id_len ||
        !git_id_parse(digits, &prefix))
        return err_set(err, ERR_NOT_FOUND, "no such revision");
    prefix.len = git->id_len;
    *ret = prefix;
    if (digits.len == 2u * git->id_len)
        return 0;
    for (size_t i = 0; i < git->objects.count; i++)
        find_loose(&arena, git->objects.items[i], digits, git->id_len, found, &count);
    for (size_t i = 0; i < git->packs.count; i++)
        git_pack_find(git->packs.items[i], &prefix, digits.len, found, &count);
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND, "no such revision");
    if (count > 1)
        return err_set(err, ERR_USAGE, "several objects begin with these digits");
    *ret = found[0];
    return 0;
}

/* --- revisions ----------------------------------------------------------------------------------
 */

static bool read_packed_ref(const struct git *git, struct arena *arena, str name,
                            struct git_id *ret)
{
    struct err ignored = {0};
    str text, line, id, ref;
    if (fd_read_file(arena, in_folder(arena, git->common, STR("packed-refs")).ptr, PACKED_REFS_MOST,
                     &text, &ignored) < 0)
        return false;
    while (str_next_line(&text, &line))
        if (str_cut(line, ' ', &id, &ref) && str_eq(ref, name))
            return git_id_parse(id, ret);
    return false;
}

static bool read_ref(const struct git *git, struct arena *arena, str name, unsigned depth,
                     struct git_id *ret)
{
    bool own = str_find_char(name, '/') == STR_NONE; /* HEAD, ORIG_HEAD: of this working tree */
    str path = in_folder(arena, own ? git->folder : git->common, name);
    str line = read_trimmed(arena, path, REF_MOST);
    if (depth > REF_DEPTH || str_contains(name, STR("..")))
        return false;
    if (str_skip(&line, STR("ref: ")))
        return read_ref(git, arena, str_trim(line), depth + 1, ret);
    if (line.len && git_id_parse(line, ret) && ret->len == git->id_len)
        return true;
    return read_packed_ref(git, arena, name, ret);
}

static int resolve_base(const struct git *git, struct arena *arena, str name, struct git_id *ret,
                        struct err *err)
{
    static const str folders[] = {STR_INIT(""), STR_INIT("refs/"), STR_INIT("refs/tags/"),
                                  STR_INIT("refs/heads/"), STR_INIT("refs/remotes/")};
    if (str_eq(name, STR("@")))
        name = STR("HEAD");
    for (size_t i = 0; name.len && i < sizeof(folders) / sizeof(folders[0]); i++)
        if (read_ref(git, arena, arena_join(arena, folders[i], (str){0}, name), 0, ret))
            return 0;
    return git_find_id(git, name, ret, err);
}

/* Through tags to the commit. */
static int read_commit(const struct git *git, struct arena *arena, struct git_id *id,
                       struct git_object *ret, struct err *err)
{
    for (unsigned depth = 0; depth <= REF_DEPTH; depth++) {
        if (git_object(git, arena, id, ret, err) < 0)
            return -1;
        if (ret->type == GIT_COMMIT)
            return 0;
        if (ret->type != GIT_TAG || !git_header(ret->content, STR("object"), 0, id))
            break;
    }
    return err_set(err, ERR_USAGE, "it is no commit");
}

/* ~2, ^, ^2 behind a name, one after the other. */
static int follow(const struct git *git, str suffix, struct git_id *id, struct err *err)
{
    uint64_t steps = 0;
    while (suffix.len) {
        char mark = suffix.ptr[0];
        size_t end = 1;
        uint64_t number = 1;
        while (end < suffix.len && suffix.ptr[end] >= '0' && suffix.ptr[end] <= '9')
            end++;
        if ((mark != '~' && mark != '^') ||
            (end > 1 && !str_to_u64(str_sub(suffix, 1, end - 1), STEPS_MOST, &number)))
            return err_set(err, ERR_USAGE, "only ~N and ^N may stand behind a name");
        suffix = str_from_index(suffix, end);
        size_t times = mark == '~' ? number : number > 0;
        for (size_t i = 0; i < times; i++) {
            ARENA_SCOPED arena = {0};
            struct git_object commit;
            if (++steps > STEPS_MOST)
                return err_set(err, ERR_LIMIT, "more than %d steps back", STEPS_MOST);
            if (read_commit(git, &arena, id, &commit, err) < 0)
                return -1;
            if (!git_header(commit.content, STR("parent"), mark == '~' ? 0 : number - 1, id))
                return err_set(err, ERR_NOT_FOUND, "the history does not go back so far");
        }
    }
    return 0;
}

int git_tree(const struct git *git, str rev, struct git_id *ret, struct err *err)
{
    ARENA_SCOPED arena = {0};
    struct git_object commit;
    size_t end = 0;
    while (end < rev.len && rev.ptr[end] != '~' && rev.ptr[end] != '^')
        end++;
    struct git_id id;
    if (resolve_base(git, &arena, str_sub(rev, 0, end), &id, err) < 0 ||
        follow(git, str_from_index(rev, end), &id, err) < 0 ||
        read_commit(git, &arena, &id, &commit, err) < 0)
        return err_wrap(err, "%.*s", STR_ARG(rev));
    if (!git_header(commit.content, STR("tree"), 0, ret))
        return err_set(err, ERR_FORMAT, "%.*s: a commit without a tree", STR_ARG(rev));
    return 0;
}

int git_file(const struct git *git, struct arena *arena, const struct git_id *tree, str path,
             bool *ret_found, str *ret, struct err *err)
{
    struct git_id id = *tree;
    struct git_object object;
    str name;
    *ret_found = false;
    while (path.len) {
        struct git_entry entry;
        str_cut(path, '/', &name, &path);
        if (git_object(git, arena, &id, &object, err) < 0)
            return -1;
        if (object.type != GIT_TREE)
            return err_set(err, ERR_FORMAT, "an object that should be a tree is none");
        str rest = object.content;
        bool there = false;
        while (!there && git_next_entry(&rest, id.len, &entry))
            there = str_eq(entry.name, name);
        if (!there || (path.len ? !entry.is_tree : !entry.is_file))
            return 0;
        id = entry.id;
    }
    if (git_object(git, arena, &id, &object, err) < 0)
        return -1;
    *ret_found = object.type == GIT_BLOB;
    *ret = object.content;
    return 0;
}
