// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* ---- into an interpreter ---- */

static bool is_interpreter(const struct shell_command *command)
{
    static const char *const names[] = {"sh",   "bash", "dash", "ash",  "zsh",     "ksh",  "perl",
                                        "ruby", "node", "php",  "deno", "busybox", "fish", NULL};
    str name = shell_command_name(command);
    return shell_command_among(command, names) || str_starts(name, STR("python"));
}

/* Whether it takes its program from the pipe: no file and no text is named. */
static bool reads_program(const struct shell_command *command)
{
    bool shell = str_ends(shell_command_name(command), STR("sh"));
    for (size_t i = 1; i < command->words.count; i++) {
        str word = command->words.items[i].value;
        if (str_eq(word, STR("-")) || str_eq(word, STR("--")) || str_eq(word, STR("-s")) ||
            str_eq(word, STR("/dev/stdin")))
            return true;
        if (!str_starts(word, STR("-")))
            return false;
        if (str_starts(word, STR("--")))
            continue;
        if (shell ? str_find_char(word, 's') != STR_NONE : false)
            return true;
        if (str_find_char(word, 'c') != STR_NONE ||
            (!shell &&
             (str_find_char(word, 'e') != STR_NONE || str_find_char(word, 'm') != STR_NONE ||
              str_find_char(word, 'n') != STR_NONE)))
            return false;
    }
    return true;
}

/* What really runs at the end of `sudo -E bash -`. */
static const struct shell_command *innermost(const struct shell_command *command)
{
    while (command->wrapped && !command->wrapped->from_string)
        command = command->wrapped;
    return command;
}

static const struct shell_command *interpreter_in_pipe(const struct shell_command *command)
{
    const struct shell_command *next = shell_piped_into(command);
    for (int i = 0; next && i < 10; i++, next = shell_piped_into(next)) {
        const struct shell_command *real = innermost(next);
        if (is_interpreter(real) && reads_program(real))
            return real;
    }
    return NULL;
}

/* sh -c "$(curl ...)", eval "$(...)", source <(...): the command whose word it becomes. */
static const struct shell_command *interpreter_around(const struct shell_command *command)
{
    static const char *const takers[] = {"eval", "source", ".", NULL};
    const struct shell_command *own = shell_outermost(command);
    const struct shell_node *node = own->node;
    while (node && node->parent && node->parent->kind != SHELL_COMMAND)
        node = node->parent;
    if (!node || !node->parent || !node->parent->command)
        return NULL;
    const struct shell_command *around = innermost(node->parent->command);
    if (shell_command_among(around, takers))
        return around;
    if (!is_interpreter(around))
        return NULL;
    if (shell_has_flag(around, "c") || shell_has_flag(around, "e"))
        return around;
    /* bash <(curl ...) */
    const struct shell_word *operand = shell_argument(around, "o O", NULL);
    return operand && operand->expansions && operand->expansions->kind == SHELL_PROCESS ? around
                                                                                        : NULL;
}

static void piped_to_shell(struct rule_run *run, const struct shell_command *command)
{
    if (!download_is(command))
        return;
    const struct shell_command *taker = interpreter_in_pipe(command);
    if (!taker)
        taker = interpreter_around(command);
    if (!taker)
        return;
    str name = shell_command_name(taker);
    run_found(run, command, "what `%.*s` gets is run by %.*s at once",
              STR_ARG(run_words(run->arena, command)), STR_ARG(name));
}

/* ---- without a check ---- */

static bool checks(const struct shell_command *command)
{
    static const char *const tools[] = {
        "sha256sum", "sha512sum", "sha384sum", "sha224sum", "sha1sum", "shasum",
        "b2sum",     "b3sum",     "gpg",       "gpg2",      "gpgv",    "cosign",
        "minisign",  "signify",   "rhash",     "md5sum",    "cksum",   "slsa-verifier",
        "rsign",     "sha256",    "sha512",    "notation",  NULL};
    if (shell_command_among(command, tools))
        return !shell_has_flag(command, "dearmor") && !shell_has_flag(command, "import");
    return shell_command_is(command, "openssl") &&
           (shell_has_word(command, "dgst") || shell_has_word(command, "sha256") ||
            shell_has_word(command, "cms"));
}

