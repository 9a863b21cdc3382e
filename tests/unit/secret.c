// SPDX-License-Identifier: Apache-2.0
#include "read/secret/secret.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/tsv.h"
#include "data.h"
#include "io/stream.h"
#include "read/secret/checksum.h"
#include "read/secret/scan.h"
#include "tests/unit/secret_sample.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

static struct secret_finder *open_finder(const struct secret_settings *settings)
{
    struct secret_finder *finder = NULL;
    struct err err = {0};
    CHECK_OK(secret_finder_open(settings, &finder, &err), &err);
    return finder;
}

static struct secret_finder *finder(void)
{
    static struct secret_finder *finder;
    if (!finder)
        finder = open_finder(&(struct secret_settings){.cache_dir = test_folder()});
    return finder;
}

/* The one that needs no library. */
static struct secret_finder *texts_finder(void)
{
    static struct secret_finder *finder;
    if (!finder)
        finder = open_finder(&(struct secret_settings){.texts = true});
    return finder;
}

static bool is_same(const struct fact *a, const struct fact *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind != FACT_SECRET)
        return true;
    const struct secret *x = &a->secret, *y = &b->secret;
    return str_eq(x->kind, y->kind) && str_eq(x->fingerprint, y->fingerprint) &&
           x->offset == y->offset && x->length == y->length && x->line == y->line &&
           x->confidence == y->confidence && str_eq(x->reason, y->reason) && x->count == y->count;
}

/* With both finders, which must agree. */
static struct fact_list scan(struct arena *arena, const char *path, str text)
{
    struct fact_list facts = {0}, same = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    secret_scan_text(finder(), &to, str_from(path), text);
    to.facts = &same;
    secret_scan_text(texts_finder(), &to, str_from(path), text);
    CHECK_EQ(facts.count, same.count);
    for (size_t i = 0; i < facts.count && i < same.count; i++)
        if (!is_same(&facts.items[i], &same.items[i]))
            test_failed(__FILE__, __LINE__, "%s: fact %zu differs", path, i);
    return facts;
}

static const struct secret *find(const struct fact_list *facts, const char *kind)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->items[i].kind == FACT_SECRET &&
            str_eq(facts->items[i].secret.kind, str_from(kind)))
            return &facts->items[i].secret;
    return NULL;
}

static const struct secret *find_sample(struct arena *arena, const struct kind *kind, str sample)
{
    str path, text;
    secret_sample_split(sample, &path, &text);
    struct fact_list facts = scan(arena, arena_cstr(arena, path), secret_sample(arena, text));
    return find(&facts, arena_cstr(arena, kind->id));
}

TEST(every_kind_of_secret_is_found_and_its_counterpart_is_not)
{
    struct kind_table table;
    struct err err = {0};
    CHECK_OK(kind_table_read(str_make(data_secrets, data_secrets_len), &table, &err), &err);
    CHECK(table.count >= 200);
    for (size_t i = 0; i < table.count; i++) {
        ARENA_SCOPED arena = {0};
        const struct kind *kind = &table.kinds[i];
        if (!kind->positive.len || !kind->negative.len)
            test_failed(__FILE__, __LINE__, "%.*s has no sample", STR_ARG(kind->id));
        if (!find_sample(&arena, kind, kind->positive))
            test_failed(__FILE__, __LINE__, "%.*s is not found", STR_ARG(kind->id));
        if (find_sample(&arena, kind, kind->negative))
            test_failed(__FILE__, __LINE__, "%.*s is found where there is none", STR_ARG(kind->id));
    }
    kind_table_free(&table);
}

