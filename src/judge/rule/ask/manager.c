// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/ask/run.h"

/* Options with values, as the managers' manual pages list them. */
#define APT_VALUED                                                                                 \
    "o c t a option config-file target-release default-release host-architecture build-profiles"
#define APK_VALUED                                                                                 \
    "t X p virtual repository root arch keys-dir repositories-file wait cache-dir cache-max-age "  \
    "progress-fd"
#define DNF_VALUED                                                                                 \
    "c d e R x config releasever enablerepo disablerepo exclude repo repoid installroot setopt "   \
    "excludepkgs forcearch disableplugin enableplugin advisory comment downloaddir destdir "       \
    "repofrompath"
#define ZYPPER_VALUED                                                                              \
    "c C D R r t from repo type capability root installroot config plus-repo plus-content "        \
    "reposd-dir cache-dir raw-cache-dir solv-cache-dir pkg-cache-dir releasever userdata"
#define PIP_VALUED                                                                                 \
    "r c e i f t b d abi build cache-dir cert client-cert config-settings constraint dest "        \
    "download editable exists-action extra-index-url find-links global-option implementation "     \
    "index-url install-option log no-binary only-binary platform prefix progress-bar proxy "       \
    "python python-version report requirement retries root src target timeout trusted-host "       \
    "upgrade-strategy use-feature use-deprecated"
#define NPM_VALUED                                                                                 \
    "w C prefix registry cache userconfig loglevel workspace omit include tag otp script-shell "   \
    "fetch-retries fetch-timeout network-timeout"
#define YARN_VALUED "registry cwd cache-folder network-timeout network-concurrency modules-folder"
#define GEM_VALUED                                                                                 \
    "v i n P g p s version install-dir bindir trust-policy file platform source document "         \
    "build-root http-proxy without"
#define GO_VALUED                                                                                  \
    "C p o asmflags buildmode compiler gccgoflags gcflags installsuffix ldflags mod modfile "      \
    "overlay pgo pkgdir tags toolexec exec"

struct manager_row {
    const char *name;
    enum package_manager manager;
    const char *valued;
};

static const struct manager_row managers[] = {
    {"apt-get", MANAGER_APT, APT_VALUED},
    {"apt", MANAGER_APT, APT_VALUED},
    {"aptitude", MANAGER_APT, APT_VALUED},
    {"apk", MANAGER_APK, APK_VALUED},
    {"yum", MANAGER_YUM, DNF_VALUED},
    {"dnf", MANAGER_DNF, DNF_VALUED},
    {"dnf5", MANAGER_DNF, DNF_VALUED},
    {"microdnf", MANAGER_DNF, DNF_VALUED},
    {"tdnf", MANAGER_DNF, DNF_VALUED},
    {"zypper", MANAGER_ZYPPER, ZYPPER_VALUED},
    {"pacman", MANAGER_PACMAN, "b r config dbpath root cachedir arch ignore"},
    {"npm", MANAGER_NPM, NPM_VALUED},
    {"yarn", MANAGER_YARN, YARN_VALUED},
    {"yarnpkg", MANAGER_YARN, YARN_VALUED},
    {"gem", MANAGER_GEM, GEM_VALUED},
    {"go", MANAGER_GO, GO_VALUED},
};

static const struct {
    enum package_manager manager;
    const char *word;
    enum package_verb verb;
} verbs[] = {
    {MANAGER_APT, "update", VERB_INDEX},
    {MANAGER_APT, "install", VERB_INSTALL},
    {MANAGER_APT, "reinstall", VERB_INSTALL},
    {MANAGER_APT, "upgrade", VERB_UPGRADE},
    {MANAGER_APT, "dist-upgrade", VERB_UPGRADE},
    {MANAGER_APT, "full-upgrade", VERB_UPGRADE},
    {MANAGER_APT, "safe-upgrade", VERB_UPGRADE},
    {MANAGER_APT, "remove", VERB_REMOVE},
    {MANAGER_APT, "purge", VERB_REMOVE},
    {MANAGER_APT, "autoremove", VERB_REMOVE},
    {MANAGER_APT, "clean", VERB_CLEAN},
    {MANAGER_APT, "distclean", VERB_CLEAN},
    {MANAGER_APT, "dist-clean", VERB_CLEAN},
    {MANAGER_APK, "update", VERB_INDEX},
    {MANAGER_APK, "add", VERB_INSTALL},
    {MANAGER_APK, "upgrade", VERB_UPGRADE},
    {MANAGER_APK, "del", VERB_REMOVE},
    {MANAGER_APK, "cache", VERB_CLEAN},
    {MANAGER_ZYPPER, "refresh", VERB_INDEX},
    {MANAGER_ZYPPER, "ref", VERB_INDEX},
    {MANAGER_ZYPPER, "install", VERB_INSTALL},
    {MANAGER_ZYPPER, "in", VERB_INSTALL},
    {MANAGER_ZYPPER, "update", VERB_UPGRADE},
    {MANAGER_ZYPPER, "up", VERB_UPGRADE},
    {MANAGER_ZYPPER, "patch", VERB_UPGRADE},
    {MANAGER_ZYPPER, "dist-upgrade", VERB_UPGRADE},
    {MANAGER_ZYPPER, "dup", VERB_UPGRADE},
    {MANAGER_ZYPPER, "remove", VERB_REMOVE},
    {MANAGER_ZYPPER, "rm", VERB_REMOVE},
    {MANAGER_ZYPPER, "clean", VERB_CLEAN},
    {MANAGER_ZYPPER, "cc", VERB_CLEAN},
    {MANAGER_PIP, "install", VERB_INSTALL},
    {MANAGER_PIP, "cache", VERB_CLEAN},
    {MANAGER_NPM, "install", VERB_INSTALL},
    {MANAGER_NPM, "i", VERB_INSTALL},
    {MANAGER_NPM, "add", VERB_INSTALL},
    {MANAGER_NPM, "ci", VERB_INSTALL},
    {MANAGER_NPM, "cache", VERB_CLEAN},
    {MANAGER_YARN, "install", VERB_INSTALL},
    {MANAGER_YARN, "add", VERB_INSTALL},
    {MANAGER_YARN, "global", VERB_INSTALL},
    {MANAGER_YARN, "cache", VERB_CLEAN},
    {MANAGER_GEM, "install", VERB_INSTALL},
    {MANAGER_GEM, "i", VERB_INSTALL},
    {MANAGER_GO, "install", VERB_INSTALL},
    {MANAGER_GO, "get", VERB_INSTALL},
    {MANAGER_GO, "run", VERB_INSTALL},
    {MANAGER_GO, "clean", VERB_CLEAN},
};

