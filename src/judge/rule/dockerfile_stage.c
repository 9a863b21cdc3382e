// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"

static void duplicate_name(struct rule_run *run, const struct stage *stage)
{
    if (stage->same_name)
        rule_found(run, stage->alias.span, "%.*s is the name of stage %u too",
                   STR_ARG(stage->alias.raw), stage->same_name->index);
}

static void reserved_name(struct rule_run *run, const struct stage *stage)
{
    if (str_eq(stage->alias.value, STR("scratch")) || str_eq(stage->alias.value, STR("context")))
        rule_found(run, stage->alias.span, "%.*s", STR_ARG(stage->alias.raw));
}

static void name_case(struct rule_run *run, const struct stage *stage)
{
    if (!text_is_lower(stage->alias.raw))
        rule_found(run, stage->alias.span, "%.*s", STR_ARG(stage->alias.raw));
}

static void as_case(struct rule_run *run, const struct stage *stage)
{
    if (!stage->alias.raw.len || !stage->from)
        return;
    str from = stage->from->name, as = text_file_slice(run->file, stage->as);
    bool fits = text_is_upper(from) ? text_is_upper(as) : !text_is_lower(from) || text_is_lower(as);
    if (!fits)
        rule_found(run, stage->as, "%.*s and %.*s", STR_ARG(from), STR_ARG(as));
}

static void instruction_case(struct rule_run *run, const struct dockerfile *dockerfile)
{
    size_t upper = 0, lower = 0;
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        str name = dockerfile->instructions.items[i]->name;
        upper += text_is_upper(name);
        lower += text_is_lower(name);
    }
    bool wants_upper = upper >= lower;
    for (size_t i = 0; i < dockerfile->instructions.count; i++) {
        const struct instruction *instruction = dockerfile->instructions.items[i];
        str name = instruction->name;
        if (instruction->kind == INSTRUCTION_UNKNOWN ||
            (wants_upper ? text_is_upper(name) : text_is_lower(name)))
            continue;
        run->subject.instruction = instruction;
        rule_found(run, instruction->keyword, "%.*s, while most are in %s case", STR_ARG(name),
                   wants_upper ? "upper" : "lower");
    }
    run->subject.instruction = NULL;
}

/* ---- COPY --from ---- */

/* The value of --from where it is neither an image's name nor a variable. */
static bool from_stage_name(const struct instruction *instruction, str *ret, struct span *ret_span)
{
    const struct dockerfile_flag *from = instruction_flag(instruction, "from");
    if (instruction->kind != INSTRUCTION_COPY || !from || instruction->onbuild)
        return false;
    *ret = from->value.value;
    *ret_span = from->value.span;
    for (size_t i = 0; i < ret->len; i++)
        if (ret->ptr[i] == ':' || ret->ptr[i] == '/' || ret->ptr[i] == '@' || ret->ptr[i] == '.' ||
            ret->ptr[i] == '$')
            return false;
    return ret->len > 0;
}

static void from_unknown(struct rule_run *run, const struct instruction *instruction)
{
    const struct dockerfile *file = run->subject.dockerfile;
    str name;
    struct span span;
    if (!instruction->stage || !from_stage_name(instruction, &name, &span) ||
        dockerfile_stage(file, name, instruction->stage->index))
        return;
    const struct stage *later = dockerfile_stage(file, name, file->stages.count);
    if (later == instruction->stage)
        return; /* another rule's */
    str near = text_nearest(run, &file->aliases, name);
    if (later)
        rule_found(run, span, "the stage %.*s stands further down", STR_ARG(name));
    else if (text_is_number(name))
        rule_found(run, span, "there is no stage %.*s before this one", STR_ARG(name));
    else if (near.len)
        rule_found(run, span, "there is no stage %.*s; there is %.*s", STR_ARG(name),
                   STR_ARG(near));
    else
        rule_found(run, span, "there is no stage %.*s, so Docker looks for an image of this name",
                   STR_ARG(name))
            ->severity = SEVERITY_LOW;
}

