// SPDX-License-Identifier: Apache-2.0
/* What an engine keeps: images (section 4 of the CIS Docker Benchmark), what runs in containers
 * beside their declaration, and what piles up (section 6). How a container is declared is judged
 * by the rules of workloads. */
#include "base/date.h"
#include "judge/rule/check.h"

static bool needs_images(struct rule_run *run, const struct host_view *view)
{
    if (!view->engine || !view->engine->knows_images)
        check_unknown(run, view, "no engine lists its images");
    else if (view->engine->images.count == 0)
        check_skip(run, view, "there are no images");
    else
        return true;
    return false;
}

static bool needs_containers(struct rule_run *run, const struct host_view *view)
{
    if (!view->engine || !view->engine->knows_containers)
        check_unknown(run, view, "no engine lists its containers");
    else if (view->engine->containers.count == 0)
        check_skip(run, view, "there are no containers");
    else
        return true;
    return false;
}

/* "app:1.0", or the beginning of its id. */
static str image_name(const struct engine_image *image)
{
    enum { SHORT_ID = 12 };
    str id = image->id;
    str_skip(&id, STR("sha256:"));
    return image->tags.count ? image->tags.items[0] : str_sub(id, 0, SHORT_ID);
}

/* Answers from a property of each image. */
static void ask_images(struct rule_run *run, const struct host_view *view,
                       bool (*is_bad)(const struct host_view *view,
                                      const struct engine_image *image),
                       const char *bad, const char *good)
{
    struct str_list names = {0};
    if (!needs_images(run, view))
        return;
    for (size_t i = 0; i < view->engine->images.count; i++)
        if (is_bad(view, &view->engine->images.items[i]))
            *vec_push(run->arena, &names) = image_name(&view->engine->images.items[i]);
    if (names.count)
        check_fail(run, view, (str){0}, "%zu of %zu images %s: %.*s", names.count,
                   view->engine->images.count, bad, STR_ARG(check_names(run, &names)));
    else
        check_pass(run, view, "all %zu images %s", view->engine->images.count, good);
}

static bool is_root_user(const struct host_view *view, const struct engine_image *image)
{
    str user = {0}, group = {0};
    (void)view;
    str_cut(image->user, ':', &user, &group);
    return !user.len || str_eq(user, STR("root")) || str_eq(user, STR("0"));
}

static void image_as_root(struct rule_run *run, const struct host_view *view)
{
    ask_images(run, view, is_root_user, "run as root unless told otherwise",
               "name a user of their own");
}

static void image_origin(struct rule_run *run, const struct host_view *view)
{
    struct str_list hosts = {0};
    if (!needs_images(run, view))
        return;
    for (size_t i = 0; i < view->engine->images.count; i++) {
        const struct engine_image *image = &view->engine->images.items[i];
        str host = image->digests.count ? image->digests.items[0] : STR("built or loaded here");
        size_t slash = str_find_char(host, '/');
        if (image->digests.count && slash != STR_NONE &&
            (str_find_char(str_sub(host, 0, slash), '.') != STR_NONE ||
             str_find_char(str_sub(host, 0, slash), ':') != STR_NONE))
            host = str_sub(host, 0, slash);
        else if (image->digests.count)
            host = STR("docker.io");
        bool known = false;
        for (size_t h = 0; h < hosts.count; h++)
            known |= str_eq(hosts.items[h], host);
        if (!known)
            *vec_push(run->arena, &hosts) = host;
    }
    check_unknown(run, view, "a person must say whether these are trusted: %.*s",
                  STR_ARG(check_names(run, &hosts)));
}

/* Questions that take the content of images. */
static void image_content(struct rule_run *run, const struct host_view *view)
{
    if (needs_images(run, view))
        check_unknown(run, view, "%zu images: `harden scan docker:NAME` looks into each",
                      view->engine->images.count);
}

