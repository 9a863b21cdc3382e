// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/rule.h"
#include "model/shell.h"

/* What a container starts with, how its health is asked, how it is stopped. */

static const struct instruction *health_of(const struct stage *stage)
{
    return stage->state->healthcheck;
}

static void no_healthcheck(struct rule_run *run, const struct stage *stage)
{
    bool base_has = stage->base_image && stage->base_image->has_healthcheck;
    if (stage->is_target && !stage->implied && !health_of(stage) && !base_has)
        rule_found(run, stage->from->head, "no HEALTHCHECK");
}

static void healthcheck_off(struct rule_run *run, const struct stage *stage)
{
    const struct instruction *health = health_of(stage);
    if (!stage->is_target || !health || !health->health_none || health->stage != stage)
        return;
    run->subject.instruction = health;
    rule_found(run, health->head, "HEALTHCHECK NONE");
    run->subject.instruction = stage->from;
}

/* Base images that are known to have neither curl nor wget, unless something installs them. */
static bool base_lacks(const struct stage *stage, const char *tool)
{
    stage = stage->root;
    if (stage->is_scratch)
        return true;
    str name = stage->image.repository;
    bool debian = str_eq(name, STR("library/debian")) || str_eq(name, STR("library/ubuntu"));
    bool slim = str_starts(name, STR("library/")) && str_contains(stage->image.tag, STR("slim"));
    bool distroless = str_starts(name, STR("distroless/"));
    /* busybox of Alpine has a wget. */
    bool alpine = str_eq(name, STR("library/alpine")) && str_eq(str_from(tool), STR("curl"));
    return debian || slim || distroless || alpine;
}

static bool stage_mentions(const struct stage *stage, str word)
{
    for (; stage; stage = stage->parent)
        for (uint32_t i = stage->first; i < stage->end; i++) {
            const struct instruction *one = stage->file->instructions.items[i];
            bool may_bring = one->kind == INSTRUCTION_RUN || one->kind == INSTRUCTION_COPY ||
                             one->kind == INSTRUCTION_ADD;
            if (!may_bring)
                continue;
            if (str_contains(one->arguments.text, word))
                return true;
            for (size_t h = 0; h < one->heredocs.count; h++)
                if (str_contains(one->heredocs.items[h].text.text, word))
                    return true;
        }
    return false;
}

static void health_tool(struct rule_run *run, const struct stage *stage)
{
    static const char *const tools[] = {"curl", "wget"};
    const struct instruction *health = health_of(stage);
    if (!stage->is_target || !health || !health->script || health->stage != stage)
        return;
    run->subject.instruction = health;
    for (size_t t = 0; t < 2; t++) {
        const struct shell_command *command = NULL;
        for (size_t i = 0; i < health->script->commands.count && !command; i++)
            if (shell_command_is(health->script->commands.items[i], tools[t]))
                command = health->script->commands.items[i];
        if (command && base_lacks(stage, tools[t]) && !stage_mentions(stage, str_from(tools[t])))
            rule_found(run, command->span, "nothing installs %s", tools[t]);
    }
    run->subject.instruction = stage->from;
}

/* ---- only the last one counts ---- */

static void several(struct rule_run *run, const struct stage *stage, enum instruction_kind kind)
{
    const struct dockerfile *file = stage->file;
    const struct instruction *last = NULL;
    for (uint32_t i = stage->end; i-- > stage->first;) {
        const struct instruction *one = file->instructions.items[i];
        if (one->kind != kind)
            continue;
        if (last) {
            run->subject.instruction = one;
            rule_found(run, one->head, "line %u takes its place",
                       text_file_place(run->file, last->span).line);
        } else {
            last = one;
        }
    }
    run->subject.instruction = stage->from;
}

static void several_healthchecks(struct rule_run *run, const struct stage *stage)
{
    several(run, stage, INSTRUCTION_HEALTHCHECK);
}

static void several_commands(struct rule_run *run, const struct stage *stage)
{
    several(run, stage, INSTRUCTION_CMD);
}

