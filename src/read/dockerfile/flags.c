// SPDX-License-Identifier: Apache-2.0
#include "read/dockerfile/parse_internal.h"

enum flag_type {
    FLAG_TEXT,
    FLAG_SWITCH,
    FLAG_LIST,
    FLAG_DURATION,
    FLAG_COUNT,
    FLAG_STAGE,
    FLAG_NETWORK,
    FLAG_SECURITY,
};

static const struct {
    enum instruction_kind kind;
    const char *name;
    enum flag_type type;
    bool expanded; /* variables in its value are replaced */
} known[] = {
    {INSTRUCTION_ADD, "chown", FLAG_TEXT, true},
    {INSTRUCTION_ADD, "chmod", FLAG_TEXT, true},
    {INSTRUCTION_ADD, "link", FLAG_SWITCH, false},
    {INSTRUCTION_ADD, "keep-git-dir", FLAG_SWITCH, false},
    {INSTRUCTION_ADD, "checksum", FLAG_TEXT, true},
    {INSTRUCTION_ADD, "unpack", FLAG_SWITCH, false},
    {INSTRUCTION_ADD, "exclude", FLAG_LIST, true},
    {INSTRUCTION_COPY, "from", FLAG_STAGE, false},
    {INSTRUCTION_COPY, "chown", FLAG_TEXT, true},
    {INSTRUCTION_COPY, "chmod", FLAG_TEXT, true},
    {INSTRUCTION_COPY, "link", FLAG_SWITCH, false},
    {INSTRUCTION_COPY, "parents", FLAG_SWITCH, false},
    {INSTRUCTION_COPY, "exclude", FLAG_LIST, true},
    {INSTRUCTION_FROM, "platform", FLAG_TEXT, true},
    {INSTRUCTION_HEALTHCHECK, "interval", FLAG_DURATION, false},
    {INSTRUCTION_HEALTHCHECK, "timeout", FLAG_DURATION, false},
    {INSTRUCTION_HEALTHCHECK, "start-period", FLAG_DURATION, false},
    {INSTRUCTION_HEALTHCHECK, "start-interval", FLAG_DURATION, false},
    {INSTRUCTION_HEALTHCHECK, "retries", FLAG_COUNT, false},
    {INSTRUCTION_RUN, "mount", FLAG_LIST, true},
    {INSTRUCTION_RUN, "network", FLAG_NETWORK, false},
    {INSTRUCTION_RUN, "security", FLAG_SECURITY, false},
    {INSTRUCTION_RUN, "device", FLAG_LIST, false},
};

/* Go's time.ParseDuration: "1m30s", "500ms", "0". */
static bool is_duration(str text)
{
    static const char *const units[] = {"ns", "us", "\xc2\xb5s", "ms", "s", "m", "h"};
    if (str_eq(text, STR("0")))
        return true;
    if (text.len == 0)
        return false;
    while (text.len) {
        size_t digits = 0, unit = 0;
        while (digits < text.len &&
               ((text.ptr[digits] >= '0' && text.ptr[digits] <= '9') || text.ptr[digits] == '.'))
            digits++;
        if (digits == 0)
            return false;
        text = str_from_index(text, digits);
        for (; unit < 7 && !str_skip(&text, str_from(units[unit])); unit++)
            ;
        if (unit == 7)
            return false;
    }
    return true;
}

static bool is_one_of(str value, const char *const *names)
{
    for (; *names; names++)
        if (str_eq_nocase(value, str_from(*names)))
            return true;
    return false;
}

/* A dollar that begins a variable: the builder refuses it where it replaces none. */
static bool names_variable(str value)
{
    size_t at = str_find_char(value, '$');
    return at != STR_NONE && at + 1 < value.len;
}

