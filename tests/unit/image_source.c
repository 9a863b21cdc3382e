// SPDX-License-Identifier: Apache-2.0
#include "base/fd.h"
#include "io/digest.h"
#include "tests/unit/image_writer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct image_options plain = {.wants = WANT_PACKAGES, .jobs = 2};

static struct test_image two_layers(struct arena *arena)
{
    struct test_image image = {.arena = arena};
    tar_file(image_layer(&image), "etc/list", "a 1\n");
    tar_file(image_layer(&image), "etc/list.d/b", "b 1\n");
    return image;
}
static const char two_layers_facts[] = "0 etc/list: a 1\n1 etc/list.d/b: b 1\n";

/* The facts, or the error's text. */
static str scan_bytes(struct arena *arena, str bytes, const struct image_options *options,
                      struct image_result *ret)
{
    struct err err = {0};
    const char *path = image_file(arena, "source.tar", bytes);
    if (image_scan(arena, path, options ? options : &plain, ret, &err) < 0)
        return arena_str(arena, err_text(&err));
    return image_facts(arena, ret);
}

TEST(image_docker_archive_tells_all)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    struct test_image image = two_layers(&arena);
    CHECK_STR(two_layers_facts, scan_bytes(&arena, image_docker_archive(&image), NULL, &result));
    CHECK_STR("docker-archive", result.image.kind);
    CHECK_STR("test/app:1", result.image.name);
    CHECK_STR("linux/amd64", result.image.platform);
    CHECK_STR("2024-01-02T03:04:05Z", result.image.created);
    CHECK(str_eq(digest_of(&arena, DIGEST_SHA256, result.image.config), result.image.digest));
    CHECK_EQ(2, result.image.layers.count);
    CHECK_STR("step 1", result.image.layers.items[1].created_by);
    CHECK(str_eq(digest_of(&arena, DIGEST_SHA256, buf_str(&image.layers[1])),
                 result.image.layers.items[1].diff_id));
    CHECK_EQ(image.layers[1].len, result.image.layers.items[1].size);
    image_free(&image);
}

TEST(image_oci_archive_plain_and_packed)
{
    ARENA_SCOPED arena = {0};
    for (int gzip = 0; gzip < 2; gzip++) {
        struct image_result result;
        struct test_image image = two_layers(&arena);
        image.gzip = gzip;
        CHECK_STR(two_layers_facts, scan_bytes(&arena, image_oci_archive(&image), NULL, &result));
        CHECK_STR("oci-archive", result.image.kind);
        CHECK(str_starts(result.image.layers.items[0].digest, STR("sha256:")));
        image_free(&image);
    }
}

/* Writes the entries of an OCI archive into a folder, as blobs_folder.c expects it. */
static const char *unpack_layout(struct arena *arena, const char *name, str archive)
{
    struct err err = {0};
    const char *root = arena_printf(arena, "%s/%s", test_folder(), name).ptr;
    CHECK_OK(fd_make_dirs(arena_printf(arena, "%s/blobs/sha256", root).ptr, &err), &err);
    for (size_t at = 0; at + 512 <= archive.len && archive.ptr[at];) {
        uint64_t size = 0;
        for (int i = 124; i < 135; i++)
            size = size * 8 + (uint64_t)(archive.ptr[at + (size_t)i] - '0');
        image_file(arena, arena_printf(arena, "%s/%s", name, archive.ptr + at).ptr,
                   str_sub(archive, at + 512, (size_t)size));
        at += 512 + ((size_t)size + 511) / 512 * 512;
    }
    return root;
}

TEST(image_oci_layout)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result result;
    struct test_image image = two_layers(&arena);
    image.gzip = true;
    const char *root = unpack_layout(&arena, "layout", image_oci_archive(&image));
    CHECK_OK(image_scan(&arena, root, &plain, &result, &err), &err);
    CHECK_STR(two_layers_facts, image_facts(&arena, &result));
    CHECK_STR("oci", result.image.kind);
    /* A blob that is a link out of the layout is not followed. */
    const char *blob = arena_printf(&arena, "%s/blobs/sha256/%.*s", root,
                                    STR_ARG(str_from_index(result.image.layers.items[0].digest, 7)))
                           .ptr;
    const char *outside = image_file(&arena, "outside", STR("secret"));
    CHECK_EQ(0, unlink(blob));
    CHECK_EQ(0, symlink(outside, blob));
    CHECK_OK(image_scan(&arena, root, &plain, &result, &err), &err);
    CHECK(str_contains(image_facts(&arena, &result), STR("is a link out of the layout")));
    CHECK(str_starts(image_facts(&arena, &result), STR("1 etc/list.d/b: b 1\n")));
    /* ... and a missing one is named. */
    CHECK_EQ(0, unlink(blob));
    CHECK_OK(image_scan(&arena, root, &plain, &result, &err), &err);
    CHECK(str_contains(image_facts(&arena, &result), result.image.layers.items[0].diff_id));
    CHECK(str_contains(image_facts(&arena, &result), STR("missing; not read")));
    image_free(&image);
}

