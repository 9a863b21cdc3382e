// SPDX-License-Identifier: Apache-2.0
#include "base/date.h"
#include "base/map.h"
#include "judge/advisory/origin.h"
#include "judge/rule/rule.h"
#include "model/image_view.h"

/* --- which finds make one finding ---- */

/* The same secret at the same place, in however many layers. What the configuration says is one
 * place: a variable stands there and in the history, a build argument in each step after it. */
struct place {
    const struct fact *fact; /* the one to tell: a visible one, if there is one */
    size_t layers;           /* or how often the configuration says it */
};
struct places VEC_BODY(struct place);

static bool is_in_config(const struct fact *fact)
{
    return str_eq(fact->path, STR("image configuration"));
}

static str file_key(struct arena *arena, const struct fact *fact)
{
    return arena_join(arena, fact->secret.fingerprint, STR("\n"), fact->path);
}

static str key_of(struct rule_run *run, const struct fact *fact)
{
    if (is_in_config(fact))
        return file_key(run->arena, fact);
    return arena_printf(run->arena, "%.*s\n%.*s\n%.*s", STR_ARG(fact->secret.fingerprint),
                        STR_ARG(fact->path), STR_ARG(fact->secret.where));
}

static struct places gather(struct rule_run *run, const struct image_view *view)
{
    struct places places = {0};
    struct map known = {0};
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_SECRET, &count);
    str rule = str_from(run->rule->id);
    str_skip(&rule, STR("secret/"));
    for (; count; count--, fact++) {
        if (!str_eq(fact->secret.rule, rule))
            continue;
        uintptr_t *at = map_put(run->arena, &known, key_of(run, fact), NULL);
        if (*at == 0) {
            *vec_push(run->arena, &places) = (struct place){.fact = fact};
            *at = places.count;
        }
        struct place *place = &places.items[*at - 1];
        place->layers++;
        if (place->fact->hidden && !fact->hidden)
            place->fact = fact;
        else if (is_in_config(fact) && fact->secret.confidence > place->fact->secret.confidence)
            place->fact = fact;
    }
    return places;
}

/* How many finds have a fingerprint, and how many of them are in one file: counted once, as there
 * may be thousands of both. */
struct tally {
    struct map of_secret, of_file;
};

static struct tally count_all(struct arena *arena, const struct image_view *view)
{
    struct tally tally = {0};
    size_t count;
    const struct fact *fact = image_view_facts(view, FACT_SECRET, &count);
    for (; count; count--, fact++) {
        ++*map_put(arena, &tally.of_secret, fact->secret.fingerprint, NULL);
        ++*map_put(arena, &tally.of_file, file_key(arena, fact), NULL);
    }
    return tally;
}

static size_t other_places(struct arena *arena, struct tally *tally, const struct fact *fact)
{
    return *map_put(arena, &tally->of_secret, fact->secret.fingerprint, NULL) -
           *map_put(arena, &tally->of_file, file_key(arena, fact), NULL);
}

/* --- how much it matters ---- */

static const struct fact *use_of(const struct image_view *view, const struct fact *fact)
{
    size_t count;
    const struct fact *use = image_view_facts(view, FACT_PUBLIC_KEY, &count);
    for (; count && fact->secret.partner.len; count--, use++)
        if (str_eq(use->public_key.partner, fact->secret.partner))
            return use;
    return NULL;
}

static bool has_expired(const struct rule_run *run, const struct secret *secret)
{
    const uint64_t seconds_a_day = 86400;
    int64_t today;
    return secret->expires && run->settings->today &&
           date_day(str_from(run->settings->today), &today) && today > 0 &&
           secret->expires / seconds_a_day < (uint64_t)today;
}

static enum severity severity_of(const struct secret *secret, enum secret_confidence confidence,
                                 bool expired)
{
    enum severity severity = (enum severity)secret->severity;
    if (confidence == SECRET_MEDIUM && severity > SEVERITY_LOW)
        severity--;
    if (confidence == SECRET_LOW)
        severity = severity >= SEVERITY_HIGH ? SEVERITY_LOW : SEVERITY_INFO;
    return expired && severity > SEVERITY_INFO ? severity - 1 : severity;
}

/* The package of Debian's own that the file is part of; absent: none. Everybody can download what
 * is in there, so it protects nothing of yours: keys that libraries test themselves with, examples
 * of manual pages. Below /usr/local and in places for settings, packages put nothing of that sort.
 */
