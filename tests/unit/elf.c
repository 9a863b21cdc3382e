// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf.h"
#include "io/content.h"
#include "model/binary.h"
#include "tests/unit/test.h"

#include <elf.h>
#include <string.h>

/* A program of 64 bits in this machine's byte order: header, segments, and what they name. */
struct sample {
    Elf64_Ehdr header;
    Elf64_Phdr segments[5];
    Elf64_Dyn dynamic[5];
    char strings[32];
    char interpreter[16];
};

static struct sample hardened(void)
{
    struct sample sample = {
        .header = {.e_type = ET_DYN,
                   .e_machine = EM_X86_64,
                   .e_version = EV_CURRENT,
                   .e_phoff = offsetof(struct sample, segments),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_phentsize = sizeof(Elf64_Phdr),
                   .e_phnum = 5},
        .segments = {{.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = sizeof(sample)},
                     {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W},
                     {.p_type = PT_GNU_RELRO, .p_flags = PF_R, .p_filesz = 8},
                     {.p_type = PT_INTERP,
                      .p_offset = offsetof(struct sample, interpreter),
                      .p_filesz = sizeof(sample.interpreter)},
                     {.p_type = PT_DYNAMIC,
                      .p_offset = offsetof(struct sample, dynamic),
                      .p_vaddr = offsetof(struct sample, dynamic),
                      .p_filesz = sizeof(sample.dynamic)}},
        .dynamic = {{.d_tag = DT_STRTAB, .d_un.d_ptr = offsetof(struct sample, strings)},
                    {.d_tag = DT_STRSZ, .d_un.d_val = sizeof(sample.strings)},
                    {.d_tag = DT_NEEDED, .d_un.d_val = 1},
                    {.d_tag = DT_FLAGS_1, .d_un.d_val = DF_1_NOW | DF_1_PIE},
                    {.d_tag = DT_NULL}},
        .strings = "\0libc.so.6\0lib",
        .interpreter = "/lib/ld.so",
    };
    memcpy(sample.header.e_ident, ELFMAG, SELFMAG);
    sample.header.e_ident[EI_CLASS] = ELFCLASS64;
    sample.header.e_ident[EI_DATA] =
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    return sample;
}

/* What is read of it; the gap in *gap, or "". Absent: it is told to be no such file. */
static const struct binary *look(struct arena *arena, const void *bytes, size_t size, str *gap)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    const struct entry entry = {.path = STR("usr/bin/x"), .size = size};
    struct content content = content_of_memory(str_make(bytes, size));
    const struct binary *found = NULL;
    struct err err = {0};
    *gap = (str){0};
    if (elf_collectors()[0]->inspect(&to, &entry, &content, &err) < 0)
        *gap = arena_str(arena, err_text(&err));
    for (size_t i = 0; i < facts.count; i++) {
        if (facts.items[i].kind == FACT_BINARY)
            found = &facts.items[i].binary;
        else
            *gap = facts.items[i].gap.reason;
    }
    return found;
}

TEST(elf_of_a_hardened_program)
{
    ARENA_SCOPED arena = {0};
    str gap;
    struct sample sample = hardened();
    const struct binary *binary = look(&arena, &sample, sizeof(sample), &gap);
    CHECK_STR("", gap);
    CHECK(binary != NULL);
    CHECK_EQ(BINARY_PIE, binary->type);
    CHECK_EQ(RELRO_FULL, binary->relro);
    CHECK(binary_has(binary, BINARY_NX));
    CHECK(!binary_has(binary, BINARY_WRITE_EXEC));
    CHECK(!binary_has(binary, BINARY_TEXT_RELOCS));
    CHECK_STR("x86-64", binary->machine);
    CHECK_STR("/lib/ld.so", binary->interpreter);
    CHECK_STR("libc.so.6", binary->needed);
    CHECK_STR("", binary->runpath);
}

