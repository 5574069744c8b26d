/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.h - started as root, `argosy up` becomes an ordinary user before it starts anything: PostgreSQL refuses
 * root, and so do we. */
#ifndef CLI_PRIVILEGES_H
#define CLI_PRIVILEGES_H

#include "base/error.h"

/* Gives the folder (and what is in it, when it is another's) to `user` and becomes that user. Does nothing when not
 * root. */
enum error_class privileges_drop(const char *user, const char *folder, struct error *e);

#endif
