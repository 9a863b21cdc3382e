// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_MODEL_DOCKERFILE_H
#define HARDEN_MODEL_DOCKERFILE_H

#include "base/map.h"
#include "base/vec.h"
#include "model/build.h"
#include "model/image_name.h"
#include "model/text_file.h"

/*
 * A Dockerfile as it stands and as it is meant: what the parser (read/dockerfile), the rules
 * (judge/rule/dockerfile_*.c), the fixer and the editor server share. The grammar is that of
 * BuildKit's frontend. Every byte of the file belongs to one item; nothing is thrown away.
 *
 * Everything lives in the parser's arena; texts that need no change point into the file.
 */
enum instruction_kind {
    INSTRUCTION_UNKNOWN, /* no instruction of this name */
    INSTRUCTION_ADD,
    INSTRUCTION_ARG,
    INSTRUCTION_CMD,
    INSTRUCTION_COPY,
    INSTRUCTION_ENTRYPOINT,
    INSTRUCTION_ENV,
    INSTRUCTION_EXPOSE,
    INSTRUCTION_FROM,
    INSTRUCTION_HEALTHCHECK,
    INSTRUCTION_LABEL,
    INSTRUCTION_MAINTAINER,
    INSTRUCTION_ONBUILD,
    INSTRUCTION_RUN,
    INSTRUCTION_SHELL,
    INSTRUCTION_STOPSIGNAL,
    INSTRUCTION_USER,
    INSTRUCTION_VOLUME,
    INSTRUCTION_WORKDIR,
};
enum { INSTRUCTION_KINDS = INSTRUCTION_WORKDIR + 1 };
str instruction_name(enum instruction_kind kind); /* "ADD"; of UNKNOWN absent */

/* A word of an instruction's arguments, a flag's value, a string of a JSON form. */
struct dockerfile_word {
    str raw;          /* as written, without the continuations in it */
    str value;        /* without quotes; variables replaced where Docker does that and they are
                         known, else left as written */
    struct span span; /* of raw in the file */
    bool quoted;      /* something in it was */
    bool variable;    /* it names a variable */
    bool open;        /* a variable in it is not known, so `value` is not what Docker will see */
    bool heredoc;     /* "<<EOF" as a source of ADD or COPY */
};
struct dockerfile_word_list VEC_BODY(struct dockerfile_word);

struct dockerfile_flag {
    str name; /* without dashes, as written */
    bool has_value;
    struct dockerfile_word value; /* expanded where Docker does that */
    struct span span;             /* from the dashes to the end of the value */
};
struct dockerfile_flag_list VEC_BODY(struct dockerfile_flag);

/* NAME=value of ENV, LABEL and ARG. */
struct dockerfile_pair {
    struct dockerfile_word name, value;
    bool has_value;   /* `ARG name` has none; `ENV name=` has an empty one */
    struct span span; /* from the name to the end of the value */
};
struct dockerfile_pair_list VEC_BODY(struct dockerfile_pair);

struct shell_script; /* model/shell.h */
struct stage;
struct stage_variable;

/* A variable that is named where Docker replaces variables. */
struct variable_use {
    str name;
    struct span span;                      /* from the dollar to the end of it */
    bool guarded;                          /* ${x:-y} and the like: it may be unset */
    const struct stage_variable *variable; /* what set it; NULL: nothing did */
};
struct variable_use_list VEC_BODY(struct variable_use);

/* --mount of RUN. Texts are expanded. */
struct run_mount {
    const struct dockerfile_flag *flag;
    str type; /* "bind" where none is said */
    str from, source, target, id, sharing, env, mode;
    bool read_only, required;
    bool open; /* a variable in it is not known */
};
struct run_mount_list VEC_BODY(struct run_mount);

struct dockerfile_heredoc {
    str delimiter;           /* without quotes */
    bool quoted;             /* then nothing is expanded in the body */
    bool strip_tabs;         /* <<- */
    bool closed;             /* false: the file ended before the terminator */
    struct span opener;      /* "<<EOF", file descriptor included */
    struct span body;        /* whole lines, the last newline included */
    struct span terminator;  /* its line without the newline; empty where not closed */
    struct mapped_text text; /* the body, leading tabs taken off under strip_tabs */
};
struct dockerfile_heredoc_list VEC_BODY(struct dockerfile_heredoc);

