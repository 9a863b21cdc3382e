// SPDX-License-Identifier: Apache-2.0
#include "lang/shell/shell.h"
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

static struct shell_script *parse(struct arena *arena, const char *text)
{
    return shell_parse_str(arena, str_from(text), SHELL_BASH);
}

/* The commands, words joined by blanks, separated by "; ". */
static str flat(struct arena *arena, const struct shell_script *script)
{
    str all = {0};
    for (size_t i = 0; i < script->commands.count; i++) {
        const struct shell_words *words = &script->commands.items[i]->words;
        str one = {0};
        for (size_t j = 0; j < words->count; j++)
            one = arena_join(arena, one, j ? STR(" ") : STR(""), words->items[j].value);
        all = arena_join(arena, all, i ? STR("; ") : STR(""), one);
    }
    return all;
}

#define CHECK_FLAT(text, expected)                                                                 \
    do {                                                                                           \
        struct shell_script *parsed = parse(&arena, text);                                         \
        CHECK_STR(expected, flat(&arena, parsed));                                                 \
        CHECK(parsed->problems.count == 0);                                                        \
    } while (0)

TEST(shell_commands_at_any_depth)
{
    ARENA_SCOPED arena = {0};
    CHECK_FLAT("a 1 && b || c; d & e\nf | g |& h", "a 1; b; c; d; e; f; g; h");
    CHECK_FLAT("if a; then b; elif c; then d; else e; fi", "a; b; c; d; e");
    CHECK_FLAT("for i in x y; do a $i; done; while b; do c; done", "a $i; b; c");
    CHECK_FLAT("case $x in (a|b) c;; done) d;; *) e; esac", "c; d; e");
    CHECK_FLAT("f() { a; (b); }; function g { c; }; ! d", "a; b; c; d");
    CHECK_FLAT("a \"$(b `c`)\" <(d) $(( $(e) + 1 ))",
               "a $(b `c`) <(d) $(( $(e) + 1 )); b `c`; c; d; e");
    CHECK_FLAT("[[ $a =~ ^(b|c d)$ && -f x ]] && e; (( 1 > 0 )) || f", "e; f");
    CHECK_FLAT("x=(a $(b)); y=1 z+=2 c", "; b; c");
    CHECK_FLAT("a # b; c\n#d\ne\\\nf", "a; ef");
    CHECK_FLAT("((a) ; b)", "a; b");
    CHECK_FLAT("echo if then; x=done; a}", "echo if then; ; a}");
    CHECK_FLAT("{ a; } >f 2>&1; coproc n { b; }; select s in q; do c; done", "a; b; c");
}

TEST(shell_words_without_quotes)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *script =
        parse(&arena, "c 'a b' \"c $D \\\" e\" f\\ g $'h\\n\\x41\\u00e4' $\"i\" \"\" {j,k} *.c");
    const struct shell_word *words = script->commands.items[0]->words.items;
    CHECK(script->commands.items[0]->words.count == 9 && script->problems.count == 0);
    CHECK(str_eq(words[1].value, STR("a b")) && words[1].literal && words[1].quoted);
    CHECK(str_eq(words[2].value, STR("c $D \" e")) && !words[2].literal);
    CHECK(words[2].expansions->quoted && str_eq(words[2].expansions->name, STR("D")));
    CHECK(str_eq(words[3].value, STR("f g")) && words[3].literal);
    CHECK(str_eq(words[4].value, STR("h\nA\xc3\xa4")) && words[4].dollar_quote);
    CHECK(str_eq(words[5].value, STR("i")));
    CHECK(words[6].value.len == 0 && words[6].quoted);
    CHECK(words[7].brace && !words[7].literal);
    CHECK(words[8].pattern && !words[8].literal);
    CHECK(words[1].span.start == 2 && words[1].span.end == 7);
}

TEST(shell_expansions)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *script = parse(&arena, "a $b \"${c:-$d}\" ${#e} $10 ${f[0]} $@ 5$");
    const struct shell_word *words = script->commands.items[0]->words.items;
    const struct shell_expansion *outer = words[2].expansions;
    CHECK(!words[1].expansions->quoted && !words[1].expansions->special);
    CHECK(outer->quoted && outer->special && str_eq(outer->name, STR("c")));
    CHECK(str_eq(outer->next->name, STR("d")) && outer->next->quoted);
    CHECK(words[3].expansions->special && str_eq(words[3].expansions->name, STR("e")));
    CHECK(str_eq(words[4].expansions->name, STR("1")));
    CHECK(words[5].expansions->special && str_eq(words[6].expansions->name, STR("@")));
    CHECK(words[7].literal);
}

