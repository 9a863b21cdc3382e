// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

static bool is_install(const struct rule_run *run, const struct shell_command *command,
                       enum package_manager manager, struct package_call *ret_call)
{
    return run_is_build(run) && package_call_of(command, ret_call) &&
           ret_call->manager == manager && ret_call->verb == VERB_INSTALL;
}

static bool has_any(str text, const char *bytes)
{
    for (; *bytes; bytes++)
        if (str_find_char(text, *bytes) != STR_NONE)
            return true;
    return false;
}

static bool ends_with_any(str text, const char *const *endings)
{
    for (; *endings; endings++)
        if (str_ends(text, str_from(*endings)))
            return true;
    return false;
}

static bool is_path(str text)
{
    return str_starts(text, STR("/")) || str_starts(text, STR(".")) || str_starts(text, STR("~")) ||
           str_starts(text, STR("file:"));
}

/* ---- Python ---- */

/* package, package[extra], and not a file, a folder, a pinned repository. */
static bool pip_is_open(const struct shell_word *word)
{
    static const char *const files[] = {".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", NULL};
    str name = word->value;
    size_t at = str_rfind_char(name, '@');
    if (word->expansions || is_path(name) || ends_with_any(name, files) || has_any(name, "=<>~!"))
        return false;
    if (str_contains(name, STR("://")) || str_starts(name, STR("git+")))
        return at == STR_NONE || str_find(str_from_index(name, at), STR("://")) != STR_NONE ||
               str_find_char(str_from_index(name, at), '/') != STR_NONE;
    return at == STR_NONE && str_find_char(name, '/') == STR_NONE;
}

static void pip_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    str file;
    if (!is_install(run, command, MANAGER_PIP, &call) || shell_flag_value(command, "c", &file) ||
        shell_flag_value(command, "constraint", &file) || shell_has_flag(command, "require-hashes"))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word))
        if (pip_is_open(word))
            rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(word->value));
}

static void pip_cache_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    str value;
    if (!is_install(run, command, MANAGER_PIP, &call) || !run_ships(run) ||
        shell_has_flag(command, "no-cache-dir") || run_is_mounted(run, ".cache/pip") ||
        run_removes_after(command, "/root/.cache/pip") ||
        package_call_after(command, MANAGER_PIP, VERB_CLEAN))
        return;
    /* pip takes any truth value of it for a yes, "false" and "off" too. */
    if (run_variable(run, command, "PIP_NO_CACHE_DIR", &value) && value.len)
        return;
    if (shell_flag_value(command, "cache-dir", &value) && run_removes_after(command, "/tmp"))
        return;
    for (const struct shell_command *outer = command->wrapper; outer; outer = outer->wrapper)
        if (shell_command_is(outer, "pipx") || shell_command_is(outer, "pipenv"))
            return;
    struct finding *finding = run_found(run, command, "`%.*s` has no --no-cache-dir",
                                        STR_ARG(run_words(run->arena, command)));
    run_insert_after(run, finding, call.word, " --no-cache-dir", EDIT_SAFE,
                     "Keep no copies of what is downloaded");
}

/* ---- Node ---- */

static bool npm_is_open(const struct shell_word *word)
{
    static const char *const files[] = {".tgz", ".tar.gz", ".tar", NULL};
    str name = word->value, rest = name;
    if (word->expansions || is_path(name) || ends_with_any(name, files))
        return false;
    if (str_contains(name, STR("://")) || str_starts(name, STR("git@")) ||
        str_starts(name, STR("git+")) || str_starts(name, STR("github:")))
        return str_find_char(name, '#') == STR_NONE;
    if (str_starts(name, STR("@")))
        rest = str_from_index(name, 1);
    else if (str_find_char(name, '/') != STR_NONE) /* a repository of GitHub */
        return str_find_char(name, '#') == STR_NONE;
    size_t at = str_find_char(rest, '@');
    return at == STR_NONE || str_eq(str_from_index(rest, at), STR("@latest"));
}

static void npm_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_install(run, command, MANAGER_NPM, &call) || str_eq(call.word->value, STR("ci")))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word))
        if (npm_is_open(word))
            rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(word->value));
}

static void yarn_cache_left(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_install(run, command, MANAGER_YARN, &call) || !run_ships(run) ||
        package_call_after(command, MANAGER_YARN, VERB_CLEAN) ||
        package_call_after(command, MANAGER_YARN, VERB_INSTALL) ||
        run_is_mounted(run, ".cache/yarn") || run_is_mounted(run, "/usr/local/share/.cache/yarn") ||
        run_removes_after(command, "/usr/local/share/.cache") ||
        run_removes_after(command, "/root/.cache/yarn"))
        return;
    struct finding *finding = run_found(run, command, "nothing behind `%.*s` cleans the cache",
                                        STR_ARG(run_words(run->arena, command)));
    run_append(run, finding, command, "yarn cache clean", EDIT_SAFE,
               "Clean the cache in the same RUN");
}

