// SPDX-License-Identifier: Apache-2.0
#include "read/dockerfile/dockerfile.h"

#include "base/limits.h"
#include "read/dockerfile/parse_internal.h"

#include <stdlib.h>
#include <string.h>

void problem(struct parser *parser, enum dockerfile_problem_kind kind, struct span span,
             struct instruction *instruction, const char *what, ...)
{
    struct dockerfile_problem_list *problems = &parser->file->problems;
    va_list args;
    if (instruction)
        instruction->broken = true;
    if (problems->count > LIMIT_DOCKERFILE_PROBLEMS)
        return;
    struct dockerfile_problem *one = vec_push(parser->arena, problems);
    one->kind = kind;
    one->span = span;
    one->instruction = instruction;
    va_start(args, what);
    one->what = arena_vprintf(parser->arena, what, args);
    va_end(args);
    if (problems->count > LIMIT_DOCKERFILE_PROBLEMS) {
        one->kind = PROBLEM_LIMIT;
        one->what = STR("There are more problems than are told one by one");
    }
}

static struct dockerfile_item *add_item(struct parser *parser, enum dockerfile_item_kind kind,
                                        uint32_t start, uint32_t end)
{
    struct dockerfile_item_list *items = &parser->file->items;
    struct dockerfile_item *last = items->count ? &items->items[items->count - 1] : NULL;
    if (kind == ITEM_BLANK && last && last->kind == ITEM_BLANK) {
        last->span.end = end;
        return last;
    }
    struct dockerfile_item *item = vec_push(parser->arena, items);
    item->kind = kind;
    item->span = (struct span){start, end};
    return item;
}

/* ---- directives ---- */

