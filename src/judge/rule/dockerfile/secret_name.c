// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/secret_name.h"

#include "judge/rule/dockerfile/text.h"

#include <string.h>

/* ---- names ---- */

static const char *const secret_words[] = {
    "password",  "passwords",  "passwd",    "passphrase", "pwd",         "pword",       "psw",
    "pass",      "secret",     "secrets",   "token",      "credential",  "credentials", "apikey",
    "secretkey", "privatekey", "accesskey", "authtoken",  "accesstoken", NULL,
};
/* What makes "key" a secret one. */
static const char *const key_words[] = {
    "api",     "private", "secret", "access",     "encryption", "signing", "master",
    "auth",    "ssh",     "deploy", "account",    "service",    "license", "hmac",
    "jwt",     "session", "rsa",    "webhook",    "client",     "app",     "admin",
    "storage", "shared",  "crypto", "decryption", NULL,
};
/* A name with one of these is about a secret, but its value is none. */
static const char *const about_words[] = {
    "public",     "pub",      "file",     "files",     "path",     "dir",         "folder",
    "location",   "name",     "alias",    "mode",      "enabled",  "enable",      "disabled",
    "disable",    "type",     "length",   "len",       "size",     "expiry",      "expires",
    "expiration", "ttl",      "lifetime", "duration",  "timeout",  "count",       "max",
    "min",        "url",      "uri",      "endpoint",  "host",     "port",        "version",
    "algorithm",  "alg",      "header",   "prefix",    "suffix",   "format",      "policy",
    "required",   "provider", "method",   "id",        "ids",      "fingerprint", "gpg",
    "cache",      "primary",  "foreign",  "partition", "sort",     "field",       "issuer",
    "audience",   "scope",    "limit",    "limits",    "rotation", "validate",    "check",
    "verify",     "manager",  "store",    "backend",   "ref",      "arn",         "env",
    "var",        "user",     "username", "hash",      "symbol",   "tokenizer",   "bypass",
    "allow",      NULL,
};

enum { NAME_WORDS = 16 };

/* "dbApiKey_2" is db, api, key, 2: parts end at signs, and where a capital follows a small letter.
 */
static size_t split_name(str name, str words[NAME_WORDS])
{
    size_t count = 0, from = 0;
    for (size_t i = 0; i <= name.len && count < NAME_WORDS; i++) {
        char c = i < name.len ? name.ptr[i] : '_', before = i ? name.ptr[i - 1] : '_';
        bool sign = c == '_' || c == '-' || c == '.' || c == ' ';
        bool hump = c >= 'A' && c <= 'Z' && before >= 'a' && before <= 'z';
        if ((sign || hump) && i > from)
            words[count++] = str_sub(name, from, i - from);
        if (sign)
            from = i + 1;
        else if (hump)
            from = i;
    }
    return count;
}

enum secret_name secret_name(str name)
{
    str words[NAME_WORDS];
    size_t count = split_name(name, words);
    enum secret_name found = NAME_PLAIN;
    for (size_t i = 0; i < count; i++) {
        if (text_among(words[i], about_words))
            return NAME_PLAIN;
        if (text_among(words[i], secret_words))
            found = NAME_SECRET;
        bool key = str_eq_nocase(words[i], STR("key")) || str_eq_nocase(words[i], STR("keys"));
        if (key && i > 0 && text_among(words[i - 1], key_words))
            found = NAME_SECRET;
        bool last = i + 1 == count;
        if (found == NAME_PLAIN && last && (key || str_eq_nocase(words[i], STR("auth"))))
            found = NAME_PERHAPS;
    }
    return found;
}

/* ---- values ---- */