static enum package_verb verb_of_dnf(str word)
{
    static const char *const installs[] = {
        "install", "localinstall", "groupinstall", "reinstall", "group", "module", NULL};
    static const char *const upgrades[] = {"upgrade",     "update",          "dist-upgrade",
                                           "distro-sync", "upgrade-minimal", NULL};
    for (size_t i = 0; installs[i]; i++)
        if (str_eq(word, str_from(installs[i])))
            return VERB_INSTALL;
    for (size_t i = 0; upgrades[i]; i++)
        if (str_eq(word, str_from(upgrades[i])))
            return VERB_UPGRADE;
    return str_eq(word, STR("makecache")) || str_eq(word, STR("check-update")) ? VERB_INDEX
           : str_eq(word, STR("clean"))                                        ? VERB_CLEAN
           : str_eq(word, STR("remove")) || str_eq(word, STR("erase"))         ? VERB_REMOVE
                                                                               : VERB_OTHER;
}

/* pacman says by letters what to do: -S installs, with y it loads the list first. */
static enum package_verb verb_of_pacman(struct package_call *call)
{
    const struct shell_command *command = call->command;
    for (size_t i = 1; i < command->words.count && !call->word; i++) {
        str word = command->words.items[i].value;
        if (word.len > 1 && word.ptr[0] == '-' && word.ptr[1] != '-')
            call->word = &command->words.items[i];
    }
    bool sync = shell_has_flag(command, "S") || shell_has_flag(command, "sync");
    if (shell_has_flag(command, "R") || shell_has_flag(command, "remove"))
        return VERB_REMOVE;
    if (shell_has_flag(command, "U"))
        return VERB_INSTALL;
    if (!sync)
        return VERB_OTHER;
    if (shell_has_flag(command, "c") || shell_has_flag(command, "clean"))
        return VERB_CLEAN;
    if (shell_argument(command, call->valued, NULL))
        return VERB_INSTALL;
    if (shell_has_flag(command, "u") || shell_has_flag(command, "sysupgrade"))
        return VERB_UPGRADE;
    return shell_has_flag(command, "y") || shell_has_flag(command, "refresh") ? VERB_INDEX
                                                                              : VERB_OTHER;
}

static const struct manager_row *row_of(str name)
{
    static const struct manager_row pip = {"pip", MANAGER_PIP, PIP_VALUED};
    if (!name.len)
        return NULL;
    for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++)
        if (managers[i].name[0] == name.ptr[0] && str_eq(name, str_from(managers[i].name)))
            return &managers[i];
    /* pip, pip3, pip3.12 */
    if (name.ptr[0] == 'p' && str_skip(&name, STR("pip"))) {
        for (size_t i = 0; i < name.len; i++)
            if (name.ptr[i] != '.' && (name.ptr[i] < '0' || name.ptr[i] > '9'))
                return NULL;
        return &pip;
    }
    return NULL;
}

static enum package_verb verb_of(struct package_call *call)
{
    if (call->manager == MANAGER_PACMAN)
        return verb_of_pacman(call);
    call->word = shell_argument(call->command, call->valued, NULL);
    if (!call->word) /* yarn alone installs */
        return call->manager == MANAGER_YARN && !shell_has_flag(call->command, "version")
                   ? VERB_INSTALL
                   : VERB_OTHER;
    str word = call->word->value;
    if (call->manager == MANAGER_YUM || call->manager == MANAGER_DNF) {
        enum package_verb verb = verb_of_dnf(word);
        /* `yum update curl` is about curl alone. */
        return verb == VERB_UPGRADE && shell_argument(call->command, call->valued, call->word)
                   ? VERB_INSTALL
                   : verb;
    }
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (verbs[i].manager == call->manager && str_eq(word, str_from(verbs[i].word)))
            return verbs[i].verb;
    return VERB_OTHER;
}

bool package_call_of(const struct shell_command *command, struct package_call *ret_call)
{
    const struct manager_row *row = row_of(shell_command_name(command));
    if (!row)
        return false;
    *ret_call = (struct package_call){
        .command = command,
        .manager = row->manager,
        .valued = row->valued,
    };
    ret_call->verb = verb_of(ret_call);
    return true;
}

const struct shell_word *package_call_next(const struct package_call *call,
                                           const struct shell_word *after)
{
    bool first = !after;
    if (first && call->manager != MANAGER_PACMAN)
        after = call->word;
    if (first && !after && call->manager != MANAGER_PACMAN)
        return NULL;
    const struct shell_word *word = shell_argument(call->command, call->valued, after);
    /* yarn global add x, dnf module install x, dnf group install x */
    if (first && word && after &&
        (str_eq(after->value, STR("global")) || str_eq(after->value, STR("module")) ||
         str_eq(after->value, STR("group"))))
        word = shell_argument(call->command, call->valued, word);
    return word;
}
