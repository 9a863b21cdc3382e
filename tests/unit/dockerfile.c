// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/dockerfile_text.h"

/* ---- lines ---- */

TEST(dockerfile_plain)
{
    CHECK_TREE("FROM <debian:12>\nRUN apt-get update && x\nCOPY <a> <b> </c/>\nCMD \"a\" \"b c\"\n",
               "FROM debian:12\nRUN apt-get update && x\nCOPY a b /c/\nCMD [\"a\", \"b c\"]\n");
    CHECK_TREE("FROM <a>\nRUN b\n", "from a\n  run b");
    CHECK_TREE("", "");
    CHECK_TREE("", "\n# nothing\n\n");
    CHECK_COMPLAINTS("", "FROM a\nRUN b\n");
}

TEST(dockerfile_byte_order_mark_and_line_ends)
{
    CHECK_TREE("FROM <a>\nRUN b   c\n", "\xef\xbb\xbf"
                                        "FROM a\r\nRUN b \\\r\n  c\r\n");
    CHECK_TREE("FROM <a>\nRUN b\n", "FROM a\r\r\nRUN b\r");
    CHECK_COMPLAINTS("1:1 This is UTF-16; a Dockerfile must be UTF-8\n", "\xff\xfe"
                                                                         "F");
}

TEST(dockerfile_continuations)
{
    CHECK_TREE("RUN a b\n", "RUN a\\\n b\n");
    CHECK_TREE("RUN a   b\n", "RUN a \\  \t\n  b\n");
    CHECK_TREE("RUN ab\n", "RU\\\nN a\\\n\n# no\n   # no \\\nb\n");
    CHECK_TREE("RUN a\n", "\\\nRUN a\n");
    CHECK_TREE("RUN a\\\\\nUSER <b>\n", "RUN a\\\\\nUSER b\n");
    CHECK_TREE("RUN a\\\\\\\nUSER <b>\n", "RUN a\\\\\\\nUSER b\n");
    CHECK_TREE("RUN a\n", "RUN a \\\n");
    CHECK_TREE("RUN a # b\n", "RUN a # b\n");
    CHECK_TREE("COPY <x> <y>\n", "COPY x \\\ny\n");
    CHECK_TREE("COPY <xy>\n", "COPY x\\\ny\n");
}

TEST(dockerfile_places_of_continued_lines)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file =
        dockerfile_of(&arena, "FROM a\nRUN one \\\n# comment\n\n  two\nCOPY --chown=1 \\\n  x y\n");
    const struct instruction *run = file->instructions.items[1];
    CHECK_EQ(1, run->comments.count);
    CHECK_EQ(1, run->blank_lines.count);
    CHECK_STR("one   two", run->arguments.text);
    uint32_t at = (uint32_t)str_find(run->arguments.text, STR("two"));
    struct span span = mapped_text_span(&run->arguments, at, at + 3);
    CHECK_STR("two", text_file_slice(&file->file, span));
    CHECK_EQ(5, text_file_place(&file->file, span).line);
    const struct instruction *copy = file->instructions.items[2];
    CHECK_STR("x", text_file_slice(&file->file, copy->words.items[0].span));
    CHECK_STR("y", text_file_slice(&file->file, copy->words.items[1].span));
    CHECK_STR("--chown=1", text_file_slice(&file->file, copy->flags.items[0].span));
    CHECK_STR("1", text_file_slice(&file->file, copy->flags.items[0].value.span));
    CHECK_STR("COPY --chown=1 \\\n  x y", text_file_slice(&file->file, copy->span));
}

/* ---- directives ---- */