bool value_is_harmless(str value)
{
    static const char *const words[] = {
        "true",     "false",   "yes",  "no",        "on",       "off",
        "none",     "null",    "nil",  "undefined", "required", "optional",
        "disabled", "enabled", "auto", "default",   NULL,
    };
    if (value.len == 0 || text_among(value, words))
        return true;
    if (text_is_number(value) && value.len < 4)
        return true;
    if (value.ptr[0] == '/' || str_starts(value, STR("./")) || str_starts(value, STR("file:")))
        return true;
    if (value.ptr[0] == '<' || str_starts(value, STR("{{")) || str_starts(value, STR("$")))
        return true;
    size_t scheme = str_find(value, STR("://"));
    return scheme != STR_NONE && str_find_char(str_from_index(value, scheme), '@') == STR_NONE;
}

enum alphabet { ALPHA_NUM, ALPHA_NUM_DASH, ALPHA_UPPER_NUM, ALPHA_HEX };

static bool in_alphabet(char c, enum alphabet alphabet)
{
    bool digit = c >= '0' && c <= '9', small = c >= 'a' && c <= 'z', big = c >= 'A' && c <= 'Z';
    switch (alphabet) {
    case ALPHA_NUM: return digit || small || big;
    case ALPHA_NUM_DASH: return digit || small || big || c == '-' || c == '_';
    case ALPHA_UPPER_NUM: return digit || big;
    case ALPHA_HEX: return digit || (c >= 'a' && c <= 'f');
    }
    return false;
}

/* Prefixes that issuers give to their tokens, so that scanners know them. */
static const struct {
    const char *prefix;
    size_t least; /* bytes behind it */
    enum alphabet alphabet;
    const char *kind;
} tokens[] = {
    {"AKIA", 16, ALPHA_UPPER_NUM, "an AWS access key"},
    {"ASIA", 16, ALPHA_UPPER_NUM, "an AWS access key"},
    {"ghp_", 36, ALPHA_NUM, "a GitHub token"},
    {"gho_", 36, ALPHA_NUM, "a GitHub token"},
    {"ghs_", 36, ALPHA_NUM, "a GitHub token"},
    {"ghr_", 36, ALPHA_NUM, "a GitHub token"},
    {"github_pat_", 40, ALPHA_NUM_DASH, "a GitHub token"},
    {"glpat-", 20, ALPHA_NUM_DASH, "a GitLab token"},
    {"xoxb-", 20, ALPHA_NUM_DASH, "a Slack token"},
    {"xoxp-", 20, ALPHA_NUM_DASH, "a Slack token"},
    {"sk_live_", 20, ALPHA_NUM, "a Stripe key"},
    {"rk_live_", 20, ALPHA_NUM, "a Stripe key"},
    {"AIza", 35, ALPHA_NUM_DASH, "a Google API key"},
    {"npm_", 36, ALPHA_NUM, "an npm token"},
    {"pypi-AgE", 50, ALPHA_NUM_DASH, "a PyPI token"},
    {"dckr_pat_", 20, ALPHA_NUM_DASH, "a Docker Hub token"},
    {"hf_", 34, ALPHA_NUM, "a Hugging Face token"},
    {"dop_v1_", 64, ALPHA_HEX, "a DigitalOcean token"},
    {"shpat_", 32, ALPHA_HEX, "a Shopify token"},
    {"SG.", 22, ALPHA_NUM_DASH, "a SendGrid key"},
    {"sk-proj-", 40, ALPHA_NUM_DASH, "an API key"},
    {"sk-ant-", 40, ALPHA_NUM_DASH, "an API key"},
    {"-----BEGIN RSA PRIVATE KEY", 0, ALPHA_NUM, "a private key"},
    {"-----BEGIN EC PRIVATE KEY", 0, ALPHA_NUM, "a private key"},
    {"-----BEGIN OPENSSH PRIVATE KEY", 0, ALPHA_NUM, "a private key"},
    {"-----BEGIN PRIVATE KEY", 0, ALPHA_NUM, "a private key"},
    {"-----BEGIN PGP PRIVATE KEY", 0, ALPHA_NUM, "a private key"},
};

enum { TOKEN_LENGTH = 200 }; /* the longest one that is looked at */

