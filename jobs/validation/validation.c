/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind validation: reads both sides of a migration by itself and compares.
 *
 * Happy path, for each table of the mapping's target catalog: tally the source, tally the target, compare rows and
 * checksums by column; when anything differs, read once more to name column and key. Then constraints and orphans of
 * the target. Nothing is taken from what the migration said about itself; only the catalogs and connect_read() are
 * shared.
 *
 * Differences are findings and the job succeeds with "failed" in its result. An error is only what kept it from
 * looking.
 */
#include <inttypes.h>
#include <string.h>

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/job.h"
#include "jobs/side.h"
#include "jobs/validation/constraints.h"
#include "jobs/validation/difference.h"
#include "jobs/validation/findings.h"
#include "jobs/validation/tally.h"

struct validation {
    struct job *job;
    struct catalog *source_catalog, *expected, *actual;
    struct connect *source, *target;
    struct findings findings;
    struct constraints_count count;
    int64_t tables, rows;
};

/* A table as both sides are read: the same columns in the same order. */
struct pairing {
    struct catalog_table source, target;
    struct tally_shape shape;
};

/* Columns that both sides have; one that should be in the target and is not is a finding. */
static void pair_columns(struct validation *v, const struct catalog_table *expected, const struct catalog_table *from,
                         const struct catalog_table *actual, struct pairing *p)
{
    struct arena *arena = job_arena(v->job);
    enum type_name *types = arena_array(arena, expected->column_count + 1, sizeof *types);
    struct catalog_column *read = arena_array(arena, expected->column_count + 1, sizeof *read);
    struct catalog_column *written = arena_array(arena, expected->column_count + 1, sizeof *written);
    size_t count = 0;
    for (size_t i = 0; i < expected->column_count; i++) {
        const struct catalog_column *column = &expected->columns[i];
        const struct catalog_column *there = catalog_column_find(actual, column->name);
        const struct catalog_column *here =
            catalog_column_find(from, column->source_column ? column->source_column : column->name);
        if (!there)
            findings_add(&v->findings, "column", expected->name, column->name, NULL,
                         "table \"%s\": column \"%s\" is not in the target", expected->name, column->name);
        if (!there || !here)
            continue;
        types[count] = column->type.name;
        read[count] = *here;
        written[count++] = *there;
    }
    p->source = *from;
    p->target = *actual;
    p->source.columns = read;
    p->target.columns = written;
    p->source.column_count = p->target.column_count = count;
    p->shape = (struct tally_shape){ .types = types, .column_count = count };
}

/* Rows are told apart by the key the target should have; without one, or without one of its columns, by all they
 * hold. */
static void pair_key(struct validation *v, const struct catalog_table *expected, struct pairing *p)
{
    const struct catalog_names *key = &expected->primary_key.columns;
    size_t *at = arena_array(job_arena(v->job), key->count + 1, sizeof *at);
    for (size_t i = 0; i < key->count; i++) {
        const struct catalog_column *column = catalog_column_find(&p->target, key->items[i]);
        if (!column)
            return;
        at[i] = (size_t)(column - p->target.columns);
    }
    p->shape.key_at = at;
    p->shape.key_count = key->count;
}

static bool equal(struct validation *v, const struct pairing *p, const struct tally *source, const struct tally *target)
{
    const char *table = p->target.name;
    bool same = source->rows == target->rows;
    if (!same)
        findings_add(&v->findings, "rows", table, NULL, NULL,
                     "table \"%s\": the source has %" PRId64 " rows, the target %" PRId64, table, source->rows,
                     target->rows);
    for (size_t i = 0; i < p->shape.column_count; i++) {
        if (source->columns[i] == target->columns[i])
            continue;
        if (source->rows == target->rows) /* with rows missing or added every column differs: no news */
            findings_add(&v->findings, "checksum", table, p->target.columns[i].name, NULL,
                         "table \"%s\", column \"%s\": the checksums of source and target differ", table,
                         p->target.columns[i].name);
        same = false;
    }
    return same && memcmp(source->rows_sum, target->rows_sum, sizeof source->rows_sum) == 0 &&
           memcmp(source->rows_in, target->rows_in, sizeof source->rows_in) == 0;
}

