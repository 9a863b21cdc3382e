// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/path.h"
#include "read/dockerfile/dockerfile.h"
#include "read/dockerfile/expand_internal.h"
#include "read/dockerfile/parse_internal.h"

/* ---- variables ---- */

static const struct base_variable *given_arg(const struct parser *parser, str name)
{
    for (size_t i = parser->options->args.count; i-- > 0;)
        if (str_eq(parser->options->args.items[i].name, name))
            return &parser->options->args.items[i];
    return NULL;
}

static void set_variable(struct parser *parser, struct map *map, struct stage_variable variable)
{
    uintptr_t *slot = map_put(parser->arena, map, variable.name, NULL);
    if (!*slot)
        *slot = (uintptr_t)arena_new(parser->arena, struct stage_variables);
    struct stage_variables *all = (struct stage_variables *)*slot;
    struct stage_variable *kept = arena_new(parser->arena, struct stage_variable);
    *kept = variable;
    *vec_push(parser->arena, all) = kept;
}

static void set_arg(struct parser *parser, struct instruction *instruction,
                    const struct dockerfile_pair *pair)
{
    const struct base_variable *given = given_arg(parser, pair->name.value);
    struct stage_variable variable = {
        .name = pair->name.value,
        .value = pair->value.value,
        .has_value = pair->has_value,
        .open = pair->value.open,
        .set_by = instruction,
    };
    if (given) {
        variable.value = given->value;
        variable.has_value = variable.given = true;
        variable.open = false;
        variable.by_default = given->value;
        variable.by_default_known = true;
    } else if (!pair->has_value && parser->stage) { /* a global one comes into the stage */
        const struct stage_variable *global =
            dockerfile_global(parser->file, pair->name.value, UINT32_MAX);
        if (global) {
            variable.value = global->value;
            variable.has_value = global->has_value;
            variable.open = global->open;
            variable.given = global->given;
        }
    }
    if (!parser->stage && !given)
        variable.by_default_known =
            !pair->has_value || word_by_default(parser, instruction, &pair->value,
                                                &instruction->arguments, &variable.by_default);
    set_variable(parser, parser->stage ? &parser->stage->args : &parser->file->globals, variable);
}

static void set_env(struct parser *parser, struct instruction *instruction,
                    const struct dockerfile_pair *pair)
{
    set_variable(parser, &parser->stage->env,
                 (struct stage_variable){
                     .name = pair->name.value,
                     .value = pair->value.value,
                     .has_value = true,
                     .open = pair->value.open,
                     .is_env = true,
                     .set_by = instruction,
                 });
}

bool variables_all_known(const struct instruction *instruction)
{
    const struct stage *stage = instruction->stage;
    if (!stage || instruction->kind == INSTRUCTION_FROM)
        return true;
    return stage->root->is_scratch || stage->root->base_image;
}

/* ---- states ---- */

static struct stage_state *next_state(struct parser *parser)
{
    struct stage_state *state = arena_new(parser->arena, struct stage_state);
    *state = *parser->state;
    parser->state = state;
    return state;
}

void stage_begin(struct parser *parser)
{
    struct stage_state *state = arena_new(parser->arena, struct stage_state);
    state->user_open = state->workdir_open = true;
    if (parser->file->escape == '`')
        state->shell_family = SHELL_FAMILY_CMD;
    parser->state = state;
}

static void set_shell(struct parser *parser, struct stage_state *state, const str *words,
                      size_t count)
{
    state->shell.items = arena_copy(parser->arena, words, count * sizeof(str));
    state->shell.count = state->shell.capacity = count;
    state->shell_family = shell_family_of(words[0]);
}

static void set_shell_words(struct parser *parser, struct stage_state *state,
                            const struct dockerfile_word_list *words)
{
    str *values = arena_array(parser->arena, str, words->count);
    for (size_t i = 0; i < words->count; i++)
        values[i] = words->items[i].value;
    set_shell(parser, state, values, words->count);
}

