// SPDX-License-Identifier: Apache-2.0
#include "base/buf.h"
#include "io/tar.h"
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

/* A writer that can also write what no honest one does. */
struct member {
    const char *name, *link;
    char type;
    const char *content;
    size_t size;
    unsigned mode;
};

static void add_checksum(unsigned char *block)
{
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += block[i];
    snprintf((char *)block + 148, 8, "%06o", sum & 0777777);
}

static void add_block(struct buf *tar, unsigned char *block)
{
    add_checksum(block);
    buf_add(tar, block, 512);
}

static void fill_block(unsigned char block[512], const struct member *member)
{
    memset(block, 0, 512);
    memcpy(block, member->name, strnlen(member->name, 100));
    snprintf((char *)block + 100, 8, "%07o", (member->mode ? member->mode : 0644) & 07777);
    snprintf((char *)block + 108, 8, "%07o", 1000);
    snprintf((char *)block + 116, 8, "%07o", 100);
    snprintf((char *)block + 124, 12, "%011o", (unsigned)member->size & 0xfffffff);
    snprintf((char *)block + 136, 12, "%011o", 1700000000);
    block[156] = (unsigned char)member->type;
    if (member->link)
        memcpy(block + 157, member->link, strnlen(member->link, 100));
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
}

static void add_content(struct buf *tar, const char *content, size_t size)
{
    static const char zeros[512];
    buf_add(tar, content, size);
    buf_add(tar, zeros, (512 - size % 512) % 512);
}

static void add_member(struct buf *tar, struct member member)
{
    unsigned char block[512];
    if (member.content && !member.size)
        member.size = strlen(member.content);
    fill_block(block, &member);
    add_block(tar, block);
    if (member.content)
        add_content(tar, member.content, member.size);
}

static void add_end(struct buf *tar)
{
    static const char zeros[1024];
    buf_add(tar, zeros, sizeof(zeros));
}

static str content_of(struct tar *tar, struct arena *arena)
{
    struct err err = {0};
    str content = {0};
    CHECK_OK(stream_read_all(tar_content(tar), arena, 1 << 20, &content, &err), &err);
    return content;
}

static struct buf sample(void)
{
    struct buf bytes = buf_make(1 << 20);
    add_member(&bytes, (struct member){"./", NULL, '5', NULL, 0, 0755});
    add_member(&bytes, (struct member){"./etc/motd", NULL, '0', "hello\n", 0, 0});
    add_member(&bytes, (struct member){"x", NULL, 'x', "20 path=etc/long me\n", 0, 0});
    add_member(&bytes, (struct member){"made-up", NULL, '0', "pax", 0, 0});
    add_member(&bytes, (struct member){"././@LongLink", NULL, 'L', "a/gnu/name", 11, 0});
    add_member(&bytes, (struct member){"a/gnu/na", NULL, '0', NULL, 0, 0});
    add_member(&bytes, (struct member){"hard", "./etc/motd", '1', NULL, 0, 0});
    add_member(&bytes, (struct member){"soft", "../x", '2', NULL, 0, 0777});
    add_end(&bytes);
    return bytes;
}

TEST(tar_reads_what_was_written)
{
    static const struct {
        const char *path, *link, *content;
        enum entry_type type;
    } want[] = {
        {"", "", "", ENTRY_DIRECTORY},
        {"etc/motd", "", "hello\n", ENTRY_FILE},
        {"etc/long me", "", "pax", ENTRY_FILE},
        {"a/gnu/name", "", "", ENTRY_FILE},
        {"hard", "etc/motd", "", ENTRY_HARDLINK},
        {"soft", "../x", "", ENTRY_SYMLINK},
    };
    ARENA_SCOPED arena = {0};
    BUF_SCOPED bytes = sample();
    STREAM_SCOPED source = stream_memory(buf_str(&bytes));
    TAR_SCOPED tar = tar_open(source);
    struct entry entry;
    struct err err = {0};
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        CHECK_EQ(1, tar_next(tar, &entry, &err));
        CHECK_STR(want[i].path, entry.path);
        CHECK_STR(want[i].link, entry.link);
        CHECK_EQ(want[i].type, entry.type);
        CHECK_EQ(1000, entry.uid);
        CHECK(!entry.odd_path);
        CHECK_STR(want[i].content, content_of(tar, &arena));
    }
    CHECK_EQ(0, tar_next(tar, &entry, &err));
    CHECK_EQ(0, tar_next(tar, &entry, &err));
}

