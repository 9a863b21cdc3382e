// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"
#include "model/shell.h"

static bool has_sources(const struct instruction *instruction, enum instruction_kind kind)
{
    return instruction->kind == kind && instruction->words.count >= 2;
}

/* ---- ADD or COPY ---- */

/* ADD does something with this source that COPY would not: fetch it, or unpack it. */
static bool needs_add(const struct build_context *context, const struct dockerfile_word *source)
{
    str value = source->value;
    if (source->heredoc)
        return false;
    if (source_is_url(value) || source_is_archive_name(value))
        return true;
    const struct context_entry *entry = context_find(context, value);
    if (entry)
        return entry->is_archive;
    /* What a variable or a `*` at the end stands for may be an archive. */
    return source->open || str_ends(value, STR("*")) || str_ends(value, STR("]"));
}

static void add_for_copy(struct rule_run *run, const struct instruction *instruction)
{
    static const char *const own_flags[] = {"checksum", "keep-git-dir", "unpack", NULL};
    if (!has_sources(instruction, INSTRUCTION_ADD))
        return;
    for (size_t i = 0; i < instruction->flags.count; i++)
        if (text_among(instruction->flags.items[i].name, own_flags))
            return;
    for (size_t i = 0; i + 1 < instruction->words.count; i++)
        if (needs_add(run->subject.dockerfile->context, &instruction->words.items[i]))
            return;
    rule_found(run, instruction->keyword, "ADD %.*s",
               STR_ARG(str_sub(instruction->words.items[0].value, 0, 120)));
}

static void url_without_checksum(struct rule_run *run, const struct instruction *instruction)
{
    if (!has_sources(instruction, INSTRUCTION_ADD) || instruction_flag(instruction, "checksum"))
        return;
    for (size_t i = 0; i + 1 < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        if (source_is_url(word->value) && !source_is_git(word->value))
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 160)));
    }
}

static bool is_commit(str ref)
{
    for (size_t i = 0; i < ref.len; i++)
        if (!((ref.ptr[i] >= '0' && ref.ptr[i] <= '9') || (ref.ptr[i] >= 'a' && ref.ptr[i] <= 'f')))
            return false;
    return ref.len == 40 || ref.len == 64;
}

static bool names_commit(str source)
{
    size_t fragment = str_find_char(source, '#'), query = str_find(source, STR("commit="));
    if (query != STR_NONE) {
        str ref = str_from_index(source, query + sizeof("commit=") - 1), rest;
        str_cut(ref, '&', &ref, &rest);
        return is_commit(ref);
    }
    if (fragment == STR_NONE)
        return false;
    str ref, folder;
    str_cut(str_from_index(source, fragment + 1), ':', &ref, &folder);
    return is_commit(ref);
}

static void git_without_commit(struct rule_run *run, const struct instruction *instruction)
{
    if (!has_sources(instruction, INSTRUCTION_ADD) || instruction_flag(instruction, "checksum"))
        return;
    for (size_t i = 0; i + 1 < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        if (source_is_git(word->value) && !word->open && !names_commit(word->value))
            rule_found(run, word->span, "%.*s", STR_ARG(str_sub(word->value, 0, 160)));
    }
}

enum { UNPACK_LOOK_BACK = 50 };

/* The archive that an earlier COPY of the stage brought and that this command names. */
static bool is_copied_archive(struct rule_run *run, str name)
{
    const struct instruction *user = run->subject.instruction;
    for (uint32_t back = 1; back < UNPACK_LOOK_BACK && user->index >= user->stage->first + back;
         back++) {
        const struct instruction *copy =
            run->subject.dockerfile->instructions.items[user->index - back];
        if (!has_sources(copy, INSTRUCTION_COPY) || instruction_flag(copy, "from") ||
            !rule_may(run, copy->words.count))
            continue;
        for (size_t i = 0; i + 1 < copy->words.count; i++)
            if (str_eq(text_base_name(copy->words.items[i].value), name))
                return true;
    }
    return false;
}

