// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"
#include "judge/rule/listing.h"

#include <ctype.h>

#define LARGEST_ID 2147483647ull /* engines have taken larger ones for 0 (CVE-2024-40635) */

static bool exists(const struct image_view *view, const char *path)
{
    return view->files && files_follow(view->files, str_from(path)) != NULL;
}

static bool all_digits(str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!isdigit((unsigned char)name.ptr[i]))
            return false;
    return name.len > 0;
}

/* Canonical: as printf("%u") writes it. */
static bool is_canonical(str id)
{
    uint64_t value;
    return str_to_u64(id, UINT64_MAX, &value) && (id.len == 1 || id.ptr[0] != '0');
}

/* As engines read it: what is no decimal number is 0 for them, and no error. */
static bool is_number(str id)
{
    if (id.len > 1 && (id.ptr[0] == '+' || id.ptr[0] == '-'))
        id = str_from_index(id, 1);
    return all_digits(id);
}

/* As the C library reads it: signs, blanks and leading zeros are taken. */
static bool is_zero(str id)
{
    while (id.len && (id.ptr[0] == '+' || id.ptr[0] == '-' || id.ptr[0] == ' '))
        id = str_from_index(id, 1);
    uint64_t value;
    return id.len && str_to_u64(id, UINT64_MAX, &value) && value == 0;
}

/* ---- passwords ---- */

/* What would let somebody in by an empty password: a login, su, a remote shell. */
static str what_uses_passwords(const struct image_view *view)
{
    static const struct {
        const char *path;
        str name;
    } users[] = {
        {"usr/sbin/sshd", STR_INIT("an SSH server")},
        {"bin/login", STR_INIT("login")},
        {"bin/su", STR_INIT("su")},
        {"usr/bin/su", STR_INIT("su")},
        {"usr/bin/login", STR_INIT("login")},
        {"usr/sbin/vsftpd", STR_INIT("an FTP server")},
    };
    for (size_t i = 0; i < sizeof(users) / sizeof(*users); i++)
        if (exists(view, users[i].path))
            return users[i].name;
    return (str){0};
}

static void report_empty(struct rule_run *run, const struct image_view *view,
                         const struct fact *fact, str name, uint64_t line, bool root)
{
    str user = what_uses_passwords(view);
    struct finding *finding = rule_found_at(
        run, rule_location_of_fact(view, fact, line), "the password of %.*s is empty; %s%.*s%s",
        STR_ARG(name), user.len ? "" : "nothing in the image that asks for passwords was found",
        STR_ARG(user), user.len ? " is in the image and would accept it" : "");
    if (user.len == 0)
        finding->severity = SEVERITY_LOW;
    else if (root)
        finding->severity = SEVERITY_CRITICAL;
}

static void empty_password(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    struct map reported = {0};
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT_SHADOW, &count);
    for (; count; count--, fact++) {
        const struct account_shadow *shadow = &fact->account_shadow;
        if (shadow->group || shadow->password.len)
            continue;
        map_put(run->arena, &reported, shadow->name, NULL);
        report_empty(run, view, fact, shadow->name, shadow->line,
                     str_eq(shadow->name, STR("root")));
    }
    fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++)
        if (fact->account.password.len == 0 && !map_has(&reported, fact->account.name))
            report_empty(run, view, fact, fact->account.name, fact->account.line,
                         is_zero(fact->account.uid));
}

/* ---- names and numbers ---- */

static void check_name(struct rule_run *run, const struct image_view *view, const struct fact *fact,
                       str name, str id, uint64_t line, const char *what)
{
    bool digits = all_digits(name);
    bool odd = name.len && (name.ptr[0] == '+' || name.ptr[0] == '-' ||
                            str_starts(name, STR("0x")) || str_starts(name, STR("0X")));
    if (!digits && !odd)
        return;
    struct finding *finding =
        rule_found_at(run, rule_location_of_fact(view, fact, line),
                      "the %s named %.*s has the number %.*s", what, STR_ARG(name), STR_ARG(id));
    /* Where name and number agree, taking one for the other changes nothing. */
    if (digits && str_eq(name, id))
        finding->severity = SEVERITY_LOW;
    else if (!digits)
        finding->severity = SEVERITY_MEDIUM;
    else if (is_zero(id))
        finding->severity = SEVERITY_CRITICAL;
}

static void numeric_name(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++)
        check_name(run, view, fact, fact->account.name, fact->account.uid, fact->account.line,
                   "user");
    fact = image_view_facts(view, FACT_ACCOUNT_GROUP, &count);
    for (; count; count--, fact++)
        check_name(run, view, fact, fact->account_group.name, fact->account_group.gid,
                   fact->account_group.line, "group");
}