TEST(tar_cut_anywhere_is_an_error_or_whole)
{
    BUF_SCOPED bytes = sample();
    size_t end = bytes.len - 1024;
    for (size_t len = 1; len < end; len++) {
        STREAM_SCOPED source = stream_memory(str_make(bytes.ptr, len));
        TAR_SCOPED tar = tar_open(source);
        struct entry entry;
        struct err err = {0};
        int got;
        while ((got = tar_next(tar, &entry, &err)) == 1)
            ;
        /* Only between entries can an archive end without notice. */
        CHECK(got == -1 ? err.kind == ERR_FORMAT : len % 512 == 0);
    }
}

TEST(tar_marks_names_that_lead_out)
{
    BUF_SCOPED bytes = buf_make(1 << 16);
    add_member(&bytes, (struct member){"../../etc/shadow", NULL, '0', NULL, 0, 0});
    add_member(&bytes, (struct member){"/abs", NULL, '0', NULL, 0, 0});
    add_end(&bytes);
    STREAM_SCOPED source = stream_memory(buf_str(&bytes));
    TAR_SCOPED tar = tar_open(source);
    struct entry entry;
    struct err err = {0};
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK_STR("etc/shadow", entry.path);
    CHECK(entry.odd_path);
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK_STR("abs", entry.path);
    CHECK(!entry.odd_path); /* some tools write these, and engines take them */
}

TEST(tar_reads_big_and_negative_numbers)
{
    BUF_SCOPED bytes = buf_make(1 << 16);
    unsigned char block[512];
    fill_block(block, &(struct member){"big", NULL, '0', NULL, 0, 0});
    memcpy(block + 108, "\x80\0\0\0\xff\xff\xff\xfe", 8);
    memset(block + 136, 0xff, 12); /* -1 */
    add_block(&bytes, block);
    fill_block(block, &(struct member){"worse", NULL, '0', NULL, 0, 0});
    memset(block + 124, 0xff, 12); /* a size of -1 */
    add_block(&bytes, block);
    STREAM_SCOPED source = stream_memory(buf_str(&bytes));
    TAR_SCOPED tar = tar_open(source);
    struct entry entry;
    struct err err = {0};
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK(entry.uid == 0xfffffffe);
    CHECK_EQ(-1, entry.mtime);
    CHECK_EQ(-1, tar_next(tar, &entry, &err));
    CHECK_EQ(ERR_FORMAT, err.kind);
}

TEST(tar_expands_sparse_files)
{
    ARENA_SCOPED arena = {0};
    BUF_SCOPED bytes = buf_make(1 << 16);
    add_member(&bytes, (struct member){"x", NULL, 'x',
                                       "22 GNU.sparse.major=0\n22 GNU.sparse.minor=1\n"
                                       "22 GNU.sparse.name=sp\n22 GNU.sparse.size=10\n"
                                       "26 GNU.sparse.map=2,3,7,1\n",
                                       0, 0});
    add_member(&bytes, (struct member){"GNUSparseFile.1/sp", NULL, '0', "abcd", 0, 0});
    add_member(&bytes, (struct member){"after", NULL, '0', "x", 0, 0});
    add_end(&bytes);
    STREAM_SCOPED source = stream_memory(buf_str(&bytes));
    TAR_SCOPED tar = tar_open(source);
    struct entry entry;
    struct err err = {0};
    uint64_t offset;
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK_STR("sp", entry.path);
    CHECK_EQ(10, entry.size);
    CHECK(!tar_content_offset(tar, &offset));
    CHECK(str_eq(STR("\0\0abc\0\0d\0\0"), content_of(tar, &arena)));
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK_STR("after", entry.path);
    CHECK(tar_content_offset(tar, &offset) && offset % 512 == 0);
}

