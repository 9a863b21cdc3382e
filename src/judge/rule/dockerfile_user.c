// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"
#include "model/shell.h"

/* ---- who it runs as ---- */

static str user_part(str value)
{
    str user, group;
    str_cut(value, ':', &user, &group);
    return user;
}

/* Whether a USER's value is the administrator: by name, by any way to write 0, or by nothing. */
static bool is_root(str value)
{
    str user = user_part(value);
    if (text_is_number(user)) {
        for (size_t i = 0; i < user.len; i++)
            if (user.ptr[i] != '0')
                return false;
        return true;
    }
    return user.len == 0 || str_eq(user, STR("root")) ||
           str_eq_nocase(user, STR("ContainerAdministrator"));
}

/* Bases whose names promise that they set a user of their own. */
static bool base_sets_user(const struct stage *stage)
{
    static const char *const words[] = {"nonroot", "rootless", "unprivileged", NULL};
    const struct image_name *image = &stage->root->image;
    for (size_t i = 0; words[i]; i++)
        if (str_contains(image->text, str_from(words[i])))
            return true;
    return str_eq(image->registry, STR("cgr.dev")) ||
           str_starts(image->repository, STR("bitnami/")) ||
           str_starts(image->repository, STR("chainguard/"));
}

/* The image starts as root to prepare something, and goes on as somebody else by such a tool. */
static bool steps_down(const struct stage *stage)
{
    static const char *const tools[] = {"gosu", "su-exec", "setpriv", "s6-setuidgid", NULL};
    const struct dockerfile *file = stage->file;
    for (uint32_t i = stage->first; i < stage->end; i++) {
        const struct instruction *instruction = file->instructions.items[i];
        if (instruction->kind != INSTRUCTION_RUN && instruction->kind != INSTRUCTION_ENTRYPOINT)
            continue;
        for (size_t t = 0; tools[t]; t++)
            if (str_contains(instruction->arguments.text, str_from(tools[t])))
                return true;
    }
    return false;
}

static void no_user(struct rule_run *run, const struct stage *stage)
{
    if (!stage->is_target || stage->implied || stage->state->user_set)
        return;
    if (stage->state->user_open ? base_sets_user(stage) : !is_root(stage->state->user))
        return;
    struct finding *finding = rule_found(
        run, stage->from->head, "%s",
        stage->state->user_open ? "no USER here; the base decides, and most decide for root"
                                : "no USER here, and the base has none either");
    if (steps_down(stage)) {
        finding->severity = SEVERITY_LOW;
        finding->evidence = STR("it starts as root, and a tool to step down is there");
    }
}

static void root_user(struct rule_run *run, const struct stage *stage)
{
    const struct instruction *set = stage->state->user_set;
    if (!stage->is_target || !set || stage->state->user_open || !is_root(stage->state->user))
        return;
    run->subject.instruction = set;
    struct span span = set->words.count ? set->words.items[0].span : set->head;
    str raw = set->words.count ? set->words.items[0].raw : (str){0};
    if (str_eq(raw, stage->state->user))
        rule_found(run, span, "USER %.*s", STR_ARG(raw));
    else
        rule_found(run, span, "USER %.*s, which is %.*s", STR_ARG(raw),
                   STR_ARG(stage->state->user));
    run->subject.instruction = stage->from;
}

/* The two that every Windows image has; numbers mean nothing there. */
static bool is_windows_user(str user)
{
    return str_eq_nocase(user, STR("ContainerUser")) ||
           str_eq_nocase(user, STR("ContainerAdministrator"));
}

static void user_not_numeric(struct rule_run *run, const struct stage *stage)
{
    const struct instruction *set = stage->state->user_set;
    str user = user_part(stage->state->user);
    if (!stage->is_target || !set || stage->state->user_open || is_root(user) ||
        text_is_number(user) || is_windows_user(user) || set->words.count == 0)
        return;
    run->subject.instruction = set;
    rule_found(run, set->words.items[0].span, "USER %.*s", STR_ARG(stage->state->user));
    run->subject.instruction = stage->from;
}

