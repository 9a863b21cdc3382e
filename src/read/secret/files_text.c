// SPDX-License-Identifier: Apache-2.0
/* Formats of their own: .netrc, .pgpass, .git-credentials, shadow(5), htpasswd, and others. */
#include "base/path.h"
#include "read/secret/files.h"
#include "read/secret/key.h"

#include <string.h>

/* --- .netrc: words; apt's auth.conf is one too (apt_auth.conf(5)) ---- */

static bool is_netrc(str path, str head)
{
    (void)head;
    return file_ends(path, ".netrc") || file_ends(path, "_netrc") ||
           file_ends(path, "apt/auth.conf") || str_contains(path, STR("apt/auth.conf.d/"));
}

static void read_netrc(struct secret_scan *scan, str content)
{
    const char *kind = str_contains(scan->name, STR("apt/auth.conf")) ? "apt-auth" : "netrc";
    str rest = content, line, machine = {0};
    while (str_next_line(&rest, &line)) {
        str word, value;
        if (str_starts(str_trim(line), STR("#")))
            continue;
        while (str_next_word(&line, &word)) {
            if (str_eq(word, STR("machine")) && str_next_word(&line, &value))
                machine = value;
            else if (str_eq(word, STR("password")) && str_next_word(&line, &value))
                file_hit(scan, kind, content, file_unquote(value), machine);
        }
    }
}

/* --- .pgpass: host:port:database:user:password, with '\' before ':' and '\' ---- */

static bool is_pgpass(str path, str head)
{
    (void)head;
    return file_ends(path, ".pgpass") || file_ends(path, "pgpass.conf");
}

static void read_pgpass(struct secret_scan *scan, str content)
{
    enum { FIELDS = 4 };
    str rest = content, line;
    while (str_next_line(&rest, &line)) {
        size_t at = 0;
        int colons = 0;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        for (; at < line.len && colons < FIELDS; at++) {
            if (line.ptr[at] == '\\')
                at++;
            else
                colons += line.ptr[at] == ':';
        }
        if (colons == FIELDS && at < line.len)
            file_hit(scan, "pgpass", content, str_from_index(line, at), str_sub(line, 0, at - 1));
    }
}

/* --- .git-credentials, and index addresses of pip.conf: URLs with user and password ---- */

static bool is_urls(str path, str head)
{
    (void)head;
    return file_ends(path, ".git-credentials") || file_ends(path, "git/credentials") ||
           file_ends(path, "pip.conf") || file_ends(path, "pip.ini");
}

static void read_urls(struct secret_scan *scan, str content)
{
    const char *kind =
        str_contains(path_base(scan->name), STR("pip")) ? "pip-index-login" : "git-credentials";
    str rest = content, line, user, password;
    while (str_next_line(&rest, &line)) {
        size_t start = str_find(line, STR("://"));
        if (start == STR_NONE || str_starts(str_trim(line), STR("#")))
            continue;
        str authority = str_from_index(line, start + 3);
        authority = str_sub(authority, 0, str_find_char(authority, '/'));
        size_t at = str_rfind_char(authority, '@');
        if (at == STR_NONE || !str_cut(str_sub(authority, 0, at), ':', &user, &password))
            continue;
        file_hit(scan, kind, content, password, str_from_index(authority, at + 1));
    }
}

/* --- shadow(5), htpasswd ---- */

static const char *hash_name(str hash)
{
    static const struct {
        str start;
        const char *name;
    } names[] = {
        {STR_INIT("$y$"), "yescrypt"},
        {STR_INIT("$gy$"), "gost-yescrypt"},
        {STR_INIT("$7$"), "scrypt"},
        {STR_INIT("$2a$"), "bcrypt"},
        {STR_INIT("$2b$"), "bcrypt"},
        {STR_INIT("$2x$"), "bcrypt"},
        {STR_INIT("$2y$"), "bcrypt"},
        {STR_INIT("$6$"), "SHA-512"},
        {STR_INIT("$5$"), "SHA-256"},
        {STR_INIT("$1$"), "MD5, which is weak"},
        {STR_INIT("$apr1$"), "MD5, which is weak"},
        {STR_INIT("{SHA}"), "SHA-1 without salt"},
        {STR_INIT("$argon2"), "Argon2"},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_starts(hash, names[i].start))
            return names[i].name;
    return hash.len == 13 ? "DES, which is weak" : NULL;
}

static bool is_hashes(str path, str head)
{
    (void)head;
    return file_ends(path, "etc/shadow") || file_ends(path, "etc/shadow-") ||
           file_ends(path, "etc/gshadow") || file_ends(path, "etc/gshadow-") ||
           str_ends(path, STR("htpasswd"));
}

