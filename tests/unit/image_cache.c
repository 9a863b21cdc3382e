// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "base/fd.h"
#include "read/image/cache.h"
#include "tests/unit/image_writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *fresh_folder(struct arena *arena, const char *name)
{
    struct err err = {0};
    const char *path = arena_printf(arena, "%s/%s", test_folder(), name).ptr;
    CHECK_OK(fd_make_dirs(path, &err), &err);
    return path;
}

static struct image_options options_with(const char *folder)
{
    return (struct image_options){
        .wants = WANT_PACKAGES, .jobs = 2, .use_cache = true, .cache_dir = folder};
}

static size_t count_files(const char *folder)
{
    size_t count = 0;
    DIR_SCOPED dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    return count;
}

/* Every file of the cache is changed by the function. */
static void change_files(const char *folder, void (*change)(int fd))
{
    DIR_SCOPED dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        FD_SCOPED fd = openat(dirfd(dir), entry->d_name, O_RDWR | O_CLOEXEC);
        if (fd >= 0 && entry->d_name[0] != '.')
            change(fd);
    }
}

static void flip_last(int fd)
{
    char byte;
    off_t end = lseek(fd, 0, SEEK_END) - 1;
    CHECK_EQ(1, pread(fd, &byte, 1, end));
    byte ^= 0x40;
    CHECK_EQ(1, pwrite(fd, &byte, 1, end));
}

static void cut_short(int fd)
{
    CHECK_EQ(0, ftruncate(fd, lseek(fd, 0, SEEK_END) / 2));
}

TEST(image_cache_second_scan_is_equal)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result first, second;
    const char *folder = fresh_folder(&arena, "cache-equal");
    struct image_options options = options_with(folder);
    struct test_image image = {.arena = &arena, .gzip = true};
    struct buf *layer = image_layer(&image);
    tar_file(layer, "etc/list", "a 1\nb 2\n");
    tar_file(layer, "etc/list.d/broken", "broken");
    tar_link(layer, "etc/list.d/link", "/away");
    layer = image_layer(&image);
    tar_file(layer, "etc/list", "a 1\n");
    tar_file(layer, "etc/list.d/.wh.broken", "");
    const char *path = image_file(&arena, "cached.tar", image_oci_archive(&image));
    CHECK_OK(image_scan(&arena, path, &options, &first, &err), &err);
    CHECK_EQ(2, count_files(folder));
    CHECK_OK(image_scan(&arena, path, &options, &second, &err), &err);
    test_check_str(__FILE__, __LINE__, image_facts(&arena, &first), image_facts(&arena, &second));
    /* The same layers by content, in another archive: nothing is added. */
    const char *packed =
        image_file(&arena, "cached.tgz", gzip_of(&arena, image_docker_archive(&image)));
    CHECK_OK(image_scan(&arena, packed, &options, &second, &err), &err);
    CHECK_EQ(2, count_files(folder));
    /* Damaged files are as good as none, and are replaced. */
    change_files(folder, flip_last);
    CHECK_OK(image_scan(&arena, path, &options, &second, &err), &err);
    test_check_str(__FILE__, __LINE__, image_facts(&arena, &first), image_facts(&arena, &second));
    change_files(folder, cut_short);
    CHECK_OK(image_scan(&arena, path, &options, &second, &err), &err);
    test_check_str(__FILE__, __LINE__, image_facts(&arena, &first), image_facts(&arena, &second));
    CHECK_EQ(2, count_files(folder));
    image_free(&image);
}

/* A newer collector does not see what the older one found. */
TEST(image_cache_knows_collectors)
{
    ARENA_SCOPED arena = {0};
    const char *folder = fresh_folder(&arena, "cache-collectors");
    const struct layer_rules old_rules = {.collectors = image_collectors};
    const struct layer_rules new_rules = {.collectors = image_collectors_newer};
    struct cache *older = cache_open(&arena, folder, &old_rules);
    struct cache *newer = cache_open(&arena, folder, &new_rules);
    CHECK(!str_eq(cache_key_content(older, &arena, STR("sha256:aa")),
                  cache_key_content(newer, &arena, STR("sha256:aa"))));
    cache_close(older);
    cache_close(newer);
}

/*
 * An archive whose layers are plain may claim any diff_id: nobody digests them. What it holds must
 * not become what other images' layers of that diff_id are known for.
 */
TEST(image_cache_cannot_be_poisoned)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result result;
    const char *folder = fresh_folder(&arena, "cache-poison");
    struct image_options options = options_with(folder);
    struct test_image honest = {.arena = &arena};
    tar_file(image_layer(&honest), "etc/list", "vulnerable 1\n");
    str archive = image_docker_archive(&honest);
    const char *honest_path = image_file(&arena, "honest.tar", archive);
    struct image_options uncached = options;
    uncached.use_cache = false;
    CHECK_OK(image_scan(&arena, honest_path, &uncached, &result, &err), &err);

    struct test_image liar = {.arena = &arena,
                              .wrong_diff = result.image.layers.items[0].diff_id.ptr};
    tar_file(image_layer(&liar), "etc/list", "harmless 9\n");
    const char *liar_path = image_file(&arena, "liar.tar", image_docker_archive(&liar));
    CHECK_OK(image_scan(&arena, liar_path, &options, &result, &err), &err);
    CHECK_STR("0 etc/list: harmless 9\n", image_facts(&arena, &result));
    CHECK_EQ(1, count_files(folder));
    CHECK_OK(image_scan(&arena, honest_path, &options, &result, &err), &err);
    CHECK_STR("0 etc/list: vulnerable 1\n", image_facts(&arena, &result));

    /* Where the lie shows (packed, or verified), nothing is kept either. */
    liar.gzip = true;
    size_t before = count_files(folder);
    const char *packed_path = image_file(&arena, "liar-packed.tar", image_oci_archive(&liar));
    CHECK_OK(image_scan(&arena, packed_path, &uncached, &result, &err), &err);
    CHECK(str_contains(image_facts(&arena, &result), STR("content has digest")));
    CHECK_EQ(before, count_files(folder));
    image_free(&honest);
    image_free(&liar);
}