static void set_workdir(struct parser *parser, struct stage_state *state,
                        const struct instruction *instruction)
{
    const struct dockerfile_word *word = &instruction->words.items[0];
    bool windows =
        state->shell_family == SHELL_FAMILY_CMD || state->shell_family == SHELL_FAMILY_POWERSHELL;
    bool absolute = str_starts(word->value, STR("/")) ||
                    (windows && word->value.len > 1 && word->value.ptr[1] == ':');
    bool known = !word->open && (absolute || !state->workdir_open);
    if (absolute || state->workdir_open || word->value.len + state->workdir.len > LIMIT_PATH)
        state->workdir = word->value;
    else
        state->workdir =
            arena_join(parser->arena, state->workdir,
                       str_ends(state->workdir, STR("/")) ? STR("") : STR("/"), word->value);
    if (known && !windows && str_starts(state->workdir, STR("/"))) {
        bool odd;
        str clean = path_clean(parser->arena, state->workdir, &odd);
        if (clean.len + 1 != state->workdir.len)
            state->workdir = arena_join(parser->arena, STR("/"), (str){0}, clean);
    }
    state->workdir_open = !known;
    state->workdir_set = instruction;
}

static void change_state(struct parser *parser, struct instruction *instruction)
{
    struct stage_state *state;
    switch (instruction->kind) {
    case INSTRUCTION_USER:
        state = next_state(parser);
        state->user_set = instruction;
        state->user = instruction->words.count ? instruction->words.items[0].value : STR("");
        state->user_open = instruction->words.count && instruction->words.items[0].open;
        break;
    case INSTRUCTION_WORKDIR:
        if (instruction->words.count)
            set_workdir(parser, next_state(parser), instruction);
        break;
    case INSTRUCTION_SHELL:
        if (!instruction->is_json || instruction->words.count == 0)
            break;
        state = next_state(parser);
        set_shell_words(parser, state, &instruction->words);
        state->shell_set = instruction;
        break;
    case INSTRUCTION_CMD: next_state(parser)->cmd = instruction; break;
    case INSTRUCTION_ENTRYPOINT:
        state = next_state(parser);
        /* It takes back the CMD of a base, not one of its own stage. */
        if (state->cmd && state->cmd->stage != instruction->stage)
            state->cmd = NULL;
        state->entrypoint = instruction;
        break;
    case INSTRUCTION_HEALTHCHECK: next_state(parser)->healthcheck = instruction; break;
    case INSTRUCTION_STOPSIGNAL: next_state(parser)->stopsignal = instruction; break;
    default: break;
    }
}

/* ---- FROM ---- */

/* By the same name, however much of it is written out: "debian", "docker.io/library/debian:latest".
 */
static bool is_same_image(const struct image_name *a, const struct image_name *b)
{
    if (!str_eq(a->registry, b->registry) || !str_eq(a->repository, b->repository))
        return false;
    if (a->digest.len || b->digest.len)
        return str_eq(a->digest, b->digest);
    return str_eq(a->tag.len ? a->tag : STR("latest"), b->tag.len ? b->tag : STR("latest"));
}

static const struct base_image *find_base(struct parser *parser, const struct image_name *image)
{
    const struct base_images *bases = parser->options->bases;
    for (size_t i = 0; bases && i < bases->count; i++) {
        struct image_name name = image_name_parse(parser->arena, bases->items[i].name);
        if (is_same_image(&name, image))
            return &bases->items[i];
    }
    return NULL;
}

static bool is_windows_image(str name)
{
    return str_contains(name, STR("/windows")) || str_contains(name, STR("dotnet/framework")) ||
           str_contains(name, STR("nanoserver")) || str_contains(name, STR("servercore")) ||
           str_contains(name, STR("windowsservercore"));
}

/*
 * ONBUILD of a base image runs before the stage's own instructions. Its texts are read as a file of
 * their own; what they set is taken over as values, because there is no place for them here.
 */
