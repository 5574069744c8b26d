/* SPDX-License-Identifier: Apache-2.0 */
/*
 * migration.h - what the steps of a migration share. Private to this folder.
 *
 * Every step writes under the fence of (job, part); its session in the target carries job and epoch by name, so that a
 * newer epoch can end it.
 */
#ifndef JOBS_MIGRATION_MIGRATION_H
#define JOBS_MIGRATION_MIGRATION_H

#include <jansson.h>

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/fence.h"
#include "jobs/job.h"
#include "jobs/side.h"

enum { MIGRATION_CHUNK_ROWS = 50000, MIGRATION_JOB_ROWS = 250000, MIGRATION_UNKEYED_ROWS_MAX = 50000000 };

/* The steps; *ret_result is a new reference. */
enum error_class migration_ddl(struct job *job, const json_t *args, json_t **ret_result, struct error *e);
enum error_class migration_rows(struct job *job, const json_t *args, json_t **ret_result, struct error *e);
enum error_class migration_keys(struct job *job, const json_t *args, json_t **ret_result, struct error *e);

int64_t migration_number(const json_t *args, const char *name, int64_t otherwise);

/* The catalogs of the pipeline, in the job's arena. */
enum error_class migration_source_catalog(struct job *job, struct catalog **ret_catalog, struct error *e);
enum error_class migration_target_catalog(struct job *job, struct catalog **ret_catalog, struct error *e);

/* A table as it is read and as it is written: the same columns in the same order (those that the target computes by
 * itself are left out). source.primary_key is the key that chunks follow; it has no columns when there is none. */
struct migration_pair {
    struct catalog_table source, target;
};
enum error_class migration_pair(struct arena *arena, const struct catalog *source, const struct catalog_table *target,
                                struct migration_pair *ret_pair, struct error *e);

/* Runs `artifact` of codegen as the only chunk of `part`, unless an earlier attempt of this job has done it; before(),
 * when given, may refuse inside the same transaction. */
enum error_class migration_script(struct job *job, struct connect *target, const char *part, const char *artifact,
                                  enum error_class (*before)(struct job *job, struct connect *target, struct error *e),
                                  struct error *e);

/* ---- migration_key.c: keys as JSON, in arguments and in the fence's cursor ---- */
/* New reference; NULL for text that is no UTF-8 and for NULL, which no key has. */
json_t *migration_key_to_json(const struct connect_value *values, size_t count);
/* `count` values in the arena; JSON null gives NULL. */
enum error_class migration_key_from_json(struct arena *arena, const json_t *json, size_t count,
                                         struct connect_value **ret_values, struct error *e);

#endif