TEST(dockerfile_directives)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file = dockerfile_of(
        &arena, "# Syntax = docker/dockerfile:1 \n#escape=`\nFROM a\nRUN b `\n c\\\n");
    CHECK_EQ(2, file->directives.count);
    CHECK_STR("syntax", file->directives.items[0].name);
    CHECK_STR("docker/dockerfile:1", file->directives.items[0].value);
    CHECK_EQ('`', file->escape);
    CHECK_STR("b  c\\", file->instructions.items[1]->arguments.text);
    CHECK(file->instructions.items[1]->script == NULL); /* Windows: left alone */
    CHECK_EQ('\\', dockerfile_of(&arena, "# plain\n# escape=`\nFROM a\n")->escape);
    CHECK_EQ('\\', dockerfile_of(&arena, "\n# escape=`\nFROM a\n")->escape);
    CHECK_EQ('\\', dockerfile_of(&arena, "# foo=bar\n# escape=`\nFROM a\n")->escape);
    file = dockerfile_of(&arena, "#!/usr/bin/env x\n# syntax=x/y\n# escape=`\nFROM a\n");
    CHECK_EQ('\\', file->escape);
    CHECK_EQ(2, file->directives.count);
    CHECK_COMPLAINTS("2:1 The directive escape is given twice\n",
                     "# escape=`\n# escape=\\\nFROM a\n");
    CHECK_COMPLAINTS("1:10 The escape character is \\ or `, nothing else\n",
                     "# escape=x\nFROM a\n");
}

/* ---- flags and words ---- */

TEST(dockerfile_flags)
{
    CHECK_TREE("COPY --from=a --chown=b:c --link <d> <e>\n",
               "COPY --from=a --chown=b:c --link d e\n");
    CHECK_TREE("COPY --chown=a b <c> <d>\n", "COPY --chown=\"a b\" c d\n");
    CHECK_TREE("RUN --mount=type=cache,target=/x --network=none --x\n",
               "RUN --mount=type=cache,target=/x --network=none -- --x\n");
    CHECK_COMPLAINTS("1:6 COPY has no flag --frm\n", "COPY --frm=a b c\n");
    CHECK_COMPLAINTS("1:15 The flag --from is given twice\n", "COPY --from=a --from=b c d\n");
    CHECK_COMPLAINTS("1:6 The flag --chown takes a value, as in --name=value\n",
                     "COPY --chown a b\n");
    CHECK_COMPLAINTS("1:6 The flag --link takes true or false\n", "COPY --link=no a b\n");
    CHECK_COMPLAINTS("",
                     "COPY --exclude=a --exclude=b --parents a b\n"
                     "ADD --keep-git-dir=true --checksum=sha256:1 --unpack --link https://a/x b\n"
                     "RUN --mount=type=secret,id=a,env=B --device=x --security=insecure y\n");
    CHECK_COMPLAINTS("1:13 The flag --interval takes a duration such as 30s or 1m30s\n",
                     "HEALTHCHECK --interval=5 --timeout=1m30s --retries=0 CMD x\n");
    CHECK_COMPLAINTS("1:13 There is no mount of the type `bnd`\n",
                     "RUN --mount=type=bnd,target=/x y\n");
}

/* Each is refused by BuildKit 0.34, and each good neighbour is not. */
TEST(dockerfile_refuses_what_the_builder_cannot_do)
{
    CHECK_COMPLAINTS("1:1 COPY has a --chmod that is no octal number up to 07777\n",
                     "COPY --chmod=10000 a b\n");
    CHECK_COMPLAINTS("1:1 ADD has a --chmod that is no octal number up to 07777\n",
                     "ADD --chmod=64a a b\n");
    CHECK_COMPLAINTS("", "COPY --chmod=u=rwX,go=rX a b\nCOPY --chmod=7777 a b\n"
                         "COPY --chmod=$M a b\n");
    CHECK_COMPLAINTS("1:1 COPY needs numbers in --chown, as --link leaves nothing to look names "
                     "up in\n",
                     "COPY --link --chown=app a b\n");
    CHECK_COMPLAINTS("", "COPY --link --chown=1:2 a b\nCOPY --chown=app:app a b\n");
    CHECK_COMPLAINTS("1:1 ADD takes a --checksum only for what it downloads\n",
                     "ADD --checksum=sha256:0 a b\n");
    CHECK_COMPLAINTS("1:1 ADD takes a --checksum for one source only\n",
                     "ADD --checksum=sha256:0 https://x/a https://x/b c/\n");
    CHECK_COMPLAINTS("", "ADD --checksum=sha256:0 https://x/a b\nADD --checksum=0 $A b\n"
                         "ADD --checksum=0 git@x.org:a.git b\n");
    CHECK_COMPLAINTS("1:1 COPY cannot download anything; ADD does\n", "COPY https://x/a b\n");
    CHECK_COMPLAINTS("1:1 VOLUME cannot take an empty path\n", "VOLUME [\"\"]\n");
    CHECK_COMPLAINTS("1:6 The flag --from takes no variable; give the image a name by a FROM line "
                     "of its own, and take that\n",
                     "COPY --from=$A b c\n");
    CHECK_COMPLAINTS("1:5 The flag --network takes default, none or host\n",
                     "RUN --network=bridge a\n");
    CHECK_COMPLAINTS("1:5 The flag --security takes sandbox or insecure\n",
                     "RUN --security=none a\n");
    CHECK_COMPLAINTS("", "RUN --network=none --security=insecure a\n");
}