static void run_base_triggers(struct parser *parser, struct stage *stage, struct stage_state *state)
{
    const struct base_image *base = stage->base_image;
    str text = {0};
    for (size_t i = 0; i < base->onbuild.count && text.len < LIMIT_FIELD; i++)
        if (!str_eq_nocase(str_sub(base->onbuild.items[i], 0, 4), STR("FROM"))) /* is refused */
            text = arena_join(parser->arena, text, STR("\n"), base->onbuild.items[i]);
    if (!text.len)
        return;
    const struct dockerfile *file =
        dockerfile_parse(parser->arena, parser->file->file.path, text, NULL);
    const struct stage *triggers = file->stages.count ? file->stages.items[0] : NULL;
    if (!triggers)
        return;
    if (triggers->state->user_set) {
        state->user = triggers->state->user;
        state->user_open = triggers->state->user_open;
    }
    if (triggers->state->workdir_set && str_starts(triggers->state->workdir, STR("/"))) {
        state->workdir = triggers->state->workdir;
        state->workdir_open = triggers->state->workdir_open;
    }
    if (triggers->state->shell.count)
        set_shell(parser, state, triggers->state->shell.items, triggers->state->shell.count);
    for (size_t i = 0; i < triggers->env.capacity; i++) {
        if (!triggers->env.slots[i].used)
            continue;
        const struct stage_variables *all = (const void *)triggers->env.slots[i].value;
        struct stage_variable last = *all->items[all->count - 1];
        last.set_by = NULL;
        set_variable(parser, &stage->env, last);
    }
}

/* A base that the engine has: its configuration is where the stage starts from. */
static void start_from_image(struct parser *parser, struct stage *stage, struct stage_state *state)
{
    const struct base_image *base = stage->base_image;
    state->user = base->user.len ? base->user : STR("");
    state->user_open = state->workdir_open = false;
    state->workdir = base->workdir.len ? base->workdir : STR("/");
    if (base->shell.count)
        set_shell(parser, state, base->shell.items, base->shell.count);
    for (size_t i = 0; i < base->env.count; i++)
        set_variable(parser, &stage->env,
                     (struct stage_variable){.name = base->env.items[i].name,
                                             .value = base->env.items[i].value,
                                             .has_value = true,
                                             .is_env = true});
    run_base_triggers(parser, stage, state);
}

/* What ONBUILD of an earlier stage of this file does where that is gone on from. */
static void run_triggers(struct parser *parser, const struct stage *parent)
{
    for (uint32_t i = parent->first; i < parent->end; i++) {
        const struct instruction *trigger = parser->file->instructions.items[i]->trigger;
        if (trigger && !trigger->broken && trigger->kind != INSTRUCTION_FROM)
            stage_apply(parser, (struct instruction *)(uintptr_t)trigger);
    }
}

static const struct stage_state *first_state(struct parser *parser, struct stage *stage)
{
    struct stage_state *state = arena_new(parser->arena, struct stage_state);
    if (stage->parent) {
        *state = *stage->parent->state;
        return state;
    }
    state->user_open = state->workdir_open = !stage->is_scratch;
    if (stage->is_scratch)
        state->workdir = STR("/");
    if (parser->file->escape == '`' || is_windows_image(stage->base.value))
        state->shell_family = SHELL_FAMILY_CMD;
    if (stage->base_image)
        start_from_image(parser, stage, state);
    return state;
}

static str lower_case(struct arena *arena, str text)
{
    char *to = arena_alloc(arena, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        to[i] = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] + 32) : text.ptr[i];
    return (str){to, text.len};
}

static bool is_stage_name(str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = c >= 'a' && c <= 'z';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.')))
            return false;
    }
    return name.len > 0;
}

static void name_stage(struct parser *parser, struct stage *stage, struct instruction *from)
{
    stage->as = from->words.items[1].span;
    stage->alias = from->words.items[2];
    stage->alias.value = lower_case(parser->arena, stage->alias.raw);
    if (!is_stage_name(stage->alias.value))
        problem(parser, PROBLEM_SYNTAX, stage->alias.span, from,
                "A stage's name begins with a letter and has only letters, digits, `-`, `_` and "
                "`.`");
}