static void old_image(struct rule_run *run, const struct host_view *view)
{
    enum { OLD_DAYS = 90 };
    struct str_list names = {0};
    int64_t today, made;
    if (!needs_images(run, view))
        return;
    if (!run->settings->today || !date_day(str_from(run->settings->today), &today)) {
        check_unknown(run, view, "today's date is not known");
        return;
    }
    for (size_t i = 0; i < view->engine->images.count; i++) {
        const struct engine_image *image = &view->engine->images.items[i];
        if (date_day(image->created, &made) && today - made > OLD_DAYS)
            *vec_push(run->arena, &names) = image_name(image);
    }
    if (names.count)
        check_fail(run, view, (str){0}, "%zu of %zu images are older than %d days: %.*s",
                   names.count, view->engine->images.count, OLD_DAYS,
                   STR_ARG(check_names(run, &names)));
    else
        check_pass(run, view, "all %zu images are younger than %d days", view->engine->images.count,
                   OLD_DAYS);
}

static bool lacks_healthcheck(const struct host_view *view, const struct engine_image *image)
{
    (void)view;
    return !image->has_healthcheck;
}

static void image_without_healthcheck(struct rule_run *run, const struct host_view *view)
{
    ask_images(run, view, lacks_healthcheck, "say nothing about their health",
               "have a health check");
}

/* A step that updates the lists and installs nothing: what is installed later comes from lists
 * that the build cache keeps for weeks. */
static bool updates_alone(const struct host_view *view, const struct engine_image *image)
{
    (void)view;
    for (size_t i = 0; i < image->history.count; i++) {
        str step = image->history.items[i];
        bool update =
            str_contains(step, STR("apt-get update")) || str_contains(step, STR("apt update")) ||
            str_contains(step, STR("yum update")) || str_contains(step, STR("apk update"));
        bool more = str_contains(step, STR(" install")) || str_contains(step, STR(" upgrade")) ||
                    str_contains(step, STR("apk add")) || str_contains(step, STR("yum update"));
        if (update && !more)
            return true;
    }
    return false;
}

static void update_alone(struct rule_run *run, const struct host_view *view)
{
    ask_images(run, view, updates_alone, "update package lists in a step of their own",
               "update package lists where they install, or not at all");
}

/* The builder writes ADD for what a Dockerfile adds; the last row is the base's file system, which
 * is always added. "#(nop)  ADD file:" is the old builder's. */
static bool uses_add(const struct host_view *view, const struct engine_image *image)
{
    (void)view;
    for (size_t i = 0; i + 1 < image->history.count; i++) {
        str step = str_trim(image->history.items[i]);
        str_skip(&step, STR("/bin/sh -c #(nop)"));
        if (str_starts(str_trim(step), STR("ADD ")))
            return true;
    }
    return false;
}

static void image_uses_add(struct rule_run *run, const struct host_view *view)
{
    ask_images(run, view, uses_add, "were made with ADD", "were made without ADD");
}

static bool has_secret_word(str step)
{
    static const str words[] = {STR_INIT("password="),   STR_INIT("passwd="),
                                STR_INIT("secret="),     STR_INIT("token="),
                                STR_INIT("api_key="),    STR_INIT("apikey="),
                                STR_INIT("access_key="), STR_INIT("private key-----")};
    for (size_t at = 0; at < step.len; at++)
        for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
            str after = str_from_index(step, at + words[w].len);
            if (str_eq_nocase(str_sub(step, at, words[w].len), words[w]) && after.len &&
                after.ptr[0] != ' ' && after.ptr[0] != '$' && after.ptr[0] != '"')
                return true;
        }
    return false;
}

static bool has_secret(const struct host_view *view, const struct engine_image *image)
{
    (void)view;
    for (size_t i = 0; i < image->history.count; i++)
        if (has_secret_word(image->history.items[i]))
            return true;
    return false;
}

static void secret_in_history(struct rule_run *run, const struct host_view *view)
{
    ask_images(run, view, has_secret, "seem to have a secret in their history",
               "have no secret in their history that can be told by its name");
}

static bool is_used(const struct host_view *view, str image_id)
{
    for (size_t i = 0; i < view->engine->containers.count; i++)
        if (str_eq(view->engine->containers.items[i].image_id, image_id))
            return true;
    return false;
}

static bool is_unused(const struct host_view *view, const struct engine_image *image)
{
    return !is_used(view, image->id);
}

static void image_sprawl(struct rule_run *run, const struct host_view *view)
{
    if (needs_images(run, view) && needs_containers(run, view))
        ask_images(run, view, is_unused, "belong to no container", "are in use");
    else if (view->check->result == CONTROL_NOT_APPLICABLE && view->engine->images.count)
        check_fail(run, view, (str){0}, "%zu images, and no container", view->engine->images.count);
}

