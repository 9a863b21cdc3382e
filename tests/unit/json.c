// SPDX-License-Identifier: Apache-2.0
#include "io/json.h"
#include "tests/unit/test.h"

#include <string.h>

static enum err_kind fails(str text)
{
    struct err err = {0};
    JSON_SCOPED json = json_parse(text, &err);
    return json ? ERR_NONE : err.kind;
}

TEST(json_tree)
{
    struct err err = {0};
    JSON_SCOPED json = json_parse(
        STR(" {\"a\": [1, \"x\\u00e9\", true, null, 1.5], \"b\": {\"c\": 18}, \"b\": {\"c\": 19}} \n"),
        &err);
    CHECK(json != NULL);
    const struct json *list = json_get(json, "a");
    CHECK(json_is_array(list));
    CHECK_EQ(5, json_count(list));
    const struct json *item = json_first(list);
    CHECK_EQ(1, json_u64(item, 7));
    item = json_next(item);
    CHECK_STR("x\xc3\xa9", json_string(item));
    CHECK_EQ(7, json_u64(item, 7));
    item = json_next(item);
    CHECK(json_bool(item, false));
    item = json_next(item);
    CHECK_STR("", json_string(item));
    item = json_next(item);
    CHECK_EQ(7, json_u64(item, 7));
    CHECK(json_double(item, 0) > 1.4);
    CHECK(json_next(item) == NULL);
    /* The last of two equal names wins, and chains over what is absent are absent. */
    CHECK_EQ(19, json_u64(json_get(json_get(json, "b"), "c"), 0));
    CHECK_STR("", json_get_string(json_get(json_get(json, "no"), "such"), "thing"));
    CHECK_STR("b", json_name(json_next(list)));
    CHECK_EQ(0, json_count(NULL));
}

TEST(json_folds_names_as_go_does)
{
    struct err err = {0};
    JSON_SCOPED json = json_parse(STR("{\"layers\":1,\"LAYERS\":2,\"Layer\xc5\xbf\":3,\"layer\":4,"
                                      "\"\xe2\x84\xaa\":5,\"layersx\":6}"),
                                  &err);
    CHECK_EQ(3, json_u64(json_get(json, "Layers"), 0));
    CHECK_EQ(5, json_u64(json_get(json, "k"), 0));
    CHECK(json_get(json, "ayers") == NULL);
}

TEST(json_refuses)
{
    CHECK_EQ(ERR_FORMAT, fails(STR("")));
    CHECK_EQ(ERR_FORMAT, fails(STR("{")));
    CHECK_EQ(ERR_FORMAT, fails(STR("{} x")));
    CHECK_EQ(ERR_FORMAT, fails(STR("{\"a\":1")));
    CHECK_EQ(ERR_FORMAT, fails(STR("\"abc")));
    CHECK_EQ(ERR_FORMAT, fails(STR("\"abc\\")));
    CHECK_EQ(ERR_FORMAT, fails(STR("<html>")));
    CHECK_EQ(ERR_FORMAT, fails(STR("{}\0")));
    CHECK_EQ(ERR_FORMAT, fails(STR("[\"a\\u0000b\"]")));
    CHECK_EQ(ERR_NONE, fails(STR("[\"a\\\\u0000b\"]")));
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 100);
    CHECK_EQ(ERR_LIMIT, fails(str_make(deep, 200)));
    CHECK_EQ(ERR_NONE, fails(str_make(deep + 40, 120)));
}
