// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "base/tsv.h"
#include "data.h"
#include "judge/rule/listing.h"

#include <string.h>

enum { SETUID = 04000, SETGID = 02000, STICKY = 01000, OTHERS_WRITE = 0002, GROUP_WRITE = 0020 };
enum { MOST_SINGLE = 50 }; /* findings of their own; more are told together */

static bool is_program(const struct file *file)
{
    return file->type == ENTRY_FILE && (file->mode & 0111);
}

static bool has_special_rights(const struct file *file)
{
    return is_program(file) && (file->mode & (SETUID | SETGID)) &&
           (!(file->mode & SETGID) || (file->mode & SETUID) || (file->mode & 0010));
}

/* ---- setuid and setgid ---- */

/* Whether the distribution itself ships it so; where the distribution is unknown, whether any does.
 * A
 * "?" behind its name in the table says that nobody has looked into its packages. */
enum usual { NOT_USUAL, PERHAPS_USUAL, IS_USUAL };
static enum usual is_usual(const struct image_view *view, str path, str *ret_why)
{
    str rows, row, ids, id, own = view->distribution->id;
    str table = str_make(data_setuid, data_setuid_len);
    enum usual usual = NOT_USUAL;
    if (!tsv_find(table, path, &rows) || !tsv_next(&rows, &row))
        return NOT_USUAL;
    *ret_why = tsv_field(row, 2);
    ids = tsv_field(row, 1);
    while (str_next(&ids, ' ', &id)) {
        bool unproved = str_ends(id, STR("?"));
        id = str_sub(id, 0, id.len - unproved);
        if (own.len && !str_eq(id, own) && !str_contains(view->distribution->id_like, id))
            continue;
        enum usual is = unproved ? PERHAPS_USUAL : IS_USUAL;
        usual = is > usual ? is : usual;
    }
    return usual;
}

/* Programs that run what they are told: with the rights of root they give them to everybody. */
static bool gives_rights_away(str name)
{
    static const char *const names[] = {
        "awk",    "bash", "busybox", "cp",    "dash",  "dd",    "ed",  "env",   "find",   "gawk",
        "gdb",    "git",  "less",    "lua*",  "mawk",  "more",  "mv",  "nano",  "node",   "nmap",
        "perl*",  "php*", "python*", "rsync", "ruby*", "sed",   "sh",  "socat", "strace", "tar",
        "tclsh*", "vi",   "vim*",    "wget",  "curl",  "xargs", "zsh", "ash",   "tee",    NULL};
    for (const char *const *at = names; *at; at++)
        if (path_match(str_from(*at), name))
            return true;
    return false;
}

static const char *bits_of(const struct file *file)
{
    return file->mode & SETUID ? file->mode & SETGID ? "setuid and setgid" : "setuid" : "setgid";
}

static void unusual_setuid(struct rule_run *run, const struct image_view *view)
{
    struct listing rest = {.run = run, .view = view};
    size_t single = 0;
    str why;
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        if (!has_special_rights(file))
            continue;
        enum usual usual = is_usual(view, files_path(run->arena, view->files, file), &why);
        if (usual == IS_USUAL)
            continue;
        if (++single > MOST_SINGLE) {
            listing_add(&rest, file, (str){0});
            continue;
        }
        bool root = file->mode & SETUID && file->uid == 0;
        bool writable = file->mode & OTHERS_WRITE;
        bool gives = root && gives_rights_away(file->name);
        struct finding *finding = rule_found_file(
            run, view, file, "mode %04o, owner %u:%u: %s%s%s%s", file->mode, file->uid, file->gid,
            bits_of(file), gives ? ", and it runs whatever it is told" : "",
            writable ? ", and anybody can replace its content" : "",
            usual == PERHAPS_USUAL ? "; the distribution may ship it so" : "");
        if (gives || (root && writable))
            finding->severity = SEVERITY_CRITICAL;
        else if (!root || usual == PERHAPS_USUAL)
            finding->severity = SEVERITY_LOW;
    }
    listing_report(&rest, "more program");
}

static void usual_setuid(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    str why;
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        if (has_special_rights(file) &&
            is_usual(view, files_path(run->arena, view->files, file), &why) == IS_USUAL)
            listing_add(&all, file, why);
    }
    listing_report(&all, "program");
}