TEST(shell_wrappers_are_seen_through)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *script = parse(&arena, "sudo -u me A=b env -i C=d apt-get -y install x");
    CHECK_STR("sudo -u me A=b env -i C=d apt-get -y install x; "
              "env -i C=d apt-get -y install x; apt-get -y install x",
              flat(&arena, script));
    const struct shell_command *last = script->commands.items[2];
    str value;
    CHECK(last->wrapper == script->commands.items[1] && !last->from_string);
    CHECK(shell_outermost(last) == script->commands.items[0]);
    CHECK(shell_variable_before(last, "A", &value) && str_eq(value, STR("b")));
    CHECK(shell_variable_before(last, "C", &value) && str_eq(value, STR("d")));
    CHECK(last->span.start == 26 && last->span.end == 46);
    CHECK_FLAT("command -v a; exec -a b c; timeout -s 9 5 d", "command -v a; exec -a b c; c; "
                                                              "timeout -s 9 5 d; d");
    CHECK_FLAT("sudo tar -xvf l; command ls -v",
               "sudo tar -xvf l; tar -xvf l; command ls -v; ls -v");
    CHECK_FLAT("sudo -l; sudo -v x", "sudo -l; sudo -v x");
    CHECK_FLAT("find . -exec a {} \\; -execdir b {} +",
               "find . -exec a {} ; -execdir b {} +; a {}; b {}");
    CHECK_FLAT("python3 -um pip install x", "python3 -um pip install x; pip install x");
    CHECK_FLAT("eval a 'b | c'", "eval a b | c; a b; c");
    CHECK_FLAT("su - me -c 'a b'; runuser -u x -- c", "su - me -c a b; a b; runuser -u x -- c; c");
    CHECK_FLAT("sh -c \"$(a) b\" && eval \"`c`\"", "sh -c $(a) b; a; $(a) b; eval `c`; c; `c`");
    CHECK_FLAT("bash -s <<'E'\na && b\nE\nc", "bash -s; a; b; c");
    script = parse(&arena, "a | xargs -n 1 rm");
    CHECK(script->commands.items[2]->open_ended && script->commands.items[2]->pipe_position == 1);
}

TEST(shell_text_in_text_keeps_places)
{
    ARENA_SCOPED arena = {0};
    const char *text = "sh -ec \"a \\\"b c\\\" | d\" && e";
    struct shell_script *script = parse(&arena, text);
    CHECK_STR("sh -ec a \"b c\" | d; a b c; d; e", flat(&arena, script));
    const struct shell_command *inner = script->commands.items[1];
    CHECK(inner->from_string && inner->options == SHELL_ERREXIT);
    CHECK(inner->span.start == 8 && inner->span.end == 17);
    CHECK(inner->words.items[1].span.start == 11); /* the quote, behind its backslash */
    CHECK(script->commands.items[2]->span.start == 20);
    CHECK(shell_piped_into(inner) == script->commands.items[2]);
    CHECK(script->commands.items[3]->options == 0);
    script = parse(&arena, "x=`a \\`b\\``");
    CHECK(script->commands.items[2]->span.start == 7 && script->commands.items[2]->span.end == 8);
}

TEST(shell_pieces_of_a_file)
{
    ARENA_SCOPED arena = {0};
    /* "a \<newline>   b && c" without the continuation: "a " at 4, "   b && c" at 8. */
    struct mapped_text text = mapped_text_at(&arena, STR("a    b && c"), 4);
    mapped_text_piece(&arena, &text, 2, 8);
    struct shell_script *script = shell_parse(&arena, text, SHELL_SH);
    CHECK(script->commands.items[0]->words.items[1].span.start == 11);
    CHECK(script->commands.items[0]->span.start == 4 && script->commands.items[0]->span.end == 12);
    CHECK(script->commands.items[1]->span.start == 16);
}

