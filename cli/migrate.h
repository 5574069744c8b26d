/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.h - submits the five steps of a migration, follows them, and reports; for `argosy migrate` and `argosy demo`.
 */
#ifndef CLI_MIGRATE_H
#define CLI_MIGRATE_H

#include <jansson.h>

#include "cli/api.h"

struct migrate_report {
    json_t *result;   /* the validation's result; owned: migrate_report_finish() */
    json_t *pipeline; /* as GET /api/v1/pipelines/ID told it at the end; owned */
    double seconds;
};

/* ERROR_REFUSED etc. when a step fails: the message names the step and carries its error. */
enum error_class migrate_through(struct api *api, const char *source, const char *target, bool quiet,
                                 struct migrate_report *ret_report, struct error *e);
void migrate_report_finish(struct migrate_report *report);

/* Text: a table of the tables and a verdict; JSON: the one line that issue and tests quote. */
void migrate_report_print(const struct migrate_report *report, bool json);

/* ERROR_OK only when the validation passed; else ERROR_FATAL with code validation_failed. */
enum error_class migrate_verdict(const struct migrate_report *report, struct error *e);

#endif
