/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind discovery: what is in a database.
 *
 * Happy path: open the connection to read, introspect, count rows exactly (where types are only wishes, in the same
 * pass that looks at every value), count orphans of foreign keys nobody enforced, relate tables, hand the catalog over.
 * Failure modes: what connect.h reports; nothing is left behind, so an attempt may simply be repeated.
 */
#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/discovery/observe.h"
#include "jobs/discovery/relationships.h"
#include "jobs/job.h"
#include "jobs/side.h"

enum { PERCENT_READ = 5, PERCENT_ORPHANS = 80, PERCENT_RELATE = 90 };

static enum error_class observe(struct job *job, struct connect *source, struct catalog *c, struct error *e)
{
    enum error_class class = ERROR_OK;
    for (size_t i = 0; class == ERROR_OK && i < c->table_count; i++) {
        int percent = PERCENT_READ + (int)((PERCENT_ORPHANS - PERCENT_READ) * i / c->table_count);
        job_progress(job, percent, "reading %.200s", c->tables[i].name);
        if (job_cancelled(job))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
        class = observe_table(job, source, c, &c->tables[i], percent, e);
    }
    return class;
}

/* SQLite only checks foreign keys for programs that ask it to. */
static enum error_class count_orphans(struct job *job, struct connect *source, struct catalog *c, struct error *e)
{
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        for (size_t k = 0; k < t->foreign_key_count; k++) {
            struct catalog_foreign_key *fk = &t->foreign_keys[k];
            const char *samples = "[]";
            if (job_cancelled(job))
                return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
            enum error_class class = connect_orphans(source, c->arena, t, fk, &fk->orphans, &samples, e);
            if (class != ERROR_OK)
                return class;
            if (fk->orphans == 0)
                continue;
            struct catalog_diagnostic *d = catalog_diagnostic_add(
                c, "warning",
                arena_format(c->arena,
                             "%lld rows have no parent in \"%.200s\" for \"%.200s\"; some of their keys: %.500s",
                             (long long)fk->orphans, fk->ref_table, fk->columns.items[0], samples));
            d->table = t->name;
        }
    }
    return ERROR_OK;
}

static json_t *summary(const struct catalog *c)
{
    json_int_t columns = 0, rows = 0, primary = 0, foreign = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        columns += (json_int_t)t->column_count;
        rows += t->rows > 0 ? t->rows : 0;
        primary += t->primary_key.columns.count > 0;
        foreign += (json_int_t)t->foreign_key_count;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "tables", (json_int_t)c->table_count, "columns", columns, "rows",
                     rows, "primary_keys", primary, "foreign_keys", foreign, "relationships",
                     (json_int_t)c->relationship_count);
}

static enum error_class discover(struct job *job, struct connect *source, const char *schema,
                                 struct catalog **ret_catalog, struct error *e)
{
    bool wishes = strcmp(connect_dialect(source), "sqlite") == 0;
    job_progress(job, 0, "reading the schema");
    enum error_class class = connect_catalog(source, job_arena(job), schema, !wishes, ret_catalog, e);
    if (class == ERROR_OK && wishes)
        class = observe(job, source, *ret_catalog, e);
    if (class == ERROR_OK && wishes) {
        job_progress(job, PERCENT_ORPHANS, "looking for rows without a parent");
        class = count_orphans(job, source, *ret_catalog, e);
    }
    if (class == ERROR_OK) {
        job_progress(job, PERCENT_RELATE, "relating %zu tables", (*ret_catalog)->table_count);
        class = relationships_find(job, source, *ret_catalog, e);
    }
    return class;
}

static enum error_class discovery_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct connect *source = NULL;
    struct catalog *c = NULL;
    enum error_class class = side_open(job, args, "source", true, &source, e);
    if (class == ERROR_OK)
        class = discover(job, source, json_string_value(json_object_get(args, "schema")), &c, e);
    connect_close(source);
    if (class != ERROR_OK)
        return class;
    catalog_sort(c);
    for (size_t i = 0; i < c->diagnostic_count; i++)
        job_log(job, strcmp(c->diagnostics[i].severity, "error") == 0 ? "error" : "warn", "%s%s%s",
                c->diagnostics[i].table != NULL ? c->diagnostics[i].table : "",
                c->diagnostics[i].table != NULL ? ": " : "", c->diagnostics[i].message);
    *ret_result = json_pack("{s:o, s:o}", "catalog", catalog_to_json(c), "summary", summary(c));
    job_progress(job, 100, "%zu tables, %zu relationships", c->table_count, c->relationship_count);
    return ERROR_OK;
}

const struct job_kind job_discovery = { .name = "discovery", .run = discovery_run };
