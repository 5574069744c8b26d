/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Step ddl: makes the tables by the script that codegen wrote, then plans: one rows job a table, several for a big one,
 * and keys after all of them.
 *
 * The script runs in one fenced transaction: when the fence says that it is done, an earlier attempt of this very job
 * has made the tables. Otherwise a table that is there already belongs to somebody else: target_not_empty, nothing is
 * touched.
 */
#include "jobs/migration/migration.h"

#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"

enum { PARTS_MAX = 256, JOBS_MAX = 9000, NAMES_SHOWN = 5, NAMES_SIZE = 400 };

struct plan {
    struct job *job;
    const json_t *args;
    const struct catalog *source_catalog, *target_catalog;
    struct connect *source;
    const char **steps; /* names of the rows jobs, in the arena; NULL-terminated */
    size_t step_count, step_max;
    int64_t tables;
};

/* Runs inside the transaction that makes the tables. */
static enum error_class refuse_tables(struct job *job, struct connect *target, struct error *e)
{
    struct catalog *wanted, *there;
    struct buffer names;
    size_t count = 0;
    enum error_class class = migration_target_catalog(job, &wanted, e);
    if (class == ERROR_OK)
        class = connect_catalog(target, job_arena(job), NULL, false, &there, e);
    if (class != ERROR_OK)
        return class;
    buffer_init(&names, NAMES_SIZE);
    for (size_t i = 0; i < wanted->table_count; i++) {
        const struct catalog_table *t = &wanted->tables[i];
        if (!catalog_table_find(there, t->schema, t->name))
            continue;
        if (count++ < NAMES_SHOWN)
            buffer_format(&names, "%s\"%s\"", count > 1 ? ", " : "", t->name);
    }
    if (count > 0)
        class = error_code(e, ERROR_REFUSED, "target_not_empty",
                           "the target already has %zu of the tables (%s%s): drop or rename them, or name an empty "
                           "database",
                           count, buffer_view(&names), count > NAMES_SHOWN ? ", ..." : "");
    buffer_finish(&names);
    return class;
}

static enum error_class make_tables(struct job *job, const json_t *args, struct error *e)
{
    struct connect *target = NULL;
    enum error_class class = side_open(job, args, "target", false, &target, e);
    if (class == ERROR_OK)
        class = migration_script(job, target, "ddl", "postgresql/schema.sql", refuse_tables, e);
    connect_close(target);
    if (class == ERROR_REFUSED && strcmp(e->code, "already_there") == 0) { /* made by somebody while we looked */
        mem_auto char *said = mem_text(e->message);
        return error_code(e, ERROR_REFUSED, "target_not_empty", "the target is not empty: %s", said);
    }
    return class;
}

/* One rows job: the range (from, upto] of the table's key, NULL = open. */
static enum error_class add_rows_job(struct plan *p, const struct catalog_table *t, unsigned number,
                                     const struct connect_value *from, const struct connect_value *upto,
                                     size_t key_count, int64_t rows, struct error *e)
{
    if (p->step_count + 2 > p->step_max)
        return error_code(e, ERROR_TOO_LARGE, "too_many_jobs",
                          "the migration needs more than %zu jobs: raise job_rows, or migrate fewer tables",
                          p->step_max);
    json_t *args = json_pack("{s:s, s:O, s:O, s:s, s:s, s:o?, s:o?, s:I, s:I}", "step", "rows", "source",
                             json_object_get(p->args, "source"), "target", json_object_get(p->args, "target"), "schema",
                             t->schema, "table", t->name, "from", from ? migration_key_to_json(from, key_count) : NULL,
                             "upto", upto ? migration_key_to_json(upto, key_count) : NULL, "rows", (json_int_t)rows,
                             "chunk_rows", (json_int_t)migration_number(p->args, "chunk_rows", MIGRATION_CHUNK_ROWS));
    if (!args || (from && json_is_null(json_object_get(args, "from"))) ||
        (upto && json_is_null(json_object_get(args, "upto")))) {
        json_decref(args);
        return error_code(e, ERROR_FATAL, "bad_key", "table \"%s\": a key can't be written as JSON", t->name);
    }
    const char *step = arena_format(job_arena(p->job), "rows/%s.%s/%u", t->schema, t->name, number);
    p->steps[p->step_count++] = step;
    enum error_class class = job_child(p->job, step, "migration", args, NULL, e);
    json_decref(args);
    return class;
}

