// SPDX-License-Identifier: Apache-2.0
/* The archives that apt uses, sources.list(5): one line each in *.list, deb822 in *.sources. */
#include "base/limits.h"
#include "io/deb822.h"
#include "model/damage.h"

struct reader {
    struct collect *to;
    struct damage damage;
    size_t sources;
};

/* A cdrom: has nothing to offer to an image, and a folder of one belongs to its builder. */
static bool is_remote(str uri)
{
    return !str_starts(uri, STR("cdrom:"));
}

/* `components` and `architectures` are in the arena. */
static void add_source(struct reader *reader, str uri, str suite, str components, str architectures)
{
    if (!is_remote(uri) || reader->sources > LIMIT_REPOSITORIES)
        return;
    if (++reader->sources > LIMIT_REPOSITORIES) {
        damage_add(&reader->damage, "more than %d archives", LIMIT_REPOSITORIES);
        return;
    }
    struct arena *arena = reader->to->arena;
    struct apt_source *source =
        &fact_add(reader->to, FACT_APT_SOURCE, reader->damage.path)->apt_source;
    source->uri = arena_str(arena, uri);
    source->suite = arena_str(arena, suite);
    source->components = components;
    source->architectures = architectures;
}

/* Words joined by single spaces; commas separate too where `commas` is set. */
static str join_words(struct arena *arena, str text, bool commas)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    bool between = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || (commas && c == ',')) {
            between = len > 0;
            continue;
        }
        if (between)
            out[len++] = ' ';
        between = false;
        out[len++] = c;
    }
    return str_make(out, len);
}

/* "[ arch=amd64,arm64 signed-by=/x ]" off the front of *rest; false where it does not end. */
static bool take_options(struct arena *arena, str *rest, str *ret_architectures)
{
    str options, option, name, value;
    *ret_architectures = (str){0};
    *rest = str_trim(*rest);
    if (!str_skip(rest, STR("[")))
        return true;
    if (!str_cut(*rest, ']', &options, rest))
        return false;
    while (str_next_word(&options, &option))
        if (str_cut(option, '=', &name, &value) && str_eq(name, STR("arch")))
            *ret_architectures = join_words(arena, value, true);
    return true;
}

/* "deb [options] uri suite [component...]"; cdrom: URIs have spaces in brackets. */
static bool read_line(struct reader *reader, str line)
{
    str type, uri, suite, architectures;
    if (!str_next_word(&line, &type))
        return true;
    if (str_eq(type, STR("deb-src")))
        return true;
    if (!str_eq(type, STR("deb")) || !take_options(reader->to->arena, &line, &architectures))
        return false;
    line = str_trim(line);
    if (!is_remote(line))
        return true;
    if (!str_next_word(&line, &uri) || !str_next_word(&line, &suite))
        return false;
    str components = join_words(reader->to->arena, line, false);
    if (components.len == 0 && !str_ends(suite, STR("/")))
        return false;
    add_source(reader, uri, suite, components, architectures);
    return true;
}

static void read_lines(struct reader *reader, str content)
{
    str line;
    for (size_t number = 1; str_next_line(&content, &line); number++) {
        line = str_sub(line, 0, str_find_char(line, '#'));
        if (line.len > LIMIT_FIELD || !read_line(reader, line))
            damage_add(&reader->damage, "line %zu is no archive", number);
    }
}

struct stanza {
    str types, uris, suites, components, architectures, enabled;
};

/* The value without the comments between its lines, as words. */
static str words_of(struct arena *arena, str value)
{
    char *out = arena_alloc(arena, value.len + 1);
    size_t len = 0;
    str line;
    while (str_next_line(&value, &line)) {
        if (line.len && line.ptr[0] == '#')
            continue;
        for (size_t i = 0; i < line.len; i++)
            out[len++] = line.ptr[i];
        out[len++] = ' ';
    }
    return join_words(arena, str_make(out, len), false);
}

static bool has_word(str words, str wanted)
{
    str word;
    while (str_next_word(&words, &word))
        if (str_eq(word, wanted))
            return true;
    return false;
}

static bool is_disabled(str enabled)
{
    return str_eq_nocase(enabled, STR("no")) || str_eq_nocase(enabled, STR("false")) ||
           str_eq_nocase(enabled, STR("off")) || str_eq_nocase(enabled, STR("without")) ||
           str_eq_nocase(enabled, STR("disable")) || str_eq(enabled, STR("0"));
}

/* Every URI with every suite. False where the stanza lacks what it needs. */
static bool add_stanza(struct reader *reader, const struct stanza *stanza)
{
    if (is_disabled(stanza->enabled) || (stanza->types.len && !has_word(stanza->types, STR("deb"))))
        return true;
    if (stanza->types.len == 0 || stanza->uris.len == 0 || stanza->suites.len == 0)
        return false;
    str uris = stanza->uris, uri;
    while (str_next_word(&uris, &uri) && reader->sources <= LIMIT_REPOSITORIES) {
        str suites = stanza->suites, suite;
        while (str_next_word(&suites, &suite) && reader->sources <= LIMIT_REPOSITORIES)
            add_source(reader, uri, suite, stanza->components, stanza->architectures);
    }
    return true;
}

static bool read_stanza(struct reader *reader, str paragraph)
{
    struct stanza stanza = {0};
    const struct {
        str name;
        str *value;
    } fields[] = {
        {STR("Types"), &stanza.types},
        {STR("URIs"), &stanza.uris},
        {STR("Suites"), &stanza.suites},
        {STR("Components"), &stanza.components},
        {STR("Architectures"), &stanza.architectures},
        {STR("Enabled"), &stanza.enabled},
    };
    str name, value;
    int more;
    bool good = true, any = false;
    while ((more = deb822_next_field(&paragraph, &name, &value)) != 0) {
        any = true;
        good &= more > 0 && value.len <= LIMIT_FIELD;
        for (size_t i = 0; more > 0 && good && i < sizeof(fields) / sizeof(fields[0]); i++)
            if (str_eq_nocase(name, fields[i].name))
                *fields[i].value = words_of(reader->to->arena, value);
    }
    return !any || (add_stanza(reader, &stanza) && good);
}

static int collect(struct collect *to, const struct entry *entry, str content, struct err *err)
{
    (void)err;
    struct reader reader = {.to = to, .damage = {.to = to, .path = entry->path}};
    if (str_ends(entry->path, STR(".sources"))) {
        str paragraph;
        for (size_t number = 1; deb822_next(&content, &paragraph); number++)
            if (!read_stanza(&reader, paragraph))
                damage_add(&reader.damage, "stanza %zu is no archive", number);
    } else {
        read_lines(&reader, content);
    }
    damage_end(&reader.damage);
    return 0;
}

static const char *const paths[] = {"etc/apt/sources.list", "etc/apt/sources.list.d/*.list",
                                    "etc/apt/sources.list.d/*.sources", NULL};

const struct collector package_apt_sources = {
    .name = "apt_sources",
    .version = 1,
    .wants = WANT_PACKAGES,
    .limit = LIMIT_SETTINGS,
    .paths = paths,
    .collect = collect,
};