/* Known answers from elsewhere: "123456789" is the check value of both polynomials' catalogues. */
TEST(checksums_of_tokens_give_known_answers)
{
    CHECK_EQ(0xcbf43926, checksum_crc32(STR("123456789")));
    CHECK_EQ(0x31c3, checksum_crc16(STR("123456789")));
    char digits[6];
    checksum_crc62_of(STR("123456789"), digits);
    CHECK_STR("3jZRME", str_make(digits, 6));
    CHECK(checksum_bech32(STR("A12UEL5L"))); /* BIP 173's first test vector */
    CHECK(!checksum_bech32(STR("A12UEL5M")));
    CHECK(!checksum_bech32(STR("nothing")) && !checksum_bech32((str){0}));
    ARENA_SCOPED arena = {0};
    CHECK_STR("foobar", checksum_base32(&arena, STR("MZXW6YTBOI"))); /* RFC 4648, 10 */
}

TEST(checksums_move_confidence_and_delete_nothing)
{
    ARENA_SCOPED arena = {0};
    str good = secret_sample(&arena, STR("t=gh"
                                         "p_{A30}{crc}\n"));
    char *bad = arena_copy(&arena, good.ptr, good.len);
    bad[good.len - 2] = bad[good.len - 2] == 'a' ? 'b' : 'a';
    struct fact_list facts = scan(&arena, "a.txt", good);
    CHECK_EQ(1, facts.count);
    CHECK_EQ(SECRET_HIGH, find(&facts, "github-pat")->confidence);
    CHECK_STR("the checksum in it holds", find(&facts, "github-pat")->reason);
    facts = scan(&arena, "a.txt", str_make(bad, good.len));
    CHECK_EQ(1, facts.count);
    CHECK_EQ(SECRET_LOW, find(&facts, "github-pat")->confidence);
}

TEST(a_secret_is_shown_by_its_ends_and_its_place)
{
    ARENA_SCOPED arena = {0};
    str token = secret_sample(&arena, STR("dop"
                                          "_v1_{x64}"));
    str text = arena_printf(&arena, "first\nsecond\n  key: %.*s\n", STR_ARG(token));
    struct fact_list facts = scan(&arena, "a.yaml", text);
    const struct secret *secret = find(&facts, "digitalocean-pat");
    CHECK(secret && facts.count == 1);
    if (!secret)
        return;
    CHECK_EQ(3, secret->line);
    CHECK_EQ(8, secret->column);
    CHECK_EQ(20, secret->offset);
    CHECK_EQ(token.len, secret->length);
    CHECK_EQ(4 + 3 + 2, secret->shown.len);
    CHECK(str_starts(secret->shown, str_sub(token, 0, 4)));
    CHECK(str_ends(secret->shown, str_from_index(token, token.len - 2)));
    CHECK_EQ(16, secret->fingerprint.len);
    CHECK(facts.items[0].survives);
    struct fact_list elsewhere = scan(&arena, "b", arena_join(&arena, STR("x"), STR(" "), token));
    CHECK_STR(arena_cstr(&arena, secret->fingerprint),
              find(&elsewhere, "digitalocean-pat")->fingerprint);
}

/* Wherever the borders of pieces and windows fall, the same is found. */
TEST(a_secret_is_found_across_pieces)
{
    ARENA_SCOPED arena = {0};
    str token = secret_sample(&arena, STR("gl"
                                          "pat-{u20}"));
    const struct collector *collector = secret_finder_collector(finder());
    for (size_t at = SCAN_WINDOW - 40; at < SCAN_WINDOW + 10; at += 7) {
        char *text = arena_alloc(&arena, SCAN_WINDOW * 2);
        memset(text, '\n', SCAN_WINDOW * 2);
        memcpy(text + at, token.ptr, token.len);
        struct fact_list facts = {0};
        struct collect to = {.arena = &arena, .facts = &facts};
        struct entry entry = {.path = STR("a"), .size = SCAN_WINDOW * 2};
        struct err err = {0};
        void *state = collector->scanner->open(collector);
        collector->scanner->begin(state, &to, &entry, str_make(text, 64));
        for (str rest = str_make(text, SCAN_WINDOW * 2); rest.len;
             rest = str_from_index(rest, 1000))
            collector->scanner->feed(state, &to, str_sub(rest, 0, 1000), &err);
        CHECK_OK(collector->scanner->end(state, &to, true, &err), &err);
        collector->scanner->close(state);
        CHECK_EQ(1, facts.count);
        CHECK_EQ(at + 1, facts.count ? facts.items[0].secret.line : 0);
        CHECK_EQ(at, facts.count ? facts.items[0].secret.offset : 0);
    }
}

