// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_ELF_ELF_INTERNAL_H
#define HARDEN_READ_ELF_ELF_INTERNAL_H

#include "io/content.h"
#include "model/binary.h"
#include "model/collector.h"

#include <elf.h>

/*
 * ELF of both classes and byte orders (System V ABI, edition 4.1, chapters 4 and 5). Only the pages
 * that tell something are read. What a header claims is believed only as far as the file is long;
 * what contradicts itself is left out, and `damage` says so.
 */
struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, address, file_size;
};

struct elf_section {
    uint32_t name; /* offset in the section names */
    uint32_t type, link;
    uint64_t offset, size, entry_size;
};

struct elf {
    struct arena *arena; /* scratch */
    struct content *content;
    bool is_64, is_big;
    uint16_t type, machine;
    struct elf_segment *segments;
    size_t segment_count;
    struct elf_section *sections;
    size_t section_count;
    str section_names;
    str damage; /* the first thing that was wrong; "" if nothing was */
};

/* Numbers within `bytes`, which the caller knows to be long enough; `word` is 4 or 8 bytes wide by
 * class. */
uint16_t elf_u16(const struct elf *elf, str bytes, size_t at);
uint32_t elf_u32(const struct elf *elf, str bytes, size_t at);
uint64_t elf_u64(const struct elf *elf, str bytes, size_t at);
uint64_t elf_word(const struct elf *elf, str bytes, size_t at);

/* Headers, segments and sections. -1 if it is no ELF file that could be read. */
int elf_open(struct elf *elf, struct err *err);
/* Records the first damage. */
void elf_damaged(struct elf *elf, const char *what);
/* Bytes of the file; false, and damage, where they are not there. */
bool elf_bytes(struct elf *elf, uint64_t offset, uint64_t len, uint64_t most, const char *what,
               str *ret);
/* The place in the file of an address that a segment maps. */
bool elf_offset(const struct elf *elf, uint64_t address, uint64_t *ret);
/* The first segment of that type, or section of that name or type; NULL if there is none. */
const struct elf_segment *elf_segment(const struct elf *elf, uint32_t type);
const struct elf_section *elf_section(const struct elf *elf, const char *name);
const struct elf_section *elf_section_of_type(const struct elf *elf, uint32_t type);

/* The dynamic section: what the loader is asked for. Text is in elf->arena. */
struct elf_dynamic {
    bool present, bind_now, text_relocs, debug, pie;
    uint64_t strings, strings_size, symbols, hash, gnu_hash; /* addresses; 0: none */
    str needed, soname, rpath, runpath;
};
void elf_read_dynamic(struct elf *elf, struct elf_dynamic *ret);

/* Sets flags and counts by the functions that the file calls. */
void elf_read_symbols(struct elf *elf, const struct elf_dynamic *dynamic, struct binary *binary);
/* Properties (CET, BTI) and the build id. */
void elf_read_notes(struct elf *elf, struct arena *arena, struct binary *binary);
/* What it was written in, where that can be told; the packages that it says it was built of become
 * facts. */
void elf_read_language(struct elf *elf, const struct elf_dynamic *dynamic, str path,
                       struct collect *to, struct binary *binary);
/* Libraries and programs that its texts name, of what opens libraries or starts programs. */
void elf_read_named(struct elf *elf, struct arena *arena, struct binary *binary);

#endif