static void copied_archive(struct rule_run *run, const struct shell_command *command)
{
    const struct instruction *instruction = run->subject.instruction;
    /* An image's history has no instructions. */
    if (!instruction || !shell_command_is(command, "tar") || !instruction->stage ||
        instruction->onbuild || instruction->kind != INSTRUCTION_RUN || command->words.count < 2)
        return;
    str first = command->words.items[1].value;
    bool extracts = shell_has_flag(command, "x") || shell_has_flag(command, "extract") ||
                    (first.len && first.ptr[0] != '-' && str_find_char(first, 'x') != STR_NONE);
    for (size_t i = 1; extracts && i < command->words.count; i++) {
        str name = text_base_name(command->words.items[i].value);
        if (source_is_archive_name(name) && is_copied_archive(run, name)) {
            rule_found(run, command->span, "%.*s", STR_ARG(str_sub(name, 0, 120)));
            return;
        }
    }
}

/* ---- destinations ---- */

static void no_slash(struct rule_run *run, const struct instruction *instruction)
{
    size_t count = instruction->words.count;
    if ((instruction->kind != INSTRUCTION_COPY && instruction->kind != INSTRUCTION_ADD) ||
        count < 3 || instruction->broken)
        return;
    const struct dockerfile_word *to = &instruction->words.items[count - 1];
    if (to->heredoc || to->open || str_ends(to->value, STR("/")) || str_eq(to->value, STR(".")) ||
        str_ends(to->value, STR("/.")) || str_ends(to->value, STR("\\")))
        return;
    rule_found(run, to->span, "%.*s", STR_ARG(str_sub(to->value, 0, 160)));
}

static void relative_destination(struct rule_run *run, const struct instruction *instruction)
{
    size_t count = instruction->words.count;
    if ((instruction->kind != INSTRUCTION_COPY && instruction->kind != INSTRUCTION_ADD) ||
        count < 2 || instruction->onbuild || !instruction->stage || instruction->stage->implied)
        return;
    const struct dockerfile_word *to = &instruction->words.items[count - 1];
    str value = to->value;
    bool drive = value.len > 1 && value.ptr[1] == ':';
    bool known = instruction->state->workdir_set || !instruction->state->workdir_open;
    if (to->heredoc || known || drive || str_starts(value, STR("/")) ||
        str_starts(value, STR("\\")) || str_starts(value, STR("$")) || value.len == 0)
        return;
    rule_found(run, to->span, "%.*s", STR_ARG(str_sub(value, 0, 160)));
}

/* ---- forms ---- */

static void legacy_pair(struct rule_run *run, const struct instruction *instruction)
{
    if (!instruction->is_legacy_pair || !instruction->pairs.count ||
        !instruction->pairs.items[0].has_value)
        return;
    str name = instruction->pairs.items[0].name.raw;
    rule_found(run, instruction->pairs.items[0].span, "%.*s without `=`",
               STR_ARG(str_sub(name, 0, 80)));
}