static void read_hashes(struct secret_scan *scan, str content)
{
    const char *kind = str_ends(scan->name, STR("htpasswd")) ? "htpasswd" : "shadow-hash";
    str rest = content, line, user, hash;
    while (str_next_line(&rest, &line)) {
        if (!str_cut(line, ':', &user, &hash) || user.len > 64)
            continue;
        hash = str_sub(hash, 0, str_find_char(hash, ':'));
        str bare = hash;
        str_skip(&bare, STR("!")); /* locked: the hash is still there */
        const char *name = hash_name(bare);
        if (!name || bare.len < 13)
            continue;
        struct hit *hit =
            scan_hit(scan, scan_kind(scan, kind), (uint64_t)(bare.ptr - content.ptr), bare);
        if (!hit)
            return;
        hit->where = arena_join(&scan->arena, STR("user"), STR(" "), user);
        hit->detail = str_from(name);
        hit->reason = STR("a hash of that form, in its place");
    }
}

/* --- files that are nothing but a secret ---- */

static bool is_whole(str path, str head)
{
    (void)head;
    return file_ends(path, ".vault-token") || file_ends(path, "config/master.key") ||
           (str_contains(path, STR("config/credentials/")) && str_ends(path, STR(".key")));
}

static void read_whole(struct secret_scan *scan, str content)
{
    str value = str_trim(content);
    if (value.len >= 16 && value.len < 200 && str_find_char(value, ' ') == STR_NONE &&
        str_find_char(value, '\n') == STR_NONE)
        file_hit(scan,
                 file_ends(scan->name, ".vault-token") ? "vault-token-file" : "rails-master-key",
                 content, value, (str){0});
}

/* --- NuGet.config, Maven's settings.xml, ipsec.secrets ---- */

/* What stands between two texts, from *at on, which moves behind it. */
static bool between(str content, size_t *at, str left, str right, str *ret)
{
    size_t start = str_find(str_from_index(content, *at), left);
    if (start == STR_NONE)
        return false;
    start += *at + left.len;
    size_t len = str_find(str_from_index(content, start), right);
    if (len == STR_NONE)
        return false;
    *ret = str_sub(content, start, len);
    *at = start + len + right.len;
    return true;
}

static bool is_marked(str path, str head)
{
    (void)head;
    str base = path_base(path);
    return str_eq_nocase(base, STR("nuget.config")) || file_ends(path, ".m2/settings.xml") ||
           file_ends(path, "maven/conf/settings.xml") || file_ends(path, "ipsec.secrets");
}

static void read_marked(struct secret_scan *scan, str content)
{
    size_t at = 0;
    str value;
    str base = path_base(scan->name);
    if (str_eq_nocase(base, STR("nuget.config"))) {
        while (between(content, &at, STR("ClearTextPassword\" value=\""), STR("\""), &value))
            file_hit(scan, "nuget-config-password", content, value, (str){0});
    } else if (str_eq(base, STR("settings.xml"))) {
        while (between(content, &at, STR("<password>"), STR("</password>"), &value))
            if (!str_starts(value, STR("{"))) /* Maven's own encryption */
                file_hit(scan, "maven-settings-password", content, str_trim(value), (str){0});
    } else {
        while (between(content, &at, STR("PSK \""), STR("\""), &value))
            file_hit(scan, "ipsec-secrets", content, value, (str){0});
    }
}

/* --- where keys are used ---- */

static bool is_public(str path, str head)
{
    return file_ends(path, "authorized_keys") ||
           (str_ends(path, STR(".pub")) &&
            (str_starts(head, STR("ssh-")) || str_starts(head, STR("ecdsa-"))));
}

static void read_public(struct secret_scan *scan, str content)
{
    const char *what =
        file_ends(scan->name, "authorized_keys") ? "login that it opens" : "public key";
    str rest = content, line, word;
    while (str_next_line(&rest, &line))
        while (str_next_word(&line, &word)) {
            if (!str_starts(word, STR("AAAA")))
                continue;
            struct key key = key_of_ssh(&scan->arena, weigh_base64(&scan->arena, word));
            key_public_found(scan, &key, what);
        }
}

const struct file_reader file_text[] = {
    {"netrc", is_netrc, read_netrc},    {"pgpass", is_pgpass, read_pgpass},
    {"urls", is_urls, read_urls},       {"hashes", is_hashes, read_hashes},
    {"whole", is_whole, read_whole},    {"marked", is_marked, read_marked},
    {"public", is_public, read_public}, {0},
};