static void check_value(struct parser *parser, struct instruction *instruction,
                        const struct dockerfile_flag *flag, enum flag_type type)
{
    str value = flag->value.value;
    static const char *const networks[] = {"default", "none", "host", NULL};
    static const char *const securities[] = {"sandbox", "insecure", NULL};
    uint64_t number;
    const char *wants = NULL;
    if (type == FLAG_SWITCH) {
        if (flag->has_value && !str_eq_nocase(value, STR("true")) &&
            !str_eq_nocase(value, STR("false")))
            wants = "true or false";
    } else if (!flag->has_value) {
        wants = "a value, as in --name=value";
    } else if (type == FLAG_DURATION && !is_duration(value)) {
        wants = "a duration such as 30s or 1m30s";
    } else if (type == FLAG_COUNT && !str_to_u64(value, UINT32_MAX, &number)) {
        wants = "a number";
    } else if (type == FLAG_STAGE && names_variable(value)) {
        wants = "no variable; give the image a name by a FROM line of its own, and take that";
    } else if (type == FLAG_NETWORK && !is_one_of(value, networks)) {
        wants = "default, none or host";
    } else if (type == FLAG_SECURITY && !is_one_of(value, securities)) {
        wants = "sandbox or insecure";
    }
    if (wants)
        problem(parser, PROBLEM_UNKNOWN_FLAG, flag->span, instruction, "The flag --%.*s takes %s",
                STR_ARG(str_sub(flag->name, 0, 40)), wants);
}

static bool is_repeated(const struct instruction *instruction, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (str_eq(instruction->flags.items[i].name, instruction->flags.items[index].name))
            return true;
    return false;
}

static void check_flag(struct parser *parser, struct instruction *instruction, size_t index)
{
    struct dockerfile_flag *flag = &instruction->flags.items[index];
    size_t count = sizeof(known) / sizeof(known[0]);
    for (size_t i = 0; i < count; i++) {
        if (known[i].kind != instruction->kind || !str_eq(flag->name, str_from(known[i].name)))
            continue;
        check_value(parser, instruction, flag, known[i].type);
        if (known[i].type != FLAG_LIST && is_repeated(instruction, index))
            problem(parser, PROBLEM_UNKNOWN_FLAG, flag->span, instruction,
                    "The flag --%.*s is given twice", STR_ARG(flag->name));
        struct mapped_text value =
            mapped_text_at(parser->arena, flag->value.raw, flag->value.span.start);
        flag->value.variable = str_find_char(flag->value.raw, '$') != STR_NONE;
        if (known[i].expanded && flag->value.raw.len) {
            struct dockerfile_word word = flag->value;
            word_expand(parser, instruction, &word, &value);
            flag->value.open = word.open;
            flag->value.variable = word.variable;
            if (word.variable)
                flag->value.value = word.value;
        }
        return;
    }
    str name = instruction_name(instruction->kind);
    problem(parser, PROBLEM_UNKNOWN_FLAG, flag->span, instruction, "%.*s has no flag --%.*s",
            STR_ARG(name), STR_ARG(str_sub(flag->name, 0, 40)));
}

/* ---- mounts ---- */

/* The next field of a line of CSV; quotes around a field may hold commas. */
static bool next_field(struct parser *parser, str *rest, str *ret)
{
    if (!rest->ptr || rest->len == 0)
        return false;
    if (rest->ptr[0] != '"') {
        str_next(rest, ',', ret);
        return true;
    }
    char *to = arena_alloc(parser->arena, rest->len);
    size_t len = 0, at = 1;
    for (; at < rest->len; at++) {
        if (rest->ptr[at] == '"' && (at + 1 >= rest->len || rest->ptr[++at] != '"'))
            break;
        to[len++] = rest->ptr[at];
    }
    *ret = (str){to, len};
    *rest = str_from_index(*rest, at);
    if (rest->len && rest->ptr[0] == ',')
        *rest = str_from_index(*rest, 1);
    return true;
}

/* Fields of a mount that only some types have, as written; absent: not there. */
struct mount_extras {
    str size, uid, gid;
    bool required;
};

