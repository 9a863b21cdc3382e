// SPDX-License-Identifier: Apache-2.0
#include "app/fix/inputs.h"

#include "act/report/writer.h"
#include "base/fd.h"
#include "base/limits.h"

#include <stdlib.h>

bool inputs_have_secret(const struct build_inputs *inputs, str id)
{
    for (size_t i = 0; i < inputs->secrets.count; i++)
        if (str_eq(inputs->secrets.items[i].id, id))
            return true;
    return false;
}

static int add_secret(struct arena *arena, struct build_inputs *inputs, str id, str value,
                      struct err *err)
{
    if (inputs_have_secret(inputs, id))
        return 0;
    if (inputs->secrets.count == LIMIT_BUILD_SECRETS)
        return err_set(err, ERR_LIMIT, "more than %d secrets", LIMIT_BUILD_SECRETS);
    *vec_push(arena, &inputs->secrets) = (struct build_secret){id, value};
    return 0;
}

/* --- --secret -----------------------------------------------------------------------------------
 */

struct secret_option {
    str id, source, variable;
};

static int parse_option(str text, struct secret_option *ret, struct err *err)
{
    str rest = text, part, name, value;
    *ret = (struct secret_option){0};
    while (rest.len) {
        str_cut(rest, ',', &part, &rest);
        str_cut(part, '=', &name, &value);
        if (str_eq(name, STR("id")))
            ret->id = value;
        else if (str_eq(name, STR("src")) || str_eq(name, STR("source")))
            ret->source = value;
        else if (str_eq(name, STR("env")))
            ret->variable = value;
        else if (!str_eq(name, STR("type")) ||
                 (!str_eq(value, STR("file")) && !str_eq(value, STR("env"))))
            return err_set(err, ERR_USAGE,
                           "--secret %.*s: want id=ID with src=FILE or env=NAME, not '%.*s'",
                           STR_ARG(str_sub(text, 0, 200)), STR_ARG(str_sub(part, 0, 100)));
    }
    if (ret->id.len)
        return 0;
    return err_set(err, ERR_USAGE, "--secret %.*s: no id=ID", STR_ARG(str_sub(text, 0, 200)));
}

static int read_secret(struct arena *arena, str text, struct build_inputs *inputs, struct err *err)
{
    struct secret_option option;
    str content;
    if (parse_option(text, &option, err) < 0)
        return -1;
    str variable = option.variable.len ? option.variable : option.id;
    const char *value = option.source.len ? NULL : getenv(arena_cstr(arena, variable));
    if (value)
        return add_secret(arena, inputs, option.id, str_from(value), err);
    if (option.variable.len)
        return err_set(err, ERR_NOT_FOUND, "--secret id=%.*s: there is no variable %.*s",
                       STR_ARG(str_sub(option.id, 0, 100)), STR_ARG(str_sub(variable, 0, 100)));
    str path = option.source.len ? option.source : option.id;
    if (fd_read_file(arena, arena_cstr(arena, path), LIMIT_BUILD_SECRET, &content, err) < 0)
        return err_wrap(err, "--secret id=%.*s: %.*s", STR_ARG(str_sub(option.id, 0, 100)),
                        STR_ARG(str_sub(path, 0, 200)));
    return add_secret(arena, inputs, option.id, content, err);
}

/* --- the query ----------------------------------------------------------------------------------
 */

static str arguments_json(struct arena *arena, const struct build_options *options)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return (str){0};
    struct writer writer = writer_make(out);
    writer_object(&writer, NULL);
    for (size_t i = 0; i < options->args.count; i++)
        writer_string(&writer, arena_cstr(arena, options->args.items[i].name),
                      options->args.items[i].value);
    writer_end(&writer);
    fclose(out);
    str json = arena_str(arena, str_make(text, len));
    free(text);
    return json;
}

static str make_query(struct arena *arena, const struct fix_settings *settings,
                      const struct build_options *options)
{
    str query = {0};
    if (settings->texts.target)
        query = arena_join(arena, STR("&target="),
                           engine_escape(arena, str_from(settings->texts.target)), (str){0});
    if (options->args.count)
        query = arena_join(arena, query, STR("&buildargs="),
                           engine_escape(arena, arguments_json(arena, options)));
    return query;
}

int inputs_read(struct arena *arena, const struct fix_settings *settings,
                const struct build_options *options, struct build_inputs *ret, struct err *err)
{
    *ret = (struct build_inputs){.query = make_query(arena, settings, options)};
    for (size_t i = 0; i < settings->secrets.count; i++)
        if (read_secret(arena, str_from(settings->secrets.items[i]), ret, err) < 0)
            return -1;
    for (size_t i = 0; i < options->args.count; i++)
        if (add_secret(arena, ret, options->args.items[i].name, options->args.items[i].value, err) <
            0)
            return -1;
    return 0;
}
