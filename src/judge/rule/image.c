// SPDX-License-Identifier: Apache-2.0
#include "base/path.h"
#include "base/date.h"
#include "judge/rule/dockerfile/text.h"
#include "judge/rule/history.h"
#include "judge/rule/listing.h"
#include "model/image_name.h"
#include "model/image_view.h"

#include <string.h>

/* What stands in the image's configuration. */
static const struct location in_config = {.path = STR_INIT("config")};

/* ---- who it runs as ---- */

static void root_user(struct rule_run *run, const struct image_view *view)
{
    struct image_user user = image_view_user(view);
    if (!view->config->present || !user.resolved || user.uid != 0)
        return;
    struct finding *finding;
    if (user.written.len == 0)
        finding = rule_found_at(run, in_config, "no USER is set, which means root");
    else
        finding =
            rule_found_at(run, in_config, "USER is %.*s, which is root", STR_ARG(user.written));
    /* Somebody meant it to be harmless. */
    if (user.name.len && !str_eq(user.name, STR("root")))
        finding->severity = SEVERITY_HIGH;
}

static void unknown_user(struct rule_run *run, const struct image_view *view)
{
    struct image_user user = image_view_user(view);
    if (view->config->present && !user.resolved)
        rule_found_at(run, in_config, "USER is %.*s, and /etc/passwd has no such account",
                      STR_ARG(user.written));
}

static void large_user(struct rule_run *run, const struct image_view *view)
{
    struct image_user user = image_view_user(view);
    if (view->config->present && user.resolved && (user.uid > INT32_MAX || user.gid > INT32_MAX))
        rule_found_at(run, in_config, "USER is %.*s", STR_ARG(user.written));
}

static void root_group(struct rule_run *run, const struct image_view *view)
{
    struct image_user user = image_view_user(view);
    bool ordinary = user.resolved && user.uid > 0 && user.uid <= INT32_MAX;
    if (!view->config->present || !ordinary || user.gid != 0)
        return;
    str group;
    bool said = str_cut(user.written, ':', &group, &group);
    struct finding *finding =
        rule_found_at(run, in_config, "USER is %.*s%s", STR_ARG(user.written),
                      said            ? ", and its group is root's"
                      : user.name.len ? ", and the account's group is root's"
                                      : ", no account has that number, and so its group is root's");
    /* What the group gives: files of it that it may write to. */
    size_t count = 0;
    const struct file *first = NULL;
    for (size_t i = 0; view->files && i < view->files->count; i++) {
        const struct file *file = &view->files->items[i];
        bool open = (file->type == ENTRY_FILE || file->type == ENTRY_DIRECTORY) && file->gid == 0 &&
                    file->uid != user.uid && (file->mode & 0020) && !(file->mode & 0002);
        if (open && count++ == 0)
            first = file;
    }
    if (count == 0)
        return;
    finding->severity = SEVERITY_LOW;
    finding->evidence =
        arena_printf(run->arena, "%.*s; it may write to %zu file%s of that group, such as /%.*s",
                     STR_ARG(finding->evidence), count, count == 1 ? "" : "s",
                     STR_ARG(files_path(run->arena, view->files, first)));
}

/* ---- what it declares ---- */

static void no_healthcheck(struct rule_run *run, const struct image_view *view)
{
    const struct image_words *health = &view->config->health;
    if (!view->config->present || (health->count && !str_eq(health->items[0], STR("NONE"))))
        return;
    rule_found_at(run, in_config, "%s",
                  health->count ? "HEALTHCHECK is NONE" : "there is no HEALTHCHECK");
}

/* As the engine reads it: from the root, without "//", "." and "..", which images can hold. */
static str absolute(struct rule_run *run, str path)
{
    bool odd;
    return arena_join(run->arena, (str){0}, STR("/"), path_clean(run->arena, path, &odd));
}

static bool is_below(str path, const char *folder)
{
    str rest = path;
    return str_skip(&rest, str_from(folder)) && (rest.len == 0 || rest.ptr[0] == '/');
}