TEST(what_begins_like_a_secret_without_end_is_bounded)
{
    enum { SIZE = 24 << 20 };
    ARENA_SCOPED arena = {0};
    static const char *const words[] = {"AKIA", "AKIAQQQQQQQQQQQQQQQ2 ", "password=", "://a:b@"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        char *text = arena_alloc(&arena, SIZE);
        size_t len = strlen(words[i]);
        for (size_t at = 0; at + len <= SIZE; at += len)
            memcpy(text + at, words[i], len);
        struct fact_list facts = scan(&arena, "a", str_make(text, SIZE));
        size_t gaps = 0;
        for (size_t k = 0; k < facts.count; k++)
            gaps += facts.items[k].kind == FACT_GAP;
        CHECK(facts.count <= LIMIT_SECRETS_FILE + 1);
        CHECK(gaps == 1 || i == 0);
        arena_reset(&arena);
    }
}

static bool note_found(void *context, unsigned pattern, uint64_t end)
{
    (void)pattern, (void)end;
    *(bool *)context = true;
    return true;
}

TEST(shapes_mean_the_same_to_both_matchers)
{
    static const char classes[] = "AaUm9xXhuwbcsSgdpq";
    for (size_t i = 0; classes[i]; i++) {
        ARENA_SCOPED arena = {0};
        char expression[8];
        struct pattern patterns[1];
        struct pattern_set *set;
        struct pattern_scan *scan;
        struct shape_list shapes;
        struct err err = {0};
        struct shape_head head;
        BUF_SCOPED text = buf_make(256);
        snprintf(expression, sizeof(expression), "<%c>", classes[i]);
        CHECK_OK(shape_parse(&arena, str_from(expression), &shapes, &err), &err);
        shape_head(&arena, &shapes.items[0], &head);
        shape_expression(head.items, head.count, &text);
        patterns[0] = (struct pattern){arena_cstr(&arena, buf_str(&text)), false};
        CHECK_OK(pattern_compile(patterns, 1, &set, &err), &err);
        CHECK_OK(pattern_scan_begin(set, &scan, &err), &err);
        for (unsigned c = 0; c < 256; c++) {
            bool found = false;
            char byte = (char)c;
            pattern_scan_restart(scan);
            pattern_scan_piece(scan, str_make(&byte, 1), note_found, &found);
            if (found != shape_class_has(classes[i], (unsigned char)c))
                test_failed(__FILE__, __LINE__, "class %c, byte %u", classes[i], c);
        }
        pattern_scan_end(scan);
        pattern_close(set);
    }
}

TEST(what_everybody_knows_is_told_as_such)
{
    ARENA_SCOPED arena = {0};
    /* RFC 7617's "Aladdin" with "open sesame". */
    str text = arena_join(&arena, STR("Authorization: Basic"), STR(" "),
                          secret_sample_base64(&arena, STR("Aladdin:open sesame")));
    struct fact_list facts = scan(&arena, "a.py", text);
    const struct secret *secret = find(&facts, "authorization-basic");
    CHECK(secret != NULL);
    if (!secret)
        return;
    CHECK_EQ(SECRET_LOW, secret->confidence);
    CHECK_EQ(SEVERITY_INFO, secret->severity);
    CHECK_STR("everybody knows it: the sample of RFC 7617 (Basic authentication)", secret->reason);
    /* The table is searched by halves. */
    str table = str_make(data_known_secrets, data_known_secrets_len), row, last = {0};
    while (tsv_next(&table, &row)) {
        CHECK(str_cmp(last, row) < 0 && tsv_field(row, 2).len > 0);
        last = row;
    }
}

