// SPDX-License-Identifier: Apache-2.0
#include "judge/reach/reach.h"

#include "base/path.h"
#include "tests/unit/test.h"

#include <string.h>

/* An image of two folders: programs in /bin, one package each, and the scripts of a test in /srv.
 */
static const char *const programs[] = {"a", "b", "bash", "c", "find", "git", "sh"};
enum {
    PROGRAMS = sizeof(programs) / sizeof(*programs),
    MOST_SCRIPTS = 4,
    SCRIPTS_AT = 3 + PROGRAMS
};

struct test_reach {
    struct arena *arena;
    struct file items[SCRIPTS_AT + MOST_SCRIPTS];
    struct files files;
    struct fact_list facts;
    struct report report;
};

static struct file *put(struct test_reach *test, size_t at, uint32_t parent, str name)
{
    test->items[at] =
        (struct file){.name = name, .parent = parent, .type = ENTRY_FILE, .mode = 0755, .size = 1};
    return &test->items[at];
}

static struct fact *fact(struct test_reach *test, enum fact_kind kind, str path)
{
    struct fact *fact = vec_push(test->arena, &test->facts);
    fact->kind = kind;
    fact->path = path;
    return fact;
}

static void begin(struct test_reach *test)
{
    put(test, 0, 0, STR(""))->type = ENTRY_DIRECTORY;
    put(test, 1, 0, STR("bin"))->type = ENTRY_DIRECTORY;
    put(test, 2, 0, STR("srv"))->type = ENTRY_DIRECTORY;
    test->items[0].children = 1;
    test->items[0].count = 2;
    test->items[1].children = 3;
    test->items[1].count = PROGRAMS;
    test->items[2].children = SCRIPTS_AT;
    for (size_t i = 0; i < PROGRAMS; i++) {
        str name = str_from(programs[i]);
        put(test, 3 + i, 1, name);
        vec_push(test->arena, &test->report.packages)->package.name = name;
        struct fact *owned = fact(test, FACT_OWNED_FILE, STR("var/lib/dpkg/info/x.list"));
        owned->owned_file.package = name;
        owned->owned_file.path = arena_join(test->arena, STR("bin"), STR("/"), name);
    }
}

/* Names in order; an interpreter of NULL makes one of another language. */
static void script(struct test_reach *test, const char *name, const char *interpreter,
                   const char *text)
{
    size_t at = SCRIPTS_AT + test->items[2].count++;
    put(test, at, 2, str_from(name));
    struct script *script =
        &fact(test, FACT_SCRIPT, arena_join(test->arena, STR("srv"), STR("/"), str_from(name)))
             ->script;
    script->interpreter = script->program = str_from(interpreter ? interpreter : "");
    *(interpreter ? &script->text : &script->commands) = str_from(text);
    script->starts = !interpreter;
}

/* "a sh ?": the packages in use, and whether the others cannot be told. */
static str reached(struct test_reach *test, const char *entry, const char *cmd)
{
    struct image_config config = {.present = true};
    str rest = str_from(entry), word, names = {0};
    while (str_next(&rest, '|', &word))
        *vec_push(test->arena, &config.entrypoint) = word;
    rest = str_from(cmd);
    while (str_next(&rest, '|', &word))
        *vec_push(test->arena, &config.cmd) = word;
    test->files = (struct files){.items = test->items, .count = SCRIPTS_AT + test->items[2].count};
    const struct image_view view = {
        .config = &config, .facts = &test->facts, .files = &test->files};
    reach_judge(test->arena, &view, &test->report);
    bool unknown = false;
    for (size_t i = 0; i < test->report.packages.count; i++) {
        const struct report_package *package = &test->report.packages.items[i];
        unknown |= package->use == USE_UNKNOWN;
        if (package->use == USE_REACHED)
            names = names.len ? arena_join(test->arena, names, STR(" "), package->package.name)
                              : package->package.name;
    }
    return unknown ? arena_join(test->arena, names, STR(" "), STR("?")) : names;
}

/* What a script of that text, run with those arguments, reaches. */
static str reached_by(struct arena *arena, const char *text, const char *cmd)
{
    struct test_reach test = {.arena = arena};
    begin(&test);
    script(&test, "start", "/bin/sh", text);
    return reached(&test, "/srv/start", cmd);
}