/* ---- file capabilities ---- */

static uint32_t u32_of(str bytes, size_t at)
{
    uint32_t value;
    memcpy(&value, bytes.ptr + at, sizeof(value));
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(value) : value;
}

/* struct vfs_cap_data of linux/capability.h: little endian, revision in the highest byte. */
static uint64_t permitted_of(str value, bool *ret_effective)
{
    if (value.len < 12)
        return 0;
    uint32_t magic = u32_of(value, 0), revision = magic >> 24;
    *ret_effective = magic & 1;
    uint64_t permitted = u32_of(value, 4);
    if ((revision == 2 || revision == 3) && value.len >= 20)
        permitted |= (uint64_t)u32_of(value, 12) << 32;
    return permitted;
}

static enum severity worse(enum severity a, enum severity b)
{
    return a > b ? a : b;
}

static str names_of(struct arena *arena, uint64_t bits, enum severity *ret_severity)
{
    str table = str_make(data_capabilities, data_capabilities_len), row, names = {0};
    uint64_t number;
    while (tsv_next(&table, &row)) {
        enum severity severity = SEVERITY_MEDIUM;
        if (!str_to_u64(tsv_field(row, 0), 63, &number) || !(bits >> number & 1))
            continue;
        severity_parse(tsv_field(row, 2), &severity);
        *ret_severity = worse(*ret_severity, severity);
        str name = arena_printf(arena, "%.*s (%.*s)", STR_ARG(tsv_field(row, 1)),
                                STR_ARG(tsv_field(row, 3)));
        names = names.len ? arena_join(arena, names, STR(", "), name) : name;
    }
    return names;
}

static void file_capability(struct rule_run *run, const struct image_view *view)
{
    size_t count = 0;
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        if (!file->more || file->more->capability.len == 0 || file->type != ENTRY_FILE ||
            ++count > MOST_SINGLE)
            continue;
        bool effective = false;
        enum severity severity = SEVERITY_INFO;
        uint64_t bits = permitted_of(file->more->capability, &effective);
        str names = names_of(run->arena, bits, &severity);
        struct finding *finding =
            names.len ? rule_found_file(run, view, file, "%s %.*s",
                                        effective ? "runs with" : "may take", STR_ARG(names))
                      : rule_found_file(run, view, file, "capabilities that cannot be read");
        finding->severity = names.len ? severity : SEVERITY_MEDIUM;
    }
}

/* ---- who can write where ---- */

static bool starts_any(str path, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (path_is_ancestor(str_from(*prefixes), path))
            return true;
    return false;
}

static const char *const code_folders[] = {
    "bin",       "sbin",        "lib",       "lib64", "usr/bin", "usr/sbin", "usr/lib",
    "usr/lib64", "usr/libexec", "usr/local", "etc",   "opt",     NULL};

static void world_writable_file(struct rule_run *run, const struct image_view *view)
{
    struct listing code = {.run = run, .view = view}, data = code;
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        if (file->type != ENTRY_FILE || !(file->mode & OTHERS_WRITE) ||
            (file->mode & (SETUID | SETGID)))
            continue;
        bool serious =
            is_program(file) || starts_any(files_path(run->arena, view->files, file), code_folders);
        listing_add(serious ? &code : &data, file, (str){0});
    }
    struct finding *finding = listing_report(&code, "code or settings file");
    if (finding)
        finding->severity = SEVERITY_HIGH;
    listing_report(&data, "other file");
}

static void world_writable_folder(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        if (file->type == ENTRY_DIRECTORY && (file->mode & OTHERS_WRITE) && !(file->mode & STICKY))
            listing_add(&all, file, (str){0});
    }
    listing_report(&all, "folder");
}

static bool is_plain_user(const struct image_view *view, struct image_user *ret)
{
    *ret = image_view_user(view);
    return view->config->present && ret->resolved && ret->uid != 0;
}

