// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"
#include "app/pipeline.h"

#include <stdio.h>

struct files_settings {
    struct target_settings target;
    struct output_settings output;
};

static const struct option options[] = {
    OUTPUT_OPTIONS(struct files_settings, output, "tty json"),
    TARGET_OPTIONS(struct files_settings, target),
    {0},
};

static const struct {
    char letter;
    const char *name;
} types[] = {
    [ENTRY_FILE] = {'-', "file"},
    [ENTRY_DIRECTORY] = {'d', "directory"},
    [ENTRY_SYMLINK] = {'l', "symlink"},
    [ENTRY_HARDLINK] = {'h', "hardlink"}, /* one whose target is missing */
    [ENTRY_CHARACTER] = {'c', "character"},
    [ENTRY_BLOCK] = {'b', "block"},
    [ENTRY_FIFO] = {'p', "fifo"},
    [ENTRY_SOCKET] = {'s', "socket"},
};

/* "-rwsr-xr-x", as ls shows it. */
static void mode_text(const struct entry *entry, char out[11])
{
    static const struct {
        unsigned bit, special;
        char plain, with, without; /* the special bit with and without the plain one */
    } bits[] = {
        {0400, 0, 'r', 0, 0}, {0200, 0, 'w', 0, 0}, {0100, 04000, 'x', 's', 'S'},
        {0040, 0, 'r', 0, 0}, {0020, 0, 'w', 0, 0}, {0010, 02000, 'x', 's', 'S'},
        {0004, 0, 'r', 0, 0}, {0002, 0, 'w', 0, 0}, {0001, 01000, 'x', 't', 'T'},
    };
    out[0] = types[entry->type].letter;
    for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
        bool plain = (entry->mode & bits[i].bit) != 0;
        out[i + 1] = plain ? bits[i].plain : '-';
        if (entry->mode & bits[i].special)
            out[i + 1] = plain ? bits[i].with : bits[i].without;
    }
    out[10] = 0;
}

static void print_text(const struct image_result *result, const struct output *output)
{
    const struct render_options *look = &output->options;
    struct text text = text_make(output->stream, look->width, look->color, look->unicode);
    for (size_t i = 0; i < result->files.count; i++) {
        const struct merged_entry *file = &result->files.items[i];
        const struct entry *entry = &file->entry;
        char mode[11];
        mode_text(entry, mode);
        text_say(&text, "%s %5llu %5llu %12llu %3u /", mode, (unsigned long long)entry->uid,
                 (unsigned long long)entry->gid, (unsigned long long)entry->size, file->layer + 1);
        text_put(&text, entry->path);
        if (entry->link.len) {
            text_say(&text, " -> ");
            text_put(&text, entry->link);
        }
        text_newline(&text);
    }
}

static void write_image(struct writer *writer, const struct image *image)
{
    writer_object(writer, "target");
    writer_fact(writer, "kind", image->kind);
    writer_fact(writer, "name", image->name);
    writer_fact(writer, "digest", image->digest);
    writer_fact(writer, "platform", image->platform);
    writer_array(writer, "layers");
    for (size_t i = 0; i < image->layers.count; i++) {
        writer_object(writer, NULL);
        writer_fact(writer, "digest", image->layers.items[i].digest);
        writer_fact(writer, "diff_id", image->layers.items[i].diff_id);
        writer_fact(writer, "created_by", image->layers.items[i].created_by);
        writer_end(writer);
    }
    writer_end(writer);
    writer_end(writer);
}

static void write_file(struct writer *writer, const struct merged_entry *file)
{
    const struct entry *entry = &file->entry;
    char mode[8];
    snprintf(mode, sizeof(mode), "%04o", entry->mode & 07777);
    writer_object(writer, NULL);
    writer_string(writer, "path", entry->path);
    writer_string(writer, "type", str_from(types[entry->type].name));
    writer_string(writer, "mode", str_from(mode));
    writer_u64(writer, "uid", entry->uid);
    writer_u64(writer, "gid", entry->gid);
    writer_u64(writer, "size", entry->size);
    writer_u64(writer, "layer", file->layer + 1);
    writer_fact(writer, "link", entry->link);
    writer_end(writer);
}

static void print_json(const struct image_result *result, FILE *out)
{
    struct writer writer = writer_make(out);
    writer_object(&writer, NULL);
    writer_string(&writer, "schema", STR("harden.files/1"));
    write_image(&writer, &result->image);
    writer_array(&writer, "gaps");
    for (size_t i = 0; i < result->facts.count; i++) {
        const struct fact *fact = &result->facts.items[i];
        if (fact->kind != FACT_GAP)
            continue;
        writer_object(&writer, NULL);
        writer_string(&writer, "path", fact->gap.path);
        writer_string(&writer, "reason", fact->gap.reason);
        writer_end(&writer);
    }
    writer_end(&writer);
    writer_array(&writer, "files");
    for (size_t i = 0; i < result->files.count; i++)
        write_file(&writer, &result->files.items[i]);
    writer_end(&writer);
    writer_end(&writer);
}

/* What could not be read is said on stderr, where it does not get into a list that is piped on. */
static bool complain_gaps(const struct fact_list *facts)
{
    bool any = false;
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->items[i];
        struct err err = {0};
        if (fact->kind != FACT_GAP)
            continue;
        err_set(&err, ERR_FORMAT, "%.*s", STR_ARG(str_sub(fact->gap.reason, 0, 400)));
        char path[200];
        snprintf(path, sizeof(path), "%.*s", STR_ARG(str_sub(fact->gap.path, 0, 190)));
        command_complain(path, &err);
        any = true;
    }
    return any;
}

static int list(struct pipeline *pipeline, struct output *output, struct err *err)
{
    struct scan *scan = &pipeline->scans[0];
    if (pipeline_enter_sandbox(pipeline, err) < 0)
        return -1;
    if (pipeline_read(pipeline, scan) < 0) {
        *err = scan->error;
        return command_fail_about(scan->target, err);
    }
    if (output->format == format_by_name(STR("json")))
        print_json(&scan->result, output->stream);
    else
        print_text(&scan->result, output);
    return complain_gaps(&scan->result.facts) ? 3 : 0;
}

static int run(const struct invocation *invocation, struct err *err)
{
    const struct files_settings *settings = invocation->options;
    struct output output;
    struct pipeline pipeline = {0};
    if (output_open(&output, &settings->output, err) < 0)
        return -1;
    int code = pipeline_open(&pipeline, invocation, invocation->operands, 1, &settings->target,
                             NULL, WANT_FILES, err);
    if (code == 0)
        code = list(&pipeline, &output, err);
    pipeline_close(&pipeline);
    if (code < 0) {
        output_abandon(&output);
        return -1;
    }
    return output_finish(&output, err) < 0 ? -1 : code;
}

const struct command command_files = {
    .name = "files",
    .summary = "list the files of an image as a container would see them",
    .usage = "TARGET",
    .description =
        "Lists every name of the image, all layers merged: mode, owner, group, size, the number of "
        "the layer that it comes from (1 is the base), path, and the target of a symbolic link. "
        "What a layer deleted or replaced is not shown. Nothing is unpacked.\n\n"
        "Exit codes: 0 done; 2 the target could not be read; 3 a part of it could not.",
    .options = options,
    .options_size = sizeof(struct files_settings),
    .examples =
        (const struct example[]){
            {"harden files docker:nginx:1.27", "an image of the local engine"},
            {"harden files app.tar | grep '^-..s'", "its setuid programs"},
            {"harden files --format json app.tar", "for programs"},
            {0},
        },
    .least_operands = 1,
    .most_operands = 1,
    .run = run,
};