/* ---- rights of files ---- */

enum mode_flaw { MODE_FINE, MODE_WORLD_WRITABLE, MODE_SETUID };

/* One clause of a symbolic mode: "o+w", "a=rwx", "u+s", "+w". */
static enum mode_flaw clause_flaw(str clause)
{
    bool others = false, owners = false, named = false;
    size_t i = 0;
    for (; i < clause.len && clause.ptr[i] != '+' && clause.ptr[i] != '=' && clause.ptr[i] != '-';
         i++) {
        named = true;
        others |= clause.ptr[i] == 'o' || clause.ptr[i] == 'a';
        owners |= clause.ptr[i] == 'u' || clause.ptr[i] == 'g' || clause.ptr[i] == 'a';
    }
    if (i >= clause.len || clause.ptr[i] == '-')
        return MODE_FINE;
    str rights = str_from_index(clause, i + 1);
    if ((owners || !named) && str_find_char(rights, 's') != STR_NONE)
        return MODE_SETUID;
    return others && str_find_char(rights, 'w') != STR_NONE ? MODE_WORLD_WRITABLE : MODE_FINE;
}

static enum mode_flaw mode_flaw(str mode)
{
    unsigned bits = 0;
    bool octal = mode.len > 0 && mode.len <= 6;
    for (size_t i = 0; i < mode.len && octal; i++) {
        octal = mode.ptr[i] >= '0' && mode.ptr[i] <= '7';
        bits = bits * 8 + (unsigned)(mode.ptr[i] - '0');
    }
    if (octal) {
        if (bits & 06000)
            return MODE_SETUID;
        /* The sticky bit lets nobody remove what others made, as in /tmp. */
        return bits & 2 && !(bits & 01000) ? MODE_WORLD_WRITABLE : MODE_FINE;
    }
    enum mode_flaw worst = MODE_FINE;
    bool sticky = false;
    str clause;
    while (str_next(&mode, ',', &clause)) {
        enum mode_flaw flaw = clause_flaw(clause);
        sticky |= str_find_char(clause, 't') != STR_NONE;
        worst = flaw > worst ? flaw : worst;
    }
    return worst == MODE_WORLD_WRITABLE && sticky ? MODE_FINE : worst;
}

static void copied_mode(struct rule_run *run, const struct instruction *instruction,
                        enum mode_flaw wanted)
{
    const struct dockerfile_flag *mode = instruction_flag(instruction, "chmod");
    if (mode && (instruction->kind == INSTRUCTION_COPY || instruction->kind == INSTRUCTION_ADD) &&
        mode_flaw(mode->value.value) == wanted)
        rule_found(run, mode->span, "--chmod=%.*s", STR_ARG(mode->value.value));
}

/* chmod MODE FILE..., also mkdir -m and install -m. */
static void command_mode(struct rule_run *run, const struct shell_command *command,
                         enum mode_flaw wanted)
{
    str mode = {0};
    const struct shell_word *word = NULL;
    if (shell_command_is(command, "chmod")) {
        for (size_t i = 1; i < command->words.count && !mode.len; i++) {
            const struct shell_word *one = &command->words.items[i];
            /* -R and --recursive are flags; -x is a mode that takes away. */
            if (one->value.len && one->value.ptr[0] != '-') {
                word = one;
                mode = one->value;
            }
        }
    } else if (!shell_command_is(command, "mkdir") && !shell_command_is(command, "install")) {
        return;
    } else if (!shell_flag_value(command, "m", &mode) &&
               !shell_flag_value(command, "mode", &mode)) {
        return;
    }
    if (mode_flaw(mode) == wanted)
        rule_found(run, word ? word->span : command->span, "%.*s",
                   STR_ARG(run_words(run->arena, command)));
}

