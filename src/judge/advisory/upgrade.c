// SPDX-License-Identifier: Apache-2.0
#include "judge/advisory/upgrade.h"

static const struct tool {
    str type, start, joint, end; /* the name stands before the joint, the version behind it */
    str note;
} tools[] = {
    {STR_INIT("pypi"), STR_INIT("pip install --upgrade '"), STR_INIT(">="), STR_INIT("'"),
     STR_INIT("")},
    {STR_INIT("npm"), STR_INIT("npm install "), STR_INIT("@"), STR_INIT(""),
     STR_INIT("where another package brings it, by `overrides` in package.json")},
    {STR_INIT("golang"), STR_INIT("go get "), STR_INIT("@"), STR_INIT(""),
     STR_INIT("then build the program again")},
    {STR_INIT("cargo"), STR_INIT("cargo update --package "), STR_INIT(" --precise "), STR_INIT(""),
     STR_INIT("then build the program again")},
    {STR_INIT("gem"), STR_INIT("gem install "), STR_INIT(" --version "), STR_INIT(""),
     STR_INIT("where a Gemfile.lock holds it, `bundle update`")},
    {STR_INIT("composer"), STR_INIT("composer require "), STR_INIT(":^"), STR_INIT(""),
     STR_INIT("where another package brings it, `composer update --with-all-dependencies`")},
    {STR_INIT("nuget"), STR_INIT("dotnet add package "), STR_INIT(" --version "), STR_INIT(""),
     STR_INIT("then build the program again")},
};

static bool is_safe(str text)
{
    static const str marks = STR_INIT("@/+-.:_~!");
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && ((i == 0 && c != '@') || str_find_char(marks, c) == STR_NONE))
            return false;
    }
    return text.len > 0;
}

struct upgrade upgrade_of(struct arena *arena, str type, str name, str version)
{
    if (str_eq(type, STR("golang")) && str_eq(name, STR("stdlib")))
        return (struct upgrade){.note = STR("build the program again with that version of Go")};
    if (str_eq(type, STR("maven")))
        return (struct upgrade){.note = STR("raise the version in pom.xml, then build again")};
    for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
        const struct tool *tool = &tools[i];
        if (!str_eq(tool->type, type))
            continue;
        if (!is_safe(name) || !is_safe(version))
            return (struct upgrade){.note = tool->note};
        str command = arena_join(arena, arena_join(arena, tool->start, name, tool->joint), version,
                                 tool->end);
        return (struct upgrade){command, tool->note};
    }
    return (struct upgrade){0};
}