static enum error_class compare_rows(struct validation *v, const struct pairing *p, struct error *e)
{
    struct tally source, target;
    tally_init(&source, &p->shape);
    tally_init(&target, &p->shape);
    enum error_class class = tally_fill(&source, v->job, v->source, &p->source, &p->shape, e);
    if (class == ERROR_OK)
        class = tally_fill(&target, v->job, v->target, &p->target, &p->shape, e);
    if (class == ERROR_OK)
        v->rows += target.rows;
    if (class == ERROR_OK && !equal(v, p, &source, &target)) {
        const struct difference_side a = { .connect = v->source, .table = &p->source, .tally = &source };
        const struct difference_side b = { .connect = v->target, .table = &p->target, .tally = &target };
        class = difference_find(v->job, &a, &b, &p->shape, &v->findings, e);
    }
    tally_finish(&source);
    tally_finish(&target);
    return class;
}

static enum error_class check_table(struct validation *v, const struct catalog_table *expected, struct error *e)
{
    const struct catalog_table *from =
        catalog_table_find(v->source_catalog, expected->source_schema, expected->source_table);
    const struct catalog_table *actual = catalog_table_find(v->actual, expected->schema, expected->name);
    struct pairing p;
    if (!from)
        return error_code(e, ERROR_INVALID, "source_table_missing", "the source's catalog has no table for \"%s\"",
                          expected->name);
    if (!actual) {
        findings_add(&v->findings, "table", expected->name, NULL, NULL, "table \"%s\" is not in the target",
                     expected->name);
        return ERROR_OK;
    }
    v->tables++;
    pair_columns(v, expected, from, actual, &p);
    pair_key(v, expected, &p);
    enum error_class class = compare_rows(v, &p, e);
    if (class == ERROR_OK)
        constraints_check(expected, actual, &v->findings, &v->count);
    return class == ERROR_OK ? class : error_wrap(e, "compare table \"%s\"", expected->name);
}

/* A key to or from a table or column that is not there can't be followed; that it is missing is a finding already. */
static bool can_follow(const struct validation *v, const struct catalog_table *t)
{
    const struct catalog_table *child = catalog_table_find(v->actual, t->schema, t->name);
    for (size_t i = 0; child && i < t->foreign_key_count; i++) {
        const struct catalog_foreign_key *fk = &t->foreign_keys[i];
        const struct catalog_table *parent = catalog_table_find(v->actual, fk->ref_schema, fk->ref_table);
        if (!parent)
            return false;
        for (size_t k = 0; k < fk->columns.count && k < fk->ref_columns.count; k++) {
            if (!catalog_column_find(child, fk->columns.items[k]) ||
                !catalog_column_find(parent, fk->ref_columns.items[k]))
                return false;
        }
    }
    return child != NULL;
}

static enum error_class check_all(struct validation *v, struct error *e)
{
    const struct catalog *c = v->expected;
    enum error_class class = connect_catalog(v->target, job_arena(v->job), NULL, false, &v->actual, e);
    for (size_t i = 0; class == ERROR_OK && i < c->table_count; i++) {
        if (job_cancelled(v->job))
            return error_set(e, ERROR_CANCELLED, "validation: cancelled");
        job_progress(v->job, (int)(90 * i / c->table_count), "comparing %s", c->tables[i].name);
        class = check_table(v, &c->tables[i], e);
    }
    for (size_t i = 0; class == ERROR_OK && i < c->table_count; i++) {
        if (job_cancelled(v->job))
            return error_set(e, ERROR_CANCELLED, "validation: cancelled");
        const struct catalog_table *t = &c->tables[i];
        const struct catalog_table *from = catalog_table_find(v->source_catalog, t->source_schema, t->source_table);
        if (from && can_follow(v, t))
            class = constraints_orphans(v->source, from, v->target, t, job_arena(v->job), &v->findings, e);
    }
    return class;
}

static enum error_class validation_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct validation v = { .job = job };
    findings_init(&v.findings);
    enum error_class class = side_catalog(job, "discovery", "catalog", &v.source_catalog, e);
    if (class == ERROR_OK)
        class = side_catalog(job, "mapping", "target_catalog", &v.expected, e);
    if (class == ERROR_OK)
        class = side_open(job, args, "source", true, &v.source, e);
    if (class == ERROR_OK)
        class = side_open(job, args, "target", true, &v.target, e);
    if (class == ERROR_OK)
        class = check_all(&v, e);
    if (class == ERROR_OK)
        *ret_result = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:O}", "validation",
                                json_array_size(v.findings.list) > 0 ? "failed" : "passed", "tables",
                                (json_int_t)v.tables, "rows", (json_int_t)v.rows, "primary_keys",
                                (json_int_t)v.count.primary_keys, "foreign_keys", (json_int_t)v.count.foreign_keys,
                                "findings_dropped", (json_int_t)v.findings.dropped, "findings", v.findings.list);
    connect_close(v.source);
    connect_close(v.target);
    findings_finish(&v.findings);
    return class;
}

const struct job_kind job_validation = { .name = "validation", .run = validation_run };