static void writable_path(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    struct image_user user;
    str path = image_config_env(view->config, STR("PATH")), folder;
    if (path.len == 0)
        path = STR("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    bool plain = is_plain_user(view, &user);
    while (view->files && str_next(&path, ':', &folder)) {
        if (!str_starts(folder, STR("/"))) {
            listing_add_name(&all, folder.len ? folder : STR("(the current folder)"), 0,
                             STR("depends on where a process is"));
            continue;
        }
        const struct file *at = files_follow(view->files, folder);
        if (!at || at->type != ENTRY_DIRECTORY)
            continue;
        if (at->mode & OTHERS_WRITE && !(at->mode & STICKY))
            listing_add(&all, at, STR("anybody can"));
        else if (plain && image_user_can_write(&user, at))
            listing_add(&all, at, STR("the user of the image can"));
    }
    listing_report(&all, "folder");
}

/* The folder, or the uppermost ones below it, that the user can write into. */
static void add_writable_below(struct listing *all, const struct image_user *user,
                               const struct file *folder, unsigned depth)
{
    enum { MOST_DEPTH = 40 };
    if (image_user_can_write(user, folder)) {
        listing_add(all, folder, (str){0});
        return;
    }
    for (uint32_t i = 0; i < folder->count && depth < MOST_DEPTH; i++) {
        const struct file *file = &all->view->files->items[folder->children + i];
        if (file->type == ENTRY_DIRECTORY)
            add_writable_below(all, user, file, depth + 1);
    }
}

static void writable_code(struct rule_run *run, const struct image_view *view)
{
    static const char *const code[] = {"/lib",       "/lib64",         "/usr/lib",
                                       "/usr/lib64", "/usr/local/lib", NULL};
    static const char *const settings[] = {
        "/usr/share", "/etc", "/etc/ssl", "/etc/ld.so.conf.d", "/etc/pam.d", "/etc/cron.d", NULL};
    struct listing all = {.run = run, .view = view};
    struct image_user user;
    if (!view->files || !is_plain_user(view, &user))
        return;
    for (const char *const *folder = code; *folder; folder++) {
        /* A link leads to one of the others. */
        const struct file *at = files_find(view->files, str_from(*folder + 1));
        if (at && at->type == ENTRY_DIRECTORY)
            add_writable_below(&all, &user, at, 0);
    }
    for (const char *const *folder = settings; *folder; folder++) {
        const struct file *at = files_follow(view->files, str_from(*folder));
        if (at && at->type == ENTRY_DIRECTORY && image_user_can_write(&user, at))
            listing_add(&all, at, (str){0});
    }
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_BINARY, &count);
    for (; count; count--, fact++) {
        const struct file *at = files_find(view->files, fact->path);
        if (at && fact->binary.type == BINARY_DSO && image_user_can_write(&user, at))
            listing_add(&all, at, (str){0});
    }
    listing_report(&all, "place");
}

/* ---- files that are not as their package has them ---- */

/* "Q1" and base64 of a SHA-1, as apk writes it, against hex. */
static bool is_apk_sum(str text, str hex)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    unsigned have = 0;
    size_t at = 0;
    if (!str_skip(&text, STR("Q1")))
        return false;
    for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
        const char *digit = text.ptr[i] ? strchr(digits, text.ptr[i]) : NULL;
        if (!digit)
            return false;
        bits = bits << 6 | (uint32_t)(digit - digits);
        for (have += 6; have >= 4 && at < hex.len; have -= 4)
            if (hex.ptr[at++] != "0123456789abcdef"[bits >> (have - 4) & 15])
                return false;
    }
    return at == hex.len;
}

/* Checksums of contents: hard links have those of what they name. */
static const struct checksum **checksums_of(struct arena *arena, const struct image_view *view,
                                            const uint32_t *most)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_CHECKSUM, &count);
    const struct checksum **known = arena_array(arena, const struct checksum *, (size_t)*most + 1);
    for (; count; count--, fact++) {
        const struct file *file = files_find(view->files, fact->path);
        if (file && file->content)
            known[file->content] = &fact->checksum;
    }
    return known;
}

