// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_IMAGE_ROOTFS_H
#define HARDEN_READ_IMAGE_ROOTFS_H

#include "read/image/walk.h"

/*
 * A root file system in a folder, walked without ever leaving it: each name is opened below its
 * own folder and no symbolic link is followed. Only regular files are opened for reading. Mounts
 * of kernel and memory file systems (/proc, /sys, /dev, /run ...) are not entered. Without
 * WANT_FILES only the folders that claimed paths lie in are visited. `fd` is borrowed.
 */
void rootfs_walk(struct walk *walk, struct layer_facts *facts, int fd);

#endif
