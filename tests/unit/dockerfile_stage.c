// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dockerfile_text.h"

#include "base/buf.h"
#include "model/shell.h"

/* What `text` becomes behind these ENVs, in a stage from scratch. */
static void check_expands(const char *text, const char *want, int line)
{
    ARENA_SCOPED arena = {0};
    str file = arena_printf(&arena,
                            "FROM scratch\nARG none\nENV e= v=abc p=a/b/c.tar.gz d=v\n"
                            "LABEL x=%s\n",
                            text);
    const struct dockerfile *parsed = dockerfile_with(&arena, file, NULL);
    const struct dockerfile_word *value = &parsed->instructions.items[3]->pairs.items[0].value;
    test_check_str(__FILE__, line, str_from(want),
                   parsed->problems.count ? parsed->problems.items[0].what
                                          : arena_printf(&arena, "%.*s%s", STR_ARG(value->value),
                                                         value->open ? "?" : ""));
}
#define EXPANDS(want, text) check_expands(text, want, __LINE__)

TEST(dockerfile_expansion)
{
    EXPANDS("abc", "$v");
    EXPANDS("abcx", "${v}x");
    EXPANDS("", "$unset");
    EXPANDS("$v", "\\$v");
    EXPANDS("$v", "'$v'");
    EXPANDS("abc d", "\"$v d\"");
    EXPANDS("$v", "\"\\$v\"");
    EXPANDS("a\\b", "\"a\\b\"");
    EXPANDS("ab", "a\\b");
    EXPANDS("a$", "a$");
    EXPANDS("$/x", "$/x");
    EXPANDS("abc", "${v:-w}");
    EXPANDS("w", "${e:-w}");
    EXPANDS("", "${e-w}");
    EXPANDS("w", "${unset-w}");
    EXPANDS("w", "${unset:-w}");
    EXPANDS("abc", "${unset:-${e:-$v}}");
    EXPANDS("w", "${v:+w}");
    EXPANDS("", "${e:+w}");
    EXPANDS("w", "${e+w}");
    EXPANDS("", "${unset+w}");
    EXPANDS("abc", "${v:?m}");
    EXPANDS("In `${e:?m}`, the variable in it has no value, and its ${...?} asks for one",
            "${e:?m}");
    EXPANDS("b/c.tar.gz", "${p#*/}");
    EXPANDS("c.tar.gz", "${p##*/}");
    EXPANDS("a/b/c.tar", "${p%.*}");
    EXPANDS("a/b/c", "${p%%.*}");
    EXPANDS("a_b/c.tar.gz", "${p/\\//_}");
    EXPANDS("a_b_c.tar.gz", "${p//\\//_}");
    EXPANDS("a/b/c.zip.gz", "${p/tar/zip}");
    EXPANDS("abc", "${v#[a]}");
    EXPANDS("bc", "${v#?}");
    EXPANDS("", "$1");
    EXPANDS("${none}?", "${none}");
    EXPANDS("abc", "${none:-$v}");
    EXPANDS("In `${}`, bad substitution", "${}");
    EXPANDS("In `${:x}`, bad substitution", "${:x}");
    EXPANDS("In `${v:#x}`, unsupported modifier in a substitution", "${v:#x}");
    EXPANDS("In `${v^}`, unsupported modifier in a substitution", "${v^}");
    EXPANDS("In `${v`, the brace of a variable is not closed", "${v");
}

TEST(dockerfile_values_hold_from_the_next_line_on)
{
    CHECK_TREE("FROM <scratch>\nENV a=1 b=\nENV a=2 b=1\nUSER <2>\n",
               "FROM scratch\nENV a=1 b=$a\nENV a=2 b=$a\nUSER $a\n");
    /* ENV beats ARG, wherever it stands. */
    CHECK_TREE("FROM <scratch>\nENV a=1\nARG a=2\nUSER <1>\n",
               "FROM scratch\nENV a=1\nARG a=2\nUSER $a\n");
}