TEST(dockerfile_refuses_mounts_that_the_builder_cannot_make)
{
    static const struct {
        const char *mount, *fault;
    } cases[] = {
        {"type=cache,target=/c,sharing=all", "`sharing` takes shared, private or locked"},
        {"target=/c,sharing=locked", "only a cache has `sharing`"},
        {"type=cache,target=/c,size=1", "only a tmpfs has a `size`"},
        {"target=/c,uid=1",
         "only a cache, a secret and an SSH socket have `uid`, `gid` and `mode`"},
        {"type=cache,target=/c,uid=app", "`uid` and `gid` take a number"},
        {"type=cache,target=/c,required", "only a secret and an SSH socket can be `required`"},
        {"type=secret,id=a,from=b", "a secret comes from no stage"},
        {"type=secret,env=A", "a secret needs an `id`"},
        {"type=secret,id=a,required,mode=0400,uid=5", NULL},
        {"type=tmpfs,target=/t,size=1g", NULL},
        {"type=cache,target=/c,sharing=locked,id=c,uid=1,mode=0755", NULL},
        {"type=ssh,required=true", NULL},
        {"from=b,target=/x,uid=$U", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        const char *text =
            arena_cstr(&arena, arena_printf(&arena, "RUN --mount=%s a\n", cases[i].mount));
        str want = cases[i].fault ? arena_printf(&arena, "1:13 In this mount, %s\n", cases[i].fault)
                                  : STR("");
        CHECK_STR(arena_cstr(&arena, want),
                  str_from(dockerfile_complaints(&arena, dockerfile_of(&arena, text))));
    }
    CHECK_COMPLAINTS("2:13 `from` takes no variable; give the image a name by a FROM line of its "
                     "own\n",
                     "FROM x\nRUN --mount=from=$B,target=/x a\n");
}

TEST(dockerfile_mounts)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file =
        dockerfile_of(&arena, "FROM a\nARG D=/d\n"
                              "RUN --mount=\"type=cache,\\\"target=/a,b\\\",sharing=locked\" "
                              "--mount=src=$D,dst=/e,ro --mount=type=secret,id=k,required x\n");
    const struct run_mount_list *mounts = &file->instructions.items[2]->mounts;
    CHECK_EQ(3, mounts->count);
    CHECK_STR("cache", mounts->items[0].type);
    CHECK_STR("/a,b", str_from_index(mounts->items[0].target, 0));
    CHECK_STR("locked", mounts->items[0].sharing);
    CHECK_STR("bind", mounts->items[1].type);
    CHECK_STR("/d", mounts->items[1].source);
    CHECK(mounts->items[1].read_only);
    CHECK(mounts->items[2].required);
}