TEST(image_wrong_digests_are_gaps)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    struct test_image image = two_layers(&arena);
    struct image_options verify = plain;
    verify.verify = true;
    image.wrong_diff = "sha256:"
                       "0123456789012345678901234567890123456789012345678901234567890123";
    str archive = image_docker_archive(&image);
    /* Plain layers are digested when asked for, packed ones always. */
    CHECK_STR(two_layers_facts, scan_bytes(&arena, archive, NULL, &result));
    CHECK(str_contains(scan_bytes(&arena, archive, &verify, &result), STR("content has digest ")));
    image_free(&image);
    image = two_layers(&arena);
    image.gzip = true;
    image.wrong_diff = "sha256:"
                       "0123456789012345678901234567890123456789012345678901234567890123";
    str facts = scan_bytes(&arena, image_oci_archive(&image), NULL, &result);
    CHECK(str_starts(facts, str_from(two_layers_facts)));
    CHECK(str_contains(facts, STR("content has digest ")));
    CHECK(str_contains(facts, str_from(image.wrong_diff)));
    image_free(&image);
}

/* Flips a byte of the archive behind the first occurrence of a text. */
static str damage(struct arena *arena, str bytes, str behind, size_t offset)
{
    char *copy = arena_copy(arena, bytes.ptr, bytes.len);
    size_t at = str_find(bytes, behind);
    CHECK(at != STR_NONE);
    copy[at + offset] ^= 1;
    return str_make(copy, bytes.len);
}

TEST(image_wrong_documents)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    struct test_image image = two_layers(&arena);
    str archive = image_docker_archive(&image);
    str text = scan_bytes(&arena, damage(&arena, archive, STR("2024-01-02"), 3), NULL, &result);
    CHECK(str_starts(text, str_from(two_layers_facts)));
    CHECK(str_contains(text, STR("not the one it is named by")));
    image_free(&image);
    image = two_layers(&arena);
    archive = image_oci_archive(&image);
    text = scan_bytes(&arena, damage(&arena, archive, STR("\"schemaVersion\":2,\"config\""), 16),
                      NULL, &result);
    CHECK(str_contains(text, STR(": content has digest sha256:")));
    image_free(&image);
}

TEST(image_says_what_it_is_not)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result result;
    BUF_SCOPED tar = {0};
    tar_file(&tar, "etc/passwd", "root");
    tar_finish(&tar);
    CHECK(str_contains(scan_bytes(&arena, buf_str(&tar), NULL, &result),
                       STR("neither manifest.json (docker-archive) nor index.json")));
    CHECK(str_contains(scan_bytes(&arena,
                                  STR("\x7f"
                                      "ELF...."),
                                  NULL, &result),
                       STR("an ELF program")));
    CHECK(str_contains(scan_bytes(&arena, STR(""), NULL, &result), STR("empty")));
    CHECK(str_contains(scan_bytes(&arena, gzip_of(&arena, STR("hello")), NULL, &result),
                       STR("tar: ends early")));
    CHECK_EQ(-1, image_scan(&arena, "./no/such/file", &plain, &result, &err));
    CHECK_EQ(ERR_NOT_FOUND, err.kind);
    const char *target = arena_printf(&arena, "oci-archive:%s/source.tar", test_folder()).ptr;
    CHECK_EQ(-1, image_scan(&arena, target, &plain, &result, &err));
    CHECK(image_scan(&arena, "oci:/no/such", &plain, &result, &err) < 0);
}