static void copied_world_writable(struct rule_run *run, const struct instruction *instruction)
{
    copied_mode(run, instruction, MODE_WORLD_WRITABLE);
}

static void made_world_writable(struct rule_run *run, const struct shell_command *command)
{
    command_mode(run, command, MODE_WORLD_WRITABLE);
}

static void copied_setuid(struct rule_run *run, const struct instruction *instruction)
{
    copied_mode(run, instruction, MODE_SETUID);
}

static void made_setuid(struct rule_run *run, const struct shell_command *command)
{
    command_mode(run, command, MODE_SETUID);
}

static void chown_flag(struct rule_run *run, const struct instruction *instruction)
{
    const struct dockerfile_flag *owner = instruction_flag(instruction, "chown");
    if (owner && (instruction->kind == INSTRUCTION_COPY || instruction->kind == INSTRUCTION_ADD))
        rule_found(run, owner->span, "--chown=%.*s", STR_ARG(owner->value.value));
}

/* ---- useradd, RUN flags ---- */

static void high_user_id(struct rule_run *run, const struct shell_command *command)
{
    str id;
    if (shell_command_is(command, "useradd") &&
        (shell_flag_value(command, "u", &id) || shell_flag_value(command, "uid", &id)) &&
        text_is_number(id) && id.len > 5 && !shell_has_flag(command, "l") &&
        !shell_has_flag(command, "no-log-init"))
        rule_found(run, command->span, "user id %.*s", STR_ARG(id));
}