static bool is_checked(const struct shell_command *command)
{
    const struct shell_commands *commands = &command->script->commands;
    for (size_t i = command->index + 1; i < commands->count && i < command->index + RUN_LOOK_AROUND;
         i++)
        if (checks(commands->items[i]))
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

/* Checksums, signatures, keys and lists of archives are what others are checked with. */
static bool is_harmless_file(str url)
{
    static const char *const endings[] = {
        ".asc",    ".sig",       ".gpg",           ".pub",       ".pgp",  ".key", ".sha256",
        ".sha512", ".sha256sum", ".sha512sum",     ".list",      ".repo", ".crt", ".pem",
        ".md5",    ".txt",       "SHASUMS256.txt", "SHA256SUMS", NULL};
    size_t query = str_find_char(url, '?');
    str path = query == STR_NONE ? url : str_sub(url, 0, query);
    return ends_with_any(path, endings) || str_contains(url, STR("localhost")) ||
           str_contains(url, STR("127.0.0.1")) || str_contains(url, STR("gpg")) ||
           str_contains(url, STR("keyring"));
}

/* Something unpacks, installs or runs what was fetched: a name of the file, or the pipe. */
static const struct shell_command *user_in_pipe(const struct shell_command *command)
{
    static const char *const unpackers[] = {"tar",  "gunzip", "gzip",    "zcat",  "xz",
                                            "unxz", "bsdtar", "bunzip2", "unzip", "cpio",
                                            "dpkg", "zstd",   NULL};
    const struct shell_command *next = shell_piped_into(command);
    for (int i = 0; next && i < 10; i++, next = shell_piped_into(next))
        if (shell_command_among(innermost(next), unpackers))
            return innermost(next);
    return NULL;
}

static bool uses(const struct shell_command *command, str file)
{
    static const char *const users[] = {
        "tar",  "unzip", "bsdtar", "chmod",   "dpkg", "rpm",     "apt-get", "apt",
        "sh",   "bash",  "python", "python3", "mv",   "install", "gunzip",  "xz",
        "java", "pip",   "pip3",   "yum",     "dnf",  "apk",     "7z",      "cp",
        "ln",   "perl",  "php",    "zstd",    "cpio", NULL};
    str name = shell_command_name(command);
    if (str_eq(name, file))
        return true;
    if (!shell_command_among(command, users))
        return false;
    for (size_t i = 1; i < command->words.count; i++)
        if (str_contains(command->words.items[i].value, file) || command->words.items[i].pattern)
            return true;
    return false;
}

/* It is put where programs are. */
static bool is_program_place(const struct shell_command *command)
{
    for (size_t i = 1; i < command->words.count; i++) {
        str word = command->words.items[i].value;
        if (str_contains(word, STR("/bin/")) && !str_contains(word, STR("://")))
            return true;
    }
    for (size_t i = 0; i < command->redirections.count; i++)
        if (str_contains(command->redirections.items[i].target.value, STR("/bin/")))
            return true;
    return false;
}

static bool is_used_later(const struct shell_command *command, str file)
{
    const struct shell_commands *commands = &command->script->commands;
    for (size_t i = command->index + 1; i < commands->count && i < command->index + RUN_LOOK_AROUND;
         i++)
        if (uses(commands->items[i], file))
            return true;
    return false;
}

static void without_checksum(struct rule_run *run, const struct shell_command *command)
{
    if (!run_is_build(run) || !download_is(command))
        return;
    const struct shell_word *url = download_url(command);
    if (!url || is_harmless_file(url->value) || is_checked(command) ||
        shell_has_flag(command, "checksum"))
        return;
    str file = download_name(command);
    const struct shell_command *unpacker = user_in_pipe(command);
    if (!unpacker && !is_program_place(command) && (!file.len || !is_used_later(command, file)))
        return;
    rule_found(run, url->span, "%.*s is used without a check of what it is",
               STR_ARG(run_masked(run->arena, str_sub(url->value, 0, 160))))
        ->subject->command = command;
}

/* ---- curl and wget ---- */

static const struct shell_command *first_call(const struct stage *stage, const char *name)
{
    for (uint32_t i = stage->first; i < stage->end; i++) {
        const struct instruction *instruction = stage->file->instructions.items[i];
        const struct shell_script *script = instruction->script;
        if (instruction->kind != INSTRUCTION_RUN || !script)
            continue;
        for (size_t c = 0; c < script->commands.count; c++)
            if (shell_command_is(script->commands.items[c], name))
                return script->commands.items[c];
    }
    return NULL;
}

static void curl_and_wget(struct rule_run *run, const struct stage *stage)
{
    const struct shell_command *curl = first_call(stage, "curl");
    const struct shell_command *wget = curl ? first_call(stage, "wget") : NULL;
    if (!wget)
        return;
    const struct shell_command *later = curl->span.start > wget->span.start ? curl : wget;
    rule_found(run, later->span, "%s here, %s elsewhere in the stage",
               later == curl ? "curl" : "wget", later == curl ? "wget" : "curl");
}

static void wget_progress(struct rule_run *run, const struct shell_command *command)
{
    str value;
    if (!run_is_build(run) || !shell_command_is(command, "wget") || command->words.count < 2 ||
        !download_url(command))
        return;
    if (shell_has_flag(command, "q") || shell_has_flag(command, "quiet") ||
        shell_has_flag(command, "o") || shell_has_flag(command, "output-file") ||
        shell_has_flag(command, "a") || shell_has_flag(command, "append-output") ||
        shell_has_single_flag(command, "nv") || shell_has_flag(command, "no-verbose") ||
        shell_flag_value(command, "progress", &value))
        return;
    struct finding *finding =
        run_found(run, command, "`%.*s`", STR_ARG(run_words(run->arena, command)));
    run_insert_after(run, finding, &command->words.items[0], " --progress=dot:giga", EDIT_SAFE,
                     "Show the progress in few lines");
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/download-piped-to-shell",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A script from the network is run without being looked at",
        .why = "Whatever the server sends at the moment of the build runs as root, and nobody sees "
               "it. Who takes over the server, its name or the connection takes over your image. "
               "If the connection breaks in the middle, half a script runs.",
        .fix = "Install a package instead, or download the script to a file, check its checksum, "
               "and run it then.",
        .bad = "FROM debian:13\nRUN curl -fsSL https://example.org/install.sh | sh\n",
        .good =
            "FROM debian:13\n"
            "ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d "
            "\\\n    https://example.org/install.sh /tmp/install.sh\n"
            "RUN sh /tmp/install.sh\n",
        .references = {"https://github.com/ossf/scorecard/blob/main/docs/checks.md"},
        .command = piped_to_shell,
    },
    {
        .id = "dockerfile/download-without-checksum",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "A download is used without checking that it is the right one",
        .why = "A file on a server can be replaced: by whoever breaks into it, or by its owner. "
               "Without a checksum your build takes whatever is there today, and nobody notices "
               "the difference.",
        .fix = "Check it before it is used: echo \"SUM  file\" | sha256sum -c -, with the sum from "
               "the release notes. ADD --checksum=sha256:SUM URL file does it in one line.",
        .bad = "FROM debian:13\n"
               "RUN curl -fsSLo /tmp/t.tgz https://example.org/t.tgz && tar -xf /tmp/t.tgz\n",
        .good = "FROM debian:13\n"
                "RUN curl -fsSLo /tmp/t.tgz https://example.org/t.tgz && \\\n"
                "    echo \"24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d  "
                "/tmp/t.tgz\" | \\\n    sha256sum -c - && tar -xf /tmp/t.tgz\n",
        .references = {"https://docs.docker.com/reference/dockerfile/#add---checksum"},
        .command = without_checksum,
    },
    {
        .id = "dockerfile/curl-and-wget",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "Both curl and wget are used",
        .why = "Each of them does what the other does. Two programs are more to install, to keep "
               "free of flaws, and to offer to somebody who broke in.",
        .fix = "Choose one of them for the whole stage.",
        .bad = "FROM debian:13\nRUN wget -q https://example.org/a\n"
               "RUN curl -O https://example.org/b\n",
        .good = "FROM debian:13\nRUN curl -O https://example.org/a\n"
                "RUN curl -O https://example.org/b\n",
        .aliases = {"DL4001", "DS-0014", "DS014", "fc775e75"},
        .stage = curl_and_wget,
    },
    {
        .id = "dockerfile/wget-progress",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "wget fills the build's log with its progress",
        .why =
            "wget draws a bar for a terminal. In the log of a build it becomes thousands of lines "
            "that hide the ones that matter.",
        .fix = "Add -nv, -q or --progress=dot:giga.",
        .bad = "FROM debian:13\nRUN wget https://example.org/a\n",
        .good = "FROM debian:13\nRUN wget --progress=dot:giga https://example.org/a\n",
        .aliases = {"DL3047"},
        .command = wget_progress,
    },
};

const struct rule_family rule_run_download = {"dockerfile", rules,
                                              sizeof(rules) / sizeof(rules[0])};
