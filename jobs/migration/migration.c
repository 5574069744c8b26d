/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind migration: tables and rows of a source into a target, in jobs of three steps.
 *
 *     ddl (makes the tables, plans) --> rows, rows, rows ... (a table or key range each) --> keys
 *
 * Failure modes: whatever ends an attempt, what is in the target stands in the target's fence, and the next attempt
 * goes on from there. A job that ends for good is sealed: see seal.
 */
#include "jobs/migration/migration.h"

#include <inttypes.h>
#include <string.h>

static enum error_class migration_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    const char *step = json_string_value(json_object_get(args, "step"));
    if (step && strcmp(step, "ddl") == 0)
        return migration_ddl(job, args, ret_result, e);
    if (step && strcmp(step, "rows") == 0)
        return migration_rows(job, args, ret_result, e);
    if (step && strcmp(step, "keys") == 0)
        return migration_keys(job, args, ret_result, e);
    return error_set(e, ERROR_INVALID, "migration: the step is ddl, rows or keys");
}

int64_t migration_number(const json_t *args, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(args, name);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

enum error_class migration_source_catalog(struct job *job, struct catalog **ret_catalog, struct error *e)
{
    return side_catalog(job, "discovery", "catalog", ret_catalog, e);
}

enum error_class migration_target_catalog(struct job *job, struct catalog **ret_catalog, struct error *e)
{
    return side_catalog(job, "mapping", "target_catalog", ret_catalog, e);
}

enum error_class migration_pair(struct arena *arena, const struct catalog *source, const struct catalog_table *target,
                                struct migration_pair *ret_pair, struct error *e)
{
    const struct catalog_table *from = catalog_table_find(source, target->source_schema, target->source_table);
    if (!from)
        return error_code(e, ERROR_INVALID, "source_table_missing", "the source has no table \"%s\" for \"%s\"",
                          target->source_table ? target->source_table : "", target->name);
    struct migration_pair pair = { .source = *from, .target = *target };
    pair.source.columns = arena_array(arena, target->column_count + 1, sizeof *pair.source.columns);
    pair.target.columns = arena_array(arena, target->column_count + 1, sizeof *pair.target.columns);
    size_t count = 0;
    for (size_t i = 0; i < target->column_count; i++) {
        const struct catalog_column *column = &target->columns[i];
        if (column->generated)
            continue;
        const char *name = column->source_column ? column->source_column : column->name;
        const struct catalog_column *read = catalog_column_find(from, name);
        if (!read)
            return error_code(e, ERROR_INVALID, "source_column_missing",
                              "table \"%s\" of the source has no column \"%s\"", from->name, name);
        pair.source.columns[count] = *read;
        pair.target.columns[count++] = *column;
    }
    pair.source.column_count = pair.target.column_count = count;
    /* SQLite lets a primary key hold NULL; then mapping gives the target none, and there is no order to follow. */
    if (target->primary_key.columns.count == 0)
        pair.source.primary_key.columns.count = 0;
    for (size_t i = 0; i < pair.source.primary_key.columns.count; i++) {
        if (!catalog_column_find(&pair.source, pair.source.primary_key.columns.items[i]))
            pair.source.primary_key.columns.count = 0; /* the key is not read: one chunk */
    }
    *ret_pair = pair;
    return ERROR_OK;
}

static enum error_class run_script(struct job *job, struct connect *target, const struct fence *f, const char *script,
                                   enum error_class (*before)(struct job *job, struct connect *target, struct error *e),
                                   struct error *e)
{
    enum error_class class = connect_begin(target, e);
    if (class == ERROR_OK)
        class = fence_step(target, f, 1, NULL, e);
    if (class == ERROR_OK && before)
        class = before(job, target, e);
    if (class == ERROR_OK)
        class = connect_script(target, script, e);
    if (class == ERROR_OK)
        return connect_commit(target, e);
    connect_rollback(target);
    return class;
}

enum error_class migration_script(struct job *job, struct connect *target, const char *part, const char *artifact,
                                  enum error_class (*before)(struct job *job, struct connect *target, struct error *e),
                                  struct error *e)
{
    const struct fence f = { .job = job_id(job), .part = part, .epoch = job_epoch(job) };
    const char *script, *cursor;
    int64_t chunk = 0;
    enum error_class class = fence_prepare(target, e);
    if (class == ERROR_OK)
        class = fence_advance(target, job_arena(job), &f, &chunk, &cursor, e);
    if (class != ERROR_OK || chunk > 0)
        return class;
    class = job_artifact_read(job, "codegen", artifact, &script, e);
    if (class == ERROR_OK)
        class = run_script(job, target, &f, script, before, e);
    return class;
}

/* Without argosy_fence no session of this job can have written, and none can begin: a target that does not let us make
 * it needs no seal. */
static enum error_class migration_seal(struct job *job, const json_t *args, struct error *e)
{
    struct connect *target = NULL;
    enum error_class class = side_open(job, args, "target", false, &target, e);
    if (class == ERROR_OK) {
        class = fence_prepare(target, e);
        if (class == ERROR_OK)
            class = fence_seal(target, job_id(job), job_epoch(job), e);
        else if (class == ERROR_DENIED) {
            *e = ERROR_NONE;
            class = ERROR_OK;
        }
    }
    connect_close(target);
    return class == ERROR_OK ? class : error_wrap(e, "seal the target");
}

const struct job_kind job_migration = { .name = "migration", .run = migration_run, .seal = migration_seal };