static void end_stage(struct parser *parser)
{
    if (!parser->stage)
        return;
    parser->stage->state = parser->state;
    parser->stage->end = (uint32_t)parser->file->instructions.count;
}

static struct stage *new_stage(struct parser *parser, const struct instruction *first)
{
    struct stage *stage = arena_new(parser->arena, struct stage);
    end_stage(parser);
    stage->file = parser->file;
    stage->index = (uint32_t)parser->file->stages.count;
    stage->first = first->index;
    stage->root = stage;
    *vec_push(parser->arena, &parser->file->stages) = stage;
    parser->stage = stage;
    return stage;
}

/* The stage that a fragment was given is none of the file's: that starts here. */
static void drop_implied(struct parser *parser)
{
    struct stage *stage = parser->stage;
    if (!stage || !stage->implied)
        return;
    end_stage(parser);
    parser->file->stages.count = 0;
    const struct instruction *first = parser->file->instructions.items[stage->first];
    str name = instruction_name(first->kind);
    problem(parser, PROBLEM_BEFORE_FROM, first->keyword, (struct instruction *)(uintptr_t)first,
            "%.*s stands before the first FROM; only ARG may", STR_ARG(name));
    parser->stage = NULL;
}

static bool names_variable(const struct dockerfile_flag *flag, str plain, str braces)
{
    return str_eq(flag->value.raw, plain) || str_eq(flag->value.raw, braces);
}

/* What the base is asked to be, as far as the file, --build-arg and the engine tell. */
static str find_wanted_platform(struct parser *parser, const struct stage *stage)
{
    const struct base_variable *target = given_arg(parser, STR("TARGETPLATFORM"));
    const struct dockerfile_flag *flag = stage->platform;
    if (!flag || names_variable(flag, STR("$TARGETPLATFORM"), STR("${TARGETPLATFORM}")))
        return target ? target->value : parser->options->platform;
    if (names_variable(flag, STR("$BUILDPLATFORM"), STR("${BUILDPLATFORM}")))
        return parser->options->platform;
    return flag->has_value && !flag->value.open ? flag->value.value : (str){0};
}

static void apply_from(struct parser *parser, struct instruction *from)
{
    drop_implied(parser);
    struct stage *stage = new_stage(parser, from);
    from->stage = stage;
    stage->from = from;
    stage->platform = instruction_flag(from, "platform");
    stage->wanted_platform = find_wanted_platform(parser, stage);
    if (from->words.count)
        stage->base = from->words.items[0];
    stage->base_by_default_known =
        from->words.count &&
        word_by_default(parser, from, &stage->base, &from->arguments, &stage->base_by_default);
    stage->is_scratch = str_eq(stage->base.value, STR("scratch"));
    str lower = lower_case(parser->arena, stage->base.value);
    const uintptr_t *parent = map_get(&parser->file->aliases, lower);
    if (parent && lower.len) {
        struct stage *earlier = (struct stage *)*parent;
        earlier->is_base = true;
        stage->parent = earlier;
        stage->root = earlier->root;
    } else if (!stage->is_scratch) {
        stage->image = image_name_parse(parser->arena, stage->base.value);
        /* Each is compared with all; nobody builds from so many. */
        if (stage->index < LIMIT_STAGE_DEPTH)
            stage->base_image = find_base(parser, &stage->image);
    }
    /* Last, so that a stage cannot go on from itself. */
    if (from->words.count == 3) {
        name_stage(parser, stage, from);
        uintptr_t *named = map_put(parser->arena, &parser->file->aliases, stage->alias.value, NULL);
        stage->same_name = (struct stage *)*named;
        *named = (uintptr_t)stage;
    }
    parser->state = first_state(parser, stage);
    if (stage->parent)
        run_triggers(parser, stage->parent);
    from->state = parser->state;
}

/* ---- what comments say ---- */