/* ---- Ruby, Go ---- */

static void gem_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    str version;
    if (!is_install(run, command, MANAGER_GEM, &call) || shell_flag_value(command, "v", &version) ||
        shell_flag_value(command, "version", &version) || shell_has_flag(command, "g"))
        return;
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = package_call_next(&call, word)) {
        if ((size_t)(word - command->words.items) > command->flags_end)
            return; /* options of the build */
        if (!word->expansions && str_find_char(word->value, ':') == STR_NONE &&
            !str_ends(word->value, STR(".gem")))
            rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(word->value));
    }
}

static void go_not_pinned(struct rule_run *run, const struct shell_command *command)
{
    struct package_call call;
    if (!is_install(run, command, MANAGER_GO, &call))
        return;
    bool runs = str_eq(call.word->value, STR("run"));
    for (const struct shell_word *word = package_call_next(&call, NULL); word;
         word = runs ? NULL : package_call_next(&call, word)) {
        str name = word->value;
        size_t at = str_rfind_char(name, '@'), dot = str_find_char(name, '.'),
               slash = str_find_char(name, '/');
        /* Modules of others have a host name in front: what has none is in the source tree. */
        if (word->expansions || is_path(name) || str_ends(name, STR(".go")) || dot == STR_NONE ||
            (slash != STR_NONE && dot > slash))
            continue;
        if (at == STR_NONE || str_eq(str_from_index(name, at), STR("@latest")))
            rule_found(run, word->span, "%.*s is installed in any version", STR_ARG(name));
    }
}

/* ---- other caches ---- */

static const struct {
    const char *program, *verbs; /* blank-separated; "" for any */
    const char *folder;          /* of the cache, in somebody's home or absolute */
    const char *clean;           /* `program clean...` takes it away */
    const char *without;         /* a flag that makes none */
    const char *advice;
} caches[] = {
    {"npm", "install i ci add", ".npm", "cache", "",
     "npm cache clean --force, or a cache mount on /root/.npm"},
    {"pnpm", "install i add", "pnpm/store", "store", "",
     "pnpm store prune, or a cache mount on pnpm's store"},
    {"composer", "install require update create-project", ".composer", "clear-cache clearcache cc",
     "no-cache", "composer install --no-cache, or a cache mount on /root/.composer"},
    {"cargo", "build install fetch", "/usr/local/cargo/registry", "cache", "",
     "a cache mount on /usr/local/cargo/registry, or a build stage of its own"},
    {"conda", "install create update env", "/opt/conda/pkgs", "clean", "", "conda clean --all -y"},
    {"mamba", "install create update env", "/opt/conda/pkgs", "clean", "", "mamba clean --all -y"},
    {"micromamba", "install create update env", "/opt/conda/pkgs", "clean", "",
     "micromamba clean --all -y"},
    {"bundle", "install", "/usr/local/bundle/cache", "clean", "",
     "rm -rf /usr/local/bundle/cache, or a cache mount"},
    {"uv", "sync pip", ".cache/uv", "cache", "no-cache",
     "uv --no-cache, or a cache mount on /root/.cache/uv"},
    {"poetry", "install", ".cache/pypoetry", "cache", "no-cache",
     "poetry --no-cache, or a cache mount on /root/.cache/pypoetry"},
};

static bool is_listed(const char *list, str word)
{
    str rest = str_from(list), one;
    while (str_next_word(&rest, &one))
        if (str_eq(one, word))
            return true;
    return false;
}

static bool cleans_after(const struct shell_command *command, size_t row)
{
    const struct shell_commands *commands = &command->script->commands;
    for (size_t i = command->index + 1; i < commands->count && i < command->index + RUN_LOOK_AROUND;
         i++) {
        const struct shell_command *later = commands->items[i];
        str path = str_from(caches[row].folder);
        if (shell_command_is(later, caches[row].program) &&
            is_listed(caches[row].clean, shell_subcommand(later, "")))
            return true;
        for (size_t w = 1; shell_command_is(later, "rm") && w < later->words.count; w++)
            if (str_contains(later->words.items[w].value, path) ||
                str_ends(later->words.items[w].value, STR("/.cache")))
                return true;
    }
    return false;
}

static void other_cache_left(struct rule_run *run, const struct shell_command *command)
{
    str name = shell_command_name(command);
    if (!name.len || !run_is_build(run))
        return;
    for (size_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++) {
        if (!str_eq(name, str_from(caches[i].program)))
            continue;
        if (!is_listed(caches[i].verbs, shell_subcommand(command, "")) || !run_ships(run) ||
            run_is_mounted(run, caches[i].folder) || run_has_mount(run, "cache") ||
            (caches[i].without[0] && shell_has_flag(command, caches[i].without)) ||
            cleans_after(command, i))
            return;
        run_found(run, command, "`%.*s` leaves its cache behind; better: %s",
                  STR_ARG(run_words(run->arena, command)), caches[i].advice);
        return;
    }
}