static bool mount_field(struct run_mount *mount, struct mount_extras *extras, str field)
{
    struct {
        const char *name;
        str *value;
    } texts[] = {
        {"type", &mount->type},          {"from", &mount->from},
        {"source", &mount->source},      {"src", &mount->source},
        {"target", &mount->target},      {"dst", &mount->target},
        {"destination", &mount->target}, {"id", &mount->id},
        {"sharing", &mount->sharing},    {"env", &mount->env},
        {"mode", &mount->mode},          {"size", &extras->size},
        {"uid", &extras->uid},           {"gid", &extras->gid},
    };
    str name, value;
    bool has_value = str_cut(field, '=', &name, &value);
    bool yes = !has_value || str_eq_nocase(value, STR("true")) || str_eq(value, STR("1"));
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (str_eq_nocase(name, str_from(texts[i].name))) {
            *texts[i].value = value;
            return has_value;
        }
    if (str_eq_nocase(name, STR("ro")) || str_eq_nocase(name, STR("readonly")))
        mount->read_only = yes;
    else if (str_eq_nocase(name, STR("rw")) || str_eq_nocase(name, STR("readwrite")))
        mount->read_only = !yes;
    else if (str_eq_nocase(name, STR("required")))
        mount->required = extras->required = yes;
    else
        return false;
    return true;
}

/* What the builder refuses in a mount of a type that there is; NULL: nothing. */
static const char *mount_fault(const struct run_mount *mount, const struct mount_extras *extras)
{
    static const char *const sharings[] = {"shared", "private", "locked", NULL};
    uint64_t number;
    bool is_secret = str_eq_nocase(mount->type, STR("secret"));
    bool is_cache = str_eq_nocase(mount->type, STR("cache"));
    bool has_file = is_secret || is_cache || str_eq_nocase(mount->type, STR("ssh"));
    bool names_owner = extras->uid.ptr || extras->gid.ptr || mount->mode.ptr;
    if (mount->sharing.ptr && !is_one_of(mount->sharing, sharings))
        return "`sharing` takes shared, private or locked";
    if (mount->sharing.ptr && !is_cache)
        return "only a cache has `sharing`";
    if (extras->size.ptr && !str_eq_nocase(mount->type, STR("tmpfs")))
        return "only a tmpfs has a `size`";
    if (names_owner && !has_file)
        return "only a cache, a secret and an SSH socket have `uid`, `gid` and `mode`";
    if ((extras->uid.ptr && !str_to_u64(extras->uid, UINT32_MAX, &number)) ||
        (extras->gid.ptr && !str_to_u64(extras->gid, UINT32_MAX, &number)))
        return "`uid` and `gid` take a number";
    if (extras->required && (!has_file || is_cache))
        return "only a secret and an SSH socket can be `required`";
    if (is_secret && mount->from.ptr)
        return "a secret comes from no stage";
    if (is_secret && !mount->id.len && !mount->source.len && !mount->target.len)
        return "a secret needs an `id`";
    return NULL;
}

/* The builder looks for stages before it replaces variables. */
static bool from_variable(struct parser *parser, const struct dockerfile_word *value)
{
    str rest = value->raw, field, name, from;
    while (value->variable && next_field(parser, &rest, &field))
        if (str_cut(field, '=', &name, &from) && str_eq_nocase(name, STR("from")) &&
            names_variable(from))
            return true;
    return false;
}

static void read_mount(struct parser *parser, struct instruction *instruction,
                       const struct dockerfile_flag *flag)
{
    static const char *const types[] = {"bind", "cache", "tmpfs", "secret", "ssh", NULL};
    struct run_mount *mount = vec_push(parser->arena, &instruction->mounts);
    struct mount_extras extras = {0};
    str rest = flag->value.value, field;
    *mount = (struct run_mount){.flag = flag, .type = STR("bind"), .open = flag->value.open};
    while (next_field(parser, &rest, &field))
        if (!mount_field(mount, &extras, field) && !flag->value.open)
            problem(parser, PROBLEM_UNKNOWN_FLAG, flag->value.span, instruction,
                    "A mount has no field `%.*s`", STR_ARG(str_sub(field, 0, 40)));
    if (from_variable(parser, &flag->value))
        problem(parser, PROBLEM_UNKNOWN_FLAG, flag->value.span, instruction,
                "`from` takes no variable; give the image a name by a FROM line of its own");
    if (mount->open)
        return;
    if (!is_one_of(mount->type, types)) {
        problem(parser, PROBLEM_UNKNOWN_FLAG, flag->value.span, instruction,
                "There is no mount of the type `%.*s`", STR_ARG(str_sub(mount->type, 0, 40)));
        return;
    }
    const char *fault = mount_fault(mount, &extras);
    if (fault)
        problem(parser, PROBLEM_UNKNOWN_FLAG, flag->value.span, instruction, "In this mount, %s",
                fault);
}