TEST(tar_refuses_what_lies_behind_a_lone_zero_block)
{
    static const char zeros[512];
    BUF_SCOPED bytes = buf_make(1 << 16);
    add_member(&bytes, (struct member){"a", NULL, '0', NULL, 0, 0});
    buf_add(&bytes, zeros, 512);
    add_member(&bytes, (struct member){"hidden", NULL, '0', NULL, 0, 0});
    add_end(&bytes);
    STREAM_SCOPED source = stream_memory(buf_str(&bytes));
    TAR_SCOPED tar = tar_open(source);
    struct entry entry;
    struct err err = {0};
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK_EQ(-1, tar_next(tar, &entry, &err));
    CHECK(tar_looks_like(buf_str(&bytes)));
    CHECK(!tar_looks_like(str_make(zeros, 512)));
}

/* One entry behind `headers`, read back: what unpacks images must see the same. */
struct told {
    struct member headers[3];
    unsigned char prefix[16]; /* of the entry's block, at 345 */
    const char *magic;        /* of the entry's block, 8 bytes; NULL: ustar */
    char type;
    const char *content, *want_path, *want_content;
};

static void add_told(struct buf *bytes, const struct told *told)
{
    unsigned char block[512];
    struct member member = {"name", "target", told->type, told->content, 0, 0};
    member.size = told->content ? strlen(told->content) : 0;
    for (size_t i = 0; i < 3 && told->headers[i].name; i++)
        add_member(bytes, told->headers[i]);
    fill_block(block, &member);
    memcpy(block + 345, told->prefix, sizeof(told->prefix));
    if (told->magic)
        memcpy(block + 257, told->magic, 8);
    add_block(bytes, block);
    if (told->content)
        add_content(bytes, told->content, member.size);
    add_member(bytes, (struct member){"next", NULL, '0', "next", 0, 0});
    add_end(bytes);
}

TEST(tar_that_contradicts_itself_is_read_as_engines_read_it)
{
    static const struct told tellings[] = {
        /* Only the last of two extended headers counts. */
        {{{"x", 0, 'x', "15 path=first!\n", 0, 0}, {"x", 0, 'x', "12 uid=1234\n", 0, 0}},
         "",
         NULL,
         '0',
         "abc",
         "name",
         "abc"},
        /* A global header changes nothing, and ends what was said before it. */
        {{{"x", 0, 'x', "15 path=first!\n", 0, 0}, {"g", 0, 'g', "15 path=global\n", 0, 0}},
         "",
         NULL,
         '0',
         "abc",
         "name",
         "abc"},
        /* An empty value counts for nothing, also behind one that is not. */
        {{{"x", 0, 'x', "15 path=first!\n8 path=\n8 size=\n", 0, 0}},
         "",
         NULL,
         '0',
         "abc",
         "name",
         "abc"},
        {{{"L", 0, 'L', "\0", 1, 0}}, "", NULL, '0', "abc", "name", "abc"},
        /* GNU's long name goes before pax's. */
        {{{"L", 0, 'L', "gnu", 4, 0}, {"x", 0, 'x', "12 path=pax\n", 0, 0}},
         "",
         NULL,
         '0',
         "abc",
         "gnu",
         "abc"},
        /* A sparse file's name is only one with a sparse file. */
        {{{"x", 0, 'x', "24 GNU.sparse.name=junk\n", 0, 0}}, "", NULL, '0', "abc", "name", "abc"},
        {{{"x", 0, 'x',
           "23 GNU.sparse.name=map\n21 GNU.sparse.size=5\n26 GNU.sparse.numblocks=1\n"
           "22 GNU.sparse.map=1,3\n",
           0, 0}},
         "",
         NULL,
         '0',
         "abc",
         "map",
         "\0abc"},
        /* A bad number in a header that does not count. */
        {{{"x", 0, 'x', "9 uid=ab\n", 0, 0}, {"x", 0, 'x', "12 path=pax\n", 0, 0}},
         "",
         NULL,
         '0',
         "abc",
         "pax",
         "abc"},
        /* The prefix: of ustar; of no other magic; where GNU's times should be, but are not. */
        {{{0}}, "pre/fix", NULL, '0', "abc", "pre/fix/name", "abc"},
        {{{0}}, "pre/fix", "ustarX00", '0', "abc", "name", "abc"},
        {{{0}}, "pre/fix", "ustar  ", '0', "abc", "pre/fix/name", "abc"},
        {{{0}}, "00000000017", "ustar  ", '0', "abc", "name", "abc"},
    };
    for (size_t i = 0; i < sizeof(tellings) / sizeof(*tellings); i++) {
        const struct told *told = &tellings[i];
        struct err err = {0};
        struct entry entry;
        ARENA_SCOPED arena = {0};
        BUF_SCOPED bytes = buf_make(1 << 20);
        add_told(&bytes, told);
        STREAM_SCOPED source = stream_memory(buf_str(&bytes));
        TAR_SCOPED tar = tar_open(source);
        CHECK_EQ(1, tar_next(tar, &entry, &err));
        CHECK_STR(told->want_path, entry.path);
        str content = content_of(tar, &arena);
        CHECK_EQ(entry.size, content.len);
        CHECK(content.len >= 3 && memcmp(content.ptr, told->want_content, 3) == 0);
        CHECK_EQ(1, tar_next(tar, &entry, &err));
        CHECK_STR("next", entry.path);
        CHECK_EQ(0, tar_next(tar, &entry, &err));
    }
}

