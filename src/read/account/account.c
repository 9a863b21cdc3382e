// SPDX-License-Identifier: Apache-2.0
#include "read/account/account.h"

#define X(member) extern const struct collector account_##member;
#include "account.list"
#undef X

static const struct collector *const collectors[] = {
#define X(member) &account_##member,
#include "account.list"
#undef X
    NULL,
};

const struct collector *const *account_collectors(void)
{
    return collectors;
}

size_t account_split(str line, str *parts, size_t most)
{
    size_t count = 0;
    for (;;) {
        size_t colon = str_find_char(line, ':');
        if (count < most)
            parts[count] = str_sub(line, 0, colon == STR_NONE ? line.len : colon);
        count++;
        if (colon == STR_NONE)
            return count;
        line = str_from_index(line, colon + 1);
    }
}

str account_password_state(str field)
{
    /* crypt(5): prefixes of hashes, old to new. */
    static const struct {
        str prefix, name;
    } schemes[] = {
        {STR_INIT("$1$"), STR_INIT("md5")},       {STR_INIT("$2"), STR_INIT("bcrypt")},
        {STR_INIT("$5$"), STR_INIT("sha256")},    {STR_INIT("$6$"), STR_INIT("sha512")},
        {STR_INIT("$y$"), STR_INIT("yescrypt")},  {STR_INIT("$7$"), STR_INIT("scrypt")},
        {STR_INIT("$gy$"), STR_INIT("yescrypt")}, {STR_INIT("$sha1"), STR_INIT("sha1")},
        {STR_INIT("$3$"), STR_INIT("nt")},        {STR_INIT("$md5"), STR_INIT("md5")},
        {STR_INIT("_"), STR_INIT("des")},
    };
    enum { DES_LENGTH = 13 };
    if (field.len == 0)
        return (str){0};
    if (str_eq(field, STR("x")))
        return STR("x");
    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
        if (str_starts(field, schemes[i].prefix))
            return schemes[i].name;
    /* "!" before a hash locks the account; the hash is there all the same, but opens nothing. */
    if (field.ptr[0] == '!' || field.ptr[0] == '*')
        return STR("!");
    return field.len == DES_LENGTH ? STR("des") : STR("!");
}