static void sensitive_volume(struct rule_run *run, const struct image_view *view)
{
    /* As a whole, and with all below; /etc/app is a usual place for settings. */
    static const char *const whole[] = {"/",    "/etc", "/root",    "/usr", "/bin", "/sbin",
                                        "/lib", "/var", "/var/run", "/run", NULL};
    static const char *const below[] = {
        "/proc",
        "/sys",
        "/dev",
        "/boot",
        "/run/secrets",
        "/var/run/secrets",
        "/etc/ssl/private",
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/var/lib/docker",
        NULL,
    };
    for (size_t i = 0; i < view->config->volumes.count; i++) {
        str path = absolute(run, view->config->volumes.items[i]);
        bool bad = false;
        for (size_t j = 0; whole[j]; j++)
            bad |= str_eq(path, str_from(whole[j]));
        for (size_t j = 0; below[j]; j++)
            bad |= is_below(path, below[j]);
        if (bad)
            rule_found_at(run, in_config, "VOLUME %.*s", STR_ARG(path));
    }
}

static void admin_port(struct rule_run *run, const struct image_view *view)
{
    static const struct {
        str port;
        const char *what;
    } ports[] = {
        {STR_INIT("22"), "SSH"},
        {STR_INIT("23"), "Telnet"},
        {STR_INIT("2375"), "the container engine, without encryption"},
        {STR_INIT("2376"), "the container engine"},
        {STR_INIT("3389"), "remote desktop"},
        {STR_INIT("5900"), "VNC"},
        {STR_INIT("5985"), "Windows remote management"},
        {STR_INIT("10250"), "the Kubernetes node agent"},
    };
    for (size_t i = 0; i < view->config->exposed.count; i++) {
        str port, protocol;
        str_cut(view->config->exposed.items[i], '/', &port, &protocol);
        for (size_t j = 0; j < sizeof(ports) / sizeof(*ports); j++)
            if (str_eq(port, ports[j].port))
                rule_found_at(run, in_config, "EXPOSE %.*s (%s)", STR_ARG(port), ports[j].what);
    }
}

static void latest_tag(struct rule_run *run, const struct image_view *view)
{
    if (!view->config->present || !str_ends(view->image->name, STR(":latest")))
        return;
    rule_found_at(run, (struct location){0}, "%.*s", STR_ARG(view->image->name));
}

static void old_image(struct rule_run *run, const struct image_view *view)
{
    enum { OLD_DAYS = 90, VERY_OLD_DAYS = 365, FIRST_REAL_YEAR_DAYS = 15706 };
    int64_t created, today;
    /* Reproducible builds have a fixed date, mostly 1970 or 1980: it says nothing. Docker's first
     * image was made in 2013. */
    if (!run->settings->today || !date_day(str_from(run->settings->today), &today) ||
        !date_day(view->config->created, &created) || created < FIRST_REAL_YEAR_DAYS)
        return;
    int64_t age = today - created;
    if (age < OLD_DAYS)
        return;
    struct finding *finding =
        rule_found_at(run, in_config, "built on %.*s, %lld days ago",
                      STR_ARG(str_sub(view->config->created, 0, 10)), (long long)age);
    if (age >= VERY_OLD_DAYS)
        finding->severity = SEVERITY_LOW;
}

static void missing_label(struct rule_run *run, const struct image_view *view)
{
    static const char *const wanted[] = {"org.opencontainers.image.source",
                                         "org.opencontainers.image.revision",
                                         "org.opencontainers.image.version", NULL};
    for (size_t i = 0; view->config->present && wanted[i]; i++) {
        bool found = false;
        for (size_t j = 0; j < view->config->labels.count; j++)
            found |= str_eq(view->config->labels.items[j].name, str_from(wanted[i]));
        if (!found)
            rule_found_at(run, in_config, "there is no label %s", wanted[i]);
    }
}

static void suspicious_label(struct rule_run *run, const struct image_view *view)
{
    for (size_t i = 0; i < view->config->labels.count; i++) {
        const struct image_variable *label = &view->config->labels.items[i];
        if (str_starts(label->name, STR("containerd.io/restart.")) ||
            str_contains(label->value, STR("binary://")))
            rule_found_at(run, in_config, "LABEL %.*s=%.*s", STR_ARG(str_sub(label->name, 0, 120)),
                          STR_ARG(str_sub(label->value, 0, 120)));
    }
}

/* ---- how it starts ---- */

static bool has_open_folder(str folders)
{
    str folder;
    while (str_next(&folders, ':', &folder))
        if (is_below(folder, "/tmp") || is_below(folder, "/var/tmp") ||
            is_below(folder, "/dev/shm"))
            return true;
    return false;
}