TEST(image_platforms)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    struct image_options options = plain;
    struct test_image image = two_layers(&arena);
    image.platform = "arm64";
    str archive = image_docker_archive(&image);
    /* One image for another machine is read all the same, unless another was asked for. */
    CHECK_STR(two_layers_facts, scan_bytes(&arena, archive, &options, &result));
    CHECK_STR("linux/arm64", result.image.platform);
    options.platform = "linux/aarch64";
    CHECK_STR(two_layers_facts, scan_bytes(&arena, archive, &options, &result));
    options.platform = "linux/s390x";
    CHECK_STR("the image is for linux/arm64, not for linux/s390x",
              scan_bytes(&arena, archive, &options, &result));
    options.platform = "a/b/c/d";
    CHECK(str_contains(scan_bytes(&arena, archive, &options, &result), STR("want OS/ARCH")));
    image_free(&image);
}

/* An index with two platforms, one of them not there, an attestation, and an index within. */
static str multi_platform(struct arena *arena, const char *extra)
{
    BUF_SCOPED out = {0};
    str entries[2];
    static const char *const names[] = {"amd64", "arm64"};
    tar_file(&out, "oci-layout", "{}");
    for (int i = 0; i < 2; i++) {
        struct test_image image = {.arena = arena, .platform = names[i]};
        tar_file(image_layer(&image), "etc/list", i ? "arm 1\n" : "intel 1\n");
        tar_finish(&image.layers[0]);
        str layer = image_add_blob(arena, &out, "x/lies+gzip", buf_str(&image.layers[0]));
        str config = image_add_blob(arena, &out, "x/config", image_config(&image));
        entries[i] = image_add_blob(
            arena, &out, "application/vnd.docker.distribution.manifest.v2+json",
            arena_printf(arena, "{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}", config.ptr,
                         layer.ptr));
        entries[i].len--;
        entries[i] =
            arena_printf(arena, "%.*s,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}",
                         STR_ARG(entries[i]), names[i]);
        image_free(&image);
    }
    static const char absent[] =
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":5,\"digest\":"
        "\"sha256:00000000000000000000000000000000000000000000000000000000000000aa\","
        "\"platform\":{\"os\":\"linux\",\"architecture\":\"s390x\"}}";
    static const char attestation[] =
        "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":5,\"digest\":"
        "\"sha256:00000000000000000000000000000000000000000000000000000000000000ab\","
        "\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"},"
        "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}}";
    str index = image_add_blob(arena, &out, "application/vnd.oci.image.index.v1+json",
                               arena_printf(arena, "{\"manifests\":[%s,%s,%s,%s]}", attestation,
                                            absent, entries[0].ptr, entries[1].ptr));
    index.len--;
    str top = arena_printf(arena,
                           "{\"manifests\":[%.*s,\"annotations\":{\"io.containerd.image.name\":"
                           "\"docker.io/library/multi:1\"}}%s]}",
                           STR_ARG(index), extra);
    tar_put(&out, '0', "index.json", top);
    tar_finish(&out);
    return arena_str(arena, buf_str(&out));
}

/* One image, of which index.json and, if `names` is set, manifest.json tell. */
static str told_twice(struct arena *arena, const char *annotations, const char *names)
{
    BUF_SCOPED out = {0};
    struct test_image image = {.arena = arena, .platform = "amd64"};
    tar_file(image_layer(&image), "etc/list", "a 1\n");
    tar_finish(&image.layers[0]);
    str layer = image_add_blob(arena, &out, "x/y", buf_str(&image.layers[0]));
    str config = image_add_blob(arena, &out, "x/config", image_config(&image));
    str manifest = image_add_blob(
        arena, &out, "application/vnd.oci.image.manifest.v1+json",
        arena_printf(arena, "{\"config\":%s,\"layers\":[%s]}", config.ptr, layer.ptr));
    manifest.len--;
    tar_put(&out, '0', "index.json",
            arena_printf(arena,
                         "{\"manifests\":[%.*s,\"annotations\":{%s},\"platform\":"
                         "{\"os\":\"linux\",\"architecture\":\"amd64\"}}]}",
                         STR_ARG(manifest), annotations));
    size_t digest = str_find(layer, STR("sha256:")) + 7;
    if (names)
        tar_put(&out, '0', "manifest.json",
                arena_printf(arena, "[{\"Layers\":[\"blobs/sha256/%.*s\"%s]}]", 64,
                             layer.ptr + digest, names));
    tar_finish(&out);
    image_free(&image);
    return arena_str(arena, buf_str(&out));
}