enum shell_family {
    SHELL_FAMILY_POSIX, /* sh, bash, dash, ash, zsh, ksh: `script` is filled */
    SHELL_FAMILY_POWERSHELL,
    SHELL_FAMILY_CMD,
    SHELL_FAMILY_OTHER,
};

/* What holds for the next instruction of a stage, inherited from its base and parents. A state
 * never changes: an instruction that changes it makes the next one. */
struct stage_state {
    const struct instruction *user_set, *workdir_set, *shell_set; /* NULL: by the base, or nobody */
    str user;          /* the value of USER; absent: not set. ("" is root: nobody was named) */
    bool user_open;    /* not known: the base's, or it has a variable nobody knows */
    str workdir;       /* absolute where that is known */
    bool workdir_open; /* not known, or relative to one that is not known */
    struct str_words VEC_BODY(str) shell; /* words of SHELL; empty: /bin/sh -c */
    enum shell_family shell_family;
    /* The last ones of each, those of parent stages included; NULL: none in the file. */
    const struct instruction *cmd, *entrypoint, *healthcheck, *stopsignal;
};

struct instruction {
    enum instruction_kind kind;
    uint32_t index;   /* in dockerfile->instructions; of a trigger, that of its ONBUILD */
    struct span span; /* from the keyword to behind the last byte; without the last newline, but
                         with heredoc bodies and terminators */
    struct span head; /* the same without heredoc bodies */
    struct span keyword;
    str name; /* the keyword as written */
    struct dockerfile_flag_list flags;
    struct mapped_text arguments;      /* behind the flags, without comments, continuations, and the
                                          blanks around it */
    bool is_json;                      /* it has the JSON form; words are its strings */
    struct dockerfile_word_list words; /* not of shell forms (RUN, CMD ...) and of pairs */
    struct dockerfile_pair_list pairs; /* of ENV, LABEL, ARG */
    bool is_legacy_pair;               /* `ENV name value` */
    struct variable_use_list uses;
    struct run_mount_list mounts; /* of RUN */
    struct dockerfile_heredoc_list heredocs;
    struct span_list comments;         /* lines of comments among its continued lines */
    struct span_list blank_lines;      /* empty lines among them */
    const struct stage *stage;         /* NULL before the first FROM */
    const struct stage_state *state;   /* before it; never NULL */
    const struct instruction *trigger; /* of ONBUILD: what it triggers */
    const struct instruction *onbuild; /* of a trigger: its ONBUILD */
    bool health_none;                  /* HEALTHCHECK NONE */
    struct mapped_text command;        /* of HEALTHCHECK: what stands behind CMD */
    /* What RUN, CMD, ENTRYPOINT and HEALTHCHECK start: their shell form or the body of a heredoc
     * as text of the shell, their JSON form as a command. NULL: another shell, or a broken line. */
    const struct shell_script *script;
    bool too_long; /* past a limit: its arguments were not looked into */
    bool broken;   /* there is a problem in it: it says less than it should */
};
struct instruction_list VEC_BODY(const struct instruction *);

/* What ENV or ARG gave a name, at one place. */
struct stage_variable {
    str name, value;
    bool has_value; /* ARG without a default and not given: false */
    bool open;      /* it is not known what it will be */
    bool is_env;
    str by_default; /* of a global ARG: its value when no ARG is given */
    bool by_default_known;
    bool given;                       /* by the one who builds */
    const struct instruction *set_by; /* NULL: by the base image, or predefined */
};
/* All of one name and sort in a stage, in order of their places. */
struct stage_variables VEC_BODY(const struct stage_variable *);

struct stage {
    const struct dockerfile *file;
    uint32_t index;
    bool implied; /* a fragment that starts without FROM: from == NULL */
    const struct instruction *from;
    struct dockerfile_word base; /* the second word of FROM */
    struct image_name image;     /* where there is no parent, and it is not scratch */
    str base_by_default;         /* its text when no ARG is given */
    bool base_by_default_known;  /* false: it depends on more than ARGs */
    bool is_scratch;
    const struct dockerfile_flag *platform; /* of --platform; or NULL */
    str wanted_platform; /* what that is, or else a given TARGETPLATFORM; empty where not known */
    struct dockerfile_word alias;        /* behind AS, as written; raw.len == 0: none */
    struct span as;                      /* the word AS */
    const struct stage *parent;          /* FROM an earlier stage */
    const struct stage *root;            /* the first of its line of parents; itself: none */
    const struct stage *same_name;       /* an earlier one of the same name; or NULL */
    const struct base_image *base_image; /* what the engine knows of the base; or NULL */
    /* Its instructions are those from `first` to `end` (excluded) of the file's list. */
    uint32_t first, end;
    const struct stage_state *state; /* behind the last instruction: what the image will have */
    struct map env, args;            /* name -> struct stage_variables * */
    bool is_target;                  /* what is built: --target, else the last stage */
    bool is_reached;                 /* it is built for the target */
    bool is_base;                    /* a later stage goes on from it */
    bool is_copied_from;             /* files of it are taken by another stage */
};
struct stage_list VEC_BODY(struct stage *);

