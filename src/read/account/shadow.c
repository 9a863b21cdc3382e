// SPDX-License-Identifier: Apache-2.0
/* shadow(5) and gshadow(5). Hashes are not kept, only what they are. */
#include "base/limits.h"
#include "model/damage.h"
#include "read/account/account.h"

enum { FIELDS = 2 };

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct damage damage = {.to = to, .path = entry->path};
    bool group = str_ends(entry->path, STR("gshadow"));
    size_t kept = 0;
    str line, parts[FIELDS];
    for (uint64_t number = 1; str_next_line(&content, &line); number++) {
        if (str_trim(line).len == 0 || line.ptr[0] == '#')
            continue;
        if (line.len > LIMIT_FIELD || account_split(line, parts, FIELDS) < FIELDS) {
            damage_add(&damage, "line %zu is no record", (size_t)number);
            continue;
        }
        if (++kept > LIMIT_ACCOUNTS) {
            damage_add(&damage, "more than %d accounts", LIMIT_ACCOUNTS);
            break;
        }
        struct account_shadow *shadow =
            &fact_add(to, FACT_ACCOUNT_SHADOW, entry->path)->account_shadow;
        *shadow = (struct account_shadow){
            .name = arena_str(to->arena, parts[0]),
            .password = account_password_state(parts[1]),
            .group = group,
            .line = number,
        };
    }
    damage_end(&damage);
    return 0;
}

static const char *const paths[] = {"etc/shadow", "etc/gshadow", NULL};

const struct collector account_shadow = {
    .name = "shadow",
    .version = 1,
    .wants = WANT_ACCOUNTS,
    .limit = LIMIT_CLAIMED_FILE,
    .paths = paths,
    .collect = collect,
};