TEST(image_that_is_told_in_two_documents)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    CHECK_STR("0 etc/list: a 1\n",
              scan_bytes(&arena,
                         told_twice(&arena,
                                    "\"vnd.docker.reference.type\":\"attestation-manifest\"", NULL),
                         NULL, &result));
    str facts = scan_bytes(&arena, told_twice(&arena, "", ""), NULL, &result);
    CHECK(!str_contains(facts, STR("other layers")));
    facts = scan_bytes(&arena, told_twice(&arena, "", ",\"other.tar\""), NULL, &result);
    CHECK(str_contains(facts, STR("gap manifest.json: it names other layers")));
}

/* What `cosign save`, registries' tags and referrers put beside an image is none, and is counted
 * where it speaks of that image (whose digest stands for %s), or does not say of which. */
TEST(image_with_signatures_beside_it)
{
    static const struct {
        const char *members;
        size_t signatures, attestations;
    } rows[] = {
        {"\"annotations\":{\"kind\":\"dev.cosignproject.cosign/sigs\"}", 1, 1},
        {"\"annotations\":{\"kind\":\"dev.cosignproject.cosign/atts\"}", 0, 2},
        {"\"annotations\":{\"org.opencontainers.image.ref.name\":\"sha256-%s.sig\"}", 1, 1},
        {"\"annotations\":{\"org.opencontainers.image.ref.name\":\"sha256-ab%s.sig\"}", 0, 1},
        {"\"annotations\":{\"org.opencontainers.image.ref.name\":\"sha256-%s.sbom\"}", 0, 2},
        {"\"annotations\":{\"org.opencontainers.image.ref.name\":\"sha256-ab%s.att\"}", 0, 1},
        {"\"annotations\":{\"vnd.docker.reference.digest\":\"sha256:%s\"},"
         "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}",
         0, 2},
        {"\"annotations\":{\"vnd.docker.reference.digest\":\"sha256:ab%s\"},"
         "\"platform\":{\"os\":\"unknown\",\"architecture\":\"unknown\"}",
         0, 1},
        {"\"artifactType\":\"application/vnd.cncf.notary.signature\"", 1, 1},
        {"\"artifactType\":\"application/vnd.dev.sigstore.bundle.v0.3+json\"", 1, 1},
    };
    ARENA_SCOPED all = {0};
    struct image_result result;
    struct image_options options = plain;
    options.platform = "linux/amd64";
    scan_bytes(&all, multi_platform(&all, ""), &options, &result);
    str digest = result.image.digest, before, after;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ARENA_SCOPED arena = {0};
        str members = str_from(rows[i].members);
        size_t at = str_find(members, STR("%s"));
        before = str_sub(members, 0, at == STR_NONE ? members.len : at);
        after = at == STR_NONE ? (str){0} : str_from_index(members, at + 2);
        members = at == STR_NONE ? members
                                 : arena_join(&arena, before,
                                              str_from_index(digest, strlen("sha256:")), after);
        str extra = arena_printf(
            &arena,
            ",{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"size\":5,\"digest\":"
            "\"sha256:00000000000000000000000000000000000000000000000000000000000000ac\",%.*s}",
            STR_ARG(members));
        CHECK_STR("0 etc/list: intel 1\n",
                  scan_bytes(&arena, multi_platform(&arena, extra.ptr), &options, &result));
        CHECK_EQ(rows[i].signatures, result.image.signatures);
        CHECK_EQ(rows[i].attestations, result.image.attestations);
    }
}

TEST(image_multi_platform)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    struct image_options options = plain;
    str archive = multi_platform(&arena, "");
    options.platform = "linux/amd64/v3";
    CHECK_STR("0 etc/list: intel 1\n", scan_bytes(&arena, archive, &options, &result));
    CHECK_STR("multi:1", result.image.name);
    options.platform = "arm64/v8";
    CHECK(str_contains(scan_bytes(&arena, archive, &options, &result), STR("arm64/v8")));
    options.platform = "linux/arm64/v8";
    CHECK_STR("0 etc/list: arm 1\n", scan_bytes(&arena, archive, &options, &result));
    options.platform = "s390x";
    CHECK_STR("no image for linux/s390x; there is: linux/amd64, linux/arm64; see --platform",
              scan_bytes(&arena, archive, &options, &result));
    /* An index that was seen before, or is nested in itself by name, is not read again. */
    options.platform = "linux/amd64";
    str twice = multi_platform(
        &arena,
        ",{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"sha256:zz\"}");
    CHECK_STR("0 etc/list: intel 1\ngap index.json: a descriptor without a valid digest\n",
              scan_bytes(&arena, twice, &options, &result));
}

