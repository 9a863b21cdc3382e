// SPDX-License-Identifier: Apache-2.0
/* JSON: Docker's and Composer's logins, Google's and Azure's credentials, JSON web keys (RFC 7517).
 */
#include "io/json.h"
#include "read/secret/files.h"
#include "read/secret/key.h"

static bool is_json(str path, str head)
{
    (void)head;
    return str_ends(path, STR(".json")) || file_ends(path, ".dockercfg") ||
           file_ends(path, ".dockerconfigjson") || str_ends(path, STR(".jwk"));
}

static void docker_login(struct secret_scan *scan, str content, const struct json *login, bool old)
{
    str host = json_name(login), auth = json_get_string(login, "auth");
    str identity = json_get_string(login, "identitytoken");
    str user, password;
    if (str_cut(weigh_base64(&scan->arena, auth), ':', &user, &password) && password.len) {
        struct hit *hit =
            file_hit(scan, old ? "dockercfg-auth" : "docker-config-auth", content, auth, host);
        if (hit) {
            hit->reason = STR("user and password decode");
            hit->detail = arena_printf(&scan->arena, "user %.*s", STR_ARG(str_sub(user, 0, 60)));
        }
        if (hit && weigh_is_stand_in(password)) {
            hit->confidence = SECRET_LOW;
            hit->reason = STR("a password that stands for another");
        }
    }
    if (identity.len)
        file_hit(scan, "docker-config-identity", content, identity, host);
    str plain = json_get_string(login, "password");
    if (plain.len)
        file_hit(scan, old ? "dockercfg-auth" : "docker-config-auth", content, plain, host);
}

static bool read_docker(struct secret_scan *scan, str content, const struct json *document)
{
    bool old = file_ends(scan->name, ".dockercfg");
    const struct json *logins = old ? document : json_get(document, "auths");
    if (!json_is_object(logins))
        return false;
    for (const struct json *login = json_first(logins); login; login = json_next(login))
        docker_login(scan, content, login, old);
    return true;
}

static bool read_google(struct secret_scan *scan, str content, const struct json *document)
{
    str type = json_get_string(document, "type");
    str pem = json_get_string(document, "private_key");
    if (str_eq(type, STR("service_account")) && str_contains(pem, STR("PRIVATE KEY"))) {
        str mail = json_get_string(document, "client_email");
        bool whole = json_get_string(document, "auth_provider_x509_cert_url").len && mail.len;
        struct hit *hit = file_hit(scan, "gcp-service-account", content, pem, STR("private_key"));
        size_t start = str_find(content, STR("-----BEGIN"));
        if (!hit)
            return true;
        if (start != STR_NONE) { /* as it is written there, with its newlines escaped */
            hit->offset = start;
            hit->length = pem.len;
        }
        hit->confidence = whole ? SECRET_HIGH : SECRET_MEDIUM;
        hit->reason = whole ? STR("all fields of such a file are there")
                            : STR("some fields of such a file are missing");
        hit->detail = arena_printf(&scan->arena, "account %.*s", STR_ARG(str_sub(mail, 0, 100)));
        return true;
    }
    str token = json_get_string(document, "refresh_token");
    str secret = json_get_string(document, "client_secret");
    if (!token.len || !secret.len ||
        !str_ends(json_get_string(document, "client_id"), STR(".apps.googleusercontent.com")))
        return false;
    file_hit(scan, "gcp-user-credentials", content, token, STR("refresh_token"));
    return true;
}

static void read_key(struct secret_scan *scan, str content, const struct json *key)
{
    str secret = json_get_string(key, "d");
    if (secret.len < 20 || !json_get_string(key, "kty").len)
        return;
    struct hit *hit = file_hit(scan, "jwk-private", content, secret, json_get_string(key, "kid"));
    if (!hit)
        return;
    hit->detail = arena_printf(&scan->arena, "%.*s %.*s",
                               STR_ARG(str_sub(json_get_string(key, "kty"), 0, 10)),
                               STR_ARG(str_sub(json_get_string(key, "crv"), 0, 20)));
    str half = weigh_base64(&scan->arena, json_get_string(key, "n"));
    hit->partner = key_partner(&scan->arena, half);
}

static void read_keys(struct secret_scan *scan, str content, const struct json *document)
{
    const struct json *keys = json_get(document, "keys");
    read_key(scan, content, document);
    for (const struct json *key = json_is_array(keys) ? json_first(keys) : NULL; key;
         key = json_next(key))
        read_key(scan, content, key);
}

static void read_members(struct secret_scan *scan, str content, const struct json *list,
                         const char *member, const char *kind)
{
    if (!json_is_object(list))
        return;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        str value = member ? json_get_string(item, member) : json_string(item);
        if (value.len)
            file_hit(scan, kind, content, value, json_name(item));
    }
}

static void read_composer(struct secret_scan *scan, str content, const struct json *document)
{
    read_members(scan, content, json_get(document, "http-basic"), "password", "composer-auth");
    read_members(scan, content, json_get(document, "github-oauth"), NULL, "composer-auth");
    read_members(scan, content, json_get(document, "gitlab-token"), NULL, "composer-auth");
    read_members(scan, content, json_get(document, "bearer"), NULL, "composer-auth");
}

static void read_azure(struct secret_scan *scan, str content, const struct json *document)
{
    if (json_is_array(document))
        for (const struct json *item = json_first(document); item; item = json_next(item)) {
            str token = json_get_string(item, "refreshToken");
            if (token.len)
                file_hit(scan, "azure-profile-token", content, token, STR("refreshToken"));
        }
    read_members(scan, content, json_get(document, "RefreshToken"), "secret",
                 "azure-profile-token");
    read_members(scan, content, json_get(document, "AccessToken"), "secret", "azure-profile-token");
}

/* A tree costs time: only where a word says that it may be one of these. */
static bool is_worth_it(const struct secret_scan *scan, str content)
{
    static const str words[] = {
        STR_INIT("\"auths\""),        STR_INIT("service_account"), STR_INIT("\"refresh_token\""),
        STR_INIT("\"kty\""),          STR_INIT("\"http-basic\""),  STR_INIT("-oauth\""),
        STR_INIT("\"gitlab-token\""), STR_INIT("\"credentials\""), STR_INIT("\"bearer\"")};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (str_contains(content, words[i]))
            return true;
    return file_ends(scan->name, ".dockercfg") || str_contains(scan->name, STR(".azure/"));
}

static void read_json(struct secret_scan *scan, str content)
{
    struct err ignored = {0};
    if (!is_worth_it(scan, content))
        return;
    JSON_SCOPED document = json_parse(content, &ignored);
    if (!document)
        return;
    if (read_docker(scan, content, document) || read_google(scan, content, document))
        return;
    read_keys(scan, content, document);
    if (file_ends(scan->name, "auth.json"))
        read_composer(scan, content, document);
    if (str_contains(scan->name, STR(".azure/")))
        read_azure(scan, content, document);
    if (file_ends(scan->name, "credentials.tfrc.json"))
        read_members(scan, content, json_get(document, "credentials"), "token",
                     "terraformrc-token");
}

const struct file_reader file_json[] = {{"json", is_json, read_json}, {0}};
