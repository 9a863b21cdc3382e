// SPDX-License-Identifier: Apache-2.0
#include "model/image_view.h"

const struct fact *image_view_facts(const struct image_view *view, enum fact_kind kind,
                                    size_t *ret_count)
{
    size_t low = 0, high = view->facts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (view->facts->items[middle].kind < kind)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_count = 0;
    while (low + *ret_count < view->facts->count &&
           view->facts->items[low + *ret_count].kind == kind)
        ++*ret_count;
    return *ret_count ? &view->facts->items[low] : NULL;
}

static const struct account *account_of(const struct image_view *view, str name, bool by_number)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT, &count);
    for (; count; count--, fact++)
        if (str_eq(by_number ? fact->account.uid : fact->account.name, name))
            return &fact->account;
    return NULL;
}

static uint64_t number_of(str text)
{
    uint64_t value;
    return str_to_u64(text, UINT64_MAX, &value) ? value : 0;
}

static void find_group(const struct image_view *view, str group, struct image_user *user)
{
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_ACCOUNT_GROUP, &count);
    if (str_to_u64(group, UINT64_MAX, &user->gid))
        return;
    for (; count; count--, fact++)
        if (str_eq(fact->account_group.name, group))
            user->gid = number_of(fact->account_group.gid);
}

struct image_user image_view_user(const struct image_view *view)
{
    struct image_user user = {.written = str_trim(view->config->user)};
    str name = user.written, group = {0};
    if (name.len == 0)
        name = STR("0");
    str_cut(name, ':', &name, &group);
    /* As engines do it today: a number is a number, also where an account is called so. */
    bool number = str_to_u64(name, UINT64_MAX, &user.uid);
    const struct account *account = account_of(view, name, number);
    user.resolved = number || account || str_eq(name, STR("root"));
    if (account) {
        user.name = account->name;
        user.uid = number_of(account->uid);
        user.gid = number_of(account->gid);
    }
    if (group.len)
        find_group(view, group, &user);
    return user;
}

static const struct file *follow(const struct image_view *view, str path)
{
    const struct file *from = files_follow(view->files, view->config->workdir);
    if (str_starts(path, STR("/")) || !from)
        return files_follow(view->files, path);
    return files_follow_from(view->files, from, path);
}

const struct file *image_view_program(const struct image_view *view, str *ret_word)
{
    const struct image_words *words =
        view->config->entrypoint.count ? &view->config->entrypoint : &view->config->cmd;
    *ret_word = words->count ? words->items[0] : (str){0};
    return image_view_find(view, *ret_word);
}

const struct file *image_view_find(const struct image_view *view, str word)
{
    if (!view->files || word.len == 0)
        return NULL;
    if (str_find_char(word, '/') != STR_NONE)
        return follow(view, word);
    str path = image_config_env(view->config, STR("PATH")), folder;
    if (path.len == 0)
        path = STR("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    while (str_next(&path, ':', &folder)) {
        const struct file *at = follow(view, folder);
        const struct file *program =
            at && at->type == ENTRY_DIRECTORY ? files_follow_from(view->files, at, word) : NULL;
        if (program && program->type == ENTRY_FILE && (program->mode & 0111))
            return program;
    }
    return NULL;
}

bool image_user_can_write(const struct image_user *user, const struct file *file)
{
    if (user->uid == 0)
        return true;
    if (file->uid == user->uid)
        return (file->mode & 0200) != 0;
    if (file->gid == user->gid)
        return (file->mode & 0020) != 0;
    return (file->mode & 0002) != 0;
}