/* What is kept of them by how sure it is: -1 nothing, else the greatest confidence. */
static int surest(const char *text)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts =
        scan(&arena, "app/settings.ini", secret_sample(&arena, str_from(text)));
    int found = -1;
    for (size_t i = 0; i < facts.count; i++)
        if (facts.items[i].kind == FACT_SECRET && (int)facts.items[i].secret.confidence > found)
            found = (int)facts.items[i].secret.confidence;
    return found;
}

TEST(samples_on_command_lines_are_not_sure)
{
    CHECK_EQ(SECRET_HIGH, surest("curl -u deploy:{A14} https://x\n"));
    CHECK_EQ(SECRET_LOW, surest("curl -u test:test https://x\n"));
    CHECK_EQ(SECRET_LOW, surest("curl --user xxx:yyyy https://x\n"));
    CHECK_EQ(-1, surest("curl -u <user:password> https://x\n"));
    CHECK_EQ(-1, surest("curl --user neo4j:[PASSWORD] http://[IP]:7474/\n"));
    /* The head of a JSON web token, put behind "Basic" by mistake. */
    CHECK_EQ(-1, surest("Authorization: Basic eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\n"));
    /* A part of something longer, and a file that is named by a digest. */
    CHECK_EQ(SECRET_HIGH, surest("AZ={A3}8Q~{A34}\n"));
    CHECK_EQ(-1, surest("AZ={A3}8Q~{A34}~{A9}\n"));
    CHECK_EQ(SECRET_MEDIUM, surest("src=box.ico-{x32}.png\n"));
}

TEST(a_token_of_small_letters_and_digits_needs_a_name)
{
    CHECK(surest("codecov_token=m4x7q2z9w1k5j8h3g6f0d2s4a7p9\n") >= 0);
    CHECK_EQ(-1, surest("codecov_token=versionofthething2\n"));
    CHECK_EQ(-1, surest("codecov_page=m4x7q2z9w1k5j8h3g6f0d2s4a7p9\n"));
}

TEST(stand_ins_are_no_secrets)
{
    static const char *const texts[] = {
        "password: changeme\n",
        "PASSWORD=${PASSWORD}\n",
        "password = \"<password>\"\n",
        "password: {{ .Values.p }}\n",
        "password = getpass()\n",
        "password=xxxxxxxx\n",
        "secret: $(cat /run/x)\n",
        "token = request.token1\n",
        "password_file=/run/secrets/a1\n",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        ARENA_SCOPED arena = {0};
        struct fact_list facts = scan(&arena, "app/settings.ini", str_from(texts[i]));
        if (facts.count)
            test_failed(__FILE__, __LINE__, "found in: %s", texts[i]);
    }
}

TEST(an_image_configuration_is_looked_at_and_masked)
{
    ARENA_SCOPED arena = {0};
    struct fact_list facts = {0};
    struct collect to = {.arena = &arena, .facts = &facts};
    str token = secret_sample(&arena, STR("gl"
                                          "pat-{u20}"));
    struct image_config config = {.present = true};
    struct layer_list layers = {0};
    str step = arena_printf(&arena, "|1 TOKEN=%.*s /bin/sh -c make fetch", STR_ARG(token));
    *vec_push(&arena, &config.env) = (struct image_variable){STR("PATH"), STR("/usr/bin:/bin")};
    *vec_push(&arena, &config.env) = (struct image_variable){STR("DB_PASSWORD"), STR("hunter22")};
    *vec_push(&arena, &config.history) = (struct image_step){.created_by = step};
    *vec_push(&arena, &layers) = (struct layer){.created_by = step};
    secret_scan_config(finder(), &to, &config);
    CHECK_EQ(2, facts.count);
    CHECK_STR("environment variable DB_PASSWORD", find(&facts, "db-password")->where);
    CHECK_STR("history, step 1", find(&facts, "gitlab-pat")->where);
    secret_redact_config(finder(), &arena, &config, &layers);
    CHECK_STR("/usr/bin:/bin", config.env.items[0].value);
    CHECK_STR("hu...", config.env.items[1].value);
    CHECK(!str_contains(config.history.items[0].created_by, token));
    CHECK(!str_contains(layers.items[0].created_by, token));
    CHECK(str_ends(layers.items[0].created_by, STR(" /bin/sh -c make fetch")));
}

