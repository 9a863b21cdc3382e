// SPDX-License-Identifier: Apache-2.0
#include "read/elf/elf_internal.h"

#include "base/limits.h"
#include "io/json.h"
#include "io/zlib.h"
#include "model/language.h"

#include <string.h>

/*
 * Go leaves its build information at the beginning of the data segment, in a section of its own
 * where there are sections (Go's debug/buildinfo). Rust leaves its mark in the section .comment, or
 * paths of its library in the texts of panics.
 */
#define GO_MAGIC "\xff Go buildinf:"
enum { GO_ALIGN = 16, GO_HEAD = 32, GO_SEARCHED = 64 << 10 };
enum { GO_WORD_SIZE = 14, GO_FLAGS = 15, GO_POINTERS = 16, GO_INLINE = 2 };
enum { TEXTS_SEARCHED = 2 << 20, LONGEST_VERSION = 64 };

/* What stands in it. */
struct go_info {
    str version; /* "go1.22.1", "devel go1.23-0123456" */
    str modules; /* a text between two marks */
};

/* A number of 7 bits a byte, the lowest first. */
static bool go_number(str *rest, uint64_t *ret)
{
    enum { LONGEST = 5 };
    *ret = 0;
    for (unsigned i = 0; i < LONGEST && i < rest->len; i++) {
        unsigned char byte = (unsigned char)rest->ptr[i];
        *ret |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (byte & 0x80)
            continue;
        *rest = str_from_index(*rest, i + 1);
        return true;
    }
    return false;
}

/* As many bytes of text as the number before it says. */
static bool go_text(str *rest, str *ret)
{
    uint64_t len;
    if (!go_number(rest, &len) || len > rest->len)
        return false;
    *ret = str_sub(*rest, 0, (size_t)len);
    *rest = str_from_index(*rest, (size_t)len);
    return true;
}

/* "dep<tab>PATH<tab>VERSION<tab>SUM"; a line that begins with "=>" stands in the place of the one
 * before. A program that was built outside of any module has the version "(devel)". */
static void take_module(str line, struct package *module)
{
    str kind, path, version;
    str_next(&line, '\t', &kind);
    str_next(&line, '\t', &path);
    str_next(&line, '\t', &version);
    if (!str_eq(kind, STR("mod")) && !str_eq(kind, STR("dep")) && !str_eq(kind, STR("=>")))
        return;
    if (str_eq(kind, STR("=>")) && !version.len)
        return; /* by a folder of the builder's */
    module->name = path;
    module->version = version;
}

static void add_module(struct collect *to, str path, const struct package *module)
{
    if (!str_eq(module->version, STR("(devel)")))
        language_add(to, path, module);
}

/* The modules that the program was built of. */
static void add_modules(str text, struct collect *to, str path)
{
    enum { MARK = 16 };
    struct package module = {.type = STR("golang")};
    str line;
    if (text.len < 2 * MARK)
        return;
    text = str_sub(text, MARK, text.len - 2 * MARK);
    while (str_next_line(&text, &line)) {
        if (!str_starts(line, STR("=>")) && module.name.len) {
            add_module(to, path, &module);
            module.name = (str){0};
        }
        take_module(line, &module);
    }
    add_module(to, path, &module);
}

/* Lists of modules may be longer than what is searched for their beginning. */
static str whole_info(struct elf *elf, uint64_t at, str info)
{
    struct err ignored = {0};
    uint64_t len;
    str rest = str_from_index(info, GO_HEAD), version, more;
    if (!go_text(&rest, &version) || !go_number(&rest, &len) || len <= rest.len ||
        len > LIMIT_LANGUAGE_FILE)
        return info;
    size_t all = info.len - rest.len + (size_t)len;
    return content_read(elf->content, at, all, &more, &ignored) == 0 ? more : info;
}

/* Both texts one behind the other, since Go 1.18. */
static bool read_inline(struct elf *elf, uint64_t at, str info, struct go_info *ret)
{
    str rest = str_from_index(whole_info(elf, at, info), GO_HEAD);
    return go_text(&rest, &ret->version) && go_text(&rest, &ret->modules);
}

/* Before, addresses of two of Go's strings: an address and a length each. */
static bool read_pointed(struct elf *elf, str info, size_t index, str *ret)
{
    size_t size = elf->is_64 ? 8 : 4;
    struct err ignored = {0};
    uint64_t offset, len;
    str header;
    if ((unsigned char)info.ptr[GO_WORD_SIZE] != size)
        return false;
    /* In memory that the file does not fill it is empty: a program that knows no modules. */
    if (!elf_offset(elf, elf_word(elf, info, GO_POINTERS + index * size), &offset))
        return true;
    if (content_read(elf->content, offset, 2 * size, &header, &ignored) < 0)
        return false;
    len = elf_word(elf, header, size);
    if (len == 0)
        return true;
    return len <= LIMIT_LANGUAGE_FILE && elf_offset(elf, elf_word(elf, header, 0), &offset) &&
           content_read(elf->content, offset, (size_t)len, ret, &ignored) == 0;
}

static bool read_go_info(struct elf *elf, uint64_t at, str info, struct go_info *ret)
{
    if ((unsigned char)info.ptr[GO_FLAGS] & GO_INLINE)
        return read_inline(elf, at, info, ret);
    /* Where the loader is to fill in the addresses, they lead elsewhere. */
    return read_pointed(elf, info, 0, &ret->version) && read_pointed(elf, info, 1, &ret->modules) &&
           (str_starts(ret->version, STR("go")) || str_starts(ret->version, STR("devel ")));
}

