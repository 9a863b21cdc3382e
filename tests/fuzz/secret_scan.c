// SPDX-License-Identifier: Apache-2.0
#include "base/die.h"
#include "base/limits.h"
#include "io/stream.h"
#include "read/secret/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct secret_finder *finder(void)
{
    static struct secret_finder *finder;
    const struct secret_settings settings = {0};
    struct err err = {0};
    if (!finder)
        INVARIANT(secret_finder_open(&settings, &finder, &err) == 0);
    return finder;
}

/* In pieces of any size, as a layer's walk hands them over. */
static void feed(const struct scanner *scanner, void *state, struct collect *to, str text,
                 size_t piece)
{
    struct err err = {0};
    while (text.len) {
        str part = str_sub(text, 0, piece);
        scanner->feed(state, to, part, &err);
        text = str_from_index(text, part.len);
    }
    if (scanner->end(state, to, true, &err) < 0)
        INVARIANT(err.kind != ERR_NONE);
}

/* The first byte chooses what the file is called, and so which reader takes it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {
        "app/.env",
        "root/.docker/config.json",
        "root/.npmrc",
        "root/.netrc",
        "root/.kube/config",
        "root/.pgpass",
        "etc/shadow",
        "root/.git-credentials",
        "srv/a.p12",
        "srv/a.jks",
        "root/.m2/settings.xml",
        "srv/a.tar",
        "root/.ssh/authorized_keys",
        "etc/ssh/ssh_host_rsa_key",
        "a.kdbx",
        "etc/krb5.keytab",
        "usr/bin/program",
        "srv/a.jar",
        ".azure/accessTokens.json",
        "srv/b.yaml",
    };
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    if (size < 3)
        return 0;
    const struct collector *collector = secret_finder_collector(finder());
    void *state = collector->scanner->open(collector);
    str text = str_make(data + 2, size - 2);
    struct entry entry = {.path = str_from(paths[data[0] % (sizeof(paths) / sizeof(paths[0]))]),
                          .size = text.len};
    if (collector->scanner->begin(state, &to, &entry, str_sub(text, 0, STREAM_PEEK)))
        feed(collector->scanner, state, &to, text, (size_t)data[1] * 16 + 1);
    collector->scanner->close(state);
    for (size_t i = 0; i < facts.count; i++) {
        const struct fact *fact = &facts.items[i];
        if (fact->kind != FACT_SECRET)
            continue;
        INVARIANT(fact->survives && fact->secret.kind.len && fact->secret.fingerprint.len == 16);
        INVARIANT(fact->secret.offset <= text.len && fact->secret.confidence <= SECRET_HIGH);
        INVARIANT(fact->secret.shown.len <= 16);
    }
    return 0;
}