TEST(dockerfile_global_arguments)
{
    CHECK_TREE("ARG a=1\nARG b=x1\nFROM <i:x1>\nUSER <$a>?\nARG a\nUSER <1>\nARG a=3\nUSER <3>\n",
               "ARG a=1\nARG b=x$a\nFROM i:$b\nUSER $a\nARG a\nUSER $a\nARG a=3\nUSER $a\n");
    CHECK_TREE("ARG v\nFROM <i:${v}>?\n", "ARG v\nFROM i:${v}\n");
    CHECK_TREE("FROM --platform=$BUILDPLATFORM <a>\n", "FROM --platform=$BUILDPLATFORM a\n");
    ARENA_SCOPED arena = {0};
    struct base_variable given = {STR("v"), STR("7")};
    struct build_options options = {.args = {&given, 1, 1}};
    struct dockerfile *file =
        dockerfile_with(&arena, STR("ARG v=1\nFROM i:$v\nARG v\nUSER $v\n"), &options);
    CHECK_STR("ARG v=1\nFROM <i:7>\nARG v\nUSER <7>\n", str_from(dockerfile_shown(&arena, file)));
}

TEST(dockerfile_uses_of_variables)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file =
        dockerfile_of(&arena, "FROM scratch\nARG a=1\nCOPY \\\n  x${a} ${b:-c} /\n");
    const struct variable_use_list *uses = &file->instructions.items[2]->uses;
    CHECK_EQ(2, uses->count);
    CHECK_STR("a", uses->items[0].name);
    CHECK_STR("${a}", text_file_slice(&file->file, uses->items[0].span));
    CHECK(uses->items[0].variable &&
          uses->items[0].variable->set_by == file->instructions.items[1]);
    CHECK_STR("${b:-c}", text_file_slice(&file->file, uses->items[1].span));
    CHECK(uses->items[1].guarded && !uses->items[1].variable);
}

TEST(dockerfile_stages_inherit)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file = dockerfile_of(
        &arena, "FROM debian:12 AS Base\nUSER 1000\nWORKDIR /a\nENV x=1\nSHELL [\"/bin/bash\", "
                "\"-c\"]\nCMD a\nFROM alpine AS other\nFROM base\nWORKDIR b\nUSER $x\nENTRYPOINT "
                "[\"c\"]\n");
    CHECK_EQ(3, file->stages.count);
    const struct stage *base = file->stages.items[0], *last = file->stages.items[2];
    CHECK(last->parent == base && base->is_base && base->is_reached && last->is_target);
    CHECK(!file->stages.items[1]->is_reached);
    CHECK_STR("base", base->alias.value);
    CHECK_STR("Base", base->alias.raw);
    CHECK_STR("1", last->state->user);
    CHECK(!last->state->user_open);
    CHECK_STR("/a/b", last->state->workdir);
    CHECK_STR("/bin/bash", last->state->shell.items[0]);
    CHECK(last->state->cmd == NULL); /* the ENTRYPOINT takes it back */
    CHECK(base->state->cmd != NULL);
    CHECK_STR("docker.io", base->image.registry);
    CHECK_STR("12", base->image.tag);
    CHECK(file->stages.items[1]->state->user_open);
}

TEST(dockerfile_targets)
{
    ARENA_SCOPED arena = {0};
    const str text = STR("FROM a AS x\nFROM b AS y\nRUN --mount=type=bind,from=x,target=/x z\n"
                         "FROM c AS z\nCOPY --from=1 / /\nFROM d\n");
    struct build_options options = {.target = STR("Z")};
    const struct dockerfile *file = dockerfile_with(&arena, text, &options);
    CHECK(file->target == file->stages.items[2]);
    CHECK(file->stages.items[0]->is_reached && file->stages.items[0]->is_copied_from);
    CHECK(file->stages.items[1]->is_reached && file->stages.items[1]->is_copied_from);
    CHECK(!file->stages.items[3]->is_reached);
    options.target = STR("nope");
    file = dockerfile_with(&arena, text, &options);
    CHECK(!file->target && file->problems.count == 1);
    /* A stage does not copy from itself or from later ones; a name beats an index. */
    file = dockerfile_of(&arena, "FROM a AS x\nFROM b AS y\nCOPY --from=y / /\n");
    CHECK(!file->stages.items[1]->is_copied_from);
    CHECK(dockerfile_stage(file, STR("0"), 2) == file->stages.items[0]);
    CHECK(dockerfile_stage(file, STR("Y"), 1) == NULL);
}