#define WHY_PIN                                                                                    \
    "The newest version at the time of the build is taken. Two builds of the same file then give " \
    "different images, a new version can break the application on any day, and whoever takes "     \
    "over the package puts their code into your image at once."

static const struct rule rules[] = {
    {
        .id = "dockerfile/pip-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_REPRODUCIBILITY,
        .title = "The version of a Python package is left open",
        .why = WHY_PIN,
        .fix = "Write name==version, or install from a file of versions: pip install -r "
               "requirements.txt, best with hashes in it.",
        .bad = "FROM python:3.13\nRUN pip install --no-cache-dir flask\n",
        .good = "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n",
        .aliases = {"DL3013", "02d9c71f"},
        .references = {"https://pip.pypa.io/en/stable/topics/repeatable-installs/"},
        .command = pip_not_pinned,
    },
    {
        .id = "dockerfile/pip-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "pip's downloads stay in the image",
        .why = "pip keeps a copy of all that it downloads for the next time. In an image there is "
               "no next time: the copies only make it larger.",
        .fix = "Write pip install --no-cache-dir ..., or set ENV PIP_NO_CACHE_DIR=1.",
        .bad = "FROM python:3.13\nRUN pip install flask==3.1.0\n",
        .good = "FROM python:3.13\nRUN pip install --no-cache-dir flask==3.1.0\n",
        .aliases = {"DL3042", "f2f903fb"},
        .command = pip_cache_left,
    },
    {
        .id = "dockerfile/npm-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_REPRODUCIBILITY,
        .title = "The version of a Node package is left open",
        .why = WHY_PIN,
        .fix = "Write name@version; better, list it in package.json and run npm ci, which takes "
               "exactly what the lock file says.",
        .bad = "FROM node:22\nRUN npm install -g typescript\n",
        .good = "FROM node:22\nRUN npm install -g typescript@5.8.3\n",
        .aliases = {"DL3016", "e36d8880"},
        .references = {"https://docs.npmjs.com/cli/commands/npm-ci"},
        .command = npm_not_pinned,
    },
    {
        .id = "dockerfile/gem-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_REPRODUCIBILITY,
        .title = "The version of a Ruby gem is left open",
        .why = WHY_PIN,
        .fix = "Write gem install name:version, or use bundler with a Gemfile.lock.",
        .bad = "FROM ruby:3.4\nRUN gem install rails\n",
        .good = "FROM ruby:3.4\nRUN gem install rails:8.0.2\n",
        .aliases = {"DL3028", "22cd11f7"},
        .command = gem_not_pinned,
    },
    {
        .id = "dockerfile/go-version-not-pinned",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_REPRODUCIBILITY,
        .title = "The version of a Go program is left open",
        .why = WHY_PIN,
        .fix = "Write the version behind the path: go install example.org/tool@v1.2.3.",
        .bad = "FROM golang:1.25\nRUN go install golang.org/x/tools/cmd/stringer@latest\n",
        .good = "FROM golang:1.25\nRUN go install golang.org/x/tools/cmd/stringer@v0.34.0\n",
        .aliases = {"DL3062"},
        .references = {"https://go.dev/ref/mod#go-install"},
        .command = go_not_pinned,
    },
    {
        .id = "dockerfile/yarn-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "yarn's downloads stay in the image",
        .why = "yarn keeps a copy of all that it downloads for the next time. In an image there is "
               "no next time: the copies only make it larger.",
        .fix = "End the RUN with && yarn cache clean, or give the RUN a cache mount for it.",
        .bad = "FROM node:22\nRUN yarn install --frozen-lockfile\n",
        .good = "FROM node:22\nRUN yarn install --frozen-lockfile && yarn cache clean\n",
        .aliases = {"DL3060"},
        .command = yarn_cache_left,
    },
    {
        .id = "dockerfile/package-cache-left",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "A package manager's downloads stay in the image",
        .why = "Most package managers keep a copy of what they download for the next time. In an "
               "image there is no next time: the copies only make it larger, often by more than "
               "the application itself.",
        .fix = "Remove the cache in the same RUN, or give the RUN a cache mount for it: "
               "RUN --mount=type=cache,target=/root/.npm npm ci",
        .bad = "FROM node:22\nRUN npm ci\n",
        .good = "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
        .command = other_cache_left,
    },
};

const struct rule_family rule_run_language = {"dockerfile", rules,
                                              sizeof(rules) / sizeof(rules[0])};