static bool is_relative_path(str folders)
{
    str folder;
    bool more = folders.len > 0;
    while (more) {
        more = str_cut(folders, ':', &folder, &folders);
        if (folder.len == 0 || folder.ptr[0] != '/')
            return true;
    }
    return false;
}

static void dangerous_variable(struct rule_run *run, const struct image_view *view)
{
    static const struct {
        str name, value; /* an empty value: any */
        const char *what;
    } bad[] = {
        {STR_INIT("LD_PRELOAD"), STR_INIT(""), "loads code into every program"},
        {STR_INIT("LD_AUDIT"), STR_INIT(""), "loads code into every program"},
        {STR_INIT("NODE_TLS_REJECT_UNAUTHORIZED"), STR_INIT("0"), "switches TLS checks off"},
        {STR_INIT("PYTHONHTTPSVERIFY"), STR_INIT("0"), "switches TLS checks off"},
        {STR_INIT("GIT_SSL_NO_VERIFY"), STR_INIT(""), "switches TLS checks off"},
        {STR_INIT("CURL_INSECURE"), STR_INIT(""), "switches TLS checks off"},
        {STR_INIT("GOINSECURE"), STR_INIT(""), "switches TLS checks off"},
        {STR_INIT("FLASK_DEBUG"), STR_INIT("1"), "lets visitors run code"},
        {STR_INIT("DJANGO_DEBUG"), STR_INIT("True"), "shows settings to visitors"},
        {STR_INIT("NODE_OPTIONS"), STR_INIT("--inspect=0.0.0.0"), "opens a debugger port"},
        {STR_INIT("JAVA_TOOL_OPTIONS"), STR_INIT("-agentlib:jdwp"), "opens a debugger port"},
    };
    for (size_t i = 0; i < view->config->env.count; i++) {
        const struct image_variable *variable = &view->config->env.items[i];
        bool folders =
            str_eq(variable->name, STR("PATH")) || str_eq(variable->name, STR("LD_LIBRARY_PATH"));
        if (folders && is_relative_path(variable->value))
            rule_found_at(run, in_config, "%.*s has a folder that is not absolute: %.*s",
                          STR_ARG(variable->name), STR_ARG(str_sub(variable->value, 0, 200)));
        else if (folders && has_open_folder(variable->value))
            rule_found_at(run, in_config, "%.*s has a folder that everybody may write to: %.*s",
                          STR_ARG(variable->name), STR_ARG(str_sub(variable->value, 0, 200)));
        for (size_t j = 0; j < sizeof(bad) / sizeof(*bad); j++)
            if (str_eq(variable->name, bad[j].name) &&
                str_contains(variable->value, bad[j].value) && variable->value.len)
                rule_found_at(run, in_config, "%.*s %s", STR_ARG(variable->name), bad[j].what);
    }
}

static void workdir_in_proc(struct rule_run *run, const struct image_view *view)
{
    str workdir = absolute(run, view->config->workdir);
    if (is_below(workdir, "/proc") || is_below(workdir, "/dev/fd") || is_below(workdir, "/sys"))
        rule_found_at(run, in_config, "WORKDIR %.*s", STR_ARG(workdir));
}

/* A script's "#!" names a program that must be there as well; what env looks up, along PATH. */
static void no_interpreter(struct rule_run *run, const struct image_view *view,
                           const struct file *program)
{
    size_t count;
    struct location place = rule_location_of(run, view, program);
    const struct fact *fact = image_view_facts(view, FACT_SCRIPT, &count);
    while (count && !str_eq(fact->path, place.path))
        count--, fact++;
    if (count == 0 || fact->script.interpreter.len == 0)
        return;
    const struct script *script = &fact->script;
    place.line = 1;
    if (str_ends(script->interpreter, STR("\r")))
        rule_found_at(run, place,
                      "its lines end as on Windows (CR LF): the kernel looks for \"%.*s\\r\"",
                      STR_ARG(str_sub(script->interpreter, 0, script->interpreter.len - 1)));
    else if (!files_follow(view->files, script->interpreter))
        rule_found_at(run, place, "its interpreter %.*s is not in the image",
                      STR_ARG(script->interpreter));
    else if (script->program.len && !image_view_find(view, script->program))
        rule_found_at(run, place, "its interpreter %.*s is not in the image",
                      STR_ARG(script->program));
}