TEST(image_layer_listed_often)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    BUF_SCOPED out = {0}, manifest = buf_make(1 << 20);
    BUF_SCOPED layer = {0};
    tar_file(&layer, "etc/list", "a 1\n");
    tar_finish(&layer);
    str blob = image_add_blob(&arena, &out, "tar", buf_str(&layer));
    str config = image_add_blob(&arena, &out, "c", STR("{\"rootfs\":{\"diff_ids\":[]}}"));
    buf_printf(&manifest, "{\"config\":%s,\"layers\":[%s", config.ptr, blob.ptr);
    for (int i = 1; i < 1000; i++)
        buf_printf(&manifest, ",%s", blob.ptr);
    buf_printf(&manifest, "]}");
    str entry = image_add_blob(&arena, &out, "m", buf_str(&manifest));
    tar_put(&out, '0', "index.json", arena_printf(&arena, "{\"manifests\":[%s]}", entry.ptr));
    tar_finish(&out);
    str text = scan_bytes(&arena, buf_str(&out), NULL, &result);
    CHECK(str_starts(text, STR("999 etc/list: a 1\ngap sha256:")));
    CHECK(str_contains(text, STR("names 0 layers, the manifest 1000")));
}

TEST(image_too_many_layers)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    BUF_SCOPED out = {0}, manifest = buf_make(4 << 20);
    buf_printf(&manifest, "[{\"Config\":\"c\",\"Layers\":[\"l\"");
    for (int i = 0; i < 100000; i++)
        buf_printf(&manifest, ",\"l\"");
    buf_printf(&manifest, "]}]");
    tar_put(&out, '0', "manifest.json", buf_str(&manifest));
    tar_finish(&out);
    CHECK(
        str_contains(scan_bytes(&arena, buf_str(&out), NULL, &result), STR("more than 4096 lay")));
}

TEST(image_names_that_lead_out)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    BUF_SCOPED out = {0};
    tar_file(&out, "manifest.json",
             "[{\"Config\":\"../../etc/passwd\",\"Layers\":[\"../x\",\"/etc/shadow\",\"gone\"]}]");
    tar_finish(&out);
    CHECK_STR("gap layer ../x: its name in manifest.json leads out of the archive\n"
              "gap manifest.json: the config's name leads out of the archive\n"
              "gap layer /etc/shadow: its name in manifest.json leads out of the archive\n"
              "gap layer gone: missing; not read\n",
              scan_bytes(&arena, buf_str(&out), NULL, &result));
}

TEST(image_schema_1_is_refused)
{
    ARENA_SCOPED arena = {0};
    struct image_result result;
    BUF_SCOPED out = {0};
    str entry = image_add_blob(&arena, &out, "application/vnd.docker.distribution.manifest.v1+json",
                               STR("{\"schemaVersion\":1,\"fsLayers\":[]}"));
    tar_put(&out, '0', "index.json", arena_printf(&arena, "{\"manifests\":[%s]}", entry.ptr));
    tar_finish(&out);
    CHECK(str_contains(scan_bytes(&arena, buf_str(&out), NULL, &result), STR("schema 1")));
}