/* ---- ADD and COPY ---- */

static bool is_remote(str source)
{
    return str_starts(source, STR("http://")) || str_starts(source, STR("https://"));
}

static bool is_git(str source)
{
    return str_starts(source, STR("git://")) || str_starts(source, STR("ssh://")) ||
           str_starts(source, STR("git@"));
}

/* Digits that are no octal number up to 07777; letters are a symbolic mode, as of chmod. */
static bool is_bad_mode(str mode)
{
    uint64_t number = 0;
    if (mode.len == 0 || mode.ptr[0] < '0' || mode.ptr[0] > '9')
        return false;
    for (size_t i = 0; i < mode.len; i++) {
        if (mode.ptr[i] < '0' || mode.ptr[i] > '7')
            return true;
        number = number > 07777 ? number : number * 8 + (uint64_t)(mode.ptr[i] - '0');
    }
    return number > 07777;
}

/* "app:1000", with which a layer that stands alone can do nothing: it has no /etc/passwd. */
static bool has_names(str owner)
{
    for (size_t i = 0; i < owner.len; i++)
        if (owner.ptr[i] != ':' && (owner.ptr[i] < '0' || owner.ptr[i] > '9'))
            return true;
    return false;
}

static const char *flag_fault(const struct instruction *instruction)
{
    const struct dockerfile_flag *mode = instruction_flag(instruction, "chmod");
    const struct dockerfile_flag *owner = instruction_flag(instruction, "chown");
    const struct dockerfile_flag *link = instruction_flag(instruction, "link");
    const struct dockerfile_flag *checksum = instruction_flag(instruction, "checksum");
    const struct dockerfile_word *source = &instruction->words.items[0];
    bool is_linked = link && !str_eq_nocase(link->value.value, STR("false"));
    if (mode && !mode->value.open && is_bad_mode(mode->value.value))
        return "has a --chmod that is no octal number up to 07777";
    if (owner && is_linked && !owner->value.open && has_names(owner->value.value))
        return "needs numbers in --chown, as --link leaves nothing to look names up in";
    if (!checksum || instruction->kind != INSTRUCTION_ADD || checksum->value.open)
        return NULL;
    if (instruction->words.count != 2)
        return "takes a --checksum for one source only";
    if (!source->open && !is_remote(source->value) && !is_git(source->value))
        return "takes a --checksum only for what it downloads";
    return NULL;
}

void files_check(struct parser *parser, struct instruction *instruction)
{
    const char *fault = flag_fault(instruction);
    for (size_t i = 0; !fault && i + 1 < instruction->words.count; i++) {
        const struct dockerfile_word *word = &instruction->words.items[i];
        if (instruction->kind == INSTRUCTION_COPY && !word->open && !word->heredoc &&
            (is_remote(word->value) || is_git(word->value)))
            fault = "cannot download anything; ADD does";
    }
    if (fault)
        problem(parser, PROBLEM_SYNTAX, instruction->head, instruction, "%.*s %s",
                STR_ARG(instruction_name(instruction->kind)), fault);
}

void flags_check(struct parser *parser, struct instruction *instruction)
{
    /* Each is compared with those before it: more than this nobody means. */
    size_t checked = instruction->flags.count < 200 ? instruction->flags.count : 200;
    for (size_t i = 0; i < checked; i++) {
        check_flag(parser, instruction, i);
        const struct dockerfile_flag *flag = &instruction->flags.items[i];
        if (instruction->kind == INSTRUCTION_RUN && str_eq(flag->name, STR("mount")) &&
            flag->has_value)
            read_mount(parser, instruction, flag);
    }
    if (checked < instruction->flags.count)
        problem(parser, PROBLEM_LIMIT, instruction->flags.items[checked].span, instruction,
                "Only the first %zu flags were looked at", checked);
}