/* # name = value; false: it is a plain comment. */
static bool directive_parts(str text, uint32_t at, uint32_t end,
                            struct dockerfile_directive *directive)
{
    uint32_t name = skip_blanks(text, at + 1, end), i = name;
    while (i < end && ((text.ptr[i] >= 'a' && text.ptr[i] <= 'z') ||
                       (text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') ||
                       (i > name && text.ptr[i] >= '0' && text.ptr[i] <= '9')))
        i++;
    directive->name = str_sub(text, name, i - name);
    i = skip_blanks(text, i, end);
    if (directive->name.len == 0 || i >= end || text.ptr[i] != '=')
        return false;
    i = skip_blanks(text, i + 1, end);
    while (end > i && is_blank(text.ptr[end - 1]))
        end--;
    directive->value = str_sub(text, i, end - i);
    directive->value_span = (struct span){i, end};
    directive->span = (struct span){at, end};
    return directive->value.len > 0;
}

static bool is_known_directive(struct dockerfile_directive *directive)
{
    static const str known[] = {STR_INIT("syntax"), STR_INIT("escape"), STR_INIT("check")};
    for (size_t i = 0; i < 3; i++)
        if (str_eq_nocase(directive->name, known[i])) {
            directive->name = known[i];
            return true;
        }
    return false;
}

static void take_directive(struct parser *parser, struct dockerfile_directive directive,
                           bool behind_shebang)
{
    struct dockerfile *file = parser->file;
    for (size_t i = 0; i < file->directives.count; i++)
        if (str_eq(file->directives.items[i].name, directive.name)) {
            problem(parser, PROBLEM_DIRECTIVE, directive.span, NULL,
                    "The directive %.*s is given twice", STR_ARG(directive.name));
            return;
        }
    *vec_push(parser->arena, &file->directives) = directive;
    if (!str_eq(directive.name, STR("escape")) || behind_shebang)
        return;
    if (str_eq(directive.value, STR("\\")) || str_eq(directive.value, STR("`")))
        file->escape = directive.value.ptr[0];
    else
        problem(parser, PROBLEM_DIRECTIVE, directive.value_span, NULL,
                "The escape character is \\ or `, nothing else");
}

static void read_directives(struct parser *parser)
{
    str text = parser->text;
    bool shebang = false;
    while (parser->at < text.len) {
        uint32_t next, end = line_end(text, parser->at, &next);
        uint32_t first = skip_blanks(text, parser->at, end);
        struct dockerfile_directive directive = {0};
        if (parser->file->items.count <= 1 && !shebang && first + 1 < end &&
            text.ptr[first] == '#' && text.ptr[first + 1] == '!') {
            shebang = true; /* BuildKit looks for syntax and check behind it all the same */
            add_item(parser, ITEM_COMMENT, parser->at, next);
            parser->at = next;
            continue;
        }
        if (first >= end || text.ptr[first] != '#' ||
            !directive_parts(text, first, end, &directive) || !is_known_directive(&directive))
            return;
        take_directive(parser, directive, shebang);
        add_item(parser, ITEM_DIRECTIVE, parser->at, next);
        parser->at = next;
    }
}

/* ---- instructions ---- */

static void rest_is_junk(struct parser *parser, uint32_t at, const char *why)
{
    uint32_t end = (uint32_t)parser->text.len;
    add_item(parser, ITEM_JUNK, at, end);
    problem(parser, PROBLEM_LIMIT, (struct span){at, at}, NULL, "%s", why);
    parser->at = end;
}

static void read_instruction(struct parser *parser)
{
    struct dockerfile *file = parser->file;
    uint32_t start = parser->at;
    struct logical_line line = logical_line_read(parser, start);
    str text = line.text.text;
    uint32_t word = 0, len = (uint32_t)text.len;
    uint32_t lead = skip_blanks(text, 0, len); /* a continuation may begin with blanks */
    for (word = lead; word < len && !is_blank(text.ptr[word]); word++)
        ;
    if (lead == len) { /* nothing but escape characters */
        add_item(parser, ITEM_BLANK, start, line.next);
        parser->at = line.next;
        return;
    }
    struct mapped_text from_keyword =
        lead ? mapped_slice(parser->arena, &line.text, lead, len) : line.text;
    struct instruction *instruction = arena_new(parser->arena, struct instruction);
    instruction->index = (uint32_t)file->instructions.count;
    instruction->head = (struct span){mapped_text_offset(&line.text, lead), line.end};
    instruction->span = instruction->head;
    instruction->comments = line.comments;
    instruction->blank_lines = line.blank_lines;
    stage_enter(parser, instruction, kind_of(str_sub(text, lead, word - lead)));
    instruction_parse(parser, instruction, &from_keyword);
    if (line.too_long)
        problem(parser, PROBLEM_SYNTAX, instruction->keyword, instruction,
                "A line of this instruction is longer than %d bytes, which BuildKit refuses",
                LIMIT_DOCKERFILE_LINE);
    parser->at = heredocs_read(parser, instruction, line.next);
    struct instruction *runs = instruction;
    if (instruction->trigger)
        runs = (struct instruction *)(uintptr_t)instruction->trigger;
    script_parse(parser, runs);
    /* FROM ends the stage before it, which must not count it. */
    stage_apply(parser, instruction);
    *vec_push(parser->arena, &file->instructions) = instruction;
    bool known = instruction->kind != INSTRUCTION_UNKNOWN;
    add_item(parser, known ? ITEM_INSTRUCTION : ITEM_JUNK, start, parser->at)->instruction =
        instruction;
}

static void read_items(struct parser *parser)
{
    str text = parser->text;
    while (parser->at < text.len) {
        uint32_t next, end = line_end(text, parser->at, &next);
        uint32_t first = skip_blanks(text, parser->at, end);
        if (first == end) {
            add_item(parser, ITEM_BLANK, parser->at, next);
            parser->at = next;
        } else if (text.ptr[first] == '#') {
            add_item(parser, ITEM_COMMENT, parser->at, next);
            stage_comment(parser, str_sub(text, first, end - first));
            parser->at = next;
        } else if (parser->file->instructions.count >= LIMIT_INSTRUCTIONS) {
            rest_is_junk(parser, parser->at,
                         "There are more instructions than are read; the rest was left out");
        } else {
            read_instruction(parser);
        }
    }
}

/* ---- the whole ---- */

static int by_place(const void *a, const void *b)
{
    const struct dockerfile_problem *one = a, *two = b;
    if (one->span.start != two->span.start)
        return one->span.start < two->span.start ? -1 : 1;
    return str_cmp(one->what, two->what);
}

static void look_at_bytes(struct parser *parser)
{
    str text = parser->text;
    const char *nul = text.len ? memchr(text.ptr, 0, text.len) : NULL;
    if (str_starts(text, STR("\xff\xfe")) || str_starts(text, STR("\xfe\xff"))) {
        rest_is_junk(parser, 0, "This is UTF-16; a Dockerfile must be UTF-8");
        return;
    }
    if (nul) {
        uint32_t at = (uint32_t)(nul - text.ptr);
        problem(parser, PROBLEM_SYNTAX, (struct span){at, at + 1}, NULL,
                "There is a NUL byte here: this is no text");
    }
}

/* In comments it harms nobody. One file has one encoding, so the first instruction will do. */
static void look_for_other_encodings(struct parser *parser)
{
    struct dockerfile *file = parser->file;
    if (str_is_utf8(parser->text))
        return;
    for (size_t i = 0; i < file->instructions.count; i++) {
        const struct instruction *instruction = file->instructions.items[i];
        struct span span = instruction->span;
        if (str_is_utf8(str_sub(parser->text, span.start, span.end - span.start)))
            continue;
        problem(parser, PROBLEM_BYTES, instruction->keyword,
                (struct instruction *)(uintptr_t)instruction,
                "Some bytes of this instruction are no UTF-8 text, and BuildKit may refuse them");
        return;
    }
}

struct dockerfile *dockerfile_parse(struct arena *arena, str path, str text,
                                    const struct build_options *options)
{
    static const struct build_options none;
    struct dockerfile *file = arena_new(arena, struct dockerfile);
    struct parser parser = {
        .arena = arena,
        .file = file,
        .options = options ? options : &none,
        .expansion_left = LIMIT_EXPANSIONS,
        .work_left = LIMIT_EXPANSION_WORK,
        .scratch = buf_make(LIMIT_EXPANSION + 1),
    };
    bool too_large = text.len > LIMIT_TEXT_FILE;
    if (too_large)
        text.len = LIMIT_TEXT_FILE;
    parser.text = text;
    file->file = text_file_make(arena, path, text);
    file->escape = '\\';
    file->context = parser.options->context;
    if (too_large) {
        rest_is_junk(&parser, 0, "The file is too large to be a Dockerfile; it was not read");
    } else {
        look_at_bytes(&parser);
        if (str_starts(text, STR("\xef\xbb\xbf")) && parser.at == 0) {
            add_item(&parser, ITEM_BLANK, 0, 3);
            parser.at = 3;
        }
        read_directives(&parser);
        stage_begin(&parser);
        read_items(&parser);
        look_for_other_encodings(&parser);
    }
    if (!parser.state)
        stage_begin(&parser);
    if (file->instructions.count == 0 && file->problems.count == 0)
        problem(&parser, PROBLEM_SYNTAX, (struct span){0, 0}, NULL,
                "There is no instruction in this file");
    stage_finish(&parser);
    if (file->problems.count)
        qsort(file->problems.items, file->problems.count, sizeof(file->problems.items[0]),
              by_place);
    buf_free(&parser.scratch);
    return file;
}

static bool ends_among(str name, const char *const *endings)
{
    for (; *endings; endings++) {
        str ending = str_from(*endings);
        if (name.len > ending.len &&
            str_eq_nocase(str_from_index(name, name.len - ending.len), ending))
            return true;
    }
    return false;
}

/* Files about Dockerfiles: text, data, what editors have for them, and programs that read them;
 * but "Dockerfile.go" is a Dockerfile for a program in Go. */
static bool is_about_dockerfiles(str name)
{
    static const char *const other[] = {
        ".dockerignore",
        ".md",
        ".markdown",
        ".rst",
        ".adoc",
        ".html",
        ".htm",
        ".pdf",
        ".json",
        ".jsonc",
        ".yaml",
        ".yml",
        ".toml",
        ".xml",
        ".csv",
        ".lock",
        "tmLanguage",
        ".plist",
        ".cson",
        ".vim",
        ".el",
        ".lua",
        ".snap",
        ".snippets",
        "tmPreferences",
        "sublime-syntax",
        "sublime-settings",
        ".log",
        ".diff",
        ".swp",
        ".orig",
        ".rej",
        ".patch",
        ".css",
        ".svg",
        ".png",
        ".gz",
        ".xz",
        ".zip",
        ".tar",
        ".sha256",
        ".asc",
        ".sig",
        ".class",
        ".pyc",
        NULL,
    };
    static const char *const programs[] = {
        ".c",   ".cc", ".cpp", ".cs", ".go", ".h",     ".java", ".js", ".jsx", ".kt", ".mjs",
        ".php", ".pl", ".py",  ".rb", ".rs", ".scala", ".sh",   ".ts", ".tsx", NULL,
    };
    size_t dot = str_find_char(name, '.');
    bool for_one = str_starts(name, STR("Dockerfile.")) || str_starts(name, STR("Containerfile."));
    return ends_among(name, other) ||
           (ends_among(name, programs) && !(for_one && dot == str_rfind_char(name, '.')));
}

bool dockerfile_is_name(str name)
{
    static const char *const names[] = {"dockerfile", "containerfile"};
    static const char *const capitals[] = {"Dockerfile", "Containerfile"};
    size_t slash = str_rfind_char(name, '/');
    if (slash != STR_NONE)
        name = str_from_index(name, slash + 1);
    if (is_about_dockerfiles(name))
        return false;
    for (size_t i = 0; i < 2; i++) {
        str whole = str_from(names[i]);
        if (name.len == whole.len && str_eq_nocase(name, whole))
            return true;
        if (name.len > whole.len + 1) {
            char before = name.ptr[name.len - whole.len - 1], behind = name.ptr[whole.len];
            if (before == '.' && str_eq_nocase(str_from_index(name, name.len - whole.len), whole))
                return true;
            if ((behind == '.' || behind == '-' || behind == '_') &&
                str_eq_nocase(str_sub(name, 0, whole.len), whole))
                return true;
        }
        /* "Dockerfile2", "DockerfileDev"; but not "dockerfiles" and "Dockerfiles". */
        if (name.len > whole.len && name.ptr[whole.len] != 's' &&
            str_starts(name, str_from(capitals[i])))
            return true;
    }
    return false;
}
