/* SPDX-License-Identifier: Apache-2.0 */
/* side.h - opens the database on one side of a job: the connection whose id stands in the argument "source" or
 * "target". */
#ifndef JOBS_SIDE_H
#define JOBS_SIDE_H

#include <stdbool.h>

#include "catalog/connect/connect.h"
#include "jobs/job.h"

/* The session carries job and epoch as its name. Errors name the side and the connection, never its secret. A target
 * that was opened to write counts as touched (job.h). */
enum error_class side_open(struct job *job, const json_t *args, const char *side, bool read_only,
                           struct connect **ret_connect, struct error *e);

#endif