TEST(dockerfile_base_images)
{
    ARENA_SCOPED arena = {0};
    struct base_variable env = {STR("HOME"), STR("/home/app")};
    str onbuild = STR("WORKDIR /src");
    struct base_image image = {.name = STR("app:1"), .user = STR("65532"), .workdir = STR("/w")};
    image.env.items = &env;
    image.env.count = 1;
    image.onbuild.items = &onbuild;
    image.onbuild.count = 1;
    struct base_images bases = {&image, 1, 1};
    image.name = STR("docker.io/library/app:1");
    struct build_options options = {.bases = &bases};
    const struct dockerfile *file =
        dockerfile_with(&arena, STR("FROM app:1\nCOPY a $HOME/$no/\n"), &options);
    CHECK_STR("65532", file->stages.items[0]->state->user);
    CHECK(!file->stages.items[0]->state->user_open);
    CHECK_STR("/src", file->stages.items[0]->state->workdir);
    CHECK_STR("/home/app//", file->instructions.items[1]->words.items[1].value);
    CHECK(!file->instructions.items[1]->words.items[1].open);
}

TEST(dockerfile_base_images_trigger_what_they_say)
{
    ARENA_SCOPED arena = {0};
    str onbuild[] = {STR("USER 7"), STR("ENV PORT=80"), STR("SHELL [\"/bin/bash\", \"-c\"]"),
                     STR("FROM x"), STR("USER app")};
    struct base_image image = {.name = STR("app:1"), .workdir = STR("/w")};
    image.onbuild.items = onbuild;
    image.onbuild.count = sizeof(onbuild) / sizeof(onbuild[0]);
    struct base_images bases = {&image, 1, 1};
    struct build_options options = {.bases = &bases};
    const struct dockerfile *file =
        dockerfile_with(&arena, STR("FROM app:1\nEXPOSE $PORT\nRUN a\n"), &options);
    const struct stage_state *state = file->instructions.items[1]->state;
    CHECK_STR("app", state->user); /* a FROM among them is refused, and passed over here */
    CHECK_STR("80", file->instructions.items[1]->words.items[0].value);
    CHECK_STR("/w", state->workdir);
    CHECK_STR("/bin/bash", state->shell.items[0]);
    CHECK_EQ(0, file->problems.count);
}

TEST(dockerfile_stages_trigger_what_they_say)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file =
        dockerfile_of(&arena, "FROM debian AS a\nONBUILD USER 5\nONBUILD WORKDIR /srv\n"
                              "ONBUILD ENV PORT=80\nONBUILD HEALTHCHECK CMD x\n"
                              "FROM a AS b\nEXPOSE $PORT\nFROM b\nUSER 0\n");
    CHECK(!file->stages.items[0]->state->user_set && !file->stages.items[0]->state->healthcheck);
    CHECK_STR("5", file->stages.items[1]->state->user);
    CHECK_STR("/srv", file->stages.items[1]->state->workdir);
    CHECK(file->stages.items[1]->state->healthcheck != NULL);
    CHECK_STR("80", file->instructions.items[6]->words.items[0].value);
    /* Once: the next one only inherits. */
    CHECK_STR("0", file->stages.items[2]->state->user);
}

TEST(dockerfile_comments_of_hadolint_name_the_shell)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file =
        dockerfile_of(&arena, "FROM a\n# hadolint shell = /bin/bash # the base's\nRUN x\n"
                              "SHELL [\"/bin/ash\", \"-c\"]\nRUN x\n#hadolint shell=pwsh\nRUN x\n"
                              "# hadolint shell=bash or so\nFROM b\nRUN x\n");
    CHECK_STR("/bin/bash", file->instructions.items[1]->state->shell.items[0]);
    CHECK(!file->instructions.items[1]->state->shell_set);
    CHECK_STR("/bin/ash", file->instructions.items[3]->state->shell.items[0]);
    CHECK_EQ(SHELL_FAMILY_POWERSHELL, file->instructions.items[4]->state->shell_family);
    CHECK_EQ(0, file->instructions.items[6]->state->shell.count);
}

TEST(dockerfile_platforms_that_are_wanted)
{
    ARENA_SCOPED arena = {0};
    struct base_variable given = {STR("TARGETPLATFORM"), STR("linux/arm64")};
    struct build_options options = {.platform = STR("linux/amd64")};
    const struct dockerfile *file =
        dockerfile_with(&arena, STR("FROM a\nFROM --platform=$BUILDPLATFORM b\n"), &options);
    CHECK_STR("linux/amd64", file->stages.items[0]->wanted_platform);
    options.args.items = &given;
    options.args.count = 1;
    file = dockerfile_with(&arena, STR("FROM a\nFROM --platform=${BUILDPLATFORM} b\n"), &options);
    CHECK_STR("linux/arm64", file->stages.items[0]->wanted_platform);
    CHECK_STR("linux/amd64", file->stages.items[1]->wanted_platform);
}