static void no_program(struct rule_run *run, const struct image_view *view)
{
    str word;
    if (!view->files || view->files->count < 2 || !view->config->present)
        return;
    const struct file *program = image_view_program(view, &word);
    if (word.len == 0)
        return;
    if (!program)
        rule_found_at(run, in_config, "%.*s is not in the image", STR_ARG(word));
    else if (program->type != ENTRY_FILE || !(program->mode & 0111))
        rule_found_file(run, view, program, "it is no file that may be executed (mode %04o)",
                        (unsigned)program->mode);
    else
        no_interpreter(run, view, program);
}

static void writable_program(struct rule_run *run, const struct image_view *view)
{
    str word;
    struct image_user user = image_view_user(view);
    const struct file *program = image_view_program(view, &word);
    if (!program || program->type != ENTRY_FILE || !user.resolved || user.uid == 0)
        return;
    const struct file *folder = &view->files->items[program->parent];
    bool replaced = image_user_can_write(&user, folder) && !(folder->mode & 01000);
    if (image_user_can_write(&user, program) || replaced)
        rule_found_file(run, view, program, "the user it runs as (%llu) may %s it",
                        (unsigned long long)user.uid, replaced ? "replace" : "change");
}

/* ENTRYPOINT and CMD as one line: the manager may stand behind tini or `sh -c`. */
static str command_line(struct rule_run *run, const struct image_view *view)
{
    const struct image_words *lists[] = {&view->config->entrypoint, &view->config->cmd};
    str text = {0};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < lists[l]->count; i++)
            text = arena_join(run->arena, text, STR(" "), lists[l]->items[i]);
    return text;
}

static void several_services(struct rule_run *run, const struct image_view *view)
{
    static const char *const managers[] = {"supervisord", "systemd", "runsvdir", "s6-svscan",
                                           "monit",       "circusd", "my_init",  NULL};
    str text = command_line(run, view), word;
    while (str_next(&text, ' ', &word))
        for (size_t i = 0; managers[i]; i++)
            if (str_eq(path_base(word), str_from(managers[i]))) {
                rule_found_at(run, in_config, "the container starts %.*s", STR_ARG(word));
                return;
            }
}

static void insecure_flag(struct rule_run *run, const struct image_view *view)
{
    static const char *const flags[] = {
        "--insecure",
        "--allow-root",
        "--no-auth",
        "--noauth",
        "--disable-auth",
        "--no-sandbox",
        "--insecure-skip-tls-verify",
        "--anonymous-auth=true",
        "--skip-grant-tables",
        "--tls-verify=false",
        "--allow-insecure",
        "--protected-mode no",
        NULL,
    };
    str text = command_line(run, view);
    for (size_t j = 0; flags[j]; j++)
        if (str_contains(text, str_from(flags[j])))
            rule_found_at(run, in_config, "it is started with %s", flags[j]);
}

static void kill_signal(struct rule_run *run, const struct image_view *view)
{
    str signal = view->config->stop_signal;
    if (str_eq(signal, STR("9")) || str_eq(signal, STR("SIGKILL")) || str_eq(signal, STR("KILL")))
        rule_found_at(run, in_config, "STOPSIGNAL %.*s", STR_ARG(signal));
}

/* What an ADD step of the history is about: the source in ret_source; false: it is no such step. Of
 * what the classic builder copied only a digest is known ("ADD file:1a2b in /srv"). */
static bool is_add(str step, str *ret_source)
{
    size_t marker = str_find(step, STR("#(nop)"));
    if (marker != STR_NONE)
        step = str_trim(str_from_index(step, marker + STR("#(nop)").len));
    str word;
    if (!str_skip(&step, STR("ADD ")))
        return false;
    while (str_next_word(&step, &word) && str_starts(word, STR("--")))
        ;
    *ret_source = word;
    return true;
}

static void add_in_history(struct rule_run *run, const struct image_view *view)
{
    const struct image_steps *steps = &view->config->history;
    str source;
    for (size_t i = rule_base_steps(run->settings, view); i < steps->count; i++) {
        const struct image_step *step = &steps->items[i];
        /* The root file system that everything begins with comes by ADD, and an archive too. */
        if ((step->has_layer && step->layer == 0) || !is_add(step->created_by, &source) ||
            source_is_archive_name(source))
            continue;
        bool fetched = source_is_url(source) || source_is_git(source);
        bool checked = str_contains(step->created_by, STR("--checksum="));
        if (fetched && checked)
            continue;
        struct location place = {.path = arena_printf(run->arena, "history, step %zu", i + 1)};
        if (step->has_layer && step->layer < view->image->layers.count)
            place.layer = view->image->layers.items[step->layer].diff_id;
        struct finding *finding =
            rule_found_at(run, place, "%.*s%s", STR_ARG(str_sub(step->created_by, 0, 160)),
                          fetched ? ", without a checksum" : "");
        if (fetched)
            finding->severity = SEVERITY_MEDIUM;
    }
}

