// SPDX-License-Identifier: Apache-2.0
/* Kinds that no shape describes: URLs with a password, signatures of Azure, and command lines. */
#include "read/secret/scan.h"

#include <stdio.h>
#include <string.h>

enum { USER_MOST = 200, SCHEME_MOST = 20, URL_MOST = 2000, LINE_MOST = 1000, PASSWORD_LEAST = 3 };

static bool is_one_of(char c, const char *list)
{
    return c && strchr(list, c);
}

static struct hit *add(struct secret_scan *scan, const char *kind, const struct view *view,
                       str value, enum secret_confidence confidence, str reason)
{
    uint64_t offset = view->base + (uint64_t)(value.ptr - view->text.ptr);
    struct hit *hit = scan_hit(scan, scan_kind(scan, kind), offset, value);
    if (hit) {
        hit->confidence = confidence;
        hit->reason = reason;
    }
    return hit;
}

/* --- scheme://user:password@host ---- */

static str scheme_before(const struct view *view)
{
    size_t end = view->at - STR("://").len, start = end;
    while (start > 0 && end - start < SCHEME_MOST &&
           (shape_class_has('a', (unsigned char)view->text.ptr[start - 1]) ||
            is_one_of(view->text.ptr[start - 1], "+-")))
        start--;
    return str_sub(view->text, start, end - start);
}

static bool is_database(str scheme)
{
    static const str names[] = {
        STR_INIT("postgres"),      STR_INIT("mysql"),     STR_INIT("mariadb"),
        STR_INIT("mongodb"),       STR_INIT("redis"),     STR_INIT("amqp"),
        STR_INIT("mssql"),         STR_INIT("sqlserver"), STR_INIT("oracle"),
        STR_INIT("kafka"),         STR_INIT("nats"),      STR_INIT("cockroach"),
        STR_INIT("ldap"),          STR_INIT("smtp"),      STR_INIT("clickhouse"),
        STR_INIT("elasticsearch"), STR_INIT("mqtt"),      STR_INIT("couchbase"),
        STR_INIT("db2"),           STR_INIT("cassandra"),
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_starts(scheme, names[i]))
            return true;
    return false;
}

/* Where the user's name and password end: at the last '@' before the path. */
static size_t userinfo_end(str text)
{
    size_t at = STR_NONE;
    for (size_t i = 0; i < text.len && i < USER_MOST; i++) {
        if (is_one_of(text.ptr[i], " \t\r\n/\"'`<>\\|") || !text.ptr[i])
            break;
        if (text.ptr[i] == '@')
            at = i;
    }
    return at;
}

static void url_found(struct secret_scan *scan, const struct view *view)
{
    str text = str_from_index(view->text, view->at), user, password;
    size_t end = userinfo_end(text);
    if (end == STR_NONE || !str_cut(str_sub(text, 0, end), ':', &user, &password))
        return;
    str scheme = scheme_before(view), host = str_from_index(text, end + 1);
    bool host_is_name =
        host.len && (shape_class_has('A', (unsigned char)host.ptr[0]) || host.ptr[0] == '[');
    if (scheme.len < 2 || password.len < PASSWORD_LEAST || !host_is_name ||
        weigh_is_stand_in(password) || str_eq(user, password) || is_one_of(password.ptr[0], "[*."))
        return;
    bool example =
        str_starts(host, STR("example.")) || str_contains(str_sub(host, 0, 60), STR(".example"));
    bool plain = weigh_entropy(password) < 2.5 || password.len < 8 || !weigh_is_random(password);
    add(scan, is_database(scheme) ? "database-url" : "url-password", view, password,
        example || scan->binary ? SECRET_LOW
        : plain                 ? SECRET_MEDIUM
                                : SECRET_HIGH,
        example        ? STR("the host is one of documentation")
        : scan->binary ? STR("a URL within a program")
        : plain        ? STR("a password in a URL, though a weak one or a stand-in")
                       : STR("a password in a URL"));
}

/* --- sig= of a shared access signature ---- */

static str parameter(str query, str name)
{
    str piece;
    while (str_next(&query, '&', &piece))
        if (str_skip(&piece, name))
            return piece;
    return (str){0};
}

static uint64_t days_before(uint64_t year, uint64_t month, uint64_t day)
{
    /* Of the civil calendar, counted in years that begin in March. */
    uint64_t y = month <= 2 ? year - 1 : year, m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + day - 1 - 719468;
}

/* "2030-01-01T00:00:00Z", as far as the day. */
static uint64_t parse_date(str text)
{
    uint64_t year, month, day;
    if (text.len < 10 || !str_to_u64(str_sub(text, 0, 4), 9999, &year) || year < 1970 ||
        !str_to_u64(str_sub(text, 5, 2), 12, &month) || month == 0 ||
        !str_to_u64(str_sub(text, 8, 2), 31, &day) || day == 0)
        return 0;
    return (days_before(year, month, day) + 1) * 86400;
}