static void container_sprawl(struct rule_run *run, const struct host_view *view)
{
    struct str_list names = {0};
    if (!needs_containers(run, view))
        return;
    for (size_t i = 0; i < view->engine->containers.count; i++)
        if (!view->engine->containers.items[i].is_running)
            *vec_push(run->arena, &names) = view->engine->containers.items[i].name;
    if (names.count)
        check_fail(run, view, (str){0}, "%zu of %zu containers do not run: %.*s", names.count,
                   view->engine->containers.count, STR_ARG(check_names(run, &names)));
    else
        check_pass(run, view, "all %zu containers run", view->engine->containers.count);
}

static const struct engine_container *container_of(const struct host_view *view, str id)
{
    for (size_t i = 0; view->engine && i < view->engine->containers.count; i++)
        if (str_eq(view->engine->containers.items[i].id, id))
            return &view->engine->containers.items[i];
    return NULL;
}

static void sshd_in_container(struct rule_run *run, const struct host_view *view)
{
    struct str_list names = {0};
    const struct host_process_list *processes = &view->host->processes;
    for (size_t i = 0; i < processes->count; i++) {
        const struct host_process *process = &processes->items[i];
        bool is_ssh = str_eq(process->name, STR("sshd")) || str_eq(process->name, STR("dropbear"));
        if (!is_ssh || !process->container.len)
            continue;
        const struct engine_container *container = container_of(view, process->container);
        *vec_push(run->arena, &names) =
            arena_printf(run->arena, "%.*s in %.*s (process %u)", STR_ARG(process->name),
                         STR_ARG(container ? container->name : process->container), process->pid);
    }
    if (names.count)
        check_fail(run, view, (str){0}, "%.*s", STR_ARG(check_names(run, &names)));
    else if (processes->count == 0)
        check_unknown(run, view, "no process of this host was seen");
    else
        check_pass(run, view, "no sshd or dropbear has a container's cgroup");
}

/* What was executed is not kept by the engine once it ended. */
static void exec_unknown(struct rule_run *run, const struct host_view *view)
{
    if (needs_containers(run, view))
        check_unknown(run, view,
                      "the engine keeps no record of commands that have ended; an audit rule on "
                      "the docker program or an authorization plugin would");
}

/* A tag moves on when it is pulled or built again; containers keep what it meant before. */
static void image_not_current(struct rule_run *run, const struct host_view *view)
{
    struct str_list names = {0};
    if (!needs_containers(run, view) || !needs_images(run, view))
        return;
    for (size_t i = 0; i < view->engine->containers.count; i++) {
        const struct engine_container *container = &view->engine->containers.items[i];
        const struct workload *workload = &view->engine->workloads.items[container->workload];
        const struct engine_image *image = engine_image_by_id(view->engine, container->image_id);
        bool still = str_eq(workload->image.value, container->image_id);
        for (size_t t = 0; image && t < image->tags.count; t++) {
            str tag = image->tags.items[t], name = workload->image.value;
            still |= str_eq(tag, name) || (str_skip(&tag, name) && str_eq(tag, STR(":latest")));
        }
        still |= str_find_char(workload->image.value, '@') != STR_NONE ||
                 (image && str_contains(image->id, workload->image.value));
        if (!still)
            *vec_push(run->arena, &names) = container->name;
    }
    if (names.count)
        check_fail(run, view, (str){0},
                   "their tag stands for another image by now, or is gone: %.*s",
                   STR_ARG(check_names(run, &names)));
    else
        check_pass(run, view, "each of %zu containers runs what its tag stands for here",
                   view->engine->containers.count);
}