/* BuildKit puts SBOM and provenance beside the image, in the index that names both. */
static void no_attestation(struct rule_run *run, const struct image_view *view)
{
    if (view->image->is_in_index && view->image->attestations == 0)
        rule_found_at(run, (struct location){0}, "its index has neither SBOM nor provenance");
}

/* Whose signature it is, and whether it is right, takes a key: cosign and notation tell. */
static void no_signature(struct rule_run *run, const struct image_view *view)
{
    if (view->image->is_in_index && view->image->signatures == 0)
        rule_found_at(run, (struct location){0}, "no signature stands beside it in its index");
}

static const struct rule rules[] = {
    {
        .id = "image/no-signature",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "Nothing shows who made the image",
        .why = "Whoever can write to the registry, or to the folder that an image is handed over "
               "in, can put another one in its place. A signature shows that it is the one which "
               "its maker signed. Only a layout can tell: engines do not keep signatures.",
        .fix = "Sign what is pushed (cosign sign, notation sign), hand signatures over with the "
               "image (cosign save), and verify them before it runs.",
        .bad = "skopeo copy docker://registry.example.org/app oci:app\n",
        .good = "cosign save --dir app registry.example.org/app\n",
        .image = no_signature,
    },
    {
        .id = "image/no-attestation",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "Nothing tells how the image was built and what is in it",
        .why = "A provenance attestation says from which source and by which build an image came, "
               "an SBOM lists its parts. Without them, whether an image is what it claims to be "
               "can only be believed.",
        .fix =
            "Let the build write them, with --provenance=mode=max and --sbom=true of docker buildx build.",
        .bad = "docker buildx build --provenance=false -t app .\n",
        .good = "docker buildx build --provenance=mode=max --sbom=true -t app .\n",
        .image = no_attestation,
    },
    {
        .id = "image/root-user",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "Containers of this image run as root",
        .why = "Root inside a container is the same user as root on the host, only held back by "
               "walls. Whoever takes over the application owns every file of the image, and needs "
               "just one hole in a wall to own the host.",
        .fix = "Make a user without rights, and name it by number in a USER line at the end of the "
               "Dockerfile, as `harden fix --unsafe` does.",
        .bad = "FROM debian:13\nCMD [\"app\"]\n",
        .good = "FROM debian:13\nRUN useradd --system --no-log-init --uid 10001 app\n"
                "USER 10001:10001\nCMD [\"app\"]\n",
        .aliases = {"CIS-DI-0001", "DS-0002", "AVD-DS-0002", "CIS 4.1"},
        .image = root_user,
    },
    {
        .id = "image/root-group",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "The user that the image runs as is in root's group",
        .why =
            "A user that is named by number alone, without an account, gets group 0. What root's "
            "group may read or write is then open to the application. OpenShift does this on "
            "purpose: there, files that are to be written belong to group 0. Elsewhere it is an "
            "accident.",
        .fix = "Name a group as well: USER 10001:10001.",
        .bad = "USER 10001\n",
        .good = "USER 10001:10001\n",
        .aliases = {"CIS 4.1"},
        .image = root_group,
    },
    {
        .id = "image/add-in-history",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "The image was built with ADD where COPY does",
        .why =
            "ADD fetches what looks like an address and unpacks what looks like an archive: what "
            "comes into the image depends on the file's content, and on whoever answers for the "
            "address. What the base image did is not told.",
        .fix = "Use COPY for files; ADD with --checksum for what is fetched.",
        .bad = "ADD app.conf /etc/app.conf\n",
        .good = "COPY app.conf /etc/app.conf\n",
        .aliases = {"CIS-DI-0009", "DS-0005", "AVD-DS-0005", "DL3020", "CKV_DOCKER_4", "CIS 4.9"},
        .image = add_in_history,
    },
    {
        .id = "image/unknown-user",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "The user that the image names does not exist in it",
        .why = "The engine looks the name up in the image's own /etc/passwd. Where it is not "
               "there, the container does not start.",
        .fix = "Make the account in the Dockerfile, or name the user by number, which needs no "
               "account.",
        .bad = "FROM scratch\nUSER app\n",
        .good = "FROM scratch\nUSER 10001\n",
        .image = unknown_user,
    },
    {
        .id = "image/user-too-large",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "The user's number is larger than engines can hold",
        .why = "containerd before 1.6.38, 1.7.27 and 2.0.4 let numbers above 2147483647 run over, "
               "and started the container as root (CVE-2024-40635).",
        .fix = "Use a number between 1 and 2147483647.",
        .bad = "USER 4294967296\n",
        .good = "USER 10001\n",
        .aliases = {"CVE-2024-40635"},
        .image = large_user,
    },
    {
        .id = "image/no-healthcheck",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_CORRECTNESS,
        .title = "The image does not tell how to find out whether it works",
        .why = "Without a health check the engine only knows that a process exists, not whether it "
               "answers. A hung container then keeps getting requests. (Kubernetes does not look "
               "at it and has probes of its own.)",
        .fix = "Add a HEALTHCHECK that asks the service for something cheap.",
        .bad = "FROM nginx:1.27\n",
        .good = "FROM nginx:1.27\nHEALTHCHECK CMD curl -fsS http://localhost/ || exit 1\n",
        .aliases = {"CIS-DI-0006", "DS-0026", "AVD-DS-0026", "CIS 4.6"},
        .image = no_healthcheck,
    },
    {
        .id = "image/sensitive-volume",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "A system folder is declared as a volume",
        .why = "The engine puts a folder of the host there, which outlives the container: what was "
               "written into it comes back in the next one, and hides what the image has there.",
        .fix = "Declare only folders of the application's own data as volumes.",
        .bad = "VOLUME /etc\n",
        .good = "VOLUME /var/lib/app\n",
        .aliases = {"DKL-DI-0002"},
        .image = sensitive_volume,
    },
    {
        .id = "image/admin-port",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "A port for administration is exposed",
        .why = "Such ports let people control the container or its host from outside. They are "
               "the first that attackers try, and docker exec makes most of them needless.",
        .fix = "Drop the EXPOSE line, and the server behind it.",
        .bad = "EXPOSE 22\n",
        .good = "EXPOSE 8080\n",
        .aliases = {"DS-0004", "AVD-DS-0004", "CKV_DOCKER_1"},
        .image = admin_port,
    },
    {
        .id = "image/latest-tag",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_REPRODUCIBILITY,
        .title = "The image is named \"latest\"",
        .why = "The name moves with every build: nobody can tell which version runs, and going "
               "back to the one before is guesswork.",
        .fix = "Give each build a tag of its own (a version or a commit), and deploy by that.",
        .bad = "docker build -t app .\n",
        .good = "docker build -t app:1.4.2 .\n",
        .aliases = {"DKL-DI-0006", "DS-0001", "AVD-DS-0001"},
        .image = latest_tag,
    },
    {
        .id = "image/old",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_SECURITY,
        .title = "The image was built long ago",
        .why = "Fixes reach an image only when it is built again. One that is months old misses "
               "all that came since, also in parts that no scanner knows.",
        .fix = "Build it again on a fresh base, regularly (docker build --pull --no-cache).",
        .bad = "# built in spring, and again next year\n",
        .good = "# built every week\n",
        .aliases = {"CIS 4.4"},
        .image = old_image,
    },
    {
        .id = "image/missing-label",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .class = RULE_STYLE,
        .off = true,
        .title = "A label that tells where the image comes from is missing",
        .why = "Labels by the OCI's names tell people and tools which source and version an image "
               "was built from; without them that is found out by asking around.",
        .fix = "Add LABEL org.opencontainers.image.source, .revision and .version.",
        .bad = "FROM debian:13\n",
        .good = "FROM debian:13\nLABEL org.opencontainers.image.source=https://example.org/app\n",
        .image = missing_label,
    },
    {
        .id = "image/suspicious-label",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "A label gives orders to the engine",
        .why = "Some engines act on labels of containers and let images set them: a log target of "
               "binary:// starts a program on the host (CVE-2026-53488). An honest image has no "
               "reason to carry one.",
        .fix = "Find out who put the label there; do not run the image before that is clear.",
        .bad = "LABEL containerd.io/restart.loguri=binary:///bin/sh\n",
        .good = "LABEL org.opencontainers.image.title=app\n",
        .aliases = {"CVE-2026-53488"},
        .image = suspicious_label,
    },
    {
        .id = "image/dangerous-variable",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "An environment variable weakens every program in the container",
        .why = "Variables of the image hold for everything that runs in it. A folder that others "
               "may write to on PATH lets them put their own programs in the place of yours; "
               "others load foreign code or switch off checks of certificates.",
        .fix = "Remove the ENV line, or set it only for the one command that needs it.",
        .bad = "ENV PATH=.:$PATH\n",
        .good = "ENV PATH=/app/bin:$PATH\n",
        .image = dangerous_variable,
    },
    {
        .id = "image/workdir-in-proc",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_HIGH,
        .class = RULE_SECURITY,
        .title = "The working directory is in a file system of the kernel",
        .why = "runc before 1.1.12 could be led out of the container by a working directory like "
               "/proc/self/fd/8: the process then stands in the host's file system "
               "(CVE-2024-21626). There is no honest use for it.",
        .fix = "Set WORKDIR to a folder of the image; update runc.",
        .bad = "WORKDIR /proc/self/fd/8\n",
        .good = "WORKDIR /app\n",
        .aliases = {"CVE-2024-21626", "DS-0030", "AVD-DS-0030"},
        .image = workdir_in_proc,
    },
    {
        .id = "image/no-program",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_CORRECTNESS,
        .title = "The program that the container should start cannot be started",
        .why = "Entry point or command name a program that is not in the image, or that is not "
               "executable; or it is a script whose interpreter is not there, also because its "
               "lines end as on Windows. The container ends as soon as it is started.",
        .fix = "Correct the path, chmod +x the file in the Dockerfile (COPY --chmod=755), install "
               "the interpreter, or give the script line ends of Unix (dos2unix).",
        .bad = "COPY start.txt /start\nENTRYPOINT [\"/start\"]\n",
        .good = "COPY --chmod=755 start.sh /start\nENTRYPOINT [\"/start\"]\n",
        .image = no_program,
    },
    {
        .id = "image/writable-program",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "The application may change its own program",
        .why = "Whoever takes over the application can put another program in its place, which "
               "then runs each time the container is restarted.",
        .fix = "Let root own the program, and leave only data to the user it runs as; or run the "
               "container with --read-only.",
        .bad = "COPY --chown=10001 app /app\nUSER 10001\nCMD [\"/app\"]\n",
        .good = "COPY --chmod=755 app /app\nUSER 10001\nCMD [\"/app\"]\n",
        .image = writable_program,
    },
    {
        .id = "image/several-services",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_SECURITY,
        .title = "The image runs several services under a manager of its own",
        .why = "A flaw in one of them gives access to all. The engine sees only the manager: it "
               "cannot restart, limit or watch the services one by one.",
        .fix = "Make an image for each service, and let compose or Kubernetes run them together.",
        .bad = "CMD [\"supervisord\"]\n",
        .good = "CMD [\"nginx\", \"-g\", \"daemon off;\"]\n",
        .image = several_services,
    },
    {
        .id = "image/insecure-flag",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .class = RULE_SECURITY,
        .title = "The service is started with a flag that switches protection off",
        .why = "Such flags are for trying things out at home. In an image they hold wherever it "
               "runs, and nobody sees them again.",
        .fix = "Drop the flag from ENTRYPOINT or CMD, and set the protection up.",
        .bad = "CMD [\"mysqld\", \"--skip-grant-tables\"]\n",
        .good = "CMD [\"mysqld\"]\n",
        .image = insecure_flag,
    },
    {
        .id = "image/kill-signal",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .class = RULE_CORRECTNESS,
        .title = "The container is stopped by a signal that cannot be caught",
        .why = "SIGKILL ends a process in the middle of what it does: files stay half written, "
               "and nothing is cleaned up.",
        .fix = "Use the signal that the program stops by, mostly SIGTERM, which is the default.",
        .bad = "STOPSIGNAL SIGKILL\n",
        .good = "STOPSIGNAL SIGTERM\n",
        .image = kill_signal,
    },
};

const struct rule_family rule_image = {"image", rules, sizeof(rules) / sizeof(rules[0])};
