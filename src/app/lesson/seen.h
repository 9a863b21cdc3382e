// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_APP_LESSON_SEEN_H
#define HARDEN_APP_LESSON_SEEN_H

#include "model/live.h"

/* What was seen of one container, by topic: sentences for lesson.c. `view->actual` may be NULL. */
#define SEEN(topic)                                                                                \
    void seen_##topic(struct arena *arena, const struct container_view *view, struct str_list *ret)
SEEN(namespaces);
SEEN(capabilities);
SEEN(seccomp);
SEEN(cgroups);
SEEN(mounts);
SEEN(user);
SEEN(no_new_privileges);
SEEN(label);
SEEN(network);
SEEN(devices);
SEEN(changes);
SEEN(secrets);

#endif
