// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf.h"

#include "base/limits.h"
#include "read/elf/elf_internal.h"

static str machine_name(struct arena *arena, uint16_t machine)
{
    static const struct {
        uint16_t machine;
        str name;
    } names[] = {
        {EM_X86_64, STR_INIT("x86-64")},   {EM_386, STR_INIT("x86")},
        {EM_AARCH64, STR_INIT("aarch64")}, {EM_ARM, STR_INIT("arm")},
        {EM_RISCV, STR_INIT("riscv")},     {EM_PPC64, STR_INIT("ppc64")},
        {EM_S390, STR_INIT("s390")},       {EM_MIPS, STR_INIT("mips")},
        {EM_PPC, STR_INIT("ppc")},         {258, STR_INIT("loongarch")},
        {EM_BPF, STR_INIT("bpf")},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (names[i].machine == machine)
            return names[i].name;
    return arena_printf(arena, "machine 0x%x", machine);
}

/* Without PT_GNU_STACK the kernel decides: on the older machines that the stack is executable. */
static bool has_safe_default(uint16_t machine)
{
    return machine == EM_AARCH64 || machine == EM_RISCV || machine == EM_PPC64 || machine == 258;
}

static void read_segments(struct elf *elf, struct binary *binary)
{
    const struct elf_segment *stack = elf_segment(elf, PT_GNU_STACK);
    if (stack ? !(stack->flags & PF_X) : has_safe_default(elf->machine))
        binary->flags |= BINARY_NX;
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].type == PT_LOAD && (elf->segments[i].flags & PF_W) &&
            (elf->segments[i].flags & PF_X))
            binary->flags |= BINARY_WRITE_EXEC;
}

static str read_interpreter(struct elf *elf, struct arena *arena)
{
    const struct elf_segment *segment = elf_segment(elf, PT_INTERP);
    str text;
    if (!segment || segment->file_size == 0 ||
        !elf_bytes(elf, segment->offset, segment->file_size, 4096, "interpreter", &text))
        return (str){0};
    size_t end = str_find_char(text, 0);
    return arena_str(arena, str_sub(text, 0, end == STR_NONE ? text.len : end));
}

/*
 * A shared library and an executable at any address are the same to the format. Linkers mark
 * executables (DF_1_PIE); older ones only leave room for debuggers (DT_DEBUG) in executables. Some
 * libraries have an interpreter, to tell their version when they are started.
 */
static enum binary_type type_of(const struct elf *elf, const struct elf_dynamic *dynamic,
                                bool interpreted)
{
    if (elf->type == ET_CORE)
        return BINARY_CORE;
    if (elf->type == ET_EXEC)
        return interpreted || dynamic->needed.len ? BINARY_EXEC : BINARY_STATIC;
    bool executable = dynamic->pie || dynamic->debug || (interpreted && !dynamic->soname.len);
    if (!executable)
        return BINARY_DSO;
    return interpreted || dynamic->needed.len ? BINARY_PIE : BINARY_STATIC;
}

static void describe(struct elf *elf, str path, struct collect *to, struct binary *binary)
{
    struct arena *arena = to->arena;
    struct elf_dynamic dynamic;
    bool interpreted = elf_segment(elf, PT_INTERP) != NULL;
    elf_read_dynamic(elf, &dynamic);
    *binary = (struct binary){.machine = machine_name(arena, elf->machine)};
    binary->type = type_of(elf, &dynamic, interpreted);
    if (binary->type == BINARY_CORE)
        return;
    read_segments(elf, binary);
    if (elf_segment(elf, PT_GNU_RELRO))
        binary->relro = dynamic.bind_now ? RELRO_FULL : RELRO_PARTIAL;
    binary->flags |= elf->type == ET_DYN && binary->type != BINARY_DSO ? BINARY_IS_PIE : 0;
    binary->flags |= interpreted ? BINARY_INTERPRETED : 0;
    binary->flags |= dynamic.text_relocs ? BINARY_TEXT_RELOCS : 0;
    binary->flags |= elf_section_of_type(elf, SHT_SYMTAB) ? 0 : BINARY_STRIPPED;
    binary->flags |=
        elf_section(elf, ".debug_info") || elf_section(elf, ".zdebug_info") ? BINARY_DEBUG : 0;
    binary->interpreter = read_interpreter(elf, arena);
    binary->needed = arena_str(arena, dynamic.needed);
    binary->soname = arena_str(arena, dynamic.soname);
    binary->rpath = arena_str(arena, dynamic.rpath);
    binary->runpath = arena_str(arena, dynamic.runpath);
    elf_read_symbols(elf, &dynamic, binary);
    elf_read_notes(elf, arena, binary);
    elf_read_language(elf, &dynamic, path, to, binary);
    elf_read_named(elf, arena, binary);
}

static bool takes(const struct entry *entry, str head)
{
    (void)entry;
    return str_starts(head, STR(ELFMAG));
}

/* A debug file is what strip put aside: the same headers, and nothing of what they tell of. */
static bool is_debug_file(const struct elf *elf)
{
    const struct elf_section *text = elf_section(elf, ".text");
    return elf->type != ET_CORE && text && text->type == SHT_NOBITS;
}

static int inspect(struct collect *to, const struct entry *entry, struct content *content,
                   struct err *err)
{
    ARENA_SCOPED scratch = {0};
    struct elf elf = {.arena = &scratch, .content = content};
    if (elf_open(&elf, err) < 0)
        return -1;
    if (elf.type == ET_DYN || elf.type == ET_EXEC || elf.type == ET_CORE) {
        struct binary binary;
        if (is_debug_file(&elf))
            return 0;
        describe(&elf, entry->path, to, &binary);
        fact_add(to, FACT_BINARY, entry->path)->binary = binary;
    }
    if (elf.damage.len)
        fact_add_gap(to, entry->path, elf.damage);
    return 0;
}

/* Of a long file that passes: where the headers say that something is. */
static void plan(str head, uint64_t size, struct content_piece *pieces)
{
    ARENA_SCOPED scratch = {0};
    struct content content = content_of_ends(size, head, (str){0});
    struct elf elf = {.arena = &scratch, .content = &content};
    struct err ignored = {0};
    size_t count = 0;
    if (elf_open(&elf, &ignored) < 0)
        return;
    for (size_t i = 0; i < elf.segment_count && count < CONTENT_PIECES; i++) {
        const struct elf_segment *segment = &elf.segments[i];
        bool data = segment->type == PT_LOAD && (segment->flags & PF_W);
        if ((!data && segment->type != PT_DYNAMIC && segment->type != PT_NOTE &&
             segment->type != PT_INTERP) ||
            segment->offset >= size)
            continue;
        uint64_t len =
            segment->file_size < LIMIT_CONTENT_PIECE ? segment->file_size : LIMIT_CONTENT_PIECE;
        len = len < size - segment->offset ? len : size - segment->offset;
        pieces[count++] = (struct content_piece){.offset = segment->offset, .len = (size_t)len};
    }
}

static const struct collector elf_collector = {
    .name = "elf",
    .version = 5,
    .wants = WANT_BINARIES | WANT_LANGUAGES,
    .takes = takes,
    .inspect = inspect,
    .plan = plan,
};

static const struct collector *const collectors[] = {&elf_collector, NULL};

const struct collector *const *elf_collectors(void)
{
    return collectors;
}