TEST(tar_ignores_sizes_of_what_has_no_content)
{
    /* A folder of V7, by its name; a link with a size, and one with a negative size. */
    struct err err = {0};
    struct entry entry;
    unsigned char block[512];
    BUF_SCOPED bytes = buf_make(1 << 20);
    struct member folder = {"folder/", NULL, 0, NULL, 700, 0};
    fill_block(block, &folder);
    memset(block + 257, 0, 8);
    add_block(&bytes, block);
    struct member hard = {"hard", "target", '1', NULL, 700, 0};
    fill_block(block, &hard);
    add_block(&bytes, block);
    memset(block + 124, 0xff, 12);
    memset(block + 108, 0xff, 8);
    add_block(&bytes, block);
    add_end(&bytes);
    STREAM_SCOPED source = stream_memory(buf_str(&bytes));
    TAR_SCOPED tar = tar_open(source);
    CHECK_EQ(1, tar_next(tar, &entry, &err));
    CHECK_EQ(ENTRY_DIRECTORY, entry.type);
    CHECK_STR("folder", entry.path);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(1, tar_next(tar, &entry, &err));
        CHECK_EQ(ENTRY_HARDLINK, entry.type);
        CHECK_EQ(0, entry.size);
    }
    CHECK_EQ(UINT32_MAX, entry.uid);
    CHECK_EQ(0, tar_next(tar, &entry, &err));
}

TEST(tar_rounds_times_down)
{
    static const struct {
        const char *record;
        int64_t mtime;
    } times[] = {{"12 mtime=-5\n", -5},
                 {"14 mtime=-5.5\n", -6},
                 {"14 mtime=-5.0\n", -5},
                 {"13 mtime=5.9\n", 5},
                 {"15 mtime=+3.25\n", 3}};
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
        struct err err = {0};
        struct entry entry;
        BUF_SCOPED bytes = buf_make(1 << 20);
        add_member(&bytes, (struct member){"x", NULL, 'x', times[i].record, 0, 0});
        add_member(&bytes, (struct member){"name", NULL, '0', NULL, 0, 0});
        STREAM_SCOPED source = stream_memory(buf_str(&bytes));
        TAR_SCOPED tar = tar_open(source);
        CHECK_EQ(1, tar_next(tar, &entry, &err));
        CHECK_EQ(times[i].mtime, entry.mtime);
    }
}