TEST(dockerfile_base_images_have_many_names)
{
    static const char *const same[] = {"app", "app:latest", "docker.io/library/app"};
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct base_image image = {.name = STR("app:latest"), .user = STR("5")};
        struct base_images bases = {&image, 1, 1};
        struct build_options options = {.bases = &bases};
        str text = arena_printf(&arena, "FROM %s\nRUN x\n", same[i]);
        CHECK(dockerfile_with(&arena, text, &options)->stages.items[0]->base_image == &image);
        text = arena_printf(&arena, "FROM host:5/%s\nRUN x\n", same[i]);
        CHECK(!dockerfile_with(&arena, text, &options)->stages.items[0]->base_image);
    }
}

TEST(dockerfile_fragments)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file = dockerfile_of(&arena, "ARG u=5\nRUN a\nUSER $u\n");
    CHECK(file->is_fragment && file->stages.count == 1 && file->stages.items[0]->implied);
    CHECK_STR("5", file->stages.items[0]->state->user);
    CHECK(!dockerfile_of(&arena, "RUN a\nFROM b\n")->is_fragment);
    CHECK(!dockerfile_of(&arena, "ARG a\n")->is_fragment);
}

TEST(dockerfile_shells)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file = dockerfile_of(
        &arena, "FROM mcr.microsoft.com/windows/nanoserver:1\nRUN dir\nSHELL [\"pwsh\", "
                "\"-Command\"]\nRUN ls\nSHELL [\"C:\\\\cygwin\\\\bash.exe\", \"-c\"]\nRUN ls\n");
    CHECK_EQ(SHELL_FAMILY_CMD, file->instructions.items[1]->state->shell_family);
    CHECK(file->instructions.items[1]->script == NULL);
    CHECK_EQ(SHELL_FAMILY_POWERSHELL, file->instructions.items[3]->state->shell_family);
    CHECK_EQ(SHELL_FAMILY_POSIX, file->instructions.items[5]->state->shell_family);
    CHECK(file->instructions.items[5]->script != NULL);
    file = dockerfile_of(&arena, "RUN <<E\n#!/usr/bin/env -S python3\nx\nE\n");
    CHECK(file->instructions.items[0]->script == NULL);
}

static const struct shell_command *last_command(const struct dockerfile *file)
{
    const struct shell_script *script =
        file->instructions.items[file->instructions.count - 1]->script;
    return script && script->commands.count ? script->commands.items[script->commands.count - 1]
                                            : NULL;
}

/* The last command of `text` is this one, and stands there in the file. */
static void check_command(const char *text, const char *want, int line)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file = dockerfile_of(&arena, text);
    const struct shell_command *command = last_command(file);
    test_check_str(__FILE__, line, str_from(want),
                   command ? text_file_slice(&file->file, command->span) : STR("none"));
}

TEST(dockerfile_scripts)
{
    check_command("RUN a && \\\n  # x\n  b c\n", "b c", __LINE__);
    check_command("RUN <<-E\n\ta\n\tb c\n\tE\n", "b c", __LINE__);
    check_command("RUN cat <<E > f && b c\nx\nE\n", "b c", __LINE__);
    check_command("SHELL [\"/bin/bash\", \"-c\"]\nRUN b c", "b c", __LINE__);
    check_command("HEALTHCHECK --interval=3s CMD a || b 1\n", "b 1", __LINE__);
    check_command("RUN --network=none <<E\n#!/bin/bash -e\nb c\nE\n", "b c", __LINE__);
    check_command("RUN python3 - <<E\nimport os\nE\n", "python3 - <<E", __LINE__);
    ARENA_SCOPED arena = {0};
    CHECK_STR("b", shell_command_name(
                       last_command(dockerfile_of(&arena, "CMD [\"/usr/bin/b\", \"c d\"]\n"))));
    CHECK_STR("apt-get", shell_command_name(last_command(dockerfile_of(
                             &arena, "RUN [\"sh\", \"-c\", \"x && apt-get update\"]\n"))));
}

/* ---- hostile ---- */

