// SPDX-License-Identifier: Apache-2.0
/* JSON web tokens (RFC 7519): three parts in base64url, of which the first two are JSON. */
#include "io/json.h"
#include "read/secret/scan.h"

enum { PART_MOST = 8 << 10, SIGNATURE_LEAST = 16, TEXT_MOST = 60 };

static size_t run(str text, size_t at)
{
    size_t end = at;
    while (end < text.len && shape_class_has('u', (unsigned char)text.ptr[end]))
        end++;
    return end;
}

static struct json *decode(struct arena *arena, str part)
{
    struct err ignored = {0};
    return part.len > PART_MOST ? NULL : json_parse(weigh_base64(arena, part), &ignored);
}

static void describe(struct secret_scan *scan, const struct json *claims, struct hit *ret)
{
    str issuer = str_sub(json_get_string(claims, "iss"), 0, TEXT_MOST);
    str subject = str_sub(json_get_string(claims, "sub"), 0, TEXT_MOST);
    ret->expires = json_u64(json_get(claims, "exp"), 0);
    ret->detail = arena_printf(&scan->arena, "%s%.*s%s%.*s", issuer.len ? "issued by " : "",
                               STR_ARG(issuer), subject.len ? " for " : "", STR_ARG(subject));
    ret->detail = str_trim(ret->detail);
    if (str_contains(issuer, STR("kubernetes")) || json_get(claims, "kubernetes.io") ||
        str_contains(subject, STR("system:serviceaccount:")))
        ret->kind = scan_kind(scan, "k8s-service-account");
}

bool jwt_weigh(struct secret_scan *scan, str token, struct hit *ret)
{
    str header, claims, signature;
    if (!str_cut(token, '.', &header, &claims) || !str_cut(claims, '.', &claims, &signature))
        return false;
    JSON_SCOPED head = decode(&scan->arena, header);
    JSON_SCOPED body = decode(&scan->arena, claims);
    str algorithm = json_get_string(head, "alg");
    if (!json_is_object(head) || !algorithm.len)
        return false;
    ret->confidence = SECRET_HIGH;
    ret->reason = STR("its header names the algorithm, and it is signed");
    if (json_is_object(body))
        describe(scan, body, ret);
    if (signature.len < SIGNATURE_LEAST || str_eq_nocase(algorithm, STR("none"))) {
        ret->confidence = SECRET_LOW;
        ret->reason = STR("it is not signed");
    }
    return true;
}

void jwt_found(struct secret_scan *scan, const struct view *view)
{
    size_t start = view->at - STR("eyJ").len;
    str text = view->text;
    if (start > 0 && shape_class_has('c', (unsigned char)text.ptr[start - 1]) &&
        text.ptr[start - 1] != '=')
        return;
    size_t end = run(text, start);
    for (int part = 0; part < 2; part++) {
        if (end >= text.len || text.ptr[end] != '.')
            return;
        end = run(text, end + 1);
    }
    struct hit weighed = {.kind = scan_kind(scan, "jwt")};
    str token = str_sub(text, start, end - start);
    if (!jwt_weigh(scan, token, &weighed))
        return;
    struct hit *hit = scan_hit(scan, weighed.kind, view->base + start, token);
    if (!hit)
        return;
    hit->confidence = weighed.confidence;
    hit->reason = weighed.reason;
    hit->detail = weighed.detail;
    hit->expires = weighed.expires;
}
