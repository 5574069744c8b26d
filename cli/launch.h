/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.h - starts `argosy up` for a command that needs a fleet of its own (demo, bench), and ends it.
 *
 * A fleet that already runs on the folder is used as it is and left running. INT and TERM while the fleet is ours stop
 * it first; a second one stops it at once.
 */
#ifndef CLI_LAUNCH_H
#define CLI_LAUNCH_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "cli/command.h"

struct launch {
    char *folder;
    json_t *state; /* up.json */
    pid_t pid;     /* 0: it ran already */
};

/* extra: further arguments of `argosy up`, NULL-terminated, or NULL. Flags that the command was given are passed on.
 * The fleet has servers of its own whatever settings say (`up --private`): a demo or bench never touches one of the
 * user's. A fleet that is just starting is waited for. */
enum error_class launch_start(struct context *context, const char *folder, const char *const *extra,
                              struct launch *ret_launch, struct error *e);
/* Stops what launch_start() started and waits for its end; also forgets the state. */
void launch_stop(struct launch *l);
/* Waits until INT or TERM, or until the fleet ends by itself (then ERROR_FATAL). */
enum error_class launch_wait(struct launch *l, struct error *e);

#endif