/* The same file, written anew with other content, is another file. */
TEST(image_cache_sees_changed_files)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result result;
    struct image_options options = options_with(fresh_folder(&arena, "cache-changed"));
    for (int i = 0; i < 2; i++) {
        struct test_image image = {.arena = &arena,
                                   .wrong_diff = "sha256:00000000000000000000000000000000"
                                                 "00000000000000000000000000000000"};
        tar_file(image_layer(&image), "etc/list", i ? "new 1\n" : "old 1\n");
        const char *path = image_file(&arena, "changed.tar", image_docker_archive(&image));
        CHECK_OK(image_scan(&arena, path, &options, &result, &err), &err);
        CHECK_STR(i ? "0 etc/list: new 1\n" : "0 etc/list: old 1\n", image_facts(&arena, &result));
        image_free(&image);
    }
}

TEST(image_cache_decode_is_careful)
{
    struct layer_facts facts = {0};
    struct collect to = {.arena = &facts.arena, .facts = &facts.facts};
    struct fact *fact = fact_add(&to, FACT_DISTRIBUTION, STR("etc/os-release"));
    fact->distribution.id = STR("debian");
    fact_add_gap(&to, STR("etc/os-release"), STR("odd"));
    *vec_push(&facts.arena, &facts.shadows) =
        (struct shadow){STR("etc"), SHADOW_ENTRY | SHADOW_LINK, STR("/x")};
    BUF_SCOPED bytes = buf_make(1 << 20);
    cache_encode(STR("key"), &facts, &bytes);
    struct layer_facts back = {0};
    CHECK(cache_decode(STR("key"), buf_str(&bytes), &back));
    CHECK_EQ(2, back.facts.count);
    CHECK_STR("debian", back.facts.items[0].distribution.id);
    CHECK_STR("odd", back.facts.items[1].gap.reason);
    CHECK_STR("/x", back.shadows.items[0].link);
    CHECK_EQ(SHADOW_ENTRY | SHADOW_LINK, back.shadows.items[0].bits);
    CHECK(!cache_decode(STR("other"), buf_str(&bytes), &back));
    for (size_t len = 0; len < bytes.len; len++)
        CHECK(!cache_decode(STR("key"), str_sub(buf_str(&bytes), 0, len), &back));
    arena_free(&facts.arena);
    arena_free(&back.arena);
}

static void check_scrubbed(int line, const char *text, const char *want)
{
    struct layer_facts facts = {0};
    struct collect to = {.arena = &facts.arena, .facts = &facts.facts};
    struct script *script = &fact_add(&to, FACT_SCRIPT, STR("srv/start"))->script;
    script->text = arena_str(&facts.arena, str_from(text));
    script->commands = STR("find\nAb1234567Yz\nAb12");
    struct secret *secret = &fact_add(&to, FACT_SECRET, STR("srv/start"))->secret;
    *secret = (struct secret){.shown = STR("Ab12...Yz"), .offset = 5, .length = 4, .count = 2};
    layer_scrub(&facts);
    test_check_str(__FILE__, line, str_from(want), facts.facts.items[0].script.text);
    CHECK_STR("find\nxxxxxxxxxxx\nAb12", facts.facts.items[0].script.commands);
    arena_free(&facts.arena);
}

TEST(scripts_are_kept_without_secrets)
{
    check_scrubbed(__LINE__, "echo abcd | cat - abcd\n", "echo xxxx | cat - xxxx\n");
    check_scrubbed(__LINE__, "echo 1234; DB_PASSWORD=ab\n", "echo xxxx; DB_PASSWORD=xx\n");
    check_scrubbed(__LINE__, "echo 1234; a --token 'ab' c", "echo xxxx; a --token 'xx' c");
    check_scrubbed(__LINE__, "echo 1234; p 'x-api-key: ab'", "echo xxxx; p 'x-api-key: xx'");
    check_scrubbed(__LINE__, "echo 1234; PASS=$X TOKEN=/a/b", "echo xxxx; PASS=$X TOKEN=/a/b");
    check_scrubbed(__LINE__, "echo 1234 ${PWD:-a} --pass -x", "echo xxxx ${PWD:-a} --pass -x");
    check_scrubbed(__LINE__, "echo 1234; [ -z \"$TOKEN\" ]", "echo xxxx; [ -z \"$TOKEN\" ]");
    check_scrubbed(__LINE__, "echo 1234; TOKEN_TOOL=openssl", "echo xxxx; TOKEN_TOOL=openssl");
    /* A value in another value. */
    check_scrubbed(__LINE__, "echo 1234; PASS=/a,TOKEN=bc d", "echo xxxx; PASS=/a,TOKEN=xx d");
    check_scrubbed(__LINE__, "echo 1234; PASS=TOKEN=PASS=a$b", "echo xxxx; PASS=TOKEN=PASS=a$b");
    check_scrubbed(__LINE__, "echo 1234; PASS=TOKEN=b PASS=c", "echo xxxx; PASS=xxxxxxx PASS=x");
    check_scrubbed(__LINE__, "echo", "echo");
}