/* One byte over and over, or a name that says that it is none. */
static bool is_made_up(str token, size_t prefix)
{
    if (str_find(token, STR("EXAMPLE")) != STR_NONE || str_find(token, STR("example")) != STR_NONE)
        return true;
    bool same = token.len > prefix + 8;
    for (size_t i = prefix + 1; i < token.len && same; i++)
        same = token.ptr[i] == token.ptr[prefix];
    return same;
}

/* user:password@ behind "://"; the password is no variable. */
static str address_password(str text)
{
    for (size_t at; (at = str_find(text, STR("://"))) != STR_NONE;) {
        text = str_from_index(text, at + 3);
        size_t colon = STR_NONE;
        for (size_t i = 0; i < text.len && i < 300; i++) {
            char c = text.ptr[i];
            if (c == '@' && colon != STR_NONE && i > colon + 1) {
                str password = str_sub(text, colon + 1, i - colon - 1);
                if (password.ptr[0] == '$' || password.ptr[0] == '<' || password.ptr[0] == '{' ||
                    password.ptr[0] == '*')
                    break;
                return password;
            }
            if (c == ':' && colon == STR_NONE)
                colon = i;
            else if (c == '/' || c == ' ' || c == '"' || c == '\'' || c == '\n' || c == '?' ||
                     c == '@')
                break;
        }
    }
    return (str){0};
}

str secret_in_text(str text, bool addresses, const char **ret_kind)
{
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        str prefix = str_from(tokens[i].prefix), rest = text;
        for (size_t at; (at = str_find(rest, prefix)) != STR_NONE;) {
            bool inside = at > 0 && in_alphabet(rest.ptr[at - 1], ALPHA_NUM);
            size_t end = at + prefix.len;
            while (end < rest.len && end - at < TOKEN_LENGTH &&
                   in_alphabet(rest.ptr[end], tokens[i].alphabet))
                end++;
            str token = str_sub(rest, at, end - at);
            if (!inside && token.len >= prefix.len + tokens[i].least &&
                !is_made_up(token, prefix.len)) {
                *ret_kind = tokens[i].kind;
                return token;
            }
            rest = str_from_index(rest, at + prefix.len);
        }
    }
    str password = addresses ? address_password(text) : (str){0};
    *ret_kind = "an address with a password";
    return password;
}

/* ---- files ---- */

bool file_is_secret(str path, bool *ret_sure)
{
    static const char *const names[] = {
        ".env",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".npmrc",
        ".pypirc",
        ".netrc",
        "_netrc",
        ".git-credentials",
        ".htpasswd",
        ".dockercfg",
        "kubeconfig",
        ".pgpass",
        ".my.cnf",
        "terraform.tfstate",
        ".ssh",
        ".aws",
        ".gnupg",
        ".kube",
        "credentials.json",
        "service-account.json",
        "secrets.yml",
        "secrets.yaml",
        "secrets.json",
        ".vault-token",
        "master.key",
        "application_default_credentials.json",
        NULL,
    };
    static const char *const suffixes[] = {".p12", ".pfx",  ".jks", ".keystore", ".tfvars",
                                           ".ppk", ".kdbx", ".key", NULL};
    static const char *const paths[] = {".docker/config.json", ".aws/credentials", ".kube/config",
                                        NULL};
    static const char *const samples[] = {".example", ".sample", ".template", ".dist",
                                          ".pub",     ".test",   NULL};
    str name = text_base_name(path);
    *ret_sure = true;
    /* Keys by which package archives are checked are public. */
    if (text_ends_among(name, samples) || str_contains(name, STR("gpg")) ||
        str_contains(name, STR("archive")) || str_contains(name, STR("pub")))
        return false;
    if (text_among(name, names) || text_ends_among(path, paths) || text_ends_among(name, suffixes))
        return true;
    if (str_starts(name, STR(".env.")) || str_starts(name, STR("service-account")))
        return true;
    *ret_sure = false;
    return str_ends(name, STR(".pem")) && !str_contains(name, STR("cert")) &&
           !str_contains(name, STR("chain")) && !str_contains(name, STR("ca")) &&
           !source_has_wildcard(name);
}
