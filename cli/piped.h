/* SPDX-License-Identifier: Apache-2.0 */
/* piped.h - standard input as a file that can be read more than once: a temporary one that has no name. */
#ifndef CLI_PIPED_H
#define CLI_PIPED_H

#include "base/error.h"

struct piped {
    int fd;        /* 0: none */
    char path[32]; /* the file, for whoever opens files by name; good until piped_finish() */
};

/* All of standard input, to its end. ERROR_INVALID: there is none, or it is of no use without a name. */
enum error_class piped_take(struct piped *p, struct error *e);
void piped_finish(struct piped *p); /* zeroed is fine */

#endif