/* --- zip ---- */

static void put(struct buf *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buf_add_char(to, (char)(i < 8 ? value >> (8 * i) : 0));
}

/* An archive of one stored member, behind as many bytes as `moved`. */
static str zip_of(struct arena *arena, const char *name, str content, size_t moved)
{
    struct buf out = buf_make(1 << 20);
    size_t name_len = strlen(name);
    for (size_t i = 0; i < moved; i++)
        buf_add_char(&out, '#');
    buf_add(&out, "PK\3\4", 4);
    put(&out, 20, 2), put(&out, 0, 12), put(&out, content.len, 4), put(&out, content.len, 4);
    put(&out, name_len, 2), put(&out, 0, 2);
    buf_add(&out, name, name_len);
    buf_add_str(&out, content);
    size_t directory = out.len;
    buf_add(&out, "PK\1\2", 4);
    put(&out, 20, 2), put(&out, 20, 2), put(&out, 0, 12);
    put(&out, content.len, 4), put(&out, content.len, 4), put(&out, name_len, 2);
    put(&out, 0, 12), put(&out, 0, 4);
    buf_add(&out, name, name_len);
    size_t size = out.len - directory;
    buf_add(&out, "PK\5\6", 4);
    put(&out, 0, 4), put(&out, 1, 2), put(&out, 1, 2), put(&out, size, 4);
    put(&out, directory - moved, 4), put(&out, 0, 2);
    str ret = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return ret;
}

static struct fact_list scan_file(struct arena *arena, const char *path, str bytes)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    const struct collector *collector = secret_finder_collector(finder());
    struct entry entry = {.path = str_from(path), .size = bytes.len};
    struct err err = {0};
    void *state = collector->scanner->open(collector);
    collector->scanner->begin(state, &to, &entry, str_sub(bytes, 0, STREAM_PEEK));
    collector->scanner->feed(state, &to, bytes, &err);
    if (collector->scanner->end(state, &to, true, &err) < 0)
        fact_add_gap(&to, entry.path, err_text(&err));
    collector->scanner->close(state);
    return facts;
}

TEST(secrets_are_found_in_archives_in_archives)
{
    ARENA_SCOPED arena = {0};
    str token = secret_sample(&arena, STR("t=gl"
                                          "pat-{u20}\\n"));
    str inner = zip_of(&arena, "conf/a.env", token, 0);
    str outer = zip_of(&arena, "lib/b.jar", inner, 300);
    CHECK_EQ(0, scan_file(&arena, "srv/plain", STR("nothing")).count);
    struct fact_list facts = scan_file(&arena, "srv/c.war", zip_of(&arena, "lib/b.jar", inner, 0));
    const struct secret *secret = find(&facts, "gitlab-pat");
    CHECK(secret && facts.count == 1);
    if (secret) {
        CHECK_STR("lib/b.jar!/conf/a.env", secret->where);
        CHECK_EQ(1, secret->line);
        CHECK_EQ(0, secret->length); /* no place in the file itself */
    }
    /* A stored member behind a program is found in the bytes as they stand. */
    facts = scan_file(&arena, "srv/installer", outer);
    CHECK(find(&facts, "gitlab-pat") != NULL);
}

TEST(damage_in_an_archive_is_told_and_its_bytes_are_scanned)
{
    ARENA_SCOPED arena = {0};
    str token = secret_sample(&arena, STR("t=gl"
                                          "pat-{u20}\\n"));
    str whole = zip_of(&arena, "a.env", token, 0);
    struct fact_list facts = scan_file(&arena, "a.zip", str_sub(whole, 0, whole.len - 10));
    size_t gaps = 0;
    for (size_t i = 0; i < facts.count; i++)
        gaps += facts.items[i].kind == FACT_GAP;
    CHECK_EQ(1, gaps);
    CHECK(find(&facts, "gitlab-pat") != NULL);
}