TEST(shell_heredocs)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *script = parse(&arena, "cat <<A <<-'B' >f; x\n$v $(y)\nA\n\t$w\n\tB\nz");
    CHECK_STR("cat; x; y; z", flat(&arena, script));
    const struct shell_redirections *redirections = &script->commands.items[0]->redirections;
    CHECK(redirections->count == 3 && redirections->items[2].kind == SHELL_WRITE);
    const struct shell_heredoc *first = redirections->items[0].heredoc;
    const struct shell_heredoc *second = redirections->items[1].heredoc;
    CHECK(!first->quoted && first->closed && str_eq(first->body, STR("$v $(y)\n")));
    CHECK(str_eq(first->expansions->name, STR("v")));
    CHECK(second->quoted && second->strip_tabs && str_eq(second->body, STR("$w\n")));
    CHECK(!second->expansions);
    script = parse(&arena, "cat <<A\nb");
    CHECK(script->problems.count == 1 &&
          !script->commands.items[0]->redirections.items[0].heredoc->closed);
}

TEST(shell_flags)
{
    ARENA_SCOPED arena = {0};
    const struct shell_command *c =
        parse(&arena, "apt-get -qqy -o A=b --target-release=x install --yes -t y p -- -z")
            ->commands.items[0];
    str value;
    CHECK(shell_has_flag(c, "y") && shell_has_flag(c, "q") && shell_has_flag(c, "yes"));
    CHECK(!shell_has_flag(c, "z") && !shell_has_flag(c, "ye") && shell_flag_count(c, 'q') == 2);
    CHECK(shell_flag_value(c, "o", &value) && str_eq(value, STR("A=b")));
    CHECK(shell_flag_value(c, "target-release", &value) && str_eq(value, STR("x")));
    CHECK(str_eq(shell_subcommand(c, "o t target-release"), STR("install")));
    const struct shell_word *word = shell_argument(c, "o t target-release", NULL);
    word = shell_argument(c, "o t target-release", word);
    CHECK(str_eq(word->value, STR("p")));
    word = shell_argument(c, "o t target-release", word);
    CHECK(str_eq(word->value, STR("-z")));
    CHECK(!shell_argument(c, "o t target-release", word));
    c = parse(&arena, "/usr/bin/go install -race x")->commands.items[0];
    CHECK(shell_command_is(c, "go") && shell_has_single_flag(c, "race"));
}

TEST(shell_pipes_and_lists)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *s = parse(&arena, "(a; b) | { c; d; }; if e; then f; fi | g; h $(i) | j");
    struct shell_command **c = s->commands.items;
    CHECK(shell_piped_into(c[0]) == c[2] && shell_piped_into(c[1]) == c[2]);
    CHECK(!shell_piped_into(c[2]) && shell_piped_into(c[5]) == c[6]);
    CHECK(!shell_piped_into(c[8]) && shell_piped_into(c[7]) == c[9]); /* i writes a word of h */
    CHECK(shell_same_list(c[0], c[1]) && !shell_same_list(c[1], c[2]));
    CHECK(shell_is_after(c[2], c[0]) && c[7]->joint == SHELL_PIPE && c[9]->joint == SHELL_END);
    CHECK(c[9]->pipe_position == 1 && c[9]->pipeline && !c[0]->pipeline);
    CHECK(c[6]->joint == SHELL_SEMICOLON && c[5]->depth == 1 && c[8]->depth == 1);
}

TEST(shell_options)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *s = parse(&arena, "a; set -euo pipefail; b; set +e; c; sh -c 'd'; e");
    struct shell_command **c = s->commands.items;
    CHECK(c[0]->options == 0);
    CHECK(c[2]->options == (SHELL_ERREXIT | SHELL_NOUNSET | SHELL_PIPEFAIL));
    CHECK(c[4]->options == (SHELL_NOUNSET | SHELL_PIPEFAIL));
    CHECK(c[6]->options == 0 && c[7]->options == c[4]->options);
}

