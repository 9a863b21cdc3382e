// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/limits.h"
#include "judge/rule/rule.h"
#include "model/image_view.h"
#include "read/account/account.h"
#include "tests/unit/test.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* An image that has these settings files, and what the rules say of it. */
struct fixture {
    struct arena arena;
    struct fact_list facts;
    struct report report;
};

static void add_file(struct fixture *fixture, const char *path, const char *content)
{
    struct collect to = {.arena = &fixture->arena, .facts = &fixture->facts};
    const struct entry entry = {.path = str_from(path), .size = strlen(content)};
    struct err err = {0};
    for (const struct collector *const *at = account_collectors(); *at; at++)
        for (const char *const *glob = (*at)->paths; *glob; glob++)
            if (fnmatch(*glob, path, FNM_PATHNAME) == 0)
                CHECK_OK((*at)->collect(&to, &entry, str_from(content), &err), &err);
}

static int by_kind(const void *a, const void *b)
{
    return (int)((const struct fact *)a)->kind - (int)((const struct fact *)b)->kind;
}

static void ask(struct fixture *fixture)
{
    static const struct image image;
    static const struct image_config config;
    static const struct distribution distribution;
    const struct rule_settings settings = {.kinds = 1u << KIND_ACCOUNT};
    struct rule_run run = {
        .arena = &fixture->arena, .report = &fixture->report, .settings = &settings};
    const struct image_view view = {.image = &image,
                                    .config = &config,
                                    .distribution = &distribution,
                                    .facts = &fixture->facts};
    if (fixture->facts.count)
        qsort(fixture->facts.items, fixture->facts.count, sizeof(struct fact), by_kind);
    rule_ask_image(&run, &view);
}

static size_t found(const struct fixture *fixture, const char *id)
{
    size_t count = 0;
    for (size_t i = 0; i < fixture->report.findings.count; i++)
        count += str_eq(fixture->report.findings.items[i].id, str_from(id));
    return count;
}

/* What these files come to is exactly that many findings of that rule, and of no other. */
static void expect(const char *path, const char *content, const char *id, size_t count)
{
    struct fixture fixture = {0};
    add_file(&fixture, path, content);
    ask(&fixture);
    if (found(&fixture, id) != count || fixture.report.findings.count != count)
        test_failed(__FILE__, __LINE__, "%s: %zu of %s, %zu findings in all", content,
                    found(&fixture, id), id, fixture.report.findings.count);
    arena_free(&fixture.arena);
}

TEST(account_names_and_numbers)
{
    expect("etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1:1::/:/sbin/nologin\n", "", 0);
    expect("etc/passwd", "10:x:1:1::/:/sbin/nologin\n", "account/numeric-name", 1);
    expect("etc/passwd", "0x10:x:1:1::/:/sbin/nologin\n", "account/numeric-name", 1);
    expect("etc/group", "10:x:1:\n", "account/numeric-name", 1);
    expect("etc/passwd", "a:x:4294967296:1::/:/sbin/nologin\n", "account/odd-id", 1);
    expect("etc/passwd", "a:x:+7:01::/:/sbin/nologin\n", "account/odd-id", 2);
    /* What is no number, or is not there, engines take for 0. */
    expect("etc/passwd", "a:x:0x10:1::/:/sbin/nologin\n", "account/odd-id", 1);
    expect("etc/passwd", "a:x::1::/:/sbin/nologin\n", "account/odd-id", 1);
    expect("etc/passwd", "a:x\n", "account/odd-id", 2);
    expect("etc/passwd", "a:x\nb:x\n", "account/odd-id", 4);
    expect("etc/passwd", "a:x:1:2\n", "", 0);
    expect("etc/passwd", "<a>\na b\n", "", 0);
    expect("etc/group", "a:x\n", "account/odd-id", 1);
    expect("etc/passwd", "a:x:2147483647:1::/:/sbin/nologin\n", "", 0);
    expect("etc/passwd", "a:x:2147483648:1::/:/sbin/nologin\n", "account/odd-id", 1);
    expect("etc/passwd", "root:x:0:0:::\ntoor:x:0:0:::\n", "account/second-root", 1);
    expect("etc/passwd", "a:x:5:5:::\nb:x:5:5:::\n", "account/duplicate", 1);
    expect("etc/passwd", "a:x:5:5:::\na:x:6:6:::\n", "account/duplicate", 1);
    expect("etc/group", "a:x:5:\nb:x:5:\na:x:6:\n", "account/duplicate", 2);
    /* Of NIS, and what engines take for accounts all the same. */
    expect("etc/passwd", "+\n+::::::\n-bad::::::\n+@staff::::::\n", "", 0);
    expect("etc/passwd", "+7:x:7:7::/:/sbin/nologin\n", "account/numeric-name", 1);
    expect("etc/passwd", "-1:x:7:7::/:/sbin/nologin\n", "account/numeric-name", 1);
    expect("etc/passwd", "a:x:5:5::/:/bin/bash\n", "account/service-shell", 1);
    expect("etc/passwd", "a:x:1000:5::/:/bin/bash\n", "", 0);
}

