// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf_internal.h"

#include "base/limits.h"

/* From the psABI supplements for x86-64 and AArch64; not in every elf.h. */
enum {
    NOTE_BUILD_ID = 3,
    NOTE_PROPERTY = 5,
    X86_FEATURE_1_AND = (int)0xc0000002,
    X86_IBT = 1,
    X86_SHSTK = 2,
    ARM_FEATURE_1_AND = (int)0xc0000000,
    ARM_BTI = 1,
    ARM_PAC = 2,
};

static size_t padded(size_t len, size_t to)
{
    return (len + to - 1) / to * to;
}

static void take_feature(const struct elf *elf, uint32_t type, uint32_t value,
                         struct binary *binary)
{
    bool x86 = elf->machine == EM_X86_64 || elf->machine == EM_386;
    if (x86 && type == (uint32_t)X86_FEATURE_1_AND) {
        binary->flags |= value & X86_IBT ? BINARY_IBT : 0;
        binary->flags |= value & X86_SHSTK ? BINARY_SHSTK : 0;
    } else if (elf->machine == EM_AARCH64 && type == (uint32_t)ARM_FEATURE_1_AND) {
        binary->flags |= value & ARM_BTI ? BINARY_BTI : 0;
        binary->flags |= value & ARM_PAC ? BINARY_PAC : 0;
    }
}

static void take_properties(struct elf *elf, str text, struct binary *binary)
{
    size_t align = elf->is_64 ? 8 : 4;
    while (text.len >= 8) {
        uint32_t type = elf_u32(elf, text, 0), size = elf_u32(elf, text, 4);
        if (size > text.len - 8) {
            elf_damaged(elf, "a property that is longer than its note");
            return;
        }
        if (size >= 4)
            take_feature(elf, type, elf_u32(elf, text, 8), binary);
        text = str_from_index(text, 8 + padded(size, align));
    }
}

static str hex(struct arena *arena, str bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, bytes.len * 2 + 1);
    for (size_t i = 0; i < bytes.len; i++) {
        text[2 * i] = digits[(unsigned char)bytes.ptr[i] >> 4];
        text[2 * i + 1] = digits[(unsigned char)bytes.ptr[i] & 15];
    }
    return str_make(text, bytes.len * 2);
}

/* Name and description are padded to 4 bytes, whatever the class; properties to 8 in notes of that
 * alignment, which makes no difference behind a name of 4 bytes. */
static void take_notes(struct elf *elf, str text, struct arena *arena, struct binary *binary)
{
    enum { HEAD = 12, LONGEST_ID = 64 };
    while (text.len >= HEAD) {
        size_t name_len = elf_u32(elf, text, 0), len = elf_u32(elf, text, 4);
        uint32_t type = elf_u32(elf, text, 8);
        if (name_len > text.len - HEAD || len > text.len - HEAD ||
            padded(name_len, 4) > text.len - HEAD - len) {
            elf_damaged(elf, "a note that is longer than its segment");
            return;
        }
        str name = str_sub(text, HEAD, name_len);
        str value = str_sub(text, HEAD + padded(name_len, 4), len);
        bool gnu = str_eq(name, str_make("GNU", 4));
        if (gnu && type == NOTE_BUILD_ID && len <= LONGEST_ID && binary->build_id.len == 0)
            binary->build_id = hex(arena, value);
        else if (gnu && type == NOTE_PROPERTY)
            take_properties(elf, value, binary);
        text = str_from_index(text,
                              HEAD + padded(name_len, 4) +
                                  padded(len, gnu && type == NOTE_PROPERTY && elf->is_64 ? 8 : 4));
    }
}

void elf_read_notes(struct elf *elf, struct arena *arena, struct binary *binary)
{
    enum { MOST = 32 };
    size_t seen = 0;
    for (size_t i = 0; i < elf->segment_count && seen < MOST; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        str text;
        if (segment->type != PT_NOTE || segment->file_size == 0)
            continue;
        seen++;
        if (elf_bytes(elf, segment->offset, segment->file_size, LIMIT_ELF_NOTES, "notes", &text))
            take_notes(elf, text, arena, binary);
    }
}