/* Each thing that weakens it is seen, and by itself. */
TEST(elf_of_weak_programs)
{
    ARENA_SCOPED arena = {0};
    str gap;
    struct sample sample = hardened();
    sample.header.e_type = ET_EXEC;
    CHECK_EQ(BINARY_EXEC, look(&arena, &sample, sizeof(sample), &gap)->type);
    sample = hardened();
    sample.segments[1].p_flags |= PF_X;
    CHECK(!binary_has(look(&arena, &sample, sizeof(sample), &gap), BINARY_NX));
    sample = hardened();
    sample.segments[1].p_type = PT_NULL; /* this machine's default is an executable stack */
    CHECK(!binary_has(look(&arena, &sample, sizeof(sample), &gap), BINARY_NX));
    sample = hardened();
    sample.segments[0].p_flags |= PF_W;
    CHECK(binary_has(look(&arena, &sample, sizeof(sample), &gap), BINARY_WRITE_EXEC));
    sample = hardened();
    sample.dynamic[3].d_un.d_val = DF_1_PIE;
    CHECK_EQ(RELRO_PARTIAL, look(&arena, &sample, sizeof(sample), &gap)->relro);
    sample.segments[2].p_type = PT_NULL;
    CHECK_EQ(RELRO_NO, look(&arena, &sample, sizeof(sample), &gap)->relro);
    sample = hardened();
    sample.dynamic[2] = (Elf64_Dyn){.d_tag = DT_TEXTREL};
    CHECK(binary_has(look(&arena, &sample, sizeof(sample), &gap), BINARY_TEXT_RELOCS));
    sample.dynamic[2] = (Elf64_Dyn){.d_tag = DT_RUNPATH, .d_un.d_val = 11};
    CHECK_STR("lib", look(&arena, &sample, sizeof(sample), &gap)->runpath);
    sample.dynamic[2].d_tag = DT_RPATH;
    CHECK_STR("lib", look(&arena, &sample, sizeof(sample), &gap)->rpath);
    sample = hardened();
    sample.dynamic[3].d_un.d_val = 0; /* neither of the marks of an executable */
    sample.segments[3].p_type = PT_NULL;
    CHECK_EQ(BINARY_DSO, look(&arena, &sample, sizeof(sample), &gap)->type);
}

/* Damage is told, at whatever byte the file ends; never is it read past its end. */
TEST(elf_damage)
{
    ARENA_SCOPED arena = {0};
    str gap;
    struct sample sample = hardened();
    for (size_t size = SELFMAG; size < offsetof(struct sample, segments[5]); size++) {
        /* A copy of just that size: memory checkers see a byte too many. */
        look(&arena, arena_copy(&arena, (const char *)&sample, size), size, &gap);
        CHECK(gap.len > 0);
    }
    sample.header.e_ident[EI_CLASS] = 9;
    CHECK(look(&arena, &sample, sizeof(sample), &gap) == NULL);
    CHECK_STR("ELF: of class 9 and byte order 1", gap);
    sample = hardened();
    sample.header.e_phentsize = 3;
    look(&arena, &sample, sizeof(sample), &gap);
    CHECK_STR("ELF: program headers of an impossible size or number", gap);
    sample = hardened();
    sample.header.e_phoff = UINT64_MAX - 4;
    look(&arena, &sample, sizeof(sample), &gap);
    CHECK(str_starts(gap, STR("ELF: program headers: ")));
    sample = hardened();
    sample.header.e_shoff = 64;
    sample.header.e_shentsize = 1;
    look(&arena, &sample, sizeof(sample), &gap);
    CHECK_STR("ELF: section headers of an impossible size", gap);
    sample = hardened();
    sample.segments[3].p_filesz = UINT64_MAX;
    look(&arena, &sample, sizeof(sample), &gap);
    CHECK_STR("ELF: interpreter: longer than anything real", gap);
}

/* A static program of Go's, and what it may write to. */
struct go_program {
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    char data[512];
};

static struct go_program go_program(void)
{
    struct go_program program = {
        .header = hardened().header,
        .segment = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_W,
                    .p_offset = offsetof(struct go_program, data),
                    .p_vaddr = 0x10000,
                    .p_filesz = sizeof(program.data)},
    };
    program.header.e_type = ET_EXEC;
    program.header.e_phoff = offsetof(struct go_program, segment);
    program.header.e_phnum = 1;
    return program;
}

static struct fact_list facts_of(struct arena *arena, const void *bytes, size_t size)
{
    struct fact_list facts = {0};
    struct collect to = {.arena = arena, .facts = &facts};
    const struct entry entry = {.path = STR("usr/bin/x"), .size = size};
    struct content content = content_of_memory(str_make(bytes, size));
    struct err err = {0};
    CHECK_OK(elf_collectors()[0]->inspect(&to, &entry, &content, &err), &err);
    return facts;
}