static str published_in(const struct image_view *view, const struct fact *fact)
{
    size_t count, packages;
    const struct fact *owned = image_view_facts(view, FACT_OWNED_FILE, &count);
    const struct fact *package = image_view_facts(view, FACT_PACKAGE, &packages);
    str path = fact->path, name = {0};
    if (!str_starts(path, STR("usr/")) || str_starts(path, STR("usr/local/")))
        return name;
    for (; count && name.len == 0; count--, owned++) {
        str rest = path;
        if (str_eq(owned->owned_file.path, path) ||
            (str_skip(&rest, STR("usr/")) && str_eq(owned->owned_file.path, rest)))
            str_cut(owned->owned_file.package, ':', &name, &rest);
    }
    for (; name.len && packages; packages--, package++)
        if (str_eq(package->package.name, name) && package_is_of_debian(&package->package))
            return name;
    return (str){0};
}

/* --- what is said ---- */

static str capital(struct arena *arena, str text)
{
    char *out = arena_copy(arena, text.ptr, text.len);
    if (text.len && out[0] >= 'a' && out[0] <= 'z')
        out[0] = (char)(out[0] - 'a' + 'A');
    return str_make(out, text.len);
}

static str add(struct rule_run *run, str text, str more)
{
    return more.len ? arena_join(run->arena, text, STR("; "), more) : text;
}

static str evidence_of(struct rule_run *run, const struct image_view *view, struct tally *tally,
                       const struct place *place, enum secret_confidence confidence, str reason)
{
    static const char *const names[] = {"low", "medium", "high"};
    enum { STEP_MOST = 120 };
    const struct secret *secret = &place->fact->secret;
    const struct layer_list *layers = &view->image->layers;
    str text = arena_printf(run->arena, "%.*s: %s confidence, %.*s", STR_ARG(secret->shown),
                            names[confidence], STR_ARG(reason));
    text = add(run, text, secret->detail);
    if (secret->where.len)
        text = add(run, text, arena_join(run->arena, STR("in"), STR(" "), secret->where));
    if (place->fact->hidden)
        text = add(run, text,
                   STR("a later layer deletes or overwrites the file, but whoever pulls "
                       "the image still gets it"));
    if (secret->count > 1)
        text = add(
            run, text,
            arena_printf(run->arena, "%llu times in this file", (unsigned long long)secret->count));
    bool in_layer = !is_in_config(place->fact);
    if (place->layers > 1 && in_layer)
        text = add(run, text, arena_printf(run->arena, "in %zu layers", place->layers));
    else if (place->layers > 1)
        text = add(run, text,
                   arena_printf(run->arena, "in %zu places of the configuration and its history",
                                place->layers));
    size_t others = other_places(run->arena, tally, place->fact);
    if (others)
        text = add(run, text,
                   arena_printf(run->arena, "the same secret stands in %zu more place%s", others,
                                others == 1 ? "" : "s"));
    str step = in_layer && place->fact->layer < layers->count
                   ? layers->items[place->fact->layer].created_by
                   : (str){0};
    if (step.len)
        text =
            add(run, text,
                arena_printf(run->arena, "added by: %.*s%s", STR_ARG(str_sub(step, 0, STEP_MOST)),
                             step.len > STEP_MOST ? "..." : ""));
    return add(run, text,
               arena_join(run->arena, STR("fingerprint"), STR(" "), secret->fingerprint));
}

static void report_place(struct rule_run *run, const struct image_view *view, struct tally *tally,
                         const struct place *place)
{
    const struct fact *fact = place->fact;
    const struct secret *secret = &fact->secret;
    const struct layer_list *layers = &view->image->layers;
    enum secret_confidence confidence = (enum secret_confidence)secret->confidence;
    const struct fact *use = use_of(view, fact);
    bool expired = has_expired(run, secret);
    str reason = secret->reason;
    if (use) {
        confidence = SECRET_HIGH;
        reason = arena_printf(run->arena, "its other half is in %.*s (%.*s)", STR_ARG(use->path),
                              STR_ARG(use->public_key.what));
    }
    if (expired)
        reason = arena_join(run->arena, reason, STR(", "), STR("but it has expired"));
    str package = use ? (str){0} : published_in(view, fact);
    if (package.len)
        reason = arena_printf(run->arena,
                              "%.*s, but the package %.*s brings it and so it is public: no secret "
                              "of yours",
                              STR_ARG(reason), STR_ARG(package));
    struct location location = {
        .path = fact->path, .line = (uint32_t)secret->line, .column = (uint32_t)secret->column};
    if (!is_in_config(fact) && fact->layer < layers->count)
        location.layer = layers->items[fact->layer].diff_id.len ? layers->items[fact->layer].diff_id
                                                                : layers->items[fact->layer].digest;
    struct finding *finding = rule_found_at(
        run, location, "%.*s", STR_ARG(evidence_of(run, view, tally, place, confidence, reason)));
    finding->severity = package.len ? SEVERITY_INFO : severity_of(secret, confidence, expired);
    finding->title = capital(run->arena, secret->title);
    *vec_push(run->arena, &finding->aliases) = secret->kind;
    *vec_push(run->arena, &finding->aliases) =
        arena_join(run->arena, STR("secret"), STR(":"), secret->fingerprint);
}