static void check_id(struct rule_run *run, const struct image_view *view, const struct fact *fact,
                     str name, str id, uint64_t line, const char *what)
{
    uint64_t value;
    if (!is_number(id)) {
        rule_found_at(run, rule_location_of_fact(view, fact, line),
                      "%s %.*s has \"%.*s\" for a number, which engines take for 0, root's", what,
                      STR_ARG(name), STR_ARG(id))
            ->severity = SEVERITY_HIGH;
    } else if (!is_canonical(id)) {
        rule_found_at(run, rule_location_of_fact(view, fact, line),
                      "%s %.*s has \"%.*s\" for a number", what, STR_ARG(name), STR_ARG(id));
    } else if (!str_to_u64(id, UINT64_MAX, &value) || value > LARGEST_ID) {
        /* 65534 and 4294967294 are both in use for nobody; the latter only on old systems. */
        rule_found_at(run, rule_location_of_fact(view, fact, line),
                      "%s %.*s has the number %.*s, which is above 2147483647", what, STR_ARG(name),
                      STR_ARG(id));
    }
}

static void odd_id(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++) {
        check_id(run, view, fact, fact->account.name, fact->account.uid, fact->account.line,
                 "user");
        check_id(run, view, fact, fact->account.name, fact->account.gid, fact->account.line,
                 "the group of user");
    }
    fact = image_view_facts(view, FACT_ACCOUNT_GROUP, &count);
    for (; count; count--, fact++)
        check_id(run, view, fact, fact->account_group.name, fact->account_group.gid,
                 fact->account_group.line, "group");
}

static void second_root(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++)
        if (is_zero(fact->account.uid) && !str_eq(fact->account.name, STR("root")))
            rule_found_at(run, rule_location_of_fact(view, fact, fact->account.line),
                          "%.*s has the number %.*s", STR_ARG(fact->account.name),
                          STR_ARG(fact->account.uid));
}

static void duplicate_groups(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    struct map names = {0}, numbers = {0};
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT_GROUP, &count);
    for (; count; count--, fact++) {
        const struct account_group *group = &fact->account_group;
        bool fresh, fresh_number;
        uintptr_t *name = map_put(run->arena, &names, group->name, &fresh);
        uintptr_t *number = map_put(run->arena, &numbers, group->gid, &fresh_number);
        if (!fresh)
            rule_found_at(run, rule_location_of_fact(view, fact, group->line),
                          "group %.*s also stands in line %zu", STR_ARG(group->name),
                          (size_t)*name);
        else if (!fresh_number && is_number(group->gid))
            rule_found_at(run, rule_location_of_fact(view, fact, group->line),
                          "group %.*s has the same number (%.*s) as the group in line %zu",
                          STR_ARG(group->name), STR_ARG(group->gid), (size_t)*number);
        if (fresh)
            *name = (uintptr_t)group->line;
        if (fresh_number)
            *number = (uintptr_t)group->line;
    }
}

static void duplicates(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    struct map names = {0}, numbers = {0};
    duplicate_groups(run, view);
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++) {
        const struct account *account = &fact->account;
        bool fresh;
        uintptr_t *line = map_put(run->arena, &names, account->name, &fresh);
        if (!fresh)
            rule_found_at(run, rule_location_of_fact(view, fact, account->line),
                          "%.*s also stands in line %zu", STR_ARG(account->name), (size_t)*line);
        else
            *line = (uintptr_t)account->line;
        /* account/second-root and account/odd-id have those. */
        if (is_zero(account->uid) || !is_number(account->uid))
            continue;
        line = map_put(run->arena, &numbers, account->uid, &fresh);
        if (!fresh)
            rule_found_at(run, rule_location_of_fact(view, fact, account->line),
                          "%.*s has the same number (%.*s) as the user in line %zu",
                          STR_ARG(account->name), STR_ARG(account->uid), (size_t)*line);
        else
            *line = (uintptr_t)account->line;
    }
}

/* ---- who can log in ---- */

static bool is_login_shell(const struct image_view *view, str shell)
{
    static const str none[] = {STR_INIT("nologin"),  STR_INIT("false"),    STR_INIT("true"),
                               STR_INIT("sync"),     STR_INIT("shutdown"), STR_INIT("halt"),
                               STR_INIT("git-shell")};
    size_t slash = str_rfind_char(shell, '/');
    str name = str_from_index(shell, slash == STR_NONE ? 0 : slash + 1);
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
        if (str_eq(name, none[i]))
            return false;
    return name.len && (!view->files || files_follow(view->files, shell));
}

static void service_shell(struct rule_run *run, const struct image_view *view)
{
    enum { FIRST_PERSON = 1000 };
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++) {
        uint64_t uid;
        const struct account *account = &fact->account;
        if (str_to_u64(account->uid, UINT64_MAX, &uid) && uid > 0 && uid < FIRST_PERSON &&
            is_login_shell(view, account->shell))
            rule_found_at(run, rule_location_of_fact(view, fact, account->line), "%.*s starts %.*s",
                          STR_ARG(account->name), STR_ARG(account->shell));
    }
}