static const struct rule rules[] = {
    {
        .id = "engine/image-as-root",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "Images run as root unless told otherwise",
        .why = "A service that is root in its container has the most to give away: it can "
               "change every file there, and most ways out of a container need root.",
        .fix = "Make a user in the Dockerfile and name it with USER.",
        .bad = "FROM debian:12\n"
               "CMD [\"app\"]\n",
        .good = "FROM debian:12\n"
                "USER 10001\n"
                "CMD [\"app\"]\n",
        .aliases = {"CIS 4.1"},
        .host = image_as_root,
    },
    {
        .id = "engine/image-origin",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "Images may come from a registry that is not trusted",
        .why = "An image is a program that you run. Whoever made it, or can change it on the "
               "way, runs theirs.",
        .fix = "Name the registries you trust, pull from those only, and name images by "
               "digest.",
        .bad = "FROM somebody/nginx\n",
        .good = "FROM registry.example.com/base/nginx@sha256:4bcf...\n",
        .aliases = {"CIS 4.2"},
        .host = image_origin,
    },
    {
        .id = "engine/image-packages",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Images may hold packages that nothing needs",
        .why = "Each package brings flaws of its own and tools for whoever breaks in.",
        .fix = "Start from a smaller base, and install with --no-install-recommends. harden "
               "scan lists packages and their flaws.",
        .bad = "RUN apt-get install -y build-essential\n",
        .good = "RUN apt-get install -y --no-install-recommends libpq5\n",
        .aliases = {"CIS 4.3"},
        .host = image_content,
    },
    {
        .id = "engine/old-image",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_MEDIUM,
        .title = "Images were not rebuilt for a long time",
        .why = "An image gets no updates while it lies there. All flaws that were found since "
               "it was built are in it.",
        .fix = "Scan it (harden scan docker:NAME), and rebuild it on a fresh base; do so on a "
               "schedule.",
        .bad = "docker build -t app . # in spring\n",
        .good = "docker build --pull --no-cache -t app . # every week\n",
        .aliases = {"CIS 4.4"},
        .host = old_image,
    },
    {
        .id = "engine/image-without-healthcheck",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Images do not say how their health is checked",
        .why = "The engine then sees only whether the process is there. A service that hangs "
               "stays in use.",
        .fix = "Add a HEALTHCHECK to the Dockerfile.",
        .bad = "CMD [\"app\"]\n",
        .good = "HEALTHCHECK CMD [\"app\", \"--check\"]\n"
                "CMD [\"app\"]\n",
        .aliases = {"CIS 4.6"},
        .host = image_without_healthcheck,
    },
    {
        .id = "engine/update-alone",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Package lists were updated in a step of their own",
        .why = "The build cache keeps that step. Later installs then use the lists of back "
               "then, and install versions whose flaws are long repaired.",
        .fix = "Put update and install into one RUN step.",
        .bad = "RUN apt-get update\n"
               "RUN apt-get install -y curl\n",
        .good = "RUN apt-get update && apt-get install -y curl\n",
        .aliases = {"CIS 4.7"},
        .host = update_alone,
    },
    {
        .id = "engine/image-setuid",
        .kind = KIND_PERMISSION,
        .severity = SEVERITY_LOW,
        .title = "Images may hold setuid programs",
        .why = "Such a program runs as root whoever starts it; a flaw in one makes a user of "
               "the container its root.",
        .fix = "Take the bit away in the Dockerfile, or start containers with no-new-"
               "privileges.",
        .bad = "RUN apt-get install -y sudo\n",
        .good = "RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +\n",
        .aliases = {"CIS 4.8"},
        .host = image_content,
    },
    {
        .id = "engine/image-uses-add",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Files got into images by ADD",
        .why = "ADD also fetches from the Internet, without checking what comes, and unpacks "
               "archives, which can put files where nobody expects them. COPY only copies.",
        .fix = "Use COPY; for downloads, a RUN step that checks a digest.",
        .bad = "ADD https://example.com/app.tar.gz /opt/\n",
        .good = "COPY app /opt/app\n",
        .aliases = {"CIS 4.9"},
        .host = image_uses_add,
    },
    {
        .id = "engine/secret-in-history",
        .kind = KIND_SECRET,
        .severity = SEVERITY_HIGH,
        .title = "A secret seems to stand in the history of an image",
        .why = "Build arguments and variables are kept in the image for good. Whoever can pull"
               " it can read them: docker history --no-trunc shows them all.",
        .fix = "Hand secrets to a build with RUN --mount=type=secret. Change the one that was "
               "given away.",
        .bad = "ARG PASSWORD=hunter2\n",
        .good = "RUN --mount=type=secret,id=password ./install\n",
        .aliases = {"CIS 4.10"},
        .host = secret_in_history,
    },
    {
        .id = "engine/image-verified-packages",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Nothing shows that packages were verified when installed",
        .why = "Package managers check signatures unless told not to. A file that was fetched "
               "by hand is checked by nobody.",
        .fix = "Install from the distribution with checks on, and compare downloads with a "
               "digest that came another way.",
        .bad = "RUN apt-get install -y --allow-unauthenticated app\n",
        .good = "RUN apt-get install -y app\n",
        .aliases = {"CIS 4.11"},
        .host = image_content,
    },
    {
        .id = "engine/image-signed",
        .kind = KIND_TRUST,
        .severity = SEVERITY_LOW,
        .title = "Nothing shows that signed artifacts are verified",
        .why = "A signature that nobody checks protects nobody: the engine runs whatever the "
               "registry hands out.",
        .fix = "Sign images with cosign or notation, and let the place that starts containers "
               "verify them.",
        .bad = "docker run app\n",
        .good = "cosign verify --key cosign.pub app && docker run app\n",
        .aliases = {"CIS 4.12"},
        .host = image_content,
    },
    {
        .id = "engine/sshd-in-container",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "An SSH server runs in a container",
        .why = "It is a second way in, with keys and passwords that nobody looks after, and "
               "what is done there appears in no log of the engine.",
        .fix = "Remove it; use docker exec to look inside.",
        .bad = "CMD [\"/usr/sbin/sshd\", \"-D\"]\n",
        .good = "CMD [\"app\"]\n",
        .aliases = {"CIS 5.7"},
        .host = sshd_in_container,
    },
    {
        .id = "engine/privileged-exec",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_MEDIUM,
        .title = "Nothing shows whether privileged commands are run in containers",
        .why = "docker exec --privileged starts a process with all rights in a container that "
               "has none of them.",
        .fix = "Do not use it. An audit rule for the docker program, or an authorization "
               "plugin, tells who does.",
        .bad = "docker exec --privileged app sh\n",
        .good = "docker exec app sh\n",
        .aliases = {"CIS 5.23"},
        .host = exec_unknown,
    },
    {
        .id = "engine/root-exec",
        .kind = KIND_ISOLATION,
        .severity = SEVERITY_LOW,
        .title = "Nothing shows whether commands are run in containers as root",
        .why = "docker exec --user root undoes the choice to run the container as a user.",
        .fix = "Do not use it. An audit rule for the docker program, or an authorization "
               "plugin, tells who does.",
        .bad = "docker exec --user root app sh\n",
        .good = "docker exec app sh\n",
        .aliases = {"CIS 5.24"},
        .host = exec_unknown,
    },
    {
        .id = "engine/image-not-current",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_LOW,
        .title = "Containers do not run what their tag stands for now",
        .why = "After a pull or a build the tag is the new image, with its repaired flaws; the"
               " container still is the old one.",
        .fix = "Start the container anew from its tag.",
        .bad = "docker pull app:1\n",
        .good = "docker pull app:1 && docker compose up -d\n",
        .aliases = {"CIS 5.28"},
        .host = image_not_current,
    },
    {
        .id = "engine/image-sprawl",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "Images are kept that no container uses",
        .why = "They fill the disk, and one of them may be started by mistake, with its old "
               "flaws.",
        .fix = "Remove images that nobody needs; docker image prune -a lists and removes them.",
        .bad = "docker images | wc -l\n"
               "240\n",
        .good = "docker images | wc -l\n"
                "12\n",
        .aliases = {"CIS 6.1"},
        .host = image_sprawl,
    },
    {
        .id = "engine/container-sprawl",
        .kind = KIND_CONFIG,
        .severity = SEVERITY_INFO,
        .title = "Containers are kept that do not run",
        .why = "They keep data, perhaps secrets, and are started again by mistake.",
        .fix = "Remove containers that nobody needs with docker container prune.",
        .bad = "docker ps -a | grep -c Exited\n"
               "80\n",
        .good = "docker ps -a | grep -c Exited\n"
                "0\n",
        .aliases = {"CIS 6.2"},
        .host = container_sprawl,
    },
};

const struct rule_family rule_engine = {"engine", rules, sizeof(rules) / sizeof(rules[0])};