static void report(struct rule_run *run, const struct image_view *view)
{
    struct places places = gather(run, view);
    if (places.count == 0)
        return;
    struct tally tally = count_all(run->arena, view);
    for (size_t i = 0; i < places.count; i++)
        report_place(run, view, &tally, &places.items[i]);
}

/* --- secrets of one text ---- */

/* The rule about values in Dockerfiles has told of it already, by its own lights. */
static bool is_told(const struct rule_run *run, struct span span)
{
    struct text_place place = text_file_place(run->file, span);
    const struct finding_list *findings = &run->report->findings;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->items[i];
        if (str_eq(finding->id, STR("dockerfile/secret-value")) &&
            str_eq(finding->location.path, run->file->path) &&
            finding->location.line == place.line && finding->location.column == place.column)
            return true;
    }
    return false;
}

static void report_in_text(struct rule_run *run, const struct secret *secret)
{
    static const char *const names[] = {"low", "medium", "high"};
    const struct span span = {(uint32_t)secret->offset,
                              (uint32_t)(secret->offset + secret->length)};
    if (is_told(run, span))
        return;
    const char *id = arena_printf(run->arena, "secret/%.*s", STR_ARG(secret->rule)).ptr;
    bool expired = has_expired(run, secret);
    enum secret_confidence confidence = (enum secret_confidence)secret->confidence;
    struct finding *finding =
        rule_report(run, id, span, "%.*s: %s confidence, %.*s%s%s%.*s; fingerprint %.*s",
                    STR_ARG(secret->shown), names[confidence], STR_ARG(secret->reason),
                    expired ? ", but it has expired" : "", secret->detail.len ? "; " : "",
                    STR_ARG(secret->detail), STR_ARG(secret->fingerprint));
    finding->severity = severity_of(secret, confidence, expired);
    finding->title = capital(run->arena, secret->title);
    *vec_push(run->arena, &finding->aliases) = secret->kind;
    *vec_push(run->arena, &finding->aliases) =
        arena_join(run->arena, STR("secret"), STR(":"), secret->fingerprint);
}

void rule_report_secrets(struct rule_run *run, const struct fact_list *facts)
{
    const unsigned wanted = 1u << KIND_SECRET;
    if (run->settings->kinds && !(run->settings->kinds & wanted))
        return;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        if (fact->kind == FACT_SECRET && fact->secret.confidence != SECRET_LOW &&
            fact->secret.length && !fact->secret.by_name)
            report_in_text(run, &fact->secret);
    }
}

/* --- the rules ---- */

/* The same three steps for all: the first one is what helps, the others keep it from coming back.
 */
#define THEN                                                                                       \
    " Then take it out of the image: deleting the file in a later step does not, the step that "   \
    "adds it must go, and images that were pushed must be replaced. What a build needs comes by "  \
    "RUN --mount=type=secret, what the program needs when the container starts."
#define SECRET_RULE .kind = KIND_SECRET, .class = RULE_SECURITY, .image = report
#define TOKEN_BAD   "ENV API_TOKEN=...\n"
#define TOKEN_GOOD  "RUN --mount=type=secret,id=token,env=API_TOKEN make fetch\n"