static void writable_home(struct rule_run *run, const struct image_view *view)
{
    enum { OTHERS_WRITE = 0002, STICKY = 01000, SHORTEST = 2 };
    size_t count;
    struct map seen = {0};
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; view->files && count; count--, fact++) {
        const struct account *account = &fact->account;
        bool fresh;
        const struct file *home = files_follow(view->files, account->home);
        if (account->home.len < SHORTEST || !home || home->type != ENTRY_DIRECTORY)
            continue;
        map_put(run->arena, &seen, account->home, &fresh);
        if (fresh && (home->mode & OTHERS_WRITE) && !(home->mode & STICKY))
            rule_found_file(run, view, home, "the home of %.*s has mode %04o",
                            STR_ARG(account->name), (unsigned)home->mode);
    }
}

static const struct rule rules[] = {
    {
        .id = "account/empty-password",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "An account has an empty password",
        .why = "Anybody may log in to it by pressing return, wherever something in the container "
               "asks for passwords: su, login, an SSH server. For root that gives everything. The "
               "official Alpine images had this flaw for years (CVE-2019-5021).",
        .fix = "Lock the password, by passwd -l NAME in a RUN line (or usermod -L NAME).",
        .bad = "root::19000:0:::::\n",
        .good = "root:!:19000:0:::::\n",
        .aliases = {"CVE-2019-5021", "DKL-LI-0001"},
        .image = empty_password,
    },
    {
        .id = "account/numeric-name",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "An account's name looks like a number",
        .why = "Engines take both names and numbers for the user to run as. Where a user is "
               "*called* 1000 but has the number 0, `--user 1000` looks harmless and starts the "
               "container as root: engines had exactly this flaw (CVE-2018-9862, CVE-2016-3697).",
        .fix = "Give the account a name that begins with a letter (usermod -l NEW OLD).",
        .bad = "1000:x:0:0::/root:/bin/sh\n",
        .good = "app:x:1000:1000::/nonexistent:/usr/sbin/nologin\n",
        .aliases = {"CVE-2018-9862", "CVE-2016-3697"},
        .image = numeric_name,
    },
    {
        .id = "account/odd-id",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "An account's number is not one that all programs read alike",
        .why = "Numbers with a sign, leading zeros, or above 2147483647 are read by some programs "
               "as another number, and more than once that number was 0, which is root "
               "(CVE-2024-40635). What is no number at all, or missing, is root for engines: "
               "they start what is to run as that account with the number 0.",
        .fix = "Give the account a plain number between 1 and 2147483647 (usermod -u).",
        .bad = "app:x:4294967296:100::/app:/bin/sh\n",
        .good = "app:x:10001:10001::/app:/usr/sbin/nologin\n",
        .aliases = {"CVE-2024-40635"},
        .image = odd_id,
    },
    {
        .id = "account/second-root",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "Another account than root has the number 0",
        .why = "The number is what counts, not the name: this account *is* root, but tools that "
               "look for \"root\" do not see it. It is an old way to keep a back door open.",
        .fix = "Remove the account, or give it a number of its own.",
        .bad = "toor:x:0:0::/root:/bin/sh\n",
        .good = "operator:x:1001:1001::/home/operator:/bin/sh\n",
        .image = second_root,
    },
    {
        .id = "account/duplicate",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "Two accounts or groups share a name or a number",
        .why = "Of two lines with the same name only the first counts for most programs; two "
               "names with one number are one user, who owns the files of both.",
        .fix = "Remove one of them, or give it another name and number.",
        .bad = "app:x:1000:1000::/app:/bin/sh\nbackup:x:1000:1000::/b:/bin/sh\n",
        .good = "app:x:1000:1000::/app:/bin/sh\nbackup:x:1001:1001::/b:/bin/sh\n",
        .aliases = {"DKL-LI-0002"},
        .image = duplicates,
    },
    {
        .id = "account/service-shell",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "A service's account can log in with a shell",
        .why = "Accounts of services exist to own files and processes. With a shell of their own "
               "they can also be logged in to, which nobody needs.",
        .fix = "Set the shell to /usr/sbin/nologin (usermod -s /usr/sbin/nologin NAME).",
        .bad = "redis:x:101:101::/data:/bin/sh\n",
        .good = "redis:x:101:101::/data:/usr/sbin/nologin\n",
        .image = service_shell,
    },
    {
        .id = "account/writable-home",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "Everybody may write into an account's home",
        .why = "Shells and programs read settings from the home folder and run what stands there. "
               "Whoever can write into it runs commands as its owner.",
        .fix = "Take the right away, by chmod 755 (or 700) on the folder.",
        .bad = "RUN mkdir /home/app && chmod 777 /home/app\n",
        .good = "RUN install -d -o app -m 700 /home/app\n",
        .image = writable_home,
    },
};

const struct rule_family rule_account = {"account", rules, sizeof(rules) / sizeof(rules[0])};
