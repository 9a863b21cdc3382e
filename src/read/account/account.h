// SPDX-License-Identifier: Apache-2.0
#ifndef HARDEN_READ_ACCOUNT_ACCOUNT_H
#define HARDEN_READ_ACCOUNT_ACCOUNT_H

#include "model/collector.h"

/* The door of read/account: collectors of who may log in and who may do what, one file each;
 * passwd.c ends in `const struct collector account_passwd`. NULL-ended. */
const struct collector *const *account_collectors(void);

/* Within the folder: the parts of a line between colons, at most `most`; how many there are. */
size_t account_split(str line, str *parts, size_t most);
/* What a password field comes to, see struct account; a constant. */
str account_password_state(str field);

#endif