TEST(image_several_images)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result result;
    BUF_SCOPED out = {0}, layer = {0};
    tar_file(&layer, "etc/list", "a 1\n");
    tar_finish(&layer);
    tar_put(&out, '0', "one.tar", buf_str(&layer));
    tar_link(&out, "sub/layer.tar", "../one.tar"); /* as engines before 25 write equal layers */
    tar_file(&out, "c.json", "{\"rootfs\":{\"diff_ids\":[]}}");
    tar_file(
        &out, "manifest.json",
        "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\",\"b:2\"],\"Layers\":[]},"
        "{\"Config\":\"c.json\",\"RepoTags\":[\"app:latest\"],\"Layers\":[\"sub/layer.tar\"]}]");
    tar_finish(&out);
    CHECK(str_contains(scan_bytes(&arena, buf_str(&out), NULL, &result),
                       STR("several images are in the archive: a:1, app:latest; put one")));
    const char *path = arena_printf(&arena, "docker-archive:%s/source.tar:app", test_folder()).ptr;
    CHECK_OK(image_scan(&arena, path, &plain, &result, &err), &err);
    CHECK(str_starts(image_facts(&arena, &result), STR("0 etc/list: a 1\n")));
    CHECK_STR("app:latest", result.image.name);
    path = arena_printf(&arena, "%s/source.tar:b:2", test_folder()).ptr;
    CHECK_OK(image_scan(&arena, path, &plain, &result, &err), &err);
    CHECK_STR("b:2", result.image.name);
    path = arena_printf(&arena, "%s/source.tar:c:3", test_folder()).ptr;
    CHECK_EQ(-1, image_scan(&arena, path, &plain, &result, &err));
    CHECK_EQ(ERR_NOT_FOUND, err.kind);
}

/* Cut anywhere, an archive gives an error or a gap: never a crash, never a whole answer. */
TEST(image_truncated)
{
    ARENA_SCOPED arena = {0};
    struct test_image image = two_layers(&arena);
    str archive = image_docker_archive(&image);
    size_t needed = archive.len - 2 * 512; /* GNU tar too takes it without the end blocks */
    for (int packed = 0; packed < 2; packed++) {
        for (size_t len = 0; len < archive.len; len += len < 1600 || len > needed - 1100 ? 1 : 97) {
            ARENA_SCOPED own = {0};
            struct image_result result = {0};
            struct err err = {0};
            str cut = str_sub(archive, 0, len);
            const char *path = image_file(&own, "cut.tar", packed ? gzip_of(&own, cut) : cut);
            int done = image_scan(&own, path, &plain, &result, &err);
            str facts = done == 0 ? image_facts(&own, &result) : (str){0};
            if (done == 0 && len < needed && !str_contains(facts, STR("gap ")))
                test_failed(__FILE__, __LINE__, "cut at %zu of %zu: no gap", len, archive.len);
            if (done < 0 && err.kind == ERR_NONE)
                test_failed(__FILE__, __LINE__, "cut at %zu: no error", len);
        }
    }
    image_free(&image);
}

TEST(image_rootfs)
{
    ARENA_SCOPED arena = {0};
    struct err err = {0};
    struct image_result result;
    const char *root = arena_printf(&arena, "%s/root", test_folder()).ptr;
    CHECK_OK(fd_make_dirs(arena_printf(&arena, "%s/etc/list.d", root).ptr, &err), &err);
    CHECK_OK(fd_make_dirs(arena_printf(&arena, "%s/usr/etc", root).ptr, &err), &err);
    image_file(&arena, "root/etc/list.d/a", STR("a 1\n"));
    image_file(&arena, "root/etc/list.d/b", STR("b 1\n"));
    image_file(&arena, "root/usr/etc/list", STR("u 1\n"));
    CHECK_EQ(0, symlink("/etc/passwd", arena_printf(&arena, "%s/etc/list", root).ptr));
    CHECK_EQ(0, mkfifo(arena_printf(&arena, "%s/etc/list.d/fifo", root).ptr, 0600));
    CHECK_OK(image_scan(&arena, root, &plain, &result, &err), &err);
    CHECK_STR("0 etc/list.d/a: a 1\n0 etc/list.d/b: b 1\n0 usr/etc/list: u 1\n"
              "gap etc/list: symbolic link to /etc/passwd, not followed\n"
              "gap etc/list.d/fifo: a device, FIFO or socket; not read\n",
              image_facts(&arena, &result));
    CHECK_STR("rootfs", result.image.kind);
    struct image_options all = plain;
    all.wants = WANT_FILES;
    CHECK_OK(image_scan(&arena, root, &all, &result, &err), &err);
    CHECK_STR("d 0 \nd 0 etc\nl 0 etc/list\nd 0 etc/list.d\n- 0 etc/list.d/a 4\n"
              "- 0 etc/list.d/b 4\np 0 etc/list.d/fifo\nd 0 usr\nd 0 usr/etc\n"
              "- 0 usr/etc/list 4\n",
              image_files(&arena, &result));
}