TEST(dockerfile_json)
{
    CHECK_TREE("CMD \"a\nb\" \"\xc3\xa4\"\n", "CMD [\"a\\nb\",\"\\u00e4\"]\n");
    CHECK_TREE("CMD \"\xf0\x9f\x90\xb3\"\n", "CMD [\"\\ud83d\\udc33\"]\n");
    CHECK_TREE("CMD ['a']\n", "CMD ['a']\n");
    CHECK_TREE("CMD [\"a\"\n", "CMD [\"a\"\n");
    CHECK_TREE("CMD [ -f x ] && y\n", "CMD [ -f x ] && y\n");
    CHECK_TREE("COPY \"a b\" \"c\"\n", "COPY [\"a b\", \"c\"]\n");
    CHECK_TREE("VOLUME \"/a\"\nVOLUME </a> </b>\n", "VOLUME [\"/a\"]\nVOLUME /a /b\n");
    CHECK_TREE("HEALTHCHECK \"a\"\n", "HEALTHCHECK CMD [\"a\"]\n");
    CHECK_COMPLAINTS("1:1 CMD takes a list of strings only: put each item into double quotes\n",
                     "CMD [\"a\", 1]\n");
    CHECK_COMPLAINTS("1:1 SHELL must have the form of a list: [\"/bin/bash\", \"-c\"]\n",
                     "SHELL /bin/bash -c\n");
    ARENA_SCOPED arena = {0};
    CHECK(dockerfile_of(&arena, "ENTRYPOINT []\n")->instructions.items[0]->is_json);
}

TEST(dockerfile_pairs)
{
    CHECK_TREE("ENV a=b c=d e f= g=h i\n", "ENV a=b c=\"d e\" f= g=h\\ i\n");
    CHECK_TREE("ENV a=b  c \n", "ENV a \"b  c \"\n");
    CHECK_TREE("LABEL a=b c=d\nARG e f=g\n", "LABEL a=b \\\n c='d'\nARG e f=g\n");
    CHECK_TREE("ENV a=b=c\n", "ENV a=b=c\n");
    CHECK_COMPLAINTS("1:9 Here \"=\" is missing: NAME=value, with quotes around a value that has "
                     "blanks\n",
                     "ENV a=b c\n");
    CHECK_COMPLAINTS("1:1 ENV needs a name and a value: NAME=value\n", "ENV a\n");
    CHECK_COMPLAINTS("1:5 A name must not be empty\n", "ARG =b\n");
    CHECK_COMPLAINTS("1:7 In `\"b`, a double quote is not closed\n", "ENV a=\"b\n");
}

TEST(dockerfile_arity_and_recovery)
{
    CHECK_COMPLAINTS("1:1 FROM takes an image, or an image, AS and the name of the stage\n"
                     "2:1 There is no instruction RUNN\n"
                     "3:1 COPY needs at least a source and a destination\n"
                     "4:1 WORKDIR needs an argument\n"
                     "6:1 HEALTHCHECK needs NONE, or CMD and a command\n",
                     "FROM a # b\nRUNN x\nCOPY y\nWORKDIR\nUSER x\nHEALTHCHECK x\n");
    CHECK_TREE("FROM <a>\n? x\nUSER <y>\n", "FROM a\nFOO x\nUSER y\n");
    CHECK_COMPLAINTS("1:1 RUN stands before the first FROM; only ARG may\n", "RUN a\nFROM b\n");
    CHECK_COMPLAINTS("2:11 A stage's name begins with a letter and has only letters, digits, `-`, "
                     "`_` and `.`\n",
                     "\nFROM a AS 1\n");
}

TEST(dockerfile_onbuild_and_health)
{
    CHECK_TREE("ONBUILD RUN a\nONBUILD COPY --from=x <a> <b>\n",
               "ONBUILD RUN a\nONBUILD copy --from=x a b\n");
    CHECK_COMPLAINTS("1:9 There is no instruction FOO\n", "ONBUILD FOO\n");
    ARENA_SCOPED arena = {0};
    const struct instruction *health =
        dockerfile_of(&arena, "HEALTHCHECK --interval=3s CMD curl x\n")->instructions.items[0];
    CHECK_STR("curl x", health->command.text);
    CHECK(dockerfile_of(&arena, "HEALTHCHECK none\n")->instructions.items[0]->health_none);
}

/* ---- heredocs ---- */

