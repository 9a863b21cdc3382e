// SPDX-License-Identifier: Apache-2.0
/*
 * pack_patterns PATTERNS SEARCH: makes what the searches for the secrets of data/secrets.tsv need,
 * so that the program need not do it. PATTERNS are compiled by Hyperscan; without the library at
 * hand the file is left empty, which is said: then the program compiles them itself, once, and
 * keeps the result in its state folder.
 */
#include "base/fd.h"
#include "data.h"
#include "read/secret/search.h"

#include <stdio.h>

static int complain(const char *what, const struct err *err)
{
    fprintf(stderr, "%s: %s\n", what, err->message);
    return 1;
}

int main(int argc, char **argv)
{
    ARENA_SCOPED arena = {0};
    struct kind_table table;
    struct probe_set probes;
    struct pattern_set *set = NULL;
    struct err err = {0};
    str packed = {0};
    if (argc != 3)
        return 2;
    if (kind_table_read(str_make(data_secrets, data_secrets_len), &table, &err) < 0 ||
        probes_make(&arena, &table, &probes, &err) < 0)
        return complain("data/secrets.tsv", &err);
    if (pattern_load(&err) < 0) {
        complain("patterns are not compiled", &err);
    } else if (pattern_compile(probes_patterns(&arena, &probes), probes.count, &set, &err) < 0 ||
               pattern_pack(set, &arena, &packed, &err) < 0) {
        return complain("data/secrets.tsv", &err);
    }
    pattern_close(set);
    if (fd_replace_file(argv[1], packed, &err) < 0)
        return complain(argv[1], &err);
    if (fd_replace_file(argv[2], search_pack(&arena, &probes), &err) < 0)
        return complain(argv[2], &err);
    kind_table_free(&table);
    return 0;
}
