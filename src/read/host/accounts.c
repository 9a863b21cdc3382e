// SPDX-License-Identifier: Apache-2.0
/* Who is in the group that may talk to the engine (passwd(5), group(5)); names of owners. */
#include "base/limits.h"
#include "read/host/reader.h"

/* Field of a line "name:x:id:..."; absent where there are fewer. */
static str field(str line, size_t index)
{
    str piece = {0};
    for (size_t i = 0; i <= index; i++)
        if (!str_cut(line, ':', &piece, &line) && i < index)
            return (str){0};
    return piece;
}

str account_name(struct arena *arena, str database, uint32_t id)
{
    str line;
    uint64_t number;
    while (str_next_line(&database, &line))
        if (str_to_u64(field(line, 2), UINT32_MAX, &number) && number == id &&
            field(line, 0).len > 0)
            return field(line, 0);
    return arena_printf(arena, "%u", id);
}

static bool is_member(const struct host *host, str user)
{
    for (size_t i = 0; i < host->docker_members.count; i++)
        if (str_eq(host->docker_members.items[i].user, user))
            return true;
    return false;
}

static void add_member(struct host_reader *reader, str user, bool by_primary_group)
{
    struct host *host = reader->host;
    user = str_trim(user);
    if (user.len && !is_member(host, user) && host->docker_members.count < LIMIT_HOST_ROWS)
        *vec_push(reader->arena, &host->docker_members) =
            (struct host_member){.user = user, .by_primary_group = by_primary_group};
}

static void read_docker_group(struct host_reader *reader, str groups, str users)
{
    str line, member;
    while (str_next_line(&groups, &line)) {
        if (!str_eq(field(line, 0), STR("docker")))
            continue;
        reader->host->has_docker_group = true;
        str members = field(line, 3), gid = field(line, 2), rest = users;
        while (str_next(&members, ',', &member))
            add_member(reader, member, false);
        while (gid.len && str_next_line(&rest, &line))
            if (str_eq(field(line, 3), gid))
                add_member(reader, field(line, 0), true);
    }
}

/* Last: owners of all files that were looked at get their names here. */
void accounts_read(struct host_reader *reader)
{
    str users = {0}, groups = {0};
    reader_optional(reader, STR("/etc/passwd"), LIMIT_HOST_FILE, &users);
    reader_optional(reader, STR("/etc/group"), LIMIT_HOST_FILE, &groups);
    read_docker_group(reader, groups, users);
    for (size_t i = 0; i < reader->host->files.count; i++) {
        struct host_file *file = &reader->host->files.items[i];
        if (file->kind == HOST_FILE_ABSENT || file->kind == HOST_FILE_UNSEEN)
            continue;
        file->owner = account_name(reader->arena, users, file->uid);
        file->group = account_name(reader->arena, groups, file->gid);
    }
}
