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

/* The catalog that the result of a step holds: "discovery" has "catalog", "mapping" has "target_catalog". A result
 * too small for it names the artifact instead: "catalog_artifact". In the job's arena. */
enum error_class side_catalog(struct job *job, const char *step, const char *member, struct catalog **ret_catalog,
                              struct error *e);

#endif