static void from_itself(struct rule_run *run, const struct instruction *instruction)
{
    const struct dockerfile *file = run->subject.dockerfile;
    str name;
    struct span span;
    if (instruction->stage && from_stage_name(instruction, &name, &span) &&
        !dockerfile_stage(file, name, instruction->stage->index) &&
        dockerfile_stage(file, name, instruction->stage->index + 1) == instruction->stage)
        rule_found(run, span, "%.*s is this stage", STR_ARG(name));
}

static void whole_stage(struct rule_run *run, const struct instruction *instruction)
{
    const struct dockerfile_word *words = instruction->words.items;
    if (instruction->kind == INSTRUCTION_COPY && instruction_flag(instruction, "from") &&
        instruction->words.count == 2 && str_eq(words[0].value, STR("/")) &&
        str_eq(words[1].value, STR("/")))
        rule_found(run, instruction->head, "everything is copied");
}

static void unused(struct rule_run *run, const struct stage *stage)
{
    if (stage->file->target && !stage->file->target_named && !stage->is_reached && stage->from)
        rule_found(run, stage->from->head, "nothing of it comes into the image");
}

/* ---- descriptions ---- */

/* The name that a description above an instruction has to begin with; absent: it takes none. */
static str described_name(const struct instruction *instruction)
{
    if (instruction->kind == INSTRUCTION_FROM)
        return instruction->stage ? instruction->stage->alias.raw : (str){0};
    if (instruction->kind == INSTRUCTION_ARG && instruction->pairs.count == 1)
        return instruction->pairs.items[0].name.value;
    return (str){0};
}

