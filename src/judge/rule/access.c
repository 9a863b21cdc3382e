// SPDX-License-Identifier: Apache-2.0
#include "judge/rule/listing.h"

static bool exists(const struct image_view *view, const char *path)
{
    return view->files && files_follow(view->files, str_from(path)) != NULL;
}

static const struct fact *settings(const struct image_view *view, size_t *count)
{
    return image_view_facts(view, FACT_SETTING, count);
}

/* Defaults lines give settings between commas: "!authenticate" asks nobody for a password. */
static bool asks_nobody(const struct setting *setting)
{
    str list = setting->value, word;
    if (!str_starts(setting->name, STR("Defaults")))
        return str_contains(setting->value, STR("NOPASSWD"));
    while (str_next(&list, ',', &word))
        if (str_eq(str_trim(word), STR("!authenticate")))
            return true;
    return false;
}

static void sudo_without_password(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = settings(view, &count);
    for (; count; count--, fact++) {
        const struct setting *setting = &fact->setting;
        if (!str_eq(setting->topic, STR("sudoers")) || !asks_nobody(setting))
            continue;
        struct finding *finding =
            rule_found_at(run, rule_location_of_fact(view, fact, setting->line), "%.*s %.*s",
                          STR_ARG(setting->name), STR_ARG(str_sub(setting->value, 0, 120)));
        if (!exists(view, "usr/bin/sudo"))
            finding->severity = SEVERITY_LOW;
    }
}

static void pam_takes_empty(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = settings(view, &count);
    for (; count; count--, fact++)
        if (str_eq(fact->setting.topic, STR("pam")) &&
            str_contains(fact->setting.value, STR("nullok")))
            rule_found_at(run, rule_location_of_fact(view, fact, fact->setting.line), "%.*s %.*s",
                          STR_ARG(fact->setting.name), STR_ARG(fact->setting.value));
}

static void sshd_settings(struct rule_run *run, const struct image_view *view)
{
    static const struct {
        str name, value;
        enum severity severity;
    } weak[] = {
        {STR_INIT("permitemptypasswords"), STR_INIT("yes"), SEVERITY_CRITICAL},
        {STR_INIT("permitrootlogin"), STR_INIT("yes"), SEVERITY_HIGH},
        {STR_INIT("passwordauthentication"), STR_INIT("yes"), SEVERITY_MEDIUM},
        {STR_INIT("strictmodes"), STR_INIT("no"), SEVERITY_MEDIUM},
        {STR_INIT("hostbasedauthentication"), STR_INIT("yes"), SEVERITY_MEDIUM},
        {STR_INIT("permituserenvironment"), STR_INIT("yes"), SEVERITY_MEDIUM},
        {STR_INIT("protocol"), STR_INIT("1"), SEVERITY_HIGH},
    };
    size_t count;
    const struct fact *fact = settings(view, &count);
    for (; count; count--, fact++) {
        const struct setting *setting = &fact->setting;
        for (size_t i = 0; str_eq(setting->topic, STR("sshd")) && i < sizeof(weak) / sizeof(*weak);
             i++) {
            if (!str_eq(setting->name, weak[i].name) ||
                !str_eq_nocase(setting->value, weak[i].value))
                continue;
            struct finding *finding =
                rule_found_at(run, rule_location_of_fact(view, fact, setting->line), "%.*s %.*s",
                              STR_ARG(setting->name), STR_ARG(setting->value));
            finding->severity = exists(view, "usr/sbin/sshd") ? weak[i].severity : SEVERITY_LOW;
        }
    }
}

static void authorized_key(struct rule_run *run, const struct image_view *view)
{
    size_t count;
    const struct fact *fact = settings(view, &count);
    for (; count; count--, fact++)
        if (str_eq(fact->setting.topic, STR("authorized-key")))
            rule_found_at(run, rule_location_of_fact(view, fact, fact->setting.line),
                          "a key of type %.*s %.*s", STR_ARG(fact->setting.name),
                          STR_ARG(fact->setting.value));
}

