// SPDX-License-Identifier: Apache-2.0
#include "app/checklist/checklist.h"

static const struct option options[] = {
    {.name = "image",
     .kind = OPTION_TEXT,
     .argument = "IMAGE",
     .help = "the image that belongs to the project (default: those that the engine has for it)",
     .offset = offsetof(struct checklist_settings, image)},
    {.name = "no-host",
     .kind = OPTION_FLAG,
     .help = "leave this machine and its engine out",
     .offset = offsetof(struct checklist_settings, no_host)},
    {.name = "allow-gaps",
     .kind = OPTION_FLAG,
     .help = "what cannot be told is no reason to exit with 3",
     .offset = offsetof(struct checklist_settings, allow_gaps)},
    OUTPUT_PLACE_OPTIONS(struct checklist_settings, output, "tty markdown html json"),
    TARGET_OPTIONS(struct checklist_settings, target),
    ADVISORY_OPTIONS(struct checklist_settings, advisories),
    {0},
};

const struct command command_checklist = {
    .name = "checklist",
    .summary = "a dozen questions about hardening, answered with evidence",
    .usage = "[TARGET]",
    .description =
        "Answers the questions that everybody who ships containers should be able to answer: yes, "
        "no, or cannot tell, each with what was seen and what to do about it.\n\n"
        "TARGET is a project's folder, a Dockerfile or compose file in one, an image as `harden "
        "scan` takes it, or a container by its name or id (container:NAME where an image has that "
        "name, too). Without one it is the folder you are in.\n\n"
        "What belongs together is found and joined: the Dockerfiles and compose files of the "
        "project, the images that the engine has for it (run or built by compose, named in its "
        "files, or called like its folder), the running containers of these, and this machine.\n\n"
        "Exit codes: 0 all yes; 1 something is a no; 2 it could not be done; 3 no no, but something "
        "cannot be told.",
    .options = options,
    .options_size = sizeof(struct checklist_settings),
    .examples =
        (const struct example[]){
            {"harden checklist", "this project, its image, and this machine"},
            {"harden checklist docker:nginx:1.27 --no-host", "an image alone"},
            {"harden checklist web", "a running container, its image, and this machine"},
            {"harden checklist --image app.tar --format markdown .", "for a pull request"},
            {0},
        },
    .most_operands = 1,
    .run = checklist_run,
};