/* How many rows jobs; the tables that are left keep their place among the children. */
static unsigned parts_of(const struct plan *p, int64_t rows)
{
    int64_t each = migration_number(p->args, "job_rows", MIGRATION_JOB_ROWS);
    int64_t parts = rows <= each ? 1 : (rows + each - 1) / each;
    int64_t room = (int64_t)(p->step_max - p->step_count) - (int64_t)p->target_catalog->table_count;
    if (parts > PARTS_MAX)
        parts = PARTS_MAX;
    return (unsigned)(parts > room ? 1 : parts);
}

static enum error_class plan_table(struct plan *p, const struct catalog_table *t, struct error *e)
{
    struct migration_pair pair;
    struct connect_value *bounds = NULL;
    unsigned count = 0;
    enum error_class class = migration_pair(job_arena(p->job), p->source_catalog, t, &pair, e);
    if (class != ERROR_OK)
        return class;
    size_t keys = pair.source.primary_key.columns.count;
    int64_t rows = pair.source.rows;
    if (rows < 0 || !pair.source.rows_exact)
        class = connect_count(p->source, &pair.source, &rows, e);
    if (class == ERROR_OK && keys > 0 && parts_of(p, rows) > 1)
        class = connect_split(p->source, job_arena(p->job), &pair.source, parts_of(p, rows), &bounds, &count, e);

    p->tables++;
    for (unsigned i = 0; class == ERROR_OK && i <= count; i++)
        class = add_rows_job(p, t, i, i > 0 ? bounds + (i - 1) * keys : NULL, i < count ? bounds + i * keys : NULL,
                             keys, rows / (count + 1), e);
    return class;
}

static enum error_class plan_jobs(struct plan *p, struct error *e)
{
    enum error_class class = ERROR_OK;
    const struct catalog *c = p->target_catalog;
    p->step_max = JOBS_MAX;
    p->steps = arena_array(job_arena(p->job), p->step_max, sizeof *p->steps);
    for (size_t i = 0; class == ERROR_OK && i < c->table_count; i++) {
        if (job_cancelled(p->job))
            return error_set(e, ERROR_CANCELLED, "migration: cancelled");
        job_progress(p->job, (int)(20 + 75 * i / c->table_count), "planning %s", c->tables[i].name);
        class = plan_table(p, &c->tables[i], e);
    }
    if (class != ERROR_OK)
        return class;
    json_t *args = json_pack("{s:s, s:O, s:O}", "step", "keys", "source", json_object_get(p->args, "source"), "target",
                             json_object_get(p->args, "target"));
    class = job_child(p->job, "keys", "migration", args, p->steps, e);
    json_decref(args);
    return class;
}

enum error_class migration_ddl(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct catalog *source_catalog, *target_catalog;
    struct plan p = { .job = job, .args = args };
    enum error_class class = migration_source_catalog(job, &source_catalog, e);
    if (class == ERROR_OK)
        class = migration_target_catalog(job, &target_catalog, e);
    if (class != ERROR_OK)
        return class;
    p.source_catalog = source_catalog;
    p.target_catalog = target_catalog;

    job_progress(job, 5, "making %zu tables", target_catalog->table_count);
    class = make_tables(job, args, e);
    if (class == ERROR_OK)
        class = side_open(job, args, "source", true, &p.source, e);
    if (class == ERROR_OK)
        class = plan_jobs(&p, e);
    connect_close(p.source);
    if (class == ERROR_OK)
        *ret_result = json_pack("{s:I, s:I}", "tables", (json_int_t)p.tables, "chunks", (json_int_t)p.step_count);
    return class;
}
