// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf_internal.h"

#include "base/limits.h"

/* The text at that offset of the string table, wherever it ends; at most LIMIT_PATH. */
static str text_at(struct elf *elf, const struct elf_dynamic *dynamic, uint64_t at)
{
    uint64_t from;
    str bytes, text = {0};
    if (at >= dynamic->strings_size || !elf_offset(elf, dynamic->strings, &from)) {
        elf_damaged(elf, "a name behind the dynamic string table");
        return (str){0};
    }
    uint64_t most = dynamic->strings_size - at;
    for (uint64_t len = 256; text.len == 0; len *= 4) {
        len = len < most ? len : most;
        if (from + at > elf->content->size || len > elf->content->size - from - at)
            len = elf->content->size > from + at ? elf->content->size - from - at : 0;
        if (len == 0 || !elf_bytes(elf, from + at, len, LIMIT_PATH, "a name", &bytes))
            return (str){0};
        size_t end = str_find_char(bytes, 0);
        if (end != STR_NONE)
            return str_sub(bytes, 0, end);
        if (len == most || len >= LIMIT_PATH)
            break;
    }
    elf_damaged(elf, "a name without an end");
    return text;
}

struct entry_list {
    str table;
    size_t size, count;
};

static void entry_at(const struct elf *elf, const struct entry_list *list, size_t index,
                     int64_t *ret_tag, uint64_t *ret_value)
{
    str row = str_sub(list->table, index * list->size, list->size);
    *ret_tag = elf->is_64 ? (int64_t)elf_u64(elf, row, 0) : (int32_t)elf_u32(elf, row, 0);
    *ret_value = elf_word(elf, row, list->size / 2);
}

static void take_entry(struct elf_dynamic *dynamic, int64_t tag, uint64_t value)
{
    switch (tag) {
    case DT_STRTAB: dynamic->strings = value; break;
    case DT_STRSZ: dynamic->strings_size = value; break;
    case DT_SYMTAB: dynamic->symbols = value; break;
    case DT_HASH: dynamic->hash = value; break;
    case DT_GNU_HASH: dynamic->gnu_hash = value; break;
    case DT_TEXTREL: dynamic->text_relocs = true; break;
    case DT_BIND_NOW: dynamic->bind_now = true; break;
    case DT_DEBUG: dynamic->debug = true; break;
    case DT_FLAGS:
        dynamic->bind_now |= (value & DF_BIND_NOW) != 0;
        dynamic->text_relocs |= (value & DF_TEXTREL) != 0;
        break;
    case DT_FLAGS_1:
        dynamic->bind_now |= (value & DF_1_NOW) != 0;
        dynamic->pie |= (value & DF_1_PIE) != 0;
        break;
    }
}

static void take_names(struct elf *elf, const struct entry_list *list, struct elf_dynamic *dynamic)
{
    size_t needed = 0;
    for (size_t i = 0; i < list->count; i++) {
        int64_t tag;
        uint64_t value;
        entry_at(elf, list, i, &tag, &value);
        if (tag == DT_SONAME)
            dynamic->soname = text_at(elf, dynamic, value);
        else if (tag == DT_RPATH)
            dynamic->rpath = text_at(elf, dynamic, value);
        else if (tag == DT_RUNPATH)
            dynamic->runpath = text_at(elf, dynamic, value);
        if (tag != DT_NEEDED)
            continue;
        if (++needed > LIMIT_ELF_NEEDED) {
            elf_damaged(elf, "needs more libraries than are counted");
            break;
        }
        str name = text_at(elf, dynamic, value);
        if (name.len && str_find_char(name, '\n') == STR_NONE)
            dynamic->needed = dynamic->needed.len
                                  ? arena_join(elf->arena, dynamic->needed, STR("\n"), name)
                                  : name;
    }
}

void elf_read_dynamic(struct elf *elf, struct elf_dynamic *ret)
{
    const struct elf_segment *segment = elf_segment(elf, PT_DYNAMIC);
    struct entry_list list = {.size = elf->is_64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn)};
    *ret = (struct elf_dynamic){0};
    /* Files with debug info only keep the header, and nothing behind it. */
    if (!segment || segment->file_size == 0 ||
        !elf_bytes(elf, segment->offset, segment->file_size, LIMIT_ELF_DYNAMIC, "dynamic section",
                   &list.table))
        return;
    ret->present = true;
    for (size_t most = list.table.len / list.size; list.count < most; list.count++) {
        int64_t tag;
        uint64_t value;
        entry_at(elf, &list, list.count, &tag, &value);
        if (tag == DT_NULL)
            break;
        take_entry(ret, tag, value);
    }
    take_names(elf, &list, ret);
}