static void description(struct rule_run *run, const struct dockerfile *dockerfile)
{
    for (size_t i = 1; i < dockerfile->items.count; i++) {
        const struct dockerfile_item *item = &dockerfile->items.items[i], *above = item - 1;
        if (item->kind != ITEM_INSTRUCTION || above->kind != ITEM_COMMENT)
            continue;
        str name = described_name(item->instruction);
        str text = str_trim(text_file_slice(run->file, above->span));
        str_skip(&text, STR("#"));
        text = str_trim(text);
        if (name.len == 0 || text.len == 0 || str_find_char(text, '=') != STR_NONE ||
            (str_skip(&text, name) && (text.len == 0 || text.ptr[0] == ' ')))
            continue;
        run->subject.instruction = item->instruction;
        rule_found(run, above->span, "it does not begin with %.*s", STR_ARG(name));
    }
    run->subject.instruction = NULL;
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/duplicate-stage-name",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "Two stages have the same name",
        .why = "`COPY --from=name` and `--target name` take one of them, and whoever reads the "
               "file may think of the other.",
        .fix = "Give each stage a name of its own.",
        .bad = "FROM debian:13 AS build\nFROM alpine:3.23 AS build\n",
        .good = "FROM debian:13 AS build\nFROM alpine:3.23 AS run\n",
        .aliases = {"DL3024", "DuplicateStageName", "DS-0012", "AVD-DS-0012", "CKV_DOCKER_11",
                    "f2daed12"},
        .stage = duplicate_name,
    },
    {
        .id = "dockerfile/reserved-stage-name",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "The stage has a name that means something else",
        .why = "`scratch` is the empty image and `context` the folder that is built from. A stage "
               "of this name cannot be told from them.",
        .fix = "Choose another name, also where the stage is used.",
        .bad = "FROM debian:13 AS scratch\n",
        .good = "FROM debian:13 AS build\n",
        .aliases = {"DL3063", "ReservedStageName"},
        .stage = reserved_name,
    },
    {
        .id = "dockerfile/stage-name-case",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "The name of a stage has capital letters",
        .why = "Docker does not tell capital letters from small ones in names of stages. Written "
               "in small letters everywhere, they are found by every search.",
        .fix = "Write the name in small letters.",
        .bad = "FROM debian:13 AS Build\n",
        .good = "FROM debian:13 AS build\n",
        .aliases = {"StageNameCasing"},
        .stage = name_case,
    },
    {
        .id = "dockerfile/from-as-case",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "FROM and AS are written in different case",
        .why = "Both are keywords of one line; written alike, they are easier to see.",
        .fix = "Write both in capital letters.",
        .bad = "FROM debian:13 as build\n",
        .good = "FROM debian:13 AS build\n",
        .aliases = {"FromAsCasing"},
        .stage = as_case,
    },
    {
        .id = "dockerfile/instruction-case",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "An instruction is written in another case than the others",
        .why = "Docker takes both, but a file where all keywords look alike is easier to read.",
        .fix = "Write all instructions in capital letters.",
        .bad = "FROM debian:13\nRUN make\nrun make install\n",
        .good = "FROM debian:13\nRUN make\nRUN make install\n",
        .aliases = {"ConsistentInstructionCasing"},
        .dockerfile = instruction_case,
    },
    {
        .id = "dockerfile/copy-from-unknown-stage",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "COPY --from names a stage that is not there",
        .why = "Only stages further up can be copied from. For any other name Docker fetches an "
               "image of that name from the internet, which is hardly what was meant, and may be "
               "anybody's.",
        .fix = "Check the name against the `AS` of the stages above. For an image, write its "
               "version too.",
        .bad = "FROM debian:13 AS build\nFROM alpine:3.23\nCOPY --from=biuld /app /app\n",
        .good = "FROM debian:13 AS build\nFROM alpine:3.23\nCOPY --from=build /app /app\n",
        .aliases = {"DL3022", "68a51e22"},
        .instruction = from_unknown,
    },
    {
        .id = "dockerfile/copy-from-itself",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "COPY --from names the stage it stands in",
        .why = "A stage cannot copy from itself; the build stops here.",
        .fix = "Name the stage that has the files, or use `RUN cp` within the stage.",
        .bad = "FROM debian:13 AS build\nCOPY --from=build /a /b\n",
        .good = "FROM debian:13 AS build\nRUN cp /a /b\n",
        .aliases = {"DL3023", "DS-0006", "AVD-DS-0006", "cdddb86f"},
        .instruction = from_itself,
    },
    {
        .id = "dockerfile/copy-whole-stage",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "COPY takes everything of another stage",
        .why = "Stages are there to leave behind what only the build needs: compilers, sources, "
               "caches, and secrets that lay in them. Copying `/` takes it all along.",
        .fix = "Copy only the files that the program needs when it runs.",
        .bad = "FROM debian:13 AS build\nFROM scratch\nCOPY --from=build / /\n",
        .good = "FROM debian:13 AS build\nFROM scratch\nCOPY --from=build /opt/app /opt/app\n",
        .aliases = {"DL3067"},
        .instruction = whole_stage,
    },
    {
        .id = "dockerfile/unused-stage",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "Nothing uses this stage",
        .why = "The last stage neither goes on from it nor copies from it, so that BuildKit does "
               "not even build it. It may be there for `--target`, or left over.",
        .fix = "Remove the stage if no one builds it by `--target`.",
        .bad = "FROM debian:13 AS old\nRUN make\nFROM alpine:3.23\n",
        .good = "FROM debian:13 AS build\nRUN make\nFROM alpine:3.23\n"
                "COPY --from=build /app /app\n",
        .stage = unused,
    },
    {
        .id = "dockerfile/description-without-name",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .off = true,
        .title = "The comment above a stage or ARG does not begin with its name",
        .why = "`docker build --call=outline` shows such comments as descriptions, if they begin "
               "with the name of what they describe.",
        .fix = "Begin the comment with the name, or leave a blank line behind it.",
        .bad = "# compiles the program\nFROM debian:13 AS build\n",
        .good = "# build compiles the program\nFROM debian:13 AS build\n",
        .aliases = {"InvalidDefinitionDescription"},
        .dockerfile = description,
    },
};

const struct rule_family rule_dockerfile_stage = {"dockerfile", rules,
                                                  sizeof(rules) / sizeof(rules[0])};
