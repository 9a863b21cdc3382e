// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf_internal.h"

#include "base/limits.h"

#include <string.h>

uint16_t elf_u16(const struct elf *elf, str bytes, size_t at)
{
    uint16_t value;
    memcpy(&value, bytes.ptr + at, sizeof(value));
    return elf->is_big ? __builtin_bswap16(value) : value;
}

uint32_t elf_u32(const struct elf *elf, str bytes, size_t at)
{
    uint32_t value;
    memcpy(&value, bytes.ptr + at, sizeof(value));
    return elf->is_big ? __builtin_bswap32(value) : value;
}

uint64_t elf_u64(const struct elf *elf, str bytes, size_t at)
{
    uint64_t value;
    memcpy(&value, bytes.ptr + at, sizeof(value));
    return elf->is_big ? __builtin_bswap64(value) : value;
}

uint64_t elf_word(const struct elf *elf, str bytes, size_t at)
{
    return elf->is_64 ? elf_u64(elf, bytes, at) : elf_u32(elf, bytes, at);
}

void elf_damaged(struct elf *elf, const char *what)
{
    if (elf->damage.len == 0)
        elf->damage = arena_printf(elf->arena, "ELF: %s", what);
}

bool elf_bytes(struct elf *elf, uint64_t offset, uint64_t len, uint64_t most, const char *what,
               str *ret)
{
    struct err err = {0};
    *ret = (str){0};
    if (len > most) {
        elf_damaged(elf, arena_printf(elf->arena, "%s: longer than anything real", what).ptr);
        return false;
    }
    if (content_read(elf->content, offset, (size_t)len, ret, &err) == 0)
        return true;
    elf_damaged(elf, arena_printf(elf->arena, "%s: %.*s", what, STR_ARG(err_text(&err))).ptr);
    return false;
}

bool elf_offset(const struct elf *elf, uint64_t address, uint64_t *ret)
{
    for (size_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *segment = &elf->segments[i];
        if (segment->type == PT_LOAD && address >= segment->address &&
            address - segment->address < segment->file_size) {
            *ret = segment->offset + (address - segment->address);
            return *ret >= segment->offset;
        }
    }
    return false;
}

const struct elf_segment *elf_segment(const struct elf *elf, uint32_t type)
{
    for (size_t i = 0; i < elf->segment_count; i++)
        if (elf->segments[i].type == type)
            return &elf->segments[i];
    return NULL;
}

const struct elf_section *elf_section_of_type(const struct elf *elf, uint32_t type)
{
    for (size_t i = 0; i < elf->section_count; i++)
        if (elf->sections[i].type == type)
            return &elf->sections[i];
    return NULL;
}

const struct elf_section *elf_section(const struct elf *elf, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < elf->section_count; i++) {
        str rest = str_from_index(elf->section_names, elf->sections[i].name);
        if (rest.len > len && memcmp(rest.ptr, name, len + 1) == 0)
            return &elf->sections[i];
    }
    return NULL;
}

static void read_segments(struct elf *elf, uint64_t offset, size_t size, size_t count)
{
    size_t least = elf->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    str table;
    if (count == 0)
        return;
    if (size < least || count > LIMIT_ELF_SEGMENTS) {
        elf_damaged(elf, "program headers of an impossible size or number");
        return;
    }
    if (!elf_bytes(elf, offset, (uint64_t)size * count, MIB(1), "program headers", &table))
        return;
    elf->segments = arena_array(elf->arena, struct elf_segment, count);
    elf->segment_count = count;
    for (size_t i = 0; i < count; i++) {
        str row = str_sub(table, i * size, size);
        elf->segments[i] = elf->is_64 ? (struct elf_segment){.type = elf_u32(elf, row, 0),
                                                             .flags = elf_u32(elf, row, 4),
                                                             .offset = elf_u64(elf, row, 8),
                                                             .address = elf_u64(elf, row, 16),
                                                             .file_size = elf_u64(elf, row, 32)}
                                      : (struct elf_segment){.type = elf_u32(elf, row, 0),
                                                             .flags = elf_u32(elf, row, 24),
                                                             .offset = elf_u32(elf, row, 4),
                                                             .address = elf_u32(elf, row, 8),
                                                             .file_size = elf_u32(elf, row, 16)};
    }
}

