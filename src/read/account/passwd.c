// SPDX-License-Identifier: Apache-2.0
/*
 * passwd(5) and group(5): name:password:uid:gid:gecos:home:shell and name:password:gid:members.
 * Both are read as the C library reads them: comments and lines of "+" or "-" (NIS) aside. A sign
 * before a digit is kept: engines know no NIS and take "+0" for an account (CVE-2018-9862). They
 * take a line that ends early for one too: it is damage, and an account.
 */
#include "base/limits.h"
#include "model/damage.h"
#include "read/account/account.h"

#include <ctype.h>
#include <string.h>

enum { PASSWD_FIELDS = 7, GROUP_FIELDS = 4 };
/* What the C library must have of a line to take it: all up to the numbers. */
enum { PASSWD_NEEDED = 4, GROUP_NEEDED = 3 };

static void read_account(struct collect *to, str path, const str *parts, uint64_t number)
{
    struct account *account = &fact_add(to, FACT_ACCOUNT, path)->account;
    *account = (struct account){
        .name = arena_str(to->arena, parts[0]),
        .password = account_password_state(parts[1]),
        .uid = arena_str(to->arena, parts[2]),
        .gid = arena_str(to->arena, parts[3]),
        .home = arena_str(to->arena, parts[5]),
        .shell = arena_str(to->arena, parts[6]),
        .line = number,
    };
}

static void read_group(struct collect *to, str path, const str *parts, uint64_t number)
{
    struct account_group *group = &fact_add(to, FACT_ACCOUNT_GROUP, path)->account_group;
    *group = (struct account_group){
        .name = arena_str(to->arena, parts[0]),
        .password = account_password_state(parts[1]),
        .gid = arena_str(to->arena, parts[2]),
        .members = arena_str(to->arena, parts[3]),
        .line = number,
    };
}

static bool is_no_account(str text)
{
    if (text.len == 0 || text.ptr[0] == '#')
        return true;
    return (text.ptr[0] == '+' || text.ptr[0] == '-') &&
           (text.len == 1 || text.ptr[1] < '0' || text.ptr[1] > '9');
}

/* Of a line that ends early, so that a file of something else is not thousands of accounts. */
static bool may_be_name(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isalnum((unsigned char)name.ptr[i]) && !strchr("._-+$", name.ptr[i]))
            return false;
    return name.len > 0;
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct damage damage = {.to = to, .path = entry->path};
    bool group = str_ends(entry->path, STR("group"));
    size_t wanted = group ? GROUP_FIELDS : PASSWD_FIELDS, kept = 0;
    str line, parts[PASSWD_FIELDS];
    for (uint64_t number = 1; str_next_line(&content, &line); number++) {
        if (is_no_account(str_trim(line)))
            continue;
        if (line.len > LIMIT_FIELD) {
            damage_add(&damage, "line %zu is longer than %zu bytes", (size_t)number,
                       (size_t)LIMIT_FIELD);
            continue;
        }
        memset(parts, 0, sizeof(parts));
        size_t count = account_split(line, parts, PASSWD_FIELDS);
        if (count != wanted) {
            damage_add(&damage, "line %zu has %zu fields, not %zu", (size_t)number, count, wanted);
            if (count > wanted || !may_be_name(parts[0]))
                continue;
        }
        /* Nobody can log in by what only engines see. */
        if (count < (group ? GROUP_NEEDED : PASSWD_NEEDED))
            parts[1] = STR("x");
        if (++kept > LIMIT_ACCOUNTS) {
            damage_add(&damage, "more than %d accounts", LIMIT_ACCOUNTS);
            break;
        }
        if (group)
            read_group(to, entry->path, parts, number);
        else
            read_account(to, entry->path, parts, number);
    }
    damage_end(&damage);
    return 0;
}

static const char *const paths[] = {"etc/passwd", "etc/group", NULL};

const struct collector account_passwd = {
    .name = "passwd",
    .version = 2,
    .wants = WANT_ACCOUNTS,
    .limit = LIMIT_CLAIMED_FILE,
    .paths = paths,
    .collect = collect,
};