void stage_comment(struct parser *parser, str comment)
{
    str value, reason, shell;
    while (str_skip(&comment, STR("#"))) {
    }
    comment = str_trim(comment);
    if (!str_skip(&comment, STR("hadolint ")) && !str_skip(&comment, STR("hadolint\t")))
        return;
    comment = str_trim(comment);
    if (!str_skip(&comment, STR("shell")))
        return;
    comment = str_trim(comment);
    if (!str_skip(&comment, STR("=")))
        return;
    str_cut(comment, '#', &value, &reason);
    if (!str_next_word(&value, &shell) || str_trim(value).len || !parser->state)
        return;
    const str words[] = {shell, STR("-c")};
    set_shell(parser, next_state(parser), words, 2);
}

/* ---- everything together ---- */

void stage_enter(struct parser *parser, struct instruction *instruction, enum instruction_kind kind)
{
    if (!parser->stage && kind != INSTRUCTION_FROM && kind != INSTRUCTION_ARG &&
        kind != INSTRUCTION_UNKNOWN) {
        struct stage *stage = new_stage(parser, instruction);
        stage->implied = true;
        stage->args = parser->file->globals; /* the ARGs so far are as good as its own */
    }
    instruction->stage = parser->stage;
    instruction->state = parser->state;
}

void stage_apply(struct parser *parser, struct instruction *instruction)
{
    if (instruction->kind == INSTRUCTION_FROM) {
        apply_from(parser, instruction);
        return;
    }
    for (size_t i = 0; i < instruction->pairs.count; i++) {
        const struct dockerfile_pair *pair = &instruction->pairs.items[i];
        if (pair->name.value.len == 0 || pair->name.open)
            continue;
        if (instruction->kind == INSTRUCTION_ARG)
            set_arg(parser, instruction, pair);
        else if (instruction->kind == INSTRUCTION_ENV)
            set_env(parser, instruction, pair);
    }
    change_state(parser, instruction);
}

static struct stage *named_stage(const struct parser *parser, str name, const struct stage *user)
{
    return (struct stage *)(uintptr_t)dockerfile_stage(parser->file, name, user->index);
}

static void copied_from(struct parser *parser, const struct stage *user, str name)
{
    struct stage *stage = named_stage(parser, name, user);
    if (!stage)
        return;
    stage->is_copied_from = true;
    stage->is_reached |= user->is_reached;
}

static void visit(struct parser *parser, const struct stage *stage)
{
    for (uint32_t i = stage->first; i < stage->end; i++) {
        const struct instruction *instruction = parser->file->instructions.items[i];
        const struct dockerfile_flag *from = instruction_flag(instruction, "from");
        if (from && instruction->kind == INSTRUCTION_COPY)
            copied_from(parser, stage, from->value.value);
        for (size_t m = 0; m < instruction->mounts.count; m++)
            copied_from(parser, stage, instruction->mounts.items[m].from);
    }
    struct stage *parent = (struct stage *)(uintptr_t)stage->parent;
    if (parent)
        parent->is_reached |= stage->is_reached;
}

static void find_target(struct parser *parser)
{
    struct dockerfile *file = parser->file;
    str target = parser->options->target;
    file->target_named = target.len > 0;
    if (file->stages.count == 0)
        return;
    file->target = target.len ? dockerfile_stage(file, target, file->stages.count)
                              : file->stages.items[file->stages.count - 1];
    if (!file->target && !parser->options->target_may_miss)
        problem(parser, PROBLEM_SYNTAX, (struct span){0, 0}, NULL,
                "There is no stage `%.*s` to build", STR_ARG(str_sub(target, 0, 60)));
}

void stage_finish(struct parser *parser)
{
    struct dockerfile *file = parser->file;
    end_stage(parser);
    file->is_fragment = file->stages.count == 1 && file->stages.items[0]->implied;
    find_target(parser);
    if (file->target) {
        struct stage *target = (struct stage *)(uintptr_t)file->target;
        target->is_target = target->is_reached = true;
    }
    /* A stage needs earlier ones only, so that one way back visits all after those who need them.
     */
    for (size_t i = file->stages.count; i-- > 0;)
        visit(parser, file->stages.items[i]);
}