TEST(account_passwords)
{
    expect("etc/passwd", "root::0:0:::\n", "account/empty-password", 1);
    expect("etc/shadow", "root::1:0:::::\n", "account/empty-password", 1);
    expect("etc/shadow", "root:*:1:0:::::\nb:!:1:\nc:!!:1:\nd:!$6$salt$hash:1:\n", "", 0);
    expect("etc/gshadow", "staff::::\n", "", 0);
}

/* One account, told of by both files, is one finding. */
TEST(account_is_reported_once)
{
    struct fixture fixture = {0};
    add_file(&fixture, "etc/passwd", "root::0:0:::\n");
    add_file(&fixture, "etc/shadow", "root::1:0:::::\n");
    ask(&fixture);
    CHECK_EQ(1, found(&fixture, "account/empty-password"));
    arena_free(&fixture.arena);
}

TEST(access_settings)
{
    expect("etc/sudoers", "# a NOPASSWD: b\nDefaults env_reset\nroot ALL=(ALL) ALL\n", "", 0);
    expect("etc/sudoers.d/app", "app ALL=(ALL:ALL) NOPASSWD:ALL\n", "access/sudo-without-password",
           1);
    expect("etc/sudoers", "Defaults env_reset, !authenticate\n", "access/sudo-without-password", 1);
    expect("etc/sudoers.d/app", "Defaults:app !authenticate\n", "access/sudo-without-password", 1);
    expect("etc/sudoers", "Defaults authenticate\nDefaults passprompt=\"!authenticate?\"\n", "", 0);
    /* sudo does not read these. */
    expect("etc/sudoers.d/app.bak", "app ALL=(ALL) NOPASSWD:ALL\n", "", 0);
    expect("etc/sudoers.d/app~", "app ALL=(ALL) NOPASSWD:ALL\n", "", 0);
    expect("etc/pam.d/su", "auth [success=1 default=ignore] pam_unix.so nullok\n",
           "access/pam-nullok", 1);
    expect("etc/pam.d/su", "auth required pam_unix.so\n@include common\n", "", 0);
    expect("etc/ssh/sshd_config", "PermitRootLogin=YES\nport 22\n", "access/sshd-setting", 1);
    expect("etc/ssh/sshd_config", "PermitRootLogin prohibit-password\n", "", 0);
    expect("home/x/.ssh/authorized_keys", "command=\"a b\" ssh-ed25519 AAAA me@host\njunk\n",
           "access/authorized-key", 1);
}

static size_t gaps_of(const char *path, const char *content)
{
    struct fixture fixture = {0};
    size_t gaps = 0;
    add_file(&fixture, path, content);
    for (size_t i = 0; i < fixture.facts.count; i++)
        gaps += fixture.facts.items[i].kind == FACT_GAP;
    arena_free(&fixture.arena);
    return gaps;
}

/* Settings that stand where nobody looks are told of. */
TEST(access_includes)
{
    CHECK_EQ(0, gaps_of("etc/sudoers", "# include\n@includedir /etc/sudoers.d\n"
                                       "#includedir /etc/sudoers.d\n#included by x\n"));
    CHECK_EQ(1, gaps_of("etc/sudoers", "#includedir /etc/sudoers.more\n"));
    CHECK_EQ(1, gaps_of("etc/sudoers.d/app", "@include \"/opt/su doers\"\n"));
    CHECK_EQ(0, gaps_of("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n"));
    CHECK_EQ(1, gaps_of("etc/ssh/sshd_config", "include=/opt/sshd/*.conf\n"));
}

/* Damage is a gap, not silence; and it does not hide what stands around it. */
TEST(account_damage)
{
    struct fixture fixture = {0};
    struct buf line = buf_make(2 * LIMIT_FIELD);
    for (size_t i = 0; i <= LIMIT_FIELD; i++)
        buf_add_char(&line, 'x');
    buf_add_str(&line, STR("\nshort\n\n#\ntoor:x:0:0:::\n"));
    buf_add_char(&line, 0);
    add_file(&fixture, "etc/passwd", line.ptr);
    ask(&fixture);
    size_t gaps = 0;
    for (size_t i = 0; i < fixture.facts.count; i++)
        gaps += fixture.facts.items[i].kind == FACT_GAP;
    CHECK_EQ(2, gaps);
    CHECK_EQ(1, found(&fixture, "account/second-root"));
    buf_free(&line);
    arena_free(&fixture.arena);
}