static void changed_file(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    struct files_last last = {0};
    uint32_t most = 0;
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_OWNED_FILE, &count);
    if (!view->files || count == 0)
        return;
    for (size_t i = 0; i < view->files->count; i++)
        most = view->files->items[i].content > most ? view->files->items[i].content : most;
    ARENA_SCOPED scratch = {0};
    const struct checksum **known = checksums_of(&scratch, view, &most);
    for (; count; count--, fact++) {
        const struct owned_file *owned = &fact->owned_file;
        if (owned->checksum.len == 0)
            continue;
        const struct file *file = files_owned(view->files, owned->path, &last);
        const struct checksum *is = file && file->content ? known[file->content] : NULL;
        if (!is || str_eq(owned->checksum, is->md5) || is_apk_sum(owned->checksum, is->sha1))
            continue;
        listing_add(&all, file, owned->package);
    }
    listing_report(&all, "file");
}

/* ---- what does not belong into an image ---- */

static void device_node(struct rule_run *run, const struct image_view *view)
{
    struct listing all = {.run = run, .view = view};
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        if (file->type != ENTRY_CHARACTER && file->type != ENTRY_BLOCK)
            continue;
        /* /dev is hidden by the engine's own; what stands there is never seen. */
        str path = files_path(run->arena, view->files, file);
        if (path_is_ancestor(STR("dev"), path))
            continue;
        listing_add(&all, file, file->type == ENTRY_BLOCK ? STR("a disk") : STR("a device"));
    }
    listing_report(&all, "device file");
}

static void system_link(struct rule_run *run, const struct image_view *view)
{
    static const char *const paths[] = {"dev", "proc", "sys", "etc", "run", NULL};
    for (const char *const *path = paths; view->files && *path; path++) {
        const struct file *file = files_find(view->files, str_from(*path));
        if (!file || file->type == ENTRY_DIRECTORY)
            continue;
        if (file->type == ENTRY_SYMLINK)
            rule_found_file(run, view, file, "a symbolic link to %.*s", STR_ARG(file_link(file)));
        else
            rule_found_file(run, view, file, "no folder");
    }
}