static void take_go_info(struct elf *elf, uint64_t at, str info, str path, struct collect *to,
                         struct binary *binary)
{
    struct go_info found = {0};
    struct package library = {.type = STR("golang"), .name = STR("stdlib")};
    bool whole = read_go_info(elf, at, info, &found);
    str rest = found.version, experiments;
    if (str_skip(&rest, STR("go"))) {
        binary->toolchain = arena_str(to->arena, str_sub(found.version, 0, LONGEST_VERSION));
        str_cut(rest, ' ', &library.version, &experiments);
        language_add(to, path, &library);
    }
    if (whole)
        add_modules(found.modules, to, path);
    else
        fact_add_gap(to, path, STR("the list of Go modules in it is damaged or too long"));
}

/* True for a program of Go's. */
static bool find_go(struct elf *elf, str path, struct collect *to, struct binary *binary)
{
    const struct elf_section *section = elf_section(elf, ".go.buildinfo");
    struct err err = {0};
    uint64_t at = 0, len = 0;
    str bytes = {0};
    for (size_t i = 0; i < elf->segment_count && !section && len == 0; i++)
        if (elf->segments[i].type == PT_LOAD && (elf->segments[i].flags & PF_W)) {
            at = elf->segments[i].offset;
            len = elf->segments[i].file_size;
        }
    if (section) {
        at = section->offset;
        len = section->size;
    }
    /* Only what is not dynamic, or has the section, is likely enough to be worth looking at. */
    if (len == 0 || (!section && binary->type != BINARY_STATIC))
        return section != NULL;
    if (content_read(elf->content, at, (size_t)(len < GO_SEARCHED ? len : GO_SEARCHED), &bytes,
                     &err) == 0)
        err_set(&err, ERR_FORMAT, "damaged");
    for (size_t i = 0; i + GO_HEAD <= bytes.len; i += GO_ALIGN) {
        str info = str_from_index(bytes, i);
        if (!str_starts(info, STR(GO_MAGIC)))
            continue;
        take_go_info(elf, at + i, info, path, to, binary);
        return true;
    }
    if (section)
        fact_add_gap(to, path,
                     arena_printf(elf->arena, "its build information of Go: %s", err.message));
    return section != NULL;
}

static bool has_text(struct elf *elf, const struct elf_section *section, const char *needle)
{
    struct err ignored = {0};
    str bytes;
    if (!section || section->type == SHT_NOBITS || section->size == 0)
        return false;
    size_t len = section->size < TEXTS_SEARCHED ? (size_t)section->size : TEXTS_SEARCHED;
    return content_read(elf->content, section->offset, len, &bytes, &ignored) == 0 &&
           memmem(bytes.ptr, bytes.len, needle, strlen(needle));
}

/* Unwinding is what Rust needs of the C compiler's library, and C does not; C++ has more of it. */
static bool may_be_rust(const struct elf_dynamic *dynamic)
{
    return !dynamic->needed.len || (str_contains(dynamic->needed, STR("libgcc_s.so")) &&
                                    !str_contains(dynamic->needed, STR("libstdc++.so")));
}

static bool find_rust(struct elf *elf, const struct elf_dynamic *dynamic)
{
    if (elf_section(elf, ".dep-v0") || has_text(elf, elf_section(elf, ".comment"), "rustc version"))
        return true;
    return may_be_rust(dynamic) &&
           (has_text(elf, elf_section(elf, ".rodata"), "/rustc/") ||
            has_text(elf, elf_section(elf, ".rodata"), "library/std/src/") ||
            has_text(elf, elf_section(elf, ".rodata"), "library/core/src/"));
}

/* cargo-auditable's section: {"packages": [{"name", "version", "source", "kind"}]}, deflated. What
 * only the build needed is not in the program. */
static void add_crates(struct elf *elf, str path, struct collect *to)
{
    const struct elf_section *section = elf_section(elf, ".dep-v0");
    struct err err = {0};
    str packed, text = {0};
    if (!section || section->type == SHT_NOBITS)
        return;
    if (section->size > LIMIT_LANGUAGE_JSON)
        err_set(&err, ERR_LIMIT, "longer than anything real");
    else if (content_read(elf->content, section->offset, (size_t)section->size, &packed, &err) == 0)
        (void)zlib_inflate(elf->arena, packed, LIMIT_LANGUAGE_JSON, &text, &err);
    JSON_SCOPED json = err.kind ? NULL : json_parse(text, &err);
    const struct json *item = json_first(json_get(json, "packages"));
    for (; item; item = json_next(item)) {
        const struct package crate = {.type = STR("cargo"),
                                      .name = json_get_string(item, "name"),
                                      .version = json_get_string(item, "version")};
        if (!str_eq(json_get_string(item, "kind"), STR("build")))
            language_add(to, path, &crate);
    }
    if (!json)
        fact_add_gap(to, path, arena_printf(elf->arena, "its list of crates: %s", err.message));
}

void elf_read_language(struct elf *elf, const struct elf_dynamic *dynamic, str path,
                       struct collect *to, struct binary *binary)
{
    if (find_go(elf, path, to, binary))
        binary->language = STR("go");
    else if (find_rust(elf, dynamic))
        binary->language = STR("rust");
    if (str_eq(binary->language, STR("rust")))
        add_crates(elf, path, to);
}
