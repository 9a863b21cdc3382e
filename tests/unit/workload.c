// SPDX-License-Identifier: Apache-2.0
#include "model/workload.h"
#include "tests/unit/test.h"

static void add(struct arena *arena, struct set_text_list *list, const char *name)
{
    vec_push(arena, list)->value = workload_capability(arena, str_from(name));
}

TEST(workload_capabilities_follow_the_engine)
{
    ARENA_SCOPED arena = {0};
    CHECK_STR("NET_RAW", workload_capability(&arena, STR(" cap_net-raw ")));
    CHECK_STR("ALL", workload_capability(&arena, STR("all")));
    struct workload plain = {0};
    CHECK(workload_has_capability(&plain, STR("NET_RAW")));
    CHECK(!workload_has_capability(&plain, STR("SYS_ADMIN")));
    struct workload few = {0};
    add(&arena, &few.cap_drop, "ALL");
    add(&arena, &few.cap_add, "CAP_CHOWN");
    CHECK(workload_has_capability(&few, STR("CHOWN")));
    CHECK(!workload_has_capability(&few, STR("NET_RAW")));
    struct workload most = {0};
    add(&arena, &most.cap_add, "all");
    add(&arena, &most.cap_drop, "sys_admin");
    CHECK(workload_has_capability(&most, STR("SYS_MODULE")));
    CHECK(!workload_has_capability(&most, STR("SYS_ADMIN")));
    most.privileged = (struct set_flag){.set = true, .value = true};
    CHECK(workload_has_capability(&most, STR("SYS_ADMIN")));
}

TEST(workload_variables_are_found_as_they_count)
{
    ARENA_SCOPED arena = {0};
    struct named_value_list list = {0};
    *vec_push(&arena, &list) = (struct named_value){.name = STR("A"), .value = STR("1")};
    *vec_push(&arena, &list) = (struct named_value){.name = STR("A"), .value = STR("2")};
    CHECK_STR("2", named_value_find(&list, STR("A"))->value);
    CHECK(!named_value_find(&list, STR("B")));
    CHECK_STR("kubernetes", dialect_name(DIALECT_KUBERNETES));
}