TEST(reach_of_commands)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("a b sh", reached_by(&arena, "if a; then b; fi # c\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "echo b c\ncat <<X\nc\nX\nx=$(a)\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "run() { \"$@\"; }\nrun a x\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "case $1 in\nb) : ;;\n*) env X=1 a ;;\nesac\n", ""));
    CHECK_STR("a c sh", reached_by(&arena, "sh -c 'a | c'\n", ""));
    CHECK_STR("b sh", reached_by(&arena, "sh <<X\nb\nX\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "exec env -i /bin/a\n", ""));
}

TEST(reach_of_arguments)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("c sh", reached_by(&arena, "set -e\nexec \"$@\"\n", "c|x"));
    CHECK_STR("a c sh", reached_by(&arena, "set -- a \"$@\"\nexec \"$@\"\n", "c"));
    CHECK_STR("sh", reached_by(&arena, "exec \"$@\"\n", ""));
    CHECK_STR("b sh", reached_by(&arena, "f() { $1 x; }\nfor x in b; do f \"$x\"; done\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "exec \"$@\"\n", "/bin/sh"));
    CHECK_STR("b sh", reached_by(&arena, "exec \"$@\"\n", "sh|-c|b"));
}

TEST(reach_of_variables)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("a b sh", reached_by(&arena, "t=a\n[ -n \"$x\" ] && t=b\n\"$t\" 1\n", ""));
    CHECK_STR("b sh", reached_by(&arena, "d=/bin\nt=$d/b\nexec $t\n", ""));
    CHECK_STR("c sh", reached_by(&arena, "${TOOL:-c} x\n", ""));
    CHECK_STR("c sh", reached_by(&arena, ": ${TOOL:=/bin/../bin/c}\n$TOOL x\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "t=`command -v a`\n$t\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "p=''\n$p a\n", ""));
    CHECK_STR("a b sh", reached_by(&arena, "p='b x'\n$p a\n", ""));
    CHECK_STR("git sh", reached_by(&arena, "/bin/gi$x$(date)\n", ""));
    CHECK_STR("a b bash c find git sh", reached_by(&arena, "/bin/$(hostname)\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "f() { for x; do \"$x\"; done; }\nf a\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "f() { for x; do \"$x\"; done; }\n", ""));
    CHECK_STR("a b c sh",
              reached_by(&arena, "local x=( a -n \"$HOME\" )\nx+=( b )\n\"${x[@]}\" c", ""));
    CHECK_STR("a b sh", reached_by(&arena, "x=a\nx=\"$x b\"\nx=\"$x -n c=$HOME\"\n$x\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "x=( \"$HOME\" )\n\"${x[@]}\"\n", ""));
}

TEST(reach_that_cannot_be_told)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("sh ?", reached_by(&arena, "$TOOL\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "eval \"$(date)\"\n", ""));
    CHECK_STR("a sh", reached_by(&arena, "eval \"a $x\"\n", ""));
    CHECK_STR("a b sh", reached_by(&arena, "x='a; b'\neval \"$x\"\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "read t\n$t\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "date | sh\n", ""));
    CHECK_STR("sh ?", reached_by(&arena, "a=(\n", ""));
}

TEST(reach_of_other_scripts)
{
    ARENA_SCOPED arena = {0};
    struct test_reach test = {.arena = &arena};
    begin(&test);
    script(&test, "app.py", NULL, "nothing\ngit");
    script(&test, "lib.sh", "", "f() { $tool; }\n");
    script(&test, "start", "/bin/bash",
           "d=$(cd \"$(dirname \"$0\")\" && pwd)\n. \"$d/lib.sh\"\ntool=a\nf\ncd /srv\n./app.py\n"
           "find /srv -name '*.x' | while read -r each; do \"$each\"; done\n");
    CHECK_STR("a bash find git", reached(&test, "/srv/start", ""));
    struct test_reach open = {.arena = &arena};
    begin(&open);
    script(&open, "app.py", NULL, "nothing\nofit");
    CHECK_STR("?", str_trim(reached(&open, "/srv/app.py", "")));
}