/* Jobs that others may change one by one; of the rest, only that there are some. */
static void cron_job(struct rule_run *run, const struct image_view *view)
{
    enum { OTHERS_WRITE = 0022 };
    size_t count, jobs = 0;
    const struct fact *fact = settings(view, &count), *first = NULL;
    for (; count; count--, fact++) {
        const struct setting *setting = &fact->setting;
        if (!str_eq(setting->topic, STR("cron")))
            continue;
        const struct file *file = view->files ? files_find(view->files, fact->path) : NULL;
        if (file && (file->mode & OTHERS_WRITE)) {
            rule_found_at(run, rule_location_of_fact(view, fact, setting->line),
                          "%.*s (others may change it)", STR_ARG(str_sub(setting->value, 0, 120)))
                ->severity = SEVERITY_HIGH;
            continue;
        }
        jobs++;
        first = first ? first : fact;
    }
    if (first && (exists(view, "usr/sbin/cron") || exists(view, "usr/sbin/crond")))
        rule_found_at(run, rule_location_of_fact(view, first, first->setting.line),
                      "%zu %s, for example %.*s", jobs, jobs == 1 ? "job" : "jobs",
                      STR_ARG(str_sub(first->setting.value, 0, 120)));
}

static const struct rule rules[] = {
    {
        .id = "access/sudo-without-password",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "An account may run commands as root without a password",
        .why = "Whoever gets into that account, by a flaw in the application for example, is root "
               "with one more command. Running as an ordinary user then protects nothing.",
        .fix = "Remove the line, and sudo with it: what needs root belongs into the Dockerfile, "
               "before the USER line.",
        .bad = "RUN echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers\n",
        .good = "RUN install -d -o 10001 /var/lib/app\nUSER 10001\n",
        .image = sudo_without_password,
    },
    {
        .id = "access/pam-nullok",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "Logins with an empty password are accepted",
        .why = "PAM, which checks passwords for login, su and SSH, is told to let accounts in "
               "whose password is empty (nullok). That is harmless as long as no such account "
               "exists, and opens the door as soon as one does. Debian's default has it.",
        .fix = "Make sure that no account has an empty password, or remove nullok from the line.",
        .bad = "auth required pam_unix.so nullok\n",
        .good = "auth required pam_unix.so\n",
        .references = {"https://www.man7.org/linux/man-pages/man8/pam_unix.8.html"},
        .image = pam_takes_empty,
    },
    {
        .id = "access/sshd-setting",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "The SSH server is set up to let in more than it should",
        .why = "Passwords can be guessed over the network without end, and a login as root gives "
               "everything at once. A container seldom needs an SSH server at all: docker exec "
               "opens a shell in it without one.",
        .fix = "Remove the SSH server from the image; or set PermitRootLogin no, "
               "PasswordAuthentication no and PermitEmptyPasswords no.",
        .bad = "PermitRootLogin yes\n",
        .good = "PermitRootLogin no\nPasswordAuthentication no\n",
        .image = sshd_settings,
    },
    {
        .id = "access/authorized-key",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "Somebody's SSH key is let into every container of this image",
        .why = "Whoever holds the private half of that key can log in wherever the image runs "
               "with an SSH server, and nobody can take the key back without a new image.",
        .fix = "Delete the file from the image. Where a login is really needed, mount the keys "
               "when the container is started.",
        .bad = "COPY authorized_keys /root/.ssh/\n",
        .good = "# docker run -v ./authorized_keys:/root/.ssh/authorized_keys:ro ...\n",
        .image = authorized_key,
    },
    {
        .id = "access/cron-job",
        .kind = KIND_ACCOUNT,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "The image starts jobs by the clock",
        .why = "A cron daemon runs as root beside the application, and what stands in its files is "
               "run whoever wrote it. Where others than root may change such a file, they become "
               "root by it.",
        .fix = "Let the host or the orchestrator start jobs in containers of their own, and remove "
               "cron; at least let root alone write its files.",
        .bad = "RUN echo '* * * * * root /app/job.sh' > /etc/cron.d/job && chmod 666 "
               "/etc/cron.d/job\n",
        .good = "# on the host: docker run --rm app /app/job.sh\n",
        .image = cron_job,
    },
};

const struct rule_family rule_access = {"access", rules, sizeof(rules) / sizeof(rules[0])};