static void several_entrypoints(struct rule_run *run, const struct stage *stage)
{
    several(run, stage, INSTRUCTION_ENTRYPOINT);
}

/* ---- forms ---- */

static bool starts_something(const struct instruction *instruction)
{
    return instruction->kind == INSTRUCTION_CMD || instruction->kind == INSTRUCTION_ENTRYPOINT;
}

static bool looks_like_list(str text)
{
    return str_starts(text, STR("[")) && str_ends(text, STR("]")) &&
           (str_find_char(text, '"') != STR_NONE || str_find_char(text, '\'') != STR_NONE) &&
           !str_starts(text, STR("[ ")) && !str_starts(text, STR("[["));
}

static void shell_form(struct rule_run *run, const struct instruction *instruction)
{
    str text = instruction->arguments.text;
    if (!starts_something(instruction) || instruction->is_json || text.len == 0 ||
        instruction->broken || looks_like_list(text))
        return;
    /* Somebody who chose a shell wants it. */
    if (instruction->state->shell.count)
        return;
    rule_found(run, instruction->head, "%.*s %.*s", STR_ARG(instruction->name),
               STR_ARG(str_sub(text, 0, 120)));
}

static void broken_list(struct rule_run *run, const struct instruction *instruction)
{
    bool health = instruction->kind == INSTRUCTION_HEALTHCHECK;
    const struct mapped_text *text = health ? &instruction->command : &instruction->arguments;
    bool may = starts_something(instruction) || health || instruction->kind == INSTRUCTION_RUN ||
               instruction->kind == INSTRUCTION_VOLUME || instruction->kind == INSTRUCTION_COPY ||
               instruction->kind == INSTRUCTION_ADD;
    bool open_list = starts_something(instruction) && str_starts(text->text, STR("[\""));
    if (may && !instruction->is_json && !instruction->broken &&
        (looks_like_list(text->text) || open_list))
        rule_found(run, mapped_text_span(text, 0, (uint32_t)text->text.len), "%.*s",
                   STR_ARG(str_sub(text->text, 0, 120)));
}

static void maintainer(struct rule_run *run, const struct instruction *instruction)
{
    if (instruction->kind == INSTRUCTION_MAINTAINER)
        rule_found(run, instruction->head, "%.*s",
                   STR_ARG(str_sub(instruction->arguments.text, 0, 120)));
}

static void onbuild_forbidden(struct rule_run *run, const struct instruction *instruction)
{
    const struct instruction *trigger = instruction->trigger;
    if (trigger && (trigger->kind == INSTRUCTION_ONBUILD || trigger->kind == INSTRUCTION_FROM ||
                    trigger->kind == INSTRUCTION_MAINTAINER))
        rule_found(run, trigger->keyword, "ONBUILD %.*s", STR_ARG(trigger->name));
}

/* ---- signals ---- */

static void stop_signal(struct rule_run *run, const struct instruction *instruction)
{
    static const char *const names[] = {
        "ABRT",   "ALRM",   "BUS",   "CHLD", "CLD",  "CONT",  "FPE",   "HUP",  "ILL",
        "INT",    "IO",     "IOT",   "PIPE", "POLL", "PROF",  "PWR",   "QUIT", "SEGV",
        "STKFLT", "SYS",    "TERM",  "TRAP", "TSTP", "TTIN",  "TTOU",  "URG",  "USR1",
        "USR2",   "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX", NULL,
    };
    uint64_t number;
    if (instruction->kind != INSTRUCTION_STOPSIGNAL || !instruction->words.count ||
        instruction->words.items[0].open)
        return;
    const struct dockerfile_word *word = &instruction->words.items[0];
    str name = word->value;
    if (str_starts(name, STR("SIG")) || str_starts(name, STR("sig")))
        name = str_from_index(name, 3);
    bool is_number = str_to_u64(name, UINT32_MAX, &number);
    if (str_eq_nocase(name, STR("KILL")) || (is_number && number == 9))
        rule_found(run, word->span, "%.*s gives the program no chance to end in order",
                   STR_ARG(word->value));
    else if (str_eq_nocase(name, STR("STOP")) || (is_number && number == 19))
        rule_found(run, word->span, "%.*s only halts the program", STR_ARG(word->value));
    else if (is_number ? number == 0 || number > 64
                       : !text_among(name, names) && !str_starts(name, STR("RTM")))
        rule_found(run, word->span, "there is no signal %.*s",
                   STR_ARG(str_sub(word->value, 0, 60)));
}

