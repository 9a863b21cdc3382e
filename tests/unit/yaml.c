// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "io/yaml.h"
#include "tests/unit/test.h"

static const struct yaml_node *parse_one(struct arena *arena, const char *text)
{
    struct yaml_list documents;
    struct err err = {0};
    CHECK_OK(yaml_parse(arena, str_from(text), &documents, &err), &err);
    return documents.count ? documents.items[0] : NULL;
}

static void check_refused(str text, enum err_kind kind, const char *message)
{
    ARENA_SCOPED arena = {0};
    struct yaml_list documents;
    struct err err = {0};
    CHECK_EQ(-1, yaml_parse(&arena, text, &documents, &err));
    CHECK_EQ(kind, err.kind);
    CHECK_STR(message, err_text(&err));
}

TEST(yaml_says_what_stands_where)
{
    ARENA_SCOPED arena = {0};
    const struct yaml_node *root =
        parse_one(&arena, "# settings\nformat: json\nignore: [a, 'b c']\nscan:\n  jobs: 3\n");
    CHECK(root && root->kind == YAML_MAPPING && root->items.count == 6);
    const struct yaml_node *format = yaml_get(root, STR("format"));
    CHECK_STR("json", format->text);
    CHECK_EQ(2, format->line);
    CHECK_EQ(9, format->column);
    const struct yaml_node *ignore = yaml_get(root, STR("ignore"));
    CHECK(ignore->kind == YAML_SEQUENCE && ignore->items.count == 2);
    CHECK(ignore->items.items[0]->plain && !ignore->items.items[1]->plain);
    CHECK_STR("b c", ignore->items.items[1]->text);
    CHECK_STR("3", yaml_get(yaml_get(root, STR("scan")), STR("jobs"))->text);
    CHECK(yaml_get(root, STR("absent")) == NULL && yaml_get(format, STR("x")) == NULL);
}

TEST(yaml_reads_every_document)
{
    ARENA_SCOPED arena = {0};
    struct yaml_list documents;
    struct err err = {0};
    CHECK_OK(yaml_parse(&arena, STR("a: 1\n---\nb: 2\n...\n---\n"), &documents, &err), &err);
    CHECK_EQ(3, documents.count);
    CHECK_STR("2", yaml_get(documents.items[1], STR("b"))->text);
    CHECK_OK(yaml_parse(&arena, STR("# nothing\n"), &documents, &err), &err);
    CHECK_EQ(0, documents.count);
    CHECK_OK(yaml_parse(&arena, (str){0}, &documents, &err), &err);
    CHECK_EQ(0, documents.count);
}

TEST(yaml_shares_what_is_anchored)
{
    ARENA_SCOPED arena = {0};
    const struct yaml_node *root = parse_one(&arena, "a: &x {k: v}\nb: *x\n");
    CHECK(yaml_get(root, STR("a")) == yaml_get(root, STR("b")));
    /* nine levels of nine aliases each: 387 million scalars if they were copied */
    BUF_SCOPED bomb = buf_make(10000);
    buf_printf(&bomb, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
        buf_printf(&bomb, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            buf_printf(&bomb, "%s*a%d", j ? "," : "", i - 1);
        buf_printf(&bomb, "]\n");
    }
    struct yaml_list documents;
    struct err err = {0};
    CHECK_OK(yaml_parse(&arena, buf_str(&bomb), &documents, &err), &err);
    CHECK(arena.total < MIB(1));
}

TEST(yaml_refuses_with_the_place)
{
    check_refused(STR("a: 1\nb: [1, 2\nc: 3\n"), ERR_FORMAT,
                  "line 3, column 2: did not find expected ',' or ']'");
    check_refused(STR("a: *nothing\n"), ERR_FORMAT,
                  "line 1, column 4: an alias of nothing that stands before it");
    check_refused(STR("a: &x [*x]\n"), ERR_FORMAT,
                  "line 1, column 8: an alias of nothing that stands before it");
    ARENA_SCOPED arena = {0};
    char deep[3 * LIMIT_YAML_DEPTH];
    for (size_t i = 0; i < sizeof(deep); i++)
        deep[i] = '[';
    struct yaml_list documents;
    struct err err = {0};
    CHECK_EQ(-1, yaml_parse(&arena, str_make(deep, sizeof(deep)), &documents, &err));
    CHECK_EQ(ERR_LIMIT, err.kind);
    struct err other = {0};
    CHECK_EQ(-1, yaml_parse(&arena, STR("a: \xff\xfe\n"), &documents, &other));
    CHECK_EQ(ERR_FORMAT, other.kind);
}

static void check_slice(str text, const struct yaml_node *node, const char *want)
{
    CHECK(node && node->end_offset <= text.len);
    CHECK_STR(want, str_sub(text, node->offset, node->end_offset - node->offset));
}

TEST(yaml_says_where_nodes_begin_and_end_in_bytes)
{
    static const char plain[] =
        "\xEF\xBB\xBF# \xC3\xA4\n\xC3\xB6: \xE2\x82\xAC uro # x\nlist:\n- a\n"
        "- 'b c'\n\n# end\nflow: {k: [1, 2] , l: !t v}\nempty:\nlast: |\n  t\n";
    ARENA_SCOPED arena = {0};
    str text = str_from(plain);
    const struct yaml_node *root = parse_one(&arena, plain);
    check_slice(text, yaml_get(root, STR("\xC3\xB6")), "\xE2\x82\xAC uro");
    CHECK_EQ(4, yaml_get(root, STR("\xC3\xB6"))->column);
    check_slice(text, yaml_get(root, STR("list")), "- a\n- 'b c'");
    const struct yaml_node *flow = yaml_get(root, STR("flow"));
    CHECK(flow->flow && !yaml_get(root, STR("list"))->flow);
    check_slice(text, flow, "{k: [1, 2] , l: !t v}");
    check_slice(text, yaml_get(flow, STR("k")), "[1, 2]");
    CHECK_STR("!t", yaml_get(flow, STR("l"))->tag);
    check_slice(text, yaml_get(root, STR("empty")), "");
    CHECK_EQ(8, yaml_get(root, STR("list"))->end_column);
    /* longer than the distance of the marks that are remembered */
    BUF_SCOPED buf = buf_make(100000);
    for (int i = 0; i < 2000; i++)
        buf_printf(&buf, "k%d: \xC3\xA4%d\n", i, i);
    root = parse_one(&arena, arena_cstr(&arena, buf_str(&buf)));
    check_slice(buf_str(&buf), yaml_get(root, STR("k1999")),
                "\xC3\xA4"
                "1999");
    check_slice(buf_str(&buf), yaml_get(root, STR("k77")),
                "\xC3\xA4"
                "77");
}

TEST(yaml_keeps_the_documents_before_the_damage)
{
    ARENA_SCOPED arena = {0};
    struct yaml_list documents;
    struct err err = {0};
    CHECK_EQ(-1, yaml_parse(&arena, STR("a: 1\n---\nb: [\n"), &documents, &err));
    CHECK_EQ(1, documents.count);
}
