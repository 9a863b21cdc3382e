// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "model/text_file.h"
#include "read/config/run_line_internal.h"

/*
 * Command lines that start containers, one or many in a text: `docker run`, `docker create`,
 * `docker container run`, the same of podman and nerdctl, behind sudo, env, time and the like.
 * Other commands of a script are passed over.
 */

static struct place place_of(const struct run_line *line, size_t offset, size_t end)
{
    const struct text_file *file = &line->file;
    struct span span = {(uint32_t)offset, (uint32_t)end};
    struct text_place at = text_file_place(file, span);
    return (struct place){
        .path = file->path,
        .line = at.line,
        .column = at.column,
        .end_line = at.end_line,
        .end_column = at.end_column,
        .offset = offset,
        .end_offset = end,
    };
}

struct place run_line_place(const struct run_line *line, size_t first, size_t last)
{
    return place_of(line, line->words.items[first].offset, line->words.items[last].end_offset);
}

static str word_at(const struct run_line *line, size_t index)
{
    return index < line->end ? line->words.items[index].text : (str){0};
}

static str base_name(str path)
{
    size_t slash = str_rfind_char(path, '/');
    return slash == STR_NONE ? path : str_from_index(path, slash + 1);
}

static bool is_engine(str word)
{
    str name = base_name(word);
    return str_eq(name, STR("docker")) || str_eq(name, STR("podman")) ||
           str_eq(name, STR("nerdctl")) || str_eq(name, STR("docker.exe"));
}

/* Words that run what follows them, and shell words that commands may stand behind. */
static bool is_prefix(str word)
{
    static const char *const prefixes[] = {"sudo",  "doas", "env",   "time",    "nice", "exec",
                                           "nohup", "then", "do",    "else",    "if",   "!",
                                           "{",     "$",    "while", "command", "#"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (str_eq(base_name(word), str_from(prefixes[i])))
            return true;
    return false;
}

static bool is_assignment(str word)
{
    size_t equals = str_find_char(word, '=');
    return equals != STR_NONE && equals > 0 && word.ptr[0] != '-';
}

/* The index of the engine's name in words [first, end), or `end`. */
static size_t find_engine(const struct run_line *line, size_t first)
{
    bool behind = false; /* a prefix, whose own flags are passed over */
    for (size_t i = first; i < line->end; i++) {
        str word = word_at(line, i);
        if (is_engine(word))
            return i;
        if (is_prefix(word))
            behind = true;
        else if (!is_assignment(word) && !(behind && word.len && word.ptr[0] == '-'))
            return line->end;
    }
    return line->end;
}

/* Options of the engine itself that take a value: what follows them is no subcommand. */
static bool takes_global_value(str word)
{
    static const char *const options[] = {"-H",
                                          "--host",
                                          "-c",
                                          "--context",
                                          "--config",
                                          "-l",
                                          "--log-level",
                                          "--tlscacert",
                                          "--tlscert",
                                          "--tlskey",
                                          "--root",
                                          "--runroot",
                                          "--url",
                                          "--connection",
                                          "--identity",
                                          "--storage-driver",
                                          "--storage-opt",
                                          "-n",
                                          "--namespace",
                                          "-a",
                                          "--address",
                                          "--runtime"};
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (str_eq(word, str_from(options[i])))
            return true;
    return false;
}

/* The index behind `run` or `create`; 0 where the command is another one. */
static size_t find_verb(const struct run_line *line, size_t engine)
{
    size_t i = engine + 1;
    while (i < line->end && word_at(line, i).len && word_at(line, i).ptr[0] == '-')
        i += takes_global_value(word_at(line, i)) ? 2 : 1;
    if (str_eq(word_at(line, i), STR("container")))
        i++;
    bool starts = str_eq(word_at(line, i), STR("run")) || str_eq(word_at(line, i), STR("create"));
    return starts ? i + 1 : 0;
}

static void read_command(struct run_line *line, size_t first)
{
    struct config_reader *reader = line->reader;
    size_t engine = find_engine(line, first);
    size_t verb = engine < line->end ? find_verb(line, engine) : 0;
    if (verb == 0)
        return;
    if (!config_room(reader, run_line_place(line, engine, line->end - 1)))
        return;
    struct workload *workload = vec_push(reader->arena, &reader->file->workloads);
    *workload = (struct workload){
        .dialect = DIALECT_RUN,
        .path = reader->path,
        .place = run_line_place(line, engine, line->end - 1),
        .kind = arena_printf(reader->arena, "%.*s %.*s", STR_ARG(base_name(word_at(line, engine))),
                             STR_ARG(word_at(line, verb - 1))),
    };
    run_line_options(line, verb, workload);
    if (!workload->name.len)
        workload->name = workload->image.value;
    config_check_full(reader, workload);
}

/* Words up to an operator are a command; `>file` is neither part of it nor its end. */
static void read_commands(struct run_line *line)
{
    struct config_words *all = &line->words, kept = {0};
    size_t first = 0;
    for (size_t i = 0; i <= all->count; i++) {
        char operator= i<all->count ? all->items[i].operator: '\n';
        if (!operator) {
            *vec_push(line->reader->arena, &kept) = all->items[i];
            continue;
        }
        if (operator== '<' || operator== '>') {
            if (kept.count > first &&
                (str_eq(kept.items[kept.count - 1].text, STR("2")) ||
                 str_eq(kept.items[kept.count - 1].text, STR("1"))) &&
                kept.items[kept.count - 1].end_offset == all->items[i].offset)
                kept.count--;
            while (i + 1 < all->count && (all->items[i + 1]
                                              .
                                              operator== '>' || all->items[i + 1]
                                              .
                                              operator== '&' || all->items[i + 1]
                                              .
                                              operator== '<'))
                i++;
            i += i + 1 < all->count && !all->items[i + 1].operator;
            continue;
        }
        struct config_words words = line->words;
        line->words = kept;
        line->end = kept.count;
        if (kept.count > first)
            read_command(line, first);
        line->words = words;
        first = kept.count;
    }
}

void run_line_read(struct config_reader *reader, const struct config_text *text)
{
    struct run_line line = {.reader = reader};
    if (text->text.len > LIMIT_CONFIG_FILE) {
        config_problem(reader, (struct place){.path = text->path}, true, "longer than 16 MiB");
        return;
    }
    line.file = text_file_make(reader->arena, text->path, text->text);
    bool closed = config_words(reader->arena, text->text, &line.words);
    if (!closed) {
        const struct config_word *last = &line.words.items[line.words.count - 1];
        config_problem(reader, place_of(&line, last->offset, last->end_offset), true,
                       "a quote is not closed");
    }
    read_commands(&line);
}

bool run_line_detect(str text)
{
    str line, first, second;
    for (size_t looked_at = 0; looked_at < 2000 && str_next_line(&text, &line); looked_at++) {
        str rest = str_trim(line);
        if (str_starts(rest, STR("#")) || str_starts(rest, STR("-")) ||
            !str_next_word(&rest, &first))
            continue;
        while (is_prefix(first) || (is_assignment(first) && first.len))
            if (!str_next_word(&rest, &first))
                break;
        if (str_eq_nocase(first, STR("FROM")) || str_eq_nocase(first, STR("ARG")))
            return false; /* a Dockerfile whose scripts have such lines */
        if (!is_engine(first))
            continue;
        while (str_next_word(&rest, &second))
            if (str_eq(second, STR("run")) || str_eq(second, STR("create")))
                return true;
    }
    return false;
}