static const struct rule rules[] = {
    {
        .id = "secret/ai-key",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "The key of a model provider is in the image",
        .why = "Whoever has the key can use the models at your expense, and often read what others "
               "of your organisation have stored there. Such keys are searched for and resold "
               "within hours.",
        .fix = "Revoke the key at the provider and make a new one, with a spending limit." THEN,
        .bad = TOKEN_BAD,
        .good = TOKEN_GOOD,
    },
    {
        .id = "secret/ci-token",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "A token of a build service is in the image",
        .why = "The build service holds the keys to everything that it builds and deploys. With "
               "its token others can start builds, change them and read the secrets in them.",
        .fix =
            "Revoke the token in the build service and look at the builds of the last days." THEN,
        .bad = "ARG SONAR_TOKEN=...\nRUN sonar-scanner\n",
        .good = "RUN --mount=type=secret,id=sonar,env=SONAR_TOKEN sonar-scanner\n",
    },
    {
        .id = "secret/cloud-key",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "A key to a cloud account is in the image",
        .why = "A cloud key works from anywhere, without a second factor. Whoever pulls the image "
               "can do what its owner can: read data, start machines at your expense, delete "
               "backups.",
        .fix = "Revoke the key in the cloud's console, make a new one with fewer rights, and look "
               "at what was done with the old one." THEN
               " In the cloud itself, give the machine a role, and no key is needed at all.",
        .bad = "COPY .aws /root/.aws\n",
        .good =
            "RUN --mount=type=secret,id=aws,target=/root/.aws/credentials aws s3 cp s3://b/f .\n",
    },
    {
        .id = "secret/cluster-access",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "Access to a cluster is in the image",
        .why = "With it others can talk to the cluster as its owner does: start containers on all "
               "its machines, and read the secrets of everything that runs there.",
        .fix = "Remove the user or rotate the token in the cluster." THEN,
        .bad = "COPY kubeconfig /root/.kube/config\n",
        .good = "RUN --mount=type=secret,id=kube,target=/root/.kube/config kubectl get pods\n",
    },
    {
        .id = "secret/code-hosting-token",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "A token of a code hosting service is in the image",
        .why = "Others can read your private source with it, and where the token may write, change "
               "it: what you build next is then theirs.",
        .fix = "Revoke the token where it was made, and look at what was pushed lately." THEN,
        .bad = "RUN git clone https://user:TOKEN@git.example.org/app\n",
        .good = "RUN --mount=type=ssh git clone git@git.example.org:app\n",
    },
    {
        .id = "secret/database-login",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "The password of a database is in the image",
        .why = "Whoever has the image has the password. If the database can be reached, now or "
               "after another break-in, its data can be read and changed.",
        .fix = "Change the password in the database." THEN,
        .bad = "ENV DATABASE_URL=postgres://app:PASSWORD@db/app\n",
        .good = "ENV DATABASE_URL_FILE=/run/secrets/database-url\n",
    },
    {
        .id = "secret/github-token",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "A GitHub token is in the image",
        .why = "The token is a login without a second factor. Others can read your private "
               "repositories with it, change code, releases and workflows, and so reach everyone "
               "who uses what you publish.",
        .fix = "Revoke the token in GitHub's settings and look at the security log." THEN,
        .bad = "ARG GITHUB_TOKEN=...\nRUN make fetch\n",
        .good = "RUN --mount=type=secret,id=github,env=GITHUB_TOKEN make fetch\n",
    },
    {
        .id = "secret/gitlab-token",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "A GitLab token is in the image",
        .why = "The token is a login without a second factor. Others can read private projects "
               "with it, and depending on its rights change code, register runners and take the "
               "variables of pipelines.",
        .fix = "Revoke the token in GitLab." THEN,
        .bad = "ENV GITLAB_TOKEN=...\n",
        .good = "RUN --mount=type=secret,id=gitlab,env=GITLAB_TOKEN make fetch\n",
    },
    {
        .id = "secret/messaging-token",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "A token of a messaging service is in the image",
        .why = "Others can read your channels or send messages, mail and SMS in your name and at "
               "your expense: the best start for deceiving your colleagues and customers.",
        .fix = "Revoke the token at the service, and make a new one." THEN,
        .bad = TOKEN_BAD,
        .good = TOKEN_GOOD,
    },
    {
        .id = "secret/monitoring-key",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "A key of a monitoring service is in the image",
        .why = "Monitoring sees everything: addresses, queries, errors with data in them. With its "
               "key others can read that, or bury your alarms under false ones.",
        .fix = "Revoke the key at the service, and make a new one." THEN,
        .bad = TOKEN_BAD,
        .good = TOKEN_GOOD,
    },
    {
        .id = "secret/package-registry-token",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "The login of a package registry is in the image",
        .why = "With a token that may publish, others can release a new version of your packages, "
               "with their code in it, and everyone who updates runs it. With one that may only "
               "read they get your private packages.",
        .fix = "Revoke the token at the registry and look at what was published lately." THEN,
        .bad = "COPY .npmrc /root/.npmrc\nRUN npm ci\n",
        .good = "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci\n",
    },
    {
        .id = "secret/password-hash",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "The hash of a password is in the image",
        .why = "A hash hides the password only from those who do not try: millions of guesses a "
               "second find most passwords that people choose. And every container of the image "
               "accepts the same one.",
        .fix = "Lock the account (passwd -l NAME), or set the password when the container starts; "
               "and change it wherever it is used, too." THEN,
        .bad = "RUN echo root:PASSWORD | chpasswd\n",
        .good = "RUN passwd -l root\n",
    },
    {
        .id = "secret/password-in-setting",
        SECRET_RULE,
        .severity = SEVERITY_MEDIUM,
        .title = "A setting looks like a password or a key",
        .why = "Its name says that it is a secret, and its value looks like one. What it opens is "
               "not known here; you know best.",
        .fix = "Look at it. If it opens something, change it there." THEN
               " If it does not, waive it by its fingerprint: --ignore secret:FINGERPRINT.",
        .bad = "ENV ADMIN_PASSWORD=...\n",
        .good = "ENV ADMIN_PASSWORD_FILE=/run/secrets/admin\n",
    },
    {
        .id = "secret/payment-key",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "A key of a payment or shop service is in the image",
        .why = "With it others can see your customers' orders and data, and depending on its "
               "rights give refunds to themselves.",
        .fix = "Roll the key in the service's dashboard." THEN,
        .bad = TOKEN_BAD,
        .good = TOKEN_GOOD,
    },
    {
        .id = "secret/private-key",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "A private key is in the image",
        .why = "A private key proves who you are. Whoever has it can be you: log in where its "
               "public half is trusted, answer in the name of your server, sign in your name. A "
               "pass phrase only delays that.",
        .fix =
            "Make a new key, put its public half wherever the old one was trusted, and have a "
            "certificate for the old one revoked." THEN " For git and ssh: RUN --mount=type=ssh.",
        .bad = "COPY id_ed25519 /root/.ssh/id_ed25519\nRUN git clone git@example.org:app\n",
        .good = "RUN --mount=type=ssh git clone git@example.org:app\n",
    },
    {
        .id = "secret/registry-login",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "The login of a container registry is in the image",
        .why = "Others can pull your private images with it, and push changed ones under your "
               "names: the next deployment then runs their code.",
        .fix = "Revoke the token or change the password at the registry." THEN,
        .bad = "COPY .docker/config.json /root/.docker/config.json\n",
        .good =
            "RUN --mount=type=secret,id=docker,target=/root/.docker/config.json crane copy A B\n",
    },
    {
        .id = "secret/secret-store-token",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "A key to a store of secrets is in the image",
        .why = "It opens the place where all the other secrets are, or it signs and encrypts what "
               "your program trusts. What it protects must be taken for known.",
        .fix = "Revoke it, make a new one, and change the secrets that it gave access to." THEN,
        .bad = "ENV VAULT_TOKEN=...\n",
        .good = "RUN --mount=type=secret,id=vault,env=VAULT_TOKEN vault kv get secret/build\n",
    },
    {
        .id = "secret/service-token",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "A token of an Internet service is in the image",
        .why = "Others can use the service in your name with it, and read what you have there.",
        .fix = "Revoke the token at the service, and make a new one." THEN,
        .bad = TOKEN_BAD,
        .good = TOKEN_GOOD,
    },
    {
        .id = "secret/signed-token",
        SECRET_RULE,
        .severity = SEVERITY_MEDIUM,
        .title = "A signed token (JWT) is in the image",
        .why = "A signed token is a login that anyone can use who has it, until it expires; some "
               "never do.",
        .fix =
            "End the session that it belongs to, or change the key that it was signed with." THEN,
        .bad = TOKEN_BAD,
        .good = TOKEN_GOOD,
    },
    {
        .id = "secret/ssh-host-key",
        SECRET_RULE,
        .severity = SEVERITY_CRITICAL,
        .title = "The SSH server's private key is in the image",
        .why = "The host key is how a client knows that it talks to the right server. Here every "
               "container has the same one, and so has everyone who can pull the image: they can "
               "pose as the server, and read what is typed into it.",
        .fix = "Delete the keys in the very step that installs the server, and make new ones when "
               "the container starts (ssh-keygen -A). Better still, install no SSH server in an "
               "image: docker exec does what it is for.",
        .bad = "RUN apt-get install -y openssh-server\n",
        .good = "RUN apt-get install -y openssh-server && rm /etc/ssh/ssh_host_*\n",
    },
    {
        .id = "secret/stored-password",
        SECRET_RULE,
        .severity = SEVERITY_HIGH,
        .title = "A password is stored in the image",
        .why = "Whoever pulls the image can read it and log in with it, here and wherever else the "
               "same password is used.",
        .fix = "Change the password." THEN,
        .bad = "COPY .netrc /root/.netrc\nRUN curl -n https://files.example.org/x -o x\n",
        .good = "RUN --mount=type=secret,id=netrc,target=/root/.netrc \\\n"
                "    curl -n https://files.example.org/x -o x\n",
    },
};

const struct rule_family rule_secret = {"secret", rules, sizeof(rules) / sizeof(rules[0])};
