// SPDX-License-Identifier: Apache-2.0
#include "app/command/command.h"

#include "act/report/text.h"
#include "app/cli/cli.h"
#include "base/limits.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_CANNOT = 2 };

#define X(name) extern const struct command command_##name;
#include "command.list"
#undef X

static const struct command *const commands[] = {
#define X(name) &command_##name,
#include "command.list"
#undef X
    NULL,
};

const struct command *const *command_all(void)
{
    return commands;
}

const struct command *command_by_name(str name)
{
    for (size_t i = 0; commands[i]; i++)
        if (str_eq(str_from(commands[i]->name), name))
            return commands[i];
    return NULL;
}

int command_worse_exit(int a, int b)
{
    static const int rank[] = {[0] = 0, [1] = 2, [2] = 3, [3] = 1};
    return rank[a] >= rank[b] ? a : b;
}

/* The message of docker:app names "app". */
static bool is_named(const char *about, const struct err *err)
{
    str scheme, name;
    if (str_contains(err_text(err), str_from(about)))
        return true;
    char quoted[LIMIT_PATH];
    if (!str_cut(str_from(about), ':', &scheme, &name))
        return false;
    snprintf(quoted, sizeof(quoted), "\"%.*s\"", STR_ARG(name));
    return str_contains(err_text(err), str_from(quoted));
}

int command_fail_about(const char *about, struct err *err)
{
    return is_named(about, err) ? -1 : err_wrap(err, "%s", about);
}

void command_complain(const char *about, const struct err *err)
{
    struct text text = text_make(stderr, 0, false, true);
    fputs("harden: ", stderr);
    if (about && !is_named(about, err)) {
        text_put(&text, str_from(about));
        fputs(": ", stderr);
    }
    text_put(&text, err_text(err));
    fputc('\n', stderr);
}

/* A file that is opened while 0, 1 or 2 is free would receive what is printed. Standard output
 * becomes readable only, so that writing to it fails as it should. */
static void fill_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

static const char *state_folder(struct arena *arena)
{
    const char *own = getenv("HARDEN_HOME"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (own && *own)
        return own;
    if (cache && *cache == '/') /* the base directory specification ignores relative ones */
        return arena_printf(arena, "%s/harden", cache).ptr;
    if (!home || !*home) {
        const struct passwd *user = getpwuid(geteuid());
        home = user ? user->pw_dir : NULL;
    }
    return home && *home ? arena_printf(arena, "%s/.cache/harden", home).ptr : "/var/cache/harden";
}

static bool looks_like_target(const char *word)
{
    return !strcmp(word, "-") || strpbrk(word, ":/") || access(word, F_OK) == 0;
}

/* The command that the words ask for, and what is left of them. NULL with err: no such thing. */
static const struct command *choose(const char *const **words, struct err *err)
{
    const char *first = **words;
    const struct command *command = command_by_name(str_from(first));
    if (!command && (!strcmp(first, "--version") || !strcmp(first, "-V")))
        command = command_by_name(STR("version"));
    else if (!command && (!strcmp(first, "--help") || !strcmp(first, "-h")))
        command = command_by_name(STR("help"));
    if (command) {
        ++*words;
        return command;
    }
    if (looks_like_target(first) || first[0] == '-')
        return command_by_name(STR("scan"));
    const char *near = cli_nearest_command(str_from(first));
    if (near)
        err_set(err, ERR_USAGE, "there is no command %s; did you mean %s?", first, near);
    else
        err_set(err, ERR_USAGE,
                "%s is no command and no file; for an image of the engine: "
                "harden scan %s",
                first, first);
    return NULL;
}

static int parse(struct arena *arena, const struct command *command, const char *const *words,
                 struct cli_line *line, struct err *err)
{
    if (cli_parse(arena, command, words, line, err) < 0)
        return -1;
    if (line->help)
        return 0;
    if (cli_environment(arena, command, getenv, line, err) < 0 ||
        (command->options && cli_nearest_settings(arena, command, line, err) < 0))
        return -1;
    return cli_check_operands(command, line, err);
}

static int dispatch(struct arena *arena, const struct command *command, const char *const *words,
                    struct err *err)
{
    struct cli_line line;
    if (parse(arena, command, words, &line, err) < 0)
        return -1;
    if (line.help) {
        cli_help(command, stdout);
        return 0;
    }
    const struct invocation invocation = {
        .arena = arena,
        .command = command,
        .options = line.options,
        .operands = line.operands,
        .operand_count = line.operand_count,
        .home = state_folder(arena),
    };
    return command->run(&invocation, err);
}

static bool reader_is_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP));
}

/* The only flush of standard output. A reader that has seen enough (`| head`) is no error. */
static int finish_output(struct err *err)
{
    bool failed = ferror(stdout);
    if ((fflush(stdout) == 0 && !failed) || reader_is_gone())
        return 0;
    return err_sys(err, "cannot write to standard output");
}

static int complain(const struct command *command, const struct err *err)
{
    command_complain(NULL, err);
    if (err->kind == ERR_USAGE)
        fprintf(stderr, "See: harden %s%s--help\n", command ? command->name : "",
                command ? " " : "");
    return EXIT_CANNOT;
}

int command_main(int argc, char **argv)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    signal(SIGPIPE, SIG_IGN);
    fill_standard_files();
    if (argc < 2) {
        cli_usage(stderr);
        return EXIT_CANNOT;
    }
    const char **words = arena_array(&arena, const char *, (size_t)argc + 3), **next = words;
    /* A link of this name to harden takes hadolint's place. */
    bool hadolint = str_eq(path_base(str_from(argv[0])), STR("hadolint"));
    bool version = argc == 2 && (!strcmp(argv[1], "-v") || !strcmp(argv[1], "--version"));
    if (hadolint && !version) {
        *next++ = "lint";
        *next++ = "--compat";
        *next++ = "hadolint";
    }
    for (int i = 1; i < argc; i++)
        *next++ = hadolint && version ? "version" : argv[i];
    const char *const *rest = words;
    const struct command *command = choose(&rest, &err);
    int code = command ? dispatch(&arena, command, rest, &err) : -1;
    if (code < 0)
        code = complain(command, &err);
    err_clear(&err);
    return finish_output(&err) < 0 ? complain(command, &err) : code;
}