static void without_isolation(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind != INSTRUCTION_RUN)
        return;
    for (size_t i = 0; i < instruction->flags.count; i++) {
        const struct dockerfile_flag *flag = &instruction->flags.items[i];
        str value = flag->value.value;
        enum severity severity = SEVERITY_HIGH;
        if (str_eq(flag->name, STR("network")) && str_eq(value, STR("host")))
            severity = SEVERITY_MEDIUM;
        else if (str_eq(flag->name, STR("device")))
            severity = SEVERITY_LOW;
        else if (!str_eq(flag->name, STR("security")) || !str_eq(value, STR("insecure")))
            continue;
        rule_found(run, flag->span, "--%.*s=%.*s", STR_ARG(flag->name), STR_ARG(value))->severity =
            severity;
    }
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/no-user",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "The program in the image runs as root",
        .why = "Without USER the program is the administrator of the container. Whoever breaks "
               "into it can then change every file there, install tools, and use each weakness of "
               "the kernel that root can reach to get out onto your machine. Most programs need "
               "none of that.",
        .fix = "End the Dockerfile with USER and a number, for instance `USER 65532:65532`. Give "
               "that user, by `COPY --chown`, the few files it has to write.",
        .bad = "FROM debian:13\nCMD [\"app\"]\n",
        .good = "FROM debian:13\nUSER 65532:65532\nCMD [\"app\"]\n",
        .aliases =
            {
                "DS-0002",
                "AVD-DS-0002",
                "CKV_DOCKER_3",
                "fd54f200",
                "CIS-DI-0001",
                "CIS 4.1",
            },
        .stage = no_user,
    },
    {
        .id = "dockerfile/root-user",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "The last USER is root",
        .why = "The image says itself that its program is to be the administrator of the "
               "container. Whoever breaks into it can change every file there and use each "
               "weakness of the kernel that root can reach to get out onto your machine.",
        .fix = "Switch to root only for the steps that need it, and end with a USER that is "
               "another: `USER 65532:65532`.",
        .bad = "FROM debian:13\nARG WHO=0:0\nUSER $WHO\n",
        .good = "FROM debian:13\nUSER root\nRUN make install\nUSER 65532:65532\n",
        .aliases = {"DL3002", "DS-0002", "AVD-DS-0002", "CKV_DOCKER_8", "67fd0c4a", "CIS-DI-0001",
                    "CIS 4.1"},
        .stage = root_user,
    },
    {
        .id = "dockerfile/user-not-numeric",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "USER is a name, not a number",
        .why = "A name becomes a number only inside of the image, by its /etc/passwd. Kubernetes "
               "cannot see from a name that it is not root (runAsNonRoot then refuses to start "
               "it), and who changes that file changes who the program is.",
        .fix = "Write the number: find it with `id`, or create the user with `useradd -u 10001`.",
        .bad = "FROM debian:13\nUSER app\n",
        .good = "FROM debian:13\nUSER 10001\n",
        .aliases = {"DL3066"},
        .stage = user_not_numeric,
    },
    {
        .id = "dockerfile/world-writable",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "Everybody may write to these files",
        .why = "With mode 777 or o+w every user in the container may change the file. A program "
               "that was broken into can then replace what another user, or root, runs later.",
        .fix = "Give the files to the user who needs them (`--chown`), and let only the owner "
               "write: 755 for folders and programs, 644 for files.",
        .bad = "FROM debian:13\nRUN chmod -R 777 /srv\n",
        .good = "FROM debian:13\nRUN chmod -R u=rwX,go=rX /srv\n",
        .instruction = copied_world_writable,
        .command = made_world_writable,
    },
    {
        .id = "dockerfile/setuid-bit",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A file gets the setuid or setgid bit",
        .why = "Whoever starts such a program gets the rights of its owner, often root. One flaw "
               "in it turns any user of the container into the administrator.",
        .fix = "Leave the bit out. If the program needs one right, give it a file capability with "
               "setcap, or grant it to the container.",
        .bad = "FROM debian:13\nCOPY --chmod=4755 tool /usr/local/bin/tool\n",
        .good = "FROM debian:13\nCOPY --chmod=755 tool /usr/local/bin/tool\n",
        .aliases = {"CIS-DI-0008", "CIS 4.8"},
        .instruction = copied_setuid,
        .command = made_setuid,
    },
    {
        .id = "dockerfile/chown-flag",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .off = true,
        .title = "Files are given to another owner while they are copied",
        .why = "Files that the program only reads need not belong to it: then it cannot change "
               "them when it was broken into. Where the program has to write, --chown is right.",
        .fix = "Leave --chown out for files that the program only reads.",
        .bad = "FROM debian:13\nCOPY --chown=10001 app /opt/app\n",
        .good = "FROM debian:13\nCOPY app /opt/app\n",
        .aliases = {"aa93e17f"},
        .instruction = chown_flag,
    },
    {
        .id = "dockerfile/useradd-high-id",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SIZE,
        .title = "useradd with a high user id makes a huge file",
        .why = "useradd writes a table of last log-ins with a place for every id up to this one. "
               "It is hollow on a disk, but in an image layer it can become gigabytes.",
        .fix = "Add -l to useradd: it leaves this table alone.",
        .bad = "FROM debian:13\nRUN useradd -u 1234567 app\n",
        .good = "FROM debian:13\nRUN useradd -l -u 1234567 app\n",
        .aliases = {"DL3046"},
        .command = high_user_id,
    },
    {
        .id = "dockerfile/run-without-isolation",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A build step runs without its usual isolation",
        .why = "RUN is normally shut in like a container. --security=insecure gives the step all "
               "rights of root on the machine that builds, --network=host lets it reach every "
               "service there, --device hands it hardware. A package that is installed in such a "
               "step can take over the build machine.",
        .fix = "Remove the flag. What needs such rights belongs to where the container runs, not "
               "into its build.",
        .bad = "FROM debian:13\nRUN --security=insecure make test\n",
        .good = "FROM debian:13\nRUN make test\n",
        .instruction = without_isolation,
    },
};

const struct rule_family rule_dockerfile_user = {"dockerfile", rules,
                                                 sizeof(rules) / sizeof(rules[0])};
