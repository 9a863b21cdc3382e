// SPDX-License-Identifier: Apache-2.0
#include "read/script/script.h"

#include "base/limits.h"
#include "base/path.h"
#include "io/content.h"
#include "lang/shell/shell.h"
#include "read/script/script_internal.h"

/* Shell text without a first line is sourced by other scripts, or run by a shell that is named. */
static const char *const sourced[] = {"*.sh",        "*.bash",      "*.ash",    "*.envsh",
                                      "*.subr",      "*functions",  "*envvars", "os-release",
                                      "lsb-release", "environment", NULL};
/* What applications bring, and an interpreter is told to run. */
static const char *const sources[] = {"*.py", "*.js", "*.mjs", "*.cjs",
                                      "*.rb", "*.pl", "*.php", NULL};
/* Texts that no shell reads, even where somebody made them executable. */
static const char *const others[] = {
    "*.ts",  "*.tsx", "*.map",  "*.json", "*.md", "*.rst", "*.txt", "*.css", "*.html", "*.xml",
    "*.svg", "*.yml", "*.yaml", "*.pm",   "*.c",  "*.h",   "*.lua", "*.tcl", NULL};
/* Nothing there is started with the container; or it is of an interpreter's own modules. */
static const char *const elsewhere[] = {"var/lib/dpkg/",  "usr/share/doc/",
                                        "usr/share/man/", "usr/share/bash-completion/",
                                        "usr/include/",   NULL};
static const char *const modules[] = {"usr/lib/", "usr/share/", "usr/local/lib/", "var/lib/", NULL};

static bool is_below(str path, const char *const *folders)
{
    for (; *folders; folders++)
        if (str_starts(path, str_from(*folders)))
            return true;
    return false;
}

static bool is_named(str path, const char *const *patterns)
{
    for (; *patterns; patterns++)
        if (path_match(str_from(*patterns), path_base(path)))
            return true;
    return false;
}

static bool is_sourced(str path)
{
    return is_named(path, sourced) || str_starts(path, STR("etc/default/")) ||
           str_starts(path, STR("etc/sysconfig/")) || str_starts(path, STR("etc/conf.d/"));
}

static bool is_source(str path)
{
    return is_named(path, sources) && !is_below(path, modules) &&
           !str_contains(path, STR("/node_modules/")) &&
           !str_contains(path, STR("/site-packages/"));
}

/* What has no first line, and is no program, a shell reads as a script all the same. */
static bool takes(const struct entry *entry, str head)
{
    if (is_below(entry->path, elsewhere) || str_starts(head, STR("\177ELF")))
        return false;
    if (str_starts(head, STR("#!")))
        return true;
    bool program =
        (entry->mode & 0111) && !is_named(entry->path, sources) && !is_named(entry->path, others);
    return str_find_char(head, 0) == STR_NONE &&
           (program || is_sourced(entry->path) || is_source(entry->path));
}

/* What env(1) starts by its words: "-S python3 -u". */
static str env_program(str words)
{
    str word;
    while (str_next_word(&words, &word)) {
        if (str_eq(word, STR("-u")) || str_eq(word, STR("-C"))) {
            str_next_word(&words, &word);
            continue;
        }
        if (!str_skip(&word, STR("-S")) && !str_skip(&word, STR("--split-string=")) &&
            str_starts(word, STR("-")))
            continue;
        if (word.len && str_find_char(word, '=') == STR_NONE)
            return word;
    }
    return (str){0};
}

/* "#!/usr/bin/env -S python3 -u". For the kernel the \r of a line that ends as on Windows is a
 * letter of its last word: then the interpreter has it in its name, and is not found. */