TEST(dockerfile_expansions_are_bounded)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED text = buf_make(1 << 22);
    buf_add_str(&text, STR("FROM scratch\nENV a=xxxxxxxxxxxxxxxx\n"));
    for (int i = 0; i < 2000; i++)
        buf_add_str(&text, STR("ENV a=$a$a$a$a\n"));
    for (int i = 0; i < 100; i++)
        buf_add_str(&text, STR("ENV b=${a#*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*y}\n"));
    const struct dockerfile *file = dockerfile_with(&arena, buf_str(&text), NULL);
    CHECK(file->problems.count > 0);
    CHECK_EQ(PROBLEM_LIMIT, file->problems.items[0].kind);
    CHECK(arena.total < 64 << 20);
}

TEST(dockerfile_nests_nothing)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED text = buf_make(1 << 22);
    for (int i = 0; i < 100000; i++)
        buf_add_str(&text, STR("ONBUILD "));
    buf_add_str(&text, STR("RUN a\nCMD "));
    for (int i = 0; i < 100000; i++)
        buf_add_str(&text, STR("["));
    const struct dockerfile *file = dockerfile_with(&arena, buf_str(&text), NULL);
    CHECK_EQ(2, file->instructions.count);
    CHECK(file->instructions.items[0]->trigger->trigger == NULL);
}

TEST(dockerfile_takes_any_bytes)
{
    CHECK_COMPLAINTS(
        "2:1 Some bytes of this instruction are no UTF-8 text, and BuildKit may refuse them\n",
        "FROM a\nENV x=\"\xff\xfe\"\n");
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file = dockerfile_with(&arena, STR("FROM a\nRUN b\0c\n"), NULL);
    CHECK_STR("There is a NUL byte here: this is no text", file->problems.items[0].what);
    CHECK_EQ(3, file->instructions.items[1]->arguments.text.len);
}

/* ---- .dockerignore ---- */

static void check_ignored(const char *patterns, const char *path, bool want, int line)
{
    ARENA_SCOPED arena = {0};
    struct ignore_patterns parsed = ignore_parse(&arena, str_from(patterns));
    if (ignore_matches(&parsed, str_from(path)) != want)
        test_failed(__FILE__, line, "%s: %s should %sbe ignored", patterns, path,
                    want ? "" : "not ");
}
#define IGNORED(patterns, path) check_ignored(patterns, path, true, __LINE__)
#define SENT(patterns, path)    check_ignored(patterns, path, false, __LINE__)

TEST(dockerignore_patterns)
{
    IGNORED("a", "a");
    IGNORED("a", "a/b/c");
    SENT("a", "b/a");
    SENT("a", "ab");
    IGNORED("/a/", "a/b");
    IGNORED("./a/../b", "b");
    IGNORED("*.md", "x.md");
    SENT("*.md", "d/x.md");
    IGNORED("*/x", "d/x");
    SENT("*/x", "d/e/x");
    IGNORED("**/x", "x");
    IGNORED("**/x", "d/e/x");
    SENT("**/x", "d/ex");
    IGNORED("d/**", "d/e/f");
    SENT("d/**", "e");
    IGNORED("d/**/f", "d/f");
    IGNORED("d/**/f", "d/a/b/f/g");
    IGNORED("**", "anything/at/all");
    IGNORED("a?c", "abc");
    SENT("a?c", "a/c");
    IGNORED("[a-c]x", "bx");
    SENT("[^a-c]x", "bx");
    IGNORED("a\\*", "a*");
    SENT("a\\*", "ab");
    IGNORED("# no\n\n a \n", "a");
    IGNORED("\xef\xbb\xbf"
            "a\r\nb\r\n",
            "a");
    SENT("*\n!a", "a");
    IGNORED("*\n!a", "b");
    SENT("*\n!a", "a/b");
    IGNORED("*\n!a\na/b", "a/b");
    SENT("a\n!a/b", "a/b/c");
    SENT(".", "a");
    SENT("..", "a");
    SENT("", "a");
}

TEST(dockerignore_takes_no_longer_for_hostile_patterns)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED pattern = buf_make(4096), path = buf_make(4096);
    for (int i = 0; i < 100; i++)
        buf_add_str(&pattern, STR("**/*a*"));
    buf_add_str(&pattern, STR("/x"));
    for (int i = 0; i < 1000; i++)
        buf_add_str(&path, STR("a/a"));
    struct ignore_patterns parsed = ignore_parse(&arena, buf_str(&pattern));
    CHECK_EQ(1, parsed.count);
    CHECK(!ignore_matches(&parsed, buf_str(&path)));
}