/* ---- several services ---- */

static void service_manager(struct rule_run *run, const struct instruction *instruction)
{
    static const char *const managers[] = {"supervisord", "systemd", "init",    "runit", "runsvdir",
                                           "s6-svscan",   "monit",   "circusd", NULL};
    if (!starts_something(instruction) || !instruction->script)
        return;
    const struct shell_commands *commands = &instruction->script->commands;
    size_t started = 0;
    for (size_t i = 0; i < commands->count; i++) {
        const struct shell_command *command = commands->items[i];
        bool service = shell_command_is(command, "service") &&
                       (shell_has_word(command, "start") || shell_has_word(command, "restart"));
        if (shell_command_among(command, managers)) {
            str name = shell_command_name(command);
            rule_found(run, command->span, "%.*s starts several programs", STR_ARG(name));
            return;
        }
        started += service || command->joint == SHELL_BACKGROUND;
    }
    if (started)
        rule_found(run, instruction->head, "it starts something in the background");
}

enum { DAEMONS_TOLD = 3 };

static void several_daemons(struct rule_run *run, const struct stage *stage)
{
    /* Packages that are servers of their own, by what they serve: one of each kind is enough. */
    static const char *const kinds[][6] = {
        {"nginx", "apache2", "httpd", "lighttpd", "caddy", NULL},
        {"mysql-server", "mariadb-server", "postgresql", "mongodb-org", "mongodb", NULL},
        {"redis-server", "memcached", "redis", NULL},
        {"openssh-server", "dropbear", NULL},
        {"cron", "cronie", "dcron", NULL},
        {"postfix", "exim4", "sendmail", NULL},
        {"rabbitmq-server", NULL},
        {"rsyslog", "syslog-ng", NULL},
    };
    static const char *const installers[] = {"apt-get", "apt",      "apk",    "yum",
                                             "dnf",     "microdnf", "zypper", NULL};
    bool seen[sizeof(kinds) / sizeof(kinds[0])] = {false};
    const char *names[DAEMONS_TOLD] = {NULL};
    size_t found = 0;
    if (!stage->is_target)
        return;
    for (uint32_t i = stage->first; i < stage->end; i++) {
        const struct shell_script *script = stage->file->instructions.items[i]->script;
        if (stage->file->instructions.items[i]->kind != INSTRUCTION_RUN)
            continue;
        for (size_t c = 0; script && c < script->commands.count; c++) {
            if (!shell_command_among(script->commands.items[c], installers))
                continue;
            for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
                for (size_t n = 0; kinds[k][n] && !seen[k]; n++)
                    if (shell_has_word(script->commands.items[c], kinds[k][n])) {
                        seen[k] = true;
                        if (found < DAEMONS_TOLD)
                            names[found] = kinds[k][n];
                        found++;
                    }
        }
    }
    if (found >= 2 && stage->from)
        rule_found(run, stage->from->head, "%s, %s%s%s", names[0], names[1], found > 2 ? ", " : "",
                   found > 2 ? names[2] : "");
}