static const struct rule rules[] = {
    {
        .id = "permission/changed-file",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .title = "Programs or libraries of packages are not as their package has them",
        .why = "The package database knows what each file looked like when it was installed. These "
               "have other content now: somebody changed them on purpose, in which case updates "
               "undo it without a word, or somebody put something else in their place. Lists of "
               "known flaws speak of the package, not of what is really there.",
        .fix =
            "Install the package again (`apt-get install --reinstall PACKAGE`, `apk fix PACKAGE`) "
            "and see whether the change is needed; put your own programs into /usr/local.",
        .bad = "COPY curl /usr/bin/curl\n",
        .good = "COPY curl /usr/local/bin/curl\n",
        .aliases = {"CIS 4.11"},
        .image = changed_file,
    },
    {
        .id = "permission/device-node",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .title = "The image ships device files",
        .why =
            "A device file is a door to the kernel: a disk, memory, a terminal. Engines make the "
            "few that a container needs by themselves. One that comes with an image outside of "
            "/dev works as soon as the container may use devices, and then leads around all "
            "permissions of files.",
        .fix = "Remove the device files from the image; pass devices in with --device where one is "
               "needed.",
        .bad = "RUN mknod /srv/disk b 8 0\n",
        .good = "# docker run --device /dev/sdb ...\n",
        .image = device_node,
    },
    {
        .id = "permission/file-capability",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .title = "A program gets capabilities from its file",
        .why = "Capabilities are parts of root's power. A program whose file has some gets them "
               "whoever starts it, so that a flaw in it gives them to everybody, also to an "
               "attacker who came in as a plain user. Some of them are as good as root.",
        .fix = "Take them away with `setcap -r FILE`, or keep only those that the program needs; "
               "ports below 1024 need none in engines since Docker 20.10.",
        .bad = "RUN setcap cap_sys_admin+ep /usr/bin/tool\n",
        .good = "RUN setcap -r /usr/bin/tool\n",
        .image = file_capability,
    },
    {
        .id = "permission/path-writable",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_HIGH,
        .title = "A folder of programs can be written by those who only run them",
        .why =
            "PATH says where programs are looked for. Who can write into one of its folders puts "
            "a program of their own there under a name that others use, and waits until it is "
            "started. A flaw in the service is enough to stay in the container for good.",
        .fix = "Give the folder to root and take the right to write away: `chown root:root DIR && "
               "chmod 755 DIR`; or take it off PATH.",
        .bad = "RUN chmod 777 /usr/local/bin\n",
        .good = "RUN chmod 755 /usr/local/bin\n",
        .image = writable_path,
    },
    {
        .id = "permission/setuid",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_INFO,
        .title = "Programs of the distribution run with the rights of their owner",
        .why = "Whoever starts a program with a setuid bit gets the rights of its owner, mostly "
               "root, for as long as it runs. On a machine with many users that is how they change "
               "their passwords; a container rarely has such users, and each of these programs is "
               "one more way to become root.",
        .fix =
            "Take the bits away: `find / -xdev -perm /6000 -type f -exec chmod a-s {} +`; or run "
            "containers with --security-opt no-new-privileges, which makes them powerless.",
        .bad = "FROM debian:12\n",
        .good = "FROM debian:12\n"
                "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +\n",
        .aliases = {"CIS-DI-0008", "CIS 4.8"},
        .image = usual_setuid,
    },
    {
        .id = "permission/setuid-unusual",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .title = "A program that the distribution does not ship so runs with its owner's rights",
        .why = "Whoever starts a program with a setuid bit gets the rights of its owner. This one "
               "does not come with that bit from the distribution: it was set here, or the "
               "program is from elsewhere. If it can be made to run something else, or to write "
               "where it is told, everybody in the container is root.",
        .fix = "Take the bit away with `chmod a-s FILE`, or say why it must be.",
        .bad = "RUN chmod u+s /usr/bin/find\n",
        .good = "RUN chmod a-s /usr/bin/find\n",
        .aliases = {"CIS-DI-0008", "CIS 4.8"},
        .image = unusual_setuid,
    },
    {
        .id = "permission/system-link",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_HIGH,
        .title = "A folder of the system is a symbolic link",
        .why =
            "Engines mount /dev, /proc and /sys, and write into /etc, when they start a "
            "container. Where one of these names is a link, an engine may follow it and mount or "
            "write somewhere else: several escapes from containers began that way.",
        .fix = "Make it a plain folder.",
        .bad = "RUN rm -rf /srv/etc && ln -s /etc /srv/etc && mv /proc /p && ln -s /p /proc\n",
        .good = "RUN mkdir -p /proc\n",
        .image = system_link,
    },
    {
        .id = "permission/world-writable-file",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_LOW,
        .title = "Files that everybody in the container can change",
        .why = "Every process, whoever runs it, can change what these files say. Where they are "
               "programs, libraries or settings, a small flaw in one service is enough to take "
               "over all others, and to stay.",
        .fix = "Take the right to write away: `chmod o-w FILE`.",
        .bad = "COPY --chmod=777 app.conf /etc/app.conf\n",
        .good = "COPY --chmod=644 app.conf /etc/app.conf\n",
        .image = world_writable_file,
    },
    {
        .id = "permission/world-writable-folder",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .title = "Folders that everybody can write into, without the sticky bit",
        .why = "In such a folder everybody can remove and replace files of everybody else. The "
               "sticky bit, which /tmp has, keeps each to their own.",
        .fix = "Set the sticky bit with `chmod +t DIR`, or take the right to write away with "
               "`chmod o-w DIR`.",
        .bad = "RUN mkdir /data && chmod 777 /data\n",
        .good = "RUN mkdir /data && chown app /data\n",
        .image = world_writable_folder,
    },
    {
        .id = "permission/writable-code",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .title = "The user of the image can change libraries or settings of the system",
        .why =
            "The image runs as a plain user, so that a flaw in the service stays small. But that "
            "user may write where libraries or settings of the system are, and so change what "
            "every other process does, root's too.",
        .fix = "Give these folders and files to root: `chown -R root:root PATH && chmod -R go-w "
               "PATH`.",
        .bad = "RUN chown -R app /usr/lib/app\nUSER app\n",
        .good = "COPY --chown=root:root lib /usr/lib/app\nUSER app\n",
        .image = writable_code,
    },
};

const struct rule_family rule_permission = {"permission", rules, sizeof(rules) / sizeof(rules[0])};