static void sas_found(struct secret_scan *scan, const struct view *view)
{
    size_t start = view->at, end = view->at;
    while (start > 0 && view->at - start < URL_MOST &&
           !is_one_of(view->text.ptr[start - 1], " \t\r\n\"'`<>?") && view->text.ptr[start - 1])
        start--;
    while (end < view->text.len && end - view->at < URL_MOST &&
           (shape_class_has('q', (unsigned char)view->text.ptr[end]) ||
            is_one_of(view->text.ptr[end], "&=:+/")))
        end++;
    str query = str_sub(view->text, start, end - start);
    str signature = str_sub(view->text, view->at, end - view->at);
    signature = str_sub(signature, 0, str_find_char(signature, '&'));
    str version = parameter(query, STR("sv="));
    if (signature.len < 40 || version.len != 10 || version.ptr[4] != '-' ||
        weigh_entropy(signature) < 3.5)
        return;
    struct hit *hit = add(scan, "azure-sas", view, signature, SECRET_HIGH,
                          STR("version and signature stand in one query"));
    if (hit)
        hit->expires = parse_date(parameter(query, STR("se=")));
}

/* --- command lines ---- */

static str line_behind(const struct view *view)
{
    str line = str_sub(view->text, view->at, LINE_MOST);
    size_t end = str_find_char(line, '\n');
    /* A backslash at the end continues the line. */
    while (end != STR_NONE && end > 0 && line.ptr[end - 1] == '\\') {
        size_t next = str_find_char(str_from_index(line, end + 1), '\n');
        end = next == STR_NONE ? STR_NONE : end + 1 + next;
    }
    return str_sub(line, 0, end);
}

static str unquoted(str word)
{
    if (word.len >= 2 && is_one_of(word.ptr[0], "\"'") && word.ptr[word.len - 1] == word.ptr[0])
        return str_sub(word, 1, word.len - 2);
    return word;
}

/* The value of an option of the command: "-u X", "-uX", "--user X", "--user=X". */
static str option(str line, str letter, str name)
{
    str word;
    while (str_next_word(&line, &word)) {
        if (is_one_of(word.ptr[0], "|;&") || str_eq(word, STR("#")))
            return (str){0};
        str value = word;
        if (str_eq(word, letter) || str_eq(word, name))
            return str_next_word(&line, &word) ? unquoted(word) : (str){0};
        if (str_skip(&value, name) && str_skip(&value, STR("=")))
            return unquoted(value);
        value = word;
        if (!str_starts(word, STR("--")) && str_skip(&value, letter))
            return unquoted(value);
    }
    return (str){0};
}

static void curl_found(struct secret_scan *scan, const struct view *view)
{
    str user, password;
    if (scan->binary ||
        !str_cut(option(line_behind(view), STR("-u"), STR("--user")), ':', &user, &password))
        return;
    if (password.len < PASSWORD_LEAST || weigh_is_stand_in(password))
        return;
    if (user.len && (user.ptr[0] == '<' || user.ptr[0] == '['))
        return; /* <user:password> */
    bool is_sample = str_eq(user, password) || str_starts(user, STR("xxx"));
    add(scan, "curl-user", view, password, is_sample ? SECRET_LOW : SECRET_HIGH,
        is_sample ? STR("the same as the name before it: an example, or no good password")
                  : STR("it is given on a command line"));
}

static void login_found(struct secret_scan *scan, const struct view *view)
{
    static const str commands[] = {
        STR_INIT("docker "), STR_INIT("podman "), STR_INIT("buildah "),       STR_INIT("skopeo "),
        STR_INIT("crane "),  STR_INIT("oras "),   STR_INIT("helm registry "), STR_INIT("nerdctl ")};
    str before = str_sub(view->text, 0, view->at - STR("login ").len);
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (!str_ends(before, commands[i]) || scan->binary)
            continue;
        str password = option(line_behind(view), STR("-p"), STR("--password"));
        if (password.len >= PASSWORD_LEAST && !weigh_is_stand_in(password))
            add(scan, "registry-login-command", view, password, SECRET_HIGH,
                STR("it is given on a command line"));
        return;
    }
}

/* echo "user:password" | chpasswd */
static void chpasswd_found(struct secret_scan *scan, const struct view *view)
{
    size_t end = view->at - STR("chpasswd").len, start = end;
    while (start > 0 && end - start < LINE_MOST && view->text.ptr[start - 1] != '\n')
        start--;
    str line = str_sub(view->text, start, end - start), user, password;
    size_t pipe = str_rfind_char(line, '|');
    if (scan->binary || pipe == STR_NONE)
        return;
    line = str_sub(line, 0, pipe);
    size_t echo = str_find(line, STR("echo ")), print = str_find(line, STR("printf "));
    if (echo == STR_NONE && print == STR_NONE)
        return;
    line = str_trim(str_from_index(line, echo != STR_NONE ? echo + 5 : print + 7));
    str_skip(&line, STR("-n "));
    line = unquoted(str_trim(line));
    if (!str_cut(line, ':', &user, &password) || password.len < 1 || user.len > 32 ||
        weigh_is_stand_in(password))
        return;
    password = str_sub(password, 0, str_find(password, STR("\\n")));
    add(scan, "chpasswd", view, password, SECRET_HIGH, STR("it is given on a command line"));
}

void code_found(struct secret_scan *scan, unsigned checks, const struct view *view)
{
    if (checks & CHECK_PEM)
        key_found(scan, view);
    else if (checks & CHECK_JWT)
        jwt_found(scan, view);
    else if (checks & CHECK_URL)
        url_found(scan, view);
    else if (checks & CHECK_SAS)
        sas_found(scan, view);
    else if (checks & CHECK_CURL)
        curl_found(scan, view);
    else if (checks & CHECK_LOGIN)
        login_found(scan, view);
    else if (checks & CHECK_CHPASSWD)
        chpasswd_found(scan, view);
}