enum dockerfile_problem_kind {
    PROBLEM_SYNTAX,              /* the engine refuses it */
    PROBLEM_UNKNOWN_INSTRUCTION, /* no such instruction */
    PROBLEM_UNKNOWN_FLAG,        /* no such flag, or given twice, or without its value */
    PROBLEM_BEFORE_FROM,         /* it belongs into a stage, and there is none yet */
    PROBLEM_DIRECTIVE,           /* a parser directive that is wrong */
    PROBLEM_LIMIT,               /* not everything was read */
    PROBLEM_BYTES,               /* no UTF-8: some engines refuse it */
};
struct dockerfile_problem {
    enum dockerfile_problem_kind kind;
    struct span span;
    str what;                              /* a sentence without full stop */
    const struct instruction *instruction; /* or NULL */
};
struct dockerfile_problem_list VEC_BODY(struct dockerfile_problem);

/* # name=value at the top of a file: syntax, escape, check. */
struct dockerfile_directive {
    str name, value; /* the name in lower case */
    struct span span, value_span;
};
struct dockerfile_directive_list VEC_BODY(struct dockerfile_directive);

enum dockerfile_item_kind {
    ITEM_BLANK,       /* blanks and the newline; also the byte order mark */
    ITEM_COMMENT,     /* a line, newline included */
    ITEM_DIRECTIVE,   /* the same */
    ITEM_INSTRUCTION, /* with everything up to its last newline, the blanks before it too */
    ITEM_JUNK,        /* an unknown instruction, or what was left unread past a limit */
};
struct dockerfile_item {
    enum dockerfile_item_kind kind;
    struct span span;
    const struct instruction *instruction; /* of INSTRUCTION, and of JUNK where it has a name */
};
struct dockerfile_item_list VEC_BODY(struct dockerfile_item);

struct dockerfile {
    struct text_file file;
    char escape; /* '\\' or '`' */
    struct dockerfile_directive_list directives;
    struct dockerfile_item_list items; /* together all bytes, in order */
    struct instruction_list instructions;
    struct stage_list stages;
    struct map globals;         /* ARGs before the first FROM: name -> struct stage_variables * */
    struct map aliases;         /* names of stages in lower case -> struct stage *, the last one */
    const struct stage *target; /* what is built; NULL: there is no stage, or no such target */
    bool target_named;          /* by --target */
    struct dockerfile_problem_list problems; /* in order of their places */
    const struct build_context *context;     /* what is known of it; or NULL */
    const struct base_digests *digests;      /* of base images; or NULL */
    bool is_fragment;                        /* no FROM at all */
};

/* What `name` is for `instruction`: what ENV, else ARG, of its stage and of those it goes on from
 * said before it. NULL: nothing did. Before the first FROM and in FROM: the global ARGs, and those
 * that BuildKit predefines there (TARGETPLATFORM ...), whose values are open. */
const struct stage_variable *instruction_variable(const struct dockerfile *dockerfile,
                                                  const struct instruction *instruction, str name);
/* The global ARG of that name that instruction number `index` sees; or NULL. */
const struct stage_variable *dockerfile_global(const struct dockerfile *dockerfile, str name,
                                               uint32_t index);
/* An ARG that BuildKit sets by itself: TARGETARCH and the like. */
bool variable_is_platform(str name);
/* An ARG that a stage has without declaring it: HTTP_PROXY and the like, in both cases. */
bool variable_is_proxy(str name);
/* The flag of that name, the first one; NULL: not there. Case counts. */
const struct dockerfile_flag *instruction_flag(const struct instruction *instruction,
                                               const char *name);
/* The stage that a name or an index means, for `COPY --from` and the like, among those before
 * `limit`; NULL: none. */
const struct stage *dockerfile_stage(const struct dockerfile *dockerfile, str name, size_t limit);

#endif