/* Its build information stands at the beginning. */
TEST(elf_tells_modules_of_go)
{
    ARENA_SCOPED arena = {0};
    static const char info[] = "\xff Go buildinf:\x08\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\x06go1.21";
    static const char modules[] =
        "0123456789abcdef"
        "path\texample.org/x\nmod\texample.org/x\t(devel)\t\n"
        "dep\tgolang.org/x/text\tv0.3.7\th1:a=\n"
        "dep\texample.org/old\tv1.0.0\n=>\texample.org/new\tv1.0.1\th1:b=\n"
        "dep\texample.org/near\tv2.0.0\n=>\t../near\t\n"
        "build\t-compiler=gc\n"
        "0123456789abcdef";
    struct go_program program = go_program();
    size_t at = sizeof(info) - 1, len = sizeof(modules) - 1;
    memcpy(program.data, info, at);
    program.data[at++] = (char)(len | 0x80);
    program.data[at++] = (char)(len >> 7);
    memcpy(program.data + at, modules, len);
    struct fact_list facts = facts_of(&arena, &program, sizeof(program));
    static const char *const names[] = {"stdlib", "golang.org/x/text", "example.org/new",
                                        "example.org/near"};
    static const char *const versions[] = {"1.21", "v0.3.7", "v1.0.1", "v2.0.0"};
    CHECK_EQ(5, facts.count);
    for (size_t i = 0; i < 4 && i < facts.count; i++) {
        CHECK_STR(names[i], facts.items[i].package.name);
        CHECK_STR(versions[i], facts.items[i].package.version);
    }
    /* Of a compiler that is no release the version of the library is not known. */
    memcpy(program.data + 33, "devel ", 6);
    facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(4, facts.count);
    CHECK_STR("golang.org/x/text", facts.items[0].package.name);
    program.data[at - 1] = 0x7f;
    facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(2, facts.count);
    CHECK_STR("the list of Go modules in it is damaged or too long", facts.items[0].gap.reason);
}

/* Before Go 1.18 there are only addresses. */
TEST(elf_tells_modules_of_older_go)
{
    ARENA_SCOPED arena = {0};
    static const char modules[] = "0123456789abcdef"
                                  "dep\tgolang.org/x/text\tv0.3.7\th1:a=\n"
                                  "0123456789abcdef";
    struct go_program program = go_program();
    const uint64_t base = program.segment.p_vaddr;
    const uint64_t words[] = {base + 64,  base + 80, /* the two strings, and what they are */
                              base + 128, 6,         base + 160, sizeof(modules) - 1};
    memcpy(program.data, "\xff Go buildinf:\x08", 15);
    memcpy(program.data + 16, words, 16);
    memcpy(program.data + 64, words + 2, 32);
    memcpy(program.data + 128, "go1.17", 6);
    memcpy(program.data + 160, modules, sizeof(modules) - 1);
    struct fact_list facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(3, facts.count);
    CHECK_STR("1.17", facts.items[0].package.version);
    CHECK_STR("golang.org/x/text", facts.items[1].package.name);
    CHECK_STR("go1.17", facts.items[2].binary.toolchain);
    memset(program.data + 24, 0, 8); /* built outside of any module */
    facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(2, facts.count);
    CHECK_STR("go1.17", facts.items[1].binary.toolchain);
    memset(program.data + 16, 0, 8);
    facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(2, facts.count);
    CHECK_STR("the list of Go modules in it is damaged or too long", facts.items[0].gap.reason);
    CHECK_STR("go", facts.items[1].binary.language);
}

/* Sections that tell of packages, and cannot be read. */
TEST(elf_tells_what_of_packages_is_missing)
{
    ARENA_SCOPED arena = {0};
    struct {
        Elf64_Ehdr header;
        Elf64_Shdr sections[3];
        char names[32], data[64];
    } program = {.header = go_program().header, .names = "\0.dep-v0\0.go.buildinfo"};
    program.header.e_phnum = 0;
    program.header.e_shoff = offsetof(typeof(program), sections);
    program.header.e_shentsize = sizeof(Elf64_Shdr);
    program.header.e_shnum = 3;
    program.header.e_shstrndx = 1;
    program.sections[1] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
                                       .sh_offset = offsetof(typeof(program), names),
                                       .sh_size = sizeof(program.names)};
    program.sections[2] = (Elf64_Shdr){.sh_name = 1,
                                       .sh_type = SHT_PROGBITS,
                                       .sh_offset = offsetof(typeof(program), data),
                                       .sh_size = 17 << 20};
    struct fact_list facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(2, facts.count);
    CHECK_STR("its list of crates: longer than anything real", facts.items[0].gap.reason);
    program.sections[2].sh_size = sizeof(program.data);
    facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(2, facts.count);
    CHECK(str_starts(facts.items[0].gap.reason, STR("its list of crates: zlib data is")));
    program.sections[2].sh_name = 9;
    facts = facts_of(&arena, &program, sizeof(program));
    CHECK_EQ(2, facts.count);
    CHECK_STR("its build information of Go: damaged", facts.items[0].gap.reason);
    CHECK_STR("go", facts.items[1].binary.language);
}