static struct elf_section section_of(const struct elf *elf, str row)
{
    if (elf->is_64)
        return (struct elf_section){.name = elf_u32(elf, row, 0),
                                    .type = elf_u32(elf, row, 4),
                                    .offset = elf_u64(elf, row, 24),
                                    .size = elf_u64(elf, row, 32),
                                    .link = elf_u32(elf, row, 40),
                                    .entry_size = elf_u64(elf, row, 56)};
    return (struct elf_section){.name = elf_u32(elf, row, 0),
                                .type = elf_u32(elf, row, 4),
                                .offset = elf_u32(elf, row, 16),
                                .size = elf_u32(elf, row, 20),
                                .link = elf_u32(elf, row, 24),
                                .entry_size = elf_u32(elf, row, 36)};
}

static void read_sections(struct elf *elf, uint64_t offset, size_t size, uint64_t count,
                          size_t names)
{
    size_t least = elf->is_64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
    str table;
    if (offset == 0 || size == 0)
        return; /* none: what sstrip and packers leave */
    if (size < least) {
        elf_damaged(elf, "section headers of an impossible size");
        return;
    }
    /* More than the header's field can count: the first section says how many. */
    if (count == 0) {
        if (!elf_bytes(elf, offset, size, KIB(64), "section headers", &table))
            return;
        struct elf_section first = section_of(elf, table);
        count = first.size;
        names = names == SHN_XINDEX ? first.link : names;
    }
    if (count > LIMIT_ELF_SECTIONS) {
        elf_damaged(elf, "more sections than are read");
        return;
    }
    if (!elf_bytes(elf, offset, count * size, MIB(8), "section headers", &table))
        return;
    elf->sections = arena_array(elf->arena, struct elf_section, (size_t)count);
    elf->section_count = (size_t)count;
    for (size_t i = 0; i < elf->section_count; i++)
        elf->sections[i] = section_of(elf, str_sub(table, i * size, size));
    if (names < elf->section_count && elf->sections[names].type != SHT_NOBITS)
        elf_bytes(elf, elf->sections[names].offset, elf->sections[names].size, MIB(1),
                  "names of sections", &elf->section_names);
}

int elf_open(struct elf *elf, struct err *err)
{
    struct err ignored = {0};
    str id, header;
    if (content_read(elf->content, 0, EI_NIDENT, &id, &ignored) < 0)
        return err_set(err, ERR_FORMAT, "ELF: ends within its header");
    unsigned char class = (unsigned char)id.ptr[EI_CLASS], order = (unsigned char)id.ptr[EI_DATA];
    if ((class != ELFCLASS32 && class != ELFCLASS64) ||
        (order != ELFDATA2LSB && order != ELFDATA2MSB))
        return err_set(err, ERR_FORMAT, "ELF: of class %u and byte order %u", class, order);
    elf->is_64 = class == ELFCLASS64;
    elf->is_big = order == ELFDATA2MSB;
    size_t size = elf->is_64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    if (content_read(elf->content, 0, size, &header, &ignored) < 0)
        return err_set(err, ERR_FORMAT, "ELF: ends within its header");
    elf->type = elf_u16(elf, header, 16);
    elf->machine = elf_u16(elf, header, 18);
    size_t word = elf->is_64 ? 8 : 4, counts = 24 + 3 * word + 4;
    uint64_t segments = elf_word(elf, header, 24 + word);
    uint64_t sections = elf_word(elf, header, 24 + 2 * word);
    read_segments(elf, segments, elf_u16(elf, header, counts + 2),
                  elf_u16(elf, header, counts + 4));
    read_sections(elf, sections, elf_u16(elf, header, counts + 6), elf_u16(elf, header, counts + 8),
                  elf_u16(elf, header, counts + 10));
    return 0;
}