TEST(dockerfile_heredocs)
{
    CHECK_TREE("RUN <<EOF {EOF:a|# b|c \\||}\nUSER <x>\n",
               "RUN <<EOF\na\n# b\nc \\\n\nEOF\nUSER x\n");
    CHECK_TREE("RUN <<-'E' {E':a|}\n", "RUN <<-'E'\n\t\ta\n\tE\n");
    CHECK_TREE("RUN cat <<\"A B\" > f && x {A B':y|}\n", "RUN cat <<\"A B\" > f && x\ny\nA B\n");
    CHECK_TREE("RUN 3<<e'o'f {eof':y|}\n", "RUN 3<<e'o'f\ny\neof");
    CHECK_TREE("RUN <<A cmd <<B {A:1|} {B:2|}\n", "RUN <<A cmd <<B\n1\nA\n2\nB\n");
    CHECK_TREE("RUN cat <<  EOF {EOF:x|}\n", "RUN cat <<  EOF\nx\nEOF\n");
    CHECK_TREE("RUN <<$EOF {$EOF:x|}\n", "RUN <<$EOF\nx\n$EOF\n");
    CHECK_TREE("RUN cat <<< EOF\nUSER <x>\n", "RUN cat <<< EOF\nUSER x\n");
    CHECK_TREE("RUN echo \"<<EOF\"\nUSER <x>\n", "RUN echo \"<<EOF\"\nUSER x\n");
    CHECK_TREE("COPY <<<a> <<<b> </c> {a:1|} {b:2|}\n", "COPY <<a <<b /c\n1\na\n2\nb\n");
    CHECK_TREE("RUN a  <<EOF {EOF:x|}\n", "RUN a \\\n <<EOF\nx\nEOF\n");
    CHECK_TREE("ONBUILD RUN <<EOF {EOF:x|}\nUSER <y>\n", "ONBUILD RUN <<EOF\nx\nEOF\nUSER y\n");
    CHECK_TREE("CMD <<EOF\n?\n?\n", "CMD <<EOF\nx\nEOF\n");
    CHECK_TREE("RUN <<EOF {EOF...:x|}\n", "RUN <<EOF\nx\n");
    CHECK_COMPLAINTS("1:5 No line `EOF` ends this heredoc\n", "RUN <<EOF\nx\n");
    CHECK_COMPLAINTS("1:1 COPY cannot have a heredoc as its destination\n", "COPY a <<b\nb\n");
    CHECK_TREE("RUN <<EOF {EOF:a|}\n", "RUN <<EOF\r\na\nEOF\r\n");
}

TEST(dockerfile_heredoc_places)
{
    ARENA_SCOPED arena = {0};
    const struct dockerfile *file =
        dockerfile_of(&arena, "RUN <<-EOF\n\ta\n\t\tb c\n\tEOF\nUSER x\n");
    const struct dockerfile_heredoc *heredoc = &file->instructions.items[0]->heredocs.items[0];
    CHECK_STR("a\nb c\n", heredoc->text.text);
    CHECK_STR("b", text_file_slice(&file->file, mapped_text_span(&heredoc->text, 2, 3)));
    CHECK_STR("\tEOF", text_file_slice(&file->file, heredoc->terminator));
    CHECK_STR("<<-EOF", text_file_slice(&file->file, heredoc->opener));
    CHECK_STR("RUN <<-EOF", text_file_slice(&file->file, file->instructions.items[0]->head));
}

/* ---- names of files ---- */

TEST(dockerfile_names)
{
    static const char *const yes[] = {"Dockerfile",     "a/dockerfile",     "Dockerfile.dev",
                                      "app.Dockerfile", "Containerfile",    "x.containerfile",
                                      "Dockerfile2",    "Dockerfile-alpine"};
    static const char *const no[] = {"Dockerfile.dockerignore",
                                     "dockerfiles",
                                     "xDockerfile",
                                     "docker-compose.yml",
                                     "",
                                     "Dockerfile.tmLanguage",
                                     "Dockerfile.YAML-tmLanguage",
                                     "Dockerfile.md",
                                     "Dockerfile.json",
                                     "dockerfile.vim",
                                     "dockerfile.go",
                                     "dockerfile_test.go",
                                     "DockerfileParser.java",
                                     "Dockerfile.test.js",
                                     "Dockerfile.swp",
                                     "x/Dockerfile.yaml",
                                     "Dockerfile.sublime-syntax",
                                     "dockerfile-mode.el"};
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        CHECK(dockerfile_is_name(str_from(yes[i])));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        CHECK(!dockerfile_is_name(str_from(no[i])));
}
