// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf_internal.h"

#include "base/limits.h"
#include "base/tsv.h"
#include "data.h"

#include <string.h>

/*
 * Which functions a file calls tells how it was compiled: __stack_chk_fail is called where a canary
 * was found changed, __memcpy_chk where the compiler knew the size of what memcpy() writes to.
 */
struct symbols {
    struct elf *elf;
    str table, names;
    size_t size;
};

static bool is_fortified(str name)
{
    str rows, table = str_make(data_fortified, data_fortified_len);
    return tsv_find(table, name, &rows);
}

static bool is_any(str name, const char *const *list)
{
    for (; *list; list++)
        if (str_eq(name, str_from(*list)))
            return true;
    return false;
}

/* What is asked for through the name service switch (glibc's NSS), which loads more libraries. */
static const char *const name_services[] = {
    "getpwnam",
    "getpwuid",
    "getpwnam_r",
    "getpwuid_r",
    "getgrnam",
    "getgrgid",
    "getgrnam_r",
    "getgrgid_r",
    "getaddrinfo",
    "gethostbyname",
    "gethostbyaddr",
    "getservbyname",
    "gethostbyname_r",
    "getnameinfo",
    "initgroups",
    "getgrouplist",
    NULL,
};
static const char *const openers[] = {"dlopen", "dlmopen", "__libc_dlopen_mode", NULL};
static const char *const listeners[] = {"listen", "accept", "accept4", NULL};
static const char *const starters[] = {"execl",   "execlp",       "execle",      "execv", "execvp",
                                       "execve",  "execvpe",      "posix_spawn", "popen", "system",
                                       "fexecve", "posix_spawnp", NULL};
static const char *const shell_starters[] = {"system", "popen", NULL};
static const char *const canaries[] = {"__stack_chk_fail", "__stack_chk_guard",
                                       "__intel_security_cookie", "__stack_chk_fail_local", NULL};

static void take_call(str name, struct binary *binary)
{
    str inner = name;
    if (str_skip(&inner, STR("__")) && str_ends(inner, STR("_chk")) &&
        is_fortified(str_sub(inner, 0, inner.len - STR("_chk").len))) {
        binary->fortified++;
        binary->fortifiable++;
        return;
    }
    /* The C library's own programs call it by its inner names: __asprintf. */
    str plain = name;
    while (str_skip(&plain, STR("_")))
        ;
    if (is_fortified(plain))
        binary->fortifiable++;
    binary->flags |= is_any(name, openers) ? BINARY_OPENS_LIBRARIES : 0;
    binary->flags |= is_any(name, listeners) ? BINARY_LISTENS : 0;
    binary->flags |= is_any(name, starters) ? BINARY_STARTS : 0;
    binary->flags |= is_any(name, shell_starters) ? BINARY_SHELL : 0;
    binary->flags |= str_eq(name, STR("iconv_open")) ? BINARY_CONVERTS : 0;
    binary->flags |= is_any(name, name_services) ? BINARY_USES_NAMES : 0;
}

static str name_of(const struct symbols *symbols, str row)
{
    str rest = str_from_index(symbols->names, elf_u32(symbols->elf, row, 0));
    return str_sub(rest, 0, strnlen(rest.ptr ? rest.ptr : "", rest.len));
}

/* True if any function that stands for a call was seen. */
static bool take_symbols(const struct symbols *symbols, size_t count, struct binary *binary)
{
    const struct elf *elf = symbols->elf;
    bool any = false;
    for (size_t i = 1; i < count; i++) {
        str row = str_sub(symbols->table, i * symbols->size, symbols->size);
        bool undefined = elf_u16(elf, row, elf->is_64 ? 6 : 14) == SHN_UNDEF;
        str name = name_of(symbols, row);
        if (name.len == 0)
            continue;
        any |= undefined;
        if (name.ptr[0] == '_' && is_any(name, canaries))
            binary->flags |= BINARY_CANARY;
        if (undefined)
            take_call(name, binary);
    }
    return any;
}

/* How many symbols the loader's tables can tell of, where there are no section headers. What is
 * called stands before what the GNU hash table finds. */
static uint64_t count_by_hash(struct elf *elf, const struct elf_dynamic *dynamic)
{
    uint64_t at;
    str bytes;
    if (dynamic->gnu_hash && elf_offset(elf, dynamic->gnu_hash, &at) &&
        elf_bytes(elf, at, 8, 8, "hash table", &bytes))
        return elf_u32(elf, bytes, 4);
    if (dynamic->hash && elf_offset(elf, dynamic->hash, &at) &&
        elf_bytes(elf, at, 8, 8, "hash table", &bytes))
        return elf_u32(elf, bytes, 4);
    return 0;
}

static bool read_table(struct symbols *symbols, uint64_t at, uint64_t count, uint64_t names_at,
                       uint64_t names_len)
{
    struct elf *elf = symbols->elf;
    if (count > LIMIT_ELF_SYMBOLS) {
        elf_damaged(elf, "more symbols than are read");
        return false;
    }
    return count &&
           elf_bytes(elf, at, count * symbols->size, MIB(32), "symbols", &symbols->table) &&
           elf_bytes(elf, names_at, names_len, LIMIT_ELF_STRINGS, "names of symbols",
                     &symbols->names);
}

static bool take_section(struct elf *elf, const struct elf_section *section, struct binary *binary)
{
    struct symbols symbols = {.elf = elf,
                              .size = elf->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym)};
    if (!section || section->type == SHT_NOBITS || section->link >= elf->section_count)
        return false;
    const struct elf_section *names = &elf->sections[section->link];
    uint64_t count = section->size / symbols.size;
    return read_table(&symbols, section->offset, count, names->offset, names->size) &&
           take_symbols(&symbols, (size_t)count, binary);
}

static bool take_dynamic(struct elf *elf, const struct elf_dynamic *dynamic, struct binary *binary)
{
    struct symbols symbols = {.elf = elf,
                              .size = elf->is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym)};
    uint64_t at, names_at, count = count_by_hash(elf, dynamic);
    return elf_offset(elf, dynamic->symbols, &at) && elf_offset(elf, dynamic->strings, &names_at) &&
           read_table(&symbols, at, count, names_at, dynamic->strings_size) &&
           take_symbols(&symbols, (size_t)count, binary);
}

void elf_read_symbols(struct elf *elf, const struct elf_dynamic *dynamic, struct binary *binary)
{
    const struct elf_section *table = elf_section_of_type(elf, SHT_DYNSYM);
    bool any = false;
    if (table)
        any = take_section(elf, table, binary);
    else if (dynamic->present)
        any = take_dynamic(elf, dynamic, binary);
    /* A static program calls nothing from outside: what it has is in its own symbol table. */
    bool is_static = binary->type == BINARY_STATIC;
    const struct elf_section *own = elf_section_of_type(elf, SHT_SYMTAB);
    if (is_static && own) {
        struct binary inner = {0};
        take_section(elf, own, &inner);
        binary->flags |= inner.flags & BINARY_CANARY;
        any = true;
    }
    if (!any)
        binary->flags |= BINARY_NO_SYMBOLS;
}