static const struct rule rules[] = {
    {
        .id = "dockerfile/no-healthcheck",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "Nothing tells whether the program in the container still works",
        .why = "Docker sees whether a process runs, not whether it answers. With HEALTHCHECK it "
               "can tell a hanging program, and others can restart or replace it. (Kubernetes "
               "has probes of its own and does not use this.)",
        .fix = "Add a HEALTHCHECK that asks the program itself, or declare NONE if something "
               "else watches it.",
        .bad = "FROM debian:13\nCMD [\"app\"]\n",
        .good = "FROM debian:13\nHEALTHCHECK CMD [\"app\", \"--ping\"]\nCMD [\"app\"]\n",
        .aliases = {"DL3057", "DS-0026", "AVD-DS-0026", "CKV_DOCKER_2", "b03a748a", "CIS-DI-0006",
                    "CIS 4.6"},
        .stage = no_healthcheck,
    },
    {
        .id = "dockerfile/healthcheck-off",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "The health check of the base image is switched off",
        .why = "HEALTHCHECK NONE removes what the base image brought. From then on nobody notices "
               "a program that hangs, unless something else watches it.",
        .fix = "Write a check that fits this image in place of NONE.",
        .bad = "FROM nginx:1.29\nHEALTHCHECK NONE\n",
        .good = "FROM nginx:1.29\nHEALTHCHECK CMD [\"nginx\", \"-t\"]\n",
        .stage = healthcheck_off,
    },
    {
        .id = "dockerfile/healthcheck-tool-missing",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "The health check uses a program that is not in the image",
        .why = "The base image does not have it and no step installs it, so that the check always "
               "fails: the container counts as broken however well it works.",
        .fix = "Let the program check itself, use a tool that is there, or install this one.",
        .bad = "FROM debian:13-slim\nHEALTHCHECK CMD curl -f http://localhost/\n",
        .good = "FROM debian:13-slim\nRUN apt-get update && apt-get install -y curl\n"
                "HEALTHCHECK CMD curl -f http://localhost/\n",
        .stage = health_tool,
    },
    {
        .id = "dockerfile/several-healthcheck",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "Only the last HEALTHCHECK counts, and there are several",
        .why = "Docker takes the last one of a stage; this one does nothing.",
        .fix = "Keep one. To check several things, put them into one command.",
        .bad = "FROM debian:13\nHEALTHCHECK CMD [\"a\"]\nHEALTHCHECK CMD [\"b\"]\n",
        .good = "FROM debian:13\nHEALTHCHECK CMD a && b\n",
        .aliases = {"DL3012", "MultipleInstructionsDisallowed", "DS-0023", "AVD-DS-0023"},
        .stage = several_healthchecks,
    },
    {
        .id = "dockerfile/several-cmd",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "Only the last CMD counts, and there are several",
        .why = "A container starts one command. Docker takes the last CMD of a stage; this one "
               "does nothing. It is no step of the build: that would be RUN.",
        .fix = "Keep the last one, or make it a RUN.",
        .bad = "FROM debian:13\nCMD [\"a\"]\nCMD [\"b\"]\n",
        .good = "FROM debian:13\nRUN a\nCMD [\"b\"]\n",
        .aliases = {"DL4003", "MultipleInstructionsDisallowed", "DS-0016", "AVD-DS-0016",
                    "41c195f4"},
        .stage = several_commands,
    },
    {
        .id = "dockerfile/several-entrypoint",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "Only the last ENTRYPOINT counts, and there are several",
        .why = "Docker takes the last one of a stage; this one does nothing.",
        .fix = "Keep the last one.",
        .bad = "FROM debian:13\nENTRYPOINT [\"a\"]\nENTRYPOINT [\"b\"]\n",
        .good = "FROM debian:13\nENTRYPOINT [\"b\"]\n",
        .aliases = {"DL4004", "MultipleInstructionsDisallowed", "DS-0007", "AVD-DS-0007",
                    "6938958b"},
        .stage = several_entrypoints,
    },
    {
        .id = "dockerfile/shell-form",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "The program is started by a shell",
        .why = "Written as text, CMD and ENTRYPOINT start /bin/sh, and that starts the program. "
               "The signal by which Docker asks it to stop reaches only the shell: the program "
               "is killed after ten seconds in the middle of its work. Besides, the image needs "
               "a shell, which is what an attacker looks for first.",
        .fix = "Write a list: CMD [\"program\", \"argument\"].",
        .bad = "FROM debian:13\nCMD app --port 80\n",
        .good = "FROM debian:13\nCMD [\"app\", \"--port\", \"80\"]\n",
        .aliases = {"DL3025", "JSONArgsRecommended", "b86987e1"},
        .instruction = shell_form,
    },
    {
        .id = "dockerfile/broken-list",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "This looks like a list, but Docker takes it for a command line",
        .why = "A list needs double quotes around each item, commas between, and no comma at the "
               "end. If anything is wrong, Docker does not complain: it gives the whole text, "
               "brackets included, to a shell, which fails when the container starts.",
        .fix = "Correct the quotes, commas and brackets.",
        .bad = "FROM debian:13\nCMD ['app', '--port', '80']\n",
        .good = "FROM debian:13\nCMD [\"app\", \"--port\", \"80\"]\n",
        .instruction = broken_list,
    },
    {
        .id = "dockerfile/maintainer",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .title = "MAINTAINER is out of use",
        .why = "Docker keeps it only so that old files still work. A label can be found by every "
               "tool that looks at images.",
        .fix = "Write LABEL org.opencontainers.image.authors=\"...\".",
        .bad = "FROM debian:13\nMAINTAINER me@example.org\n",
        .good = "FROM debian:13\nLABEL org.opencontainers.image.authors=\"me@example.org\"\n",
        .aliases = {"DL4000", "MaintainerDeprecated", "DS-0022", "AVD-DS-0022", "CKV_DOCKER_6",
                    "99614418"},
        .instruction = maintainer,
    },
    {
        .id = "dockerfile/onbuild-forbidden",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "ONBUILD cannot trigger this instruction",
        .why = "ONBUILD keeps an instruction for those who build on this image. FROM, MAINTAINER "
               "and another ONBUILD are not allowed there; the build stops.",
        .fix = "Remove it, or write the instruction without ONBUILD.",
        .bad = "FROM debian:13\nONBUILD ONBUILD RUN make\n",
        .good = "FROM debian:13\nONBUILD RUN make\n",
        .aliases = {"DL3043"},
        .instruction = onbuild_forbidden,
    },
    {
        .id = "dockerfile/bad-stop-signal",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "The stop signal does not let the program end in order",
        .why = "Docker sends this signal to ask the program to end. SIGKILL cannot be caught, so "
               "that nothing is saved or closed, and a signal that does not exist stops the "
               "build.",
        .fix = "Use SIGTERM, which is the default, or the one that the program's manual names.",
        .bad = "FROM debian:13\nSTOPSIGNAL SIGKILL\n",
        .good = "FROM debian:13\nSTOPSIGNAL SIGQUIT\n",
        .instruction = stop_signal,
    },
    {
        .id = "dockerfile/several-services-started",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "The container starts several services",
        .why = "One container is meant to run one program. With several, all have the rights and "
               "the network that only one needs, a flaw in one opens all of them, and Docker "
               "cannot see when one has stopped.",
        .fix = "Make an image for each service and start them together with Compose.",
        .bad = "FROM debian:13\nCMD service cron start && app\n",
        .good = "FROM debian:13\nCMD [\"app\"]\n",
        .instruction = service_manager,
    },
    {
        .id = "dockerfile/several-services-installed",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "Servers of several kinds are installed in one image",
        .why = "A container is meant to run one service. Each further server has flaws and "
               "settings of its own, and they all share the rights and the network of the one "
               "that needs most.",
        .fix = "Make an image for each service and start them together with Compose.",
        .bad = "FROM debian:13\nRUN apt-get update && apt-get install -y nginx mariadb-server\n",
        .good = "FROM debian:13\nRUN apt-get update && apt-get install -y nginx\n",
        .stage = several_daemons,
    },
};

const struct rule_family rule_dockerfile_command = {"dockerfile", rules,
                                                    sizeof(rules) / sizeof(rules[0])};