static void blank_continuation(struct rule_run *run, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->blank_lines.count && !instruction->onbuild; i++) {
        /* Lines in a row are one finding. */
        const struct span *lines = instruction->blank_lines.items;
        if (i > 0 && lines[i - 1].end == lines[i].start)
            continue;
        rule_found(run, lines[i], "a blank line within %.*s", STR_ARG(instruction->name));
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/add-instead-of-copy",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "ADD is used where COPY does the same",
        .why = "ADD also fetches from the internet and unpacks archives, without being asked. If "
               "the name of the source changes, or somebody swaps the file for an archive, "
               "something else than a copy happens: files are strewn over the image. COPY only "
               "ever copies.",
        .fix = "Write COPY. Keep ADD for archives that are to be unpacked, and for addresses.",
        .bad = "FROM debian:13\nADD app.jar /app/\n",
        .good = "FROM debian:13\nCOPY app.jar /app/\nADD data.tar.gz /data/\n",
        .aliases = {"DL3020", "DS-0005", "AVD-DS-0005", "CKV_DOCKER_4", "9513a694", "CIS-DI-0009",
                    "CIS 4.9"},
        .instruction = add_for_copy,
    },
    {
        .id = "dockerfile/add-without-checksum",
        .kind = KIND_TRUST,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "A file is fetched without checking what came",
        .why = "Whoever controls the server, or the way to it, decides what goes into your image, "
               "and can change it at any time. A checksum makes the build stop when the file is "
               "another than the one you looked at.",
        .fix = "Add `--checksum=sha256:...` with the sum that the project publishes.",
        .bad = "FROM debian:13\nADD https://example.org/tool /usr/local/bin/\n",
        .good = "FROM debian:13\nADD --checksum=sha256:"
                "0000000000000000000000000000000000000000000000000000000000000000 "
                "https://example.org/tool /usr/local/bin/\n",
        .instruction = url_without_checksum,
    },
    {
        .id = "dockerfile/add-git-without-commit",
        .kind = KIND_TRUST,
        .severity = SEVERITY_LOW,
        .class = RULE_REPRODUCIBILITY,
        .title = "Sources are taken from a branch or tag that can move",
        .why = "A branch changes with every commit, and a tag can be moved. The image then has "
               "other code tomorrow, and whoever can push there decides which. Only a commit's "
               "number names one content.",
        .fix = "Put the full number of the commit behind `#`, or use --checksum.",
        .bad = "FROM debian:13\nADD https://git.example.org/team/app.git#main /src\n",
        .good = "FROM debian:13\nADD https://git.example.org/team/app.git#"
                "0123456789abcdef0123456789abcdef01234567 /src\n",
        .instruction = git_without_commit,
    },
    {
        .id = "dockerfile/copied-archive-unpacked",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "An archive is copied and then unpacked",
        .why = "The layer of COPY keeps the archive, the layer of RUN has its content once more. "
               "ADD unpacks while it copies, and the archive itself is never in the image.",
        .fix = "Replace COPY and tar by `ADD archive.tar.gz /where/`.",
        .bad = "FROM debian:13\nCOPY data.tar.gz /tmp/\nRUN tar -xzf /tmp/data.tar.gz -C /srv\n",
        .good = "FROM debian:13\nADD data.tar.gz /srv/\n",
        .aliases = {"DL3010"},
        .command = copied_archive,
    },
    {
        .id = "dockerfile/destination-without-slash",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "Several files are copied to a name that does not end with a slash",
        .why = "More than one file can only go into a folder, and Docker wants to see by a slash "
               "that a folder is meant. The build stops here.",
        .fix = "End the destination with `/`.",
        .bad = "FROM debian:13\nCOPY a b /srv\n",
        .good = "FROM debian:13\nCOPY a b /srv/\n",
        .aliases = {"DL3021", "DS-0011", "AVD-DS-0011", "6db6e0c2"},
        .instruction = no_slash,
    },
    {
        .id = "dockerfile/relative-destination",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "Files are copied to a place that the base image decides",
        .why = "A destination that does not begin with `/` hangs on the current folder, and no "
               "WORKDIR was set: it is whatever the base has. With another base the files are "
               "somewhere else.",
        .fix = "Set WORKDIR first, or write the whole path.",
        .bad = "FROM debian:13\nCOPY app bin/\n",
        .good = "FROM debian:13\nWORKDIR /srv\nCOPY app bin/\n",
        .aliases = {"DL3045"},
        .instruction = relative_destination,
    },
    {
        .id = "dockerfile/legacy-pair",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "A name and its value are written without `=`",
        .why = "In the old form everything behind the name is the value, blanks and further "
               "`NAME=value` included. That is easily misread, and Docker warns of it.",
        .fix = "Write NAME=value, with quotes around a value that has blanks.",
        .bad = "FROM debian:13\nENV LANG C.UTF-8\n",
        .good = "FROM debian:13\nENV LANG=C.UTF-8\n",
        .aliases = {"LegacyKeyValueFormat"},
        .instruction = legacy_pair,
    },
    {
        .id = "dockerfile/empty-continuation",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "A blank line stands within a continued instruction",
        .why = "It looks as if the instruction ended there, but it goes on behind it. Docker "
               "warns that this will become an error.",
        .fix = "Remove the blank line, or the backslash before it.",
        .bad = "FROM debian:13\nRUN make \\\n\n    install\n",
        .good = "FROM debian:13\nRUN make \\\n    install\n",
        .aliases = {"NoEmptyContinuation"},
        .instruction = blank_continuation,
    },
};

const struct rule_family rule_dockerfile_copy = {"dockerfile", rules,
                                                 sizeof(rules) / sizeof(rules[0])};