static void read_first_line(str text, struct arena *arena, struct script *script)
{
    str raw, line, word;
    if (!str_skip(&text, STR("#!")) || !str_next(&text, '\n', &raw))
        return;
    line = str_trim(raw);
    if (!str_next_word(&line, &word))
        return;
    script->interpreter = script->program = arena_str(arena, str_sub(word, 0, LIMIT_PATH));
    if (str_eq(path_base(word), STR("env")))
        script->program = arena_str(arena, str_sub(env_program(line), 0, LIMIT_PATH));
    if (line.len == 0 && str_ends(raw, STR("\r")))
        script->interpreter = arena_join(arena, script->interpreter, (str){0}, STR("\r"));
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    ARENA_SCOPED scratch = {0};
    str text;
    size_t len = content->size < LIMIT_SCRIPT ? (size_t)content->size : LIMIT_SCRIPT;
    if (content_read(content, 0, len, &text, err) < 0)
        return -1;
    struct script *script = &fact_add(to, FACT_SCRIPT, entry->path)->script;
    read_first_line(text, to->arena, script);
    bool shell = script->program.len ? shell_dialect_of(script->program) != SHELL_OTHER
                                     : !is_source(entry->path);
    if (shell)
        script->text = arena_str(to->arena, text);
    else
        script_read_words(&scratch, entry->path, text, to->arena, script);
    return 0;
}

static const struct collector scripts = {
    .name = "script",
    .version = 4,
    .wants = WANT_REACH,
    .takes = takes,
    .inspect = inspect,
};

static void add_setting(struct collect *to, const struct entry *entry, str topic, str name,
                        str value)
{
    struct setting *setting = &fact_add(to, FACT_SETTING, entry->path)->setting;
    setting->topic = topic;
    setting->name = arena_str(to->arena, name);
    setting->value = arena_str(to->arena, value);
}

/* ldconfig(8): a folder a line in ld.so.conf, a library in ld.so.preload. musl: folders separated
 * by colons or newlines. Included files are those of ld.so.conf.d everywhere. */
static int read_folders(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    str line, folder;
    size_t count = 0;
    bool preload = str_ends(entry->path, STR("ld.so.preload"));
    (void)err;
    while (str_next_line(&content, &line)) {
        str rest = str_sub(line, 0, str_find_char(line, '#'));
        while (str_next(&rest, ':', &folder)) {
            folder = str_trim(folder);
            if (!str_starts(folder, STR("/")) || ++count > LIMIT_LIBRARY_FOLDERS)
                continue;
            add_setting(to, entry, STR("loader"), preload ? STR("preload") : STR("folder"), folder);
        }
    }
    return 0;
}

static const char *const folder_paths[] = {"etc/ld.so.conf", "etc/ld.so.conf.d/*",
                                           "etc/ld.so.preload", "etc/ld-musl-*.path", NULL};

static const struct collector folders = {
    .name = "library_folders",
    .version = 2,
    .wants = WANT_REACH,
    .limit = LIMIT_SETTINGS,
    .paths = folder_paths,
    .collect = read_folders,
};

/* nsswitch.conf(5): "hosts: files [NOTFOUND=return] dns". */
static int read_services(struct collect *to, const struct entry *entry, str content,
                         struct err *err)
{
    str line, database, services, word;
    size_t count = 0;
    (void)err;
    while (str_next_line(&content, &line)) {
        line = str_sub(line, 0, str_find_char(line, '#'));
        if (!str_cut(line, ':', &database, &services))
            continue;
        while (str_next_word(&services, &word))
            if (word.ptr[0] != '[' && str_find_char(word, '/') == STR_NONE &&
                ++count <= LIMIT_LIBRARY_FOLDERS)
                add_setting(to, entry, STR("name-service"), str_trim(database), word);
    }
    return 0;
}

static const char *const service_paths[] = {"etc/nsswitch.conf", NULL};

static const struct collector services = {
    .name = "name_services",
    .version = 1,
    .wants = WANT_REACH,
    .limit = LIMIT_SETTINGS,
    .paths = service_paths,
    .collect = read_services,
};

static const struct collector *const collectors[] = {&scripts, &folders, &services, NULL};

const struct collector *const *script_collectors(void)
{
    return collectors;
}
