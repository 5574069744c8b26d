/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list.h - how every command lists what the gateway gives page by page: nothing is cut off in silence.
 *
 * What people keep (connections, schedules, limits) is shown whole. What only grows (jobs, batches, dead letters) is
 * shown up to --limit, and what is left is said, with the --cursor that goes on. Its command has both options.
 */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "cli/command.h"
#include "cli/print.h"

struct list {
    const char *path;           /* "/api/v1/jobs"; may have parameters */
    const char *const *filters; /* options that are passed on as they stand, NULL-terminated; NULL: none */
    const char *member;         /* whose value the rows are: "jobs" */
    const struct print_column *columns;
    const char *empty; /* printed when there is nothing */
    bool whole;
};

/* A table, or {MEMBER: rows, "next"} as JSON. */
enum error_class list_show(struct context *context, const struct list *list, struct error *e);

#endif