TEST(shell_goes_on_behind_mistakes)
{
    static const struct {
        const char *text, *commands;
    } cases[] = {
        {"a 'b", "a b"},
        {"a; ) b", "a; b"},
        {"if a; then b", "a; b"},
        {"(a; b", "a; b"},
        {"a && ; b", "a; b"},
        {"| a", "a"},
        {"a $(b", "a $(b; b"},
        {"while a; b; done; c", "a; b; c"},
        {"case x in a) b", "b"},
        {"a > ; b", "a; b"},
        {"{ a; (if b; then c) }; d", "a; b; c; d"},
        {"fi; a; done; b", "a; b"},
        {"a `b", "a `b; b"},
        {"[[ -f a; b", "b"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct shell_script *script = parse(&arena, cases[i].text);
        CHECK_STR(cases[i].commands, flat(&arena, script));
        CHECK(script->problems.count > 0);
    }
}

/* A text of one piece over and over: time must not grow faster than the text. */
static void check_bounded(const char *piece, size_t count, enum shell_dialect dialect)
{
    ARENA_SCOPED arena = {0};
    size_t length = strlen(piece);
    char *text = arena_array(&arena, char, length *count);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, piece, length);
    CHECK(shell_parse_str(&arena, str_make(text, length * count), dialect)->root);
}

TEST(shell_is_bounded)
{
    static const char *const pieces[] = {
        "(",     "$(",          "((",         "$((",         "`",        "${a:-", "{ ",     "if a;",
        "a=(",   "\"$(",        "f() ",       "sudo ",       "[[ a ",    "<<a ",  "a<<b\n", "! ",
        "time ", "case a in (", "((#'\n) );", "find -exec ", "env a=b ", "\\`",   "a;",     "$[a "};
    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
        check_bounded(pieces[i], 100000, SHELL_BASH);
    ARENA_SCOPED arena = {0};
    size_t size = 5 << 20;
    struct shell_script *script =
        shell_parse_str(&arena, str_make(arena_alloc(&arena, size), size), SHELL_SH);
    CHECK(script->problems.count == 1 && !script->root);
}

TEST(shell_dialects)
{
    CHECK(shell_dialect_of(STR("/bin/sh")) == SHELL_SH && shell_dialect_of(STR("ash")) == SHELL_SH);
    CHECK(shell_dialect_of(STR("/usr/bin/bash")) == SHELL_BASH);
    CHECK(shell_dialect_of(STR("powershell")) == SHELL_OTHER);
    ARENA_SCOPED arena = {0};
    CHECK(!shell_parse_str(&arena, STR("a"), SHELL_OTHER)->root);
}

TEST(shell_of_history)
{
    ARENA_SCOPED arena = {0};
    struct shell_script *s = shell_from_history(&arena, STR("/bin/sh -c apt-get update && a"));
    CHECK_STR("apt-get update; a", flat(&arena, s));
    CHECK(s->commands.items[0]->span.start == 11);
    s = shell_from_history(&arena,
                           STR("RUN |2 A=/bin/x B=c d /bin/bash -o pipefail -c a | b # buildkit"));
    CHECK_STR("a; b", flat(&arena, s));
    CHECK(s->dialect == SHELL_BASH && s->commands.items[0]->span.start == 47);
    s = shell_from_history(&arena, STR("|1 A=b /bin/sh d /bin/sh -c c"));
    CHECK_STR("c", flat(&arena, s));
    CHECK(!shell_from_history(&arena, STR("/bin/sh -c #(nop)  CMD [\"bash\"]")));
    CHECK(!shell_from_history(&arena, STR("COPY file:0 in /")));
    CHECK(!shell_from_history(&arena, STR("RUN powershell -Command a # buildkit")));
    CHECK(!shell_from_history(&arena, (str){0}));
}

TEST(shell_of_arguments)
{
    ARENA_SCOPED arena = {0};
    struct mapped_text arguments[] = {
        mapped_text_at(&arena, STR("/bin/sh"), 1),
        mapped_text_at(&arena, STR("-c"), 10),
        mapped_text_at(&arena, STR("exec a \"$@\""), 20),
    };
    struct shell_script *s = shell_from_arguments(&arena, arguments, 3);
    CHECK_STR("/bin/sh -c exec a \"$@\"; exec a $@; a $@", flat(&arena, s));
    CHECK(s->commands.items[2]->span.start == 25);
    CHECK(shell_from_arguments(&arena, NULL, 0)->commands.count == 0);
}
