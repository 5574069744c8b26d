/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind mapping: where each column that discovery found goes in a new target.
 *
 * Happy path: read discovery's catalog, make the target's (target.h), and list a mapping a column: direct or cast, with
 * warnings of what is lost. Nothing is matched against an existing schema, so every origin is "created" and no mapping
 * has a confidence. Opens neither database. Failure modes: no discovery in the pipeline, a target of a kind that can't
 * be made, a table that no target can hold.
 */
#include <string.h>

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/job.h"
#include "jobs/side.h"
#include "jobs/mapping/target.h"

static enum error_class check_target(struct job *job, const json_t *args, struct error *e)
{
    struct job_connection connection;
    const char *dialect = NULL;
    enum error_class class = job_connection(job, json_integer_value(json_object_get(args, "target")), &connection, e);
    if (class == ERROR_OK)
        class = connect_dialect_of(connection.url, &dialect, e);
    if (class != ERROR_OK)
        return error_wrap(e, "target");
    if (strcmp(dialect, "postgresql") != 0)
        return error_code(e, ERROR_REFUSED, "not_supported", "a new target can be made in postgresql, not in %s",
                          dialect);
    return ERROR_OK;
}

static json_t *place(const struct catalog_table *t, const char *column)
{
    return json_pack("{s:s, s:s, s:s}", "schema", t->schema, "table", t->name, "column", column);
}

static json_t *mapping(const struct target *target, size_t number, size_t column)
{
    const struct catalog_table *from = target->tables[number].source, *to = target_table_of(target, number);
    const struct choice *choice = &target->tables[number].choices[column];
    const char *native = from->columns[column].native_type;
    json_t *warnings = json_array();
    for (size_t i = 0; i < choice->warning_count; i++)
        json_array_append_new(warnings, json_string(choice->warnings[i]));
    return json_pack("{s:o, s:o, s:s, s:s, s:s, s:s, s:o}", "source", place(from, from->columns[column].name), "target",
                     place(to, to->columns[column].name), "transform", choice->cast ? "cast" : "direct", "origin",
                     "created", "source_type", native != NULL ? native : "", "target_type",
                     to->columns[column].target_type, "warnings", warnings);
}

static json_t *result_of(const struct target *target)
{
    json_t *mappings = json_array();
    json_int_t casts = 0, warnings = (json_int_t)target->catalog->diagnostic_count;
    for (size_t t = 0; t < target->source->table_count; t++) {
        for (size_t i = 0; i < target->source->tables[t].column_count; i++) {
            json_array_append_new(mappings, mapping(target, t, i));
            casts += target->tables[t].choices[i].cast;
            warnings += (json_int_t)target->tables[t].choices[i].warning_count;
        }
    }
    json_t *summary = json_pack("{s:I, s:I, s:I, s:I}", "tables", (json_int_t)target->source->table_count, "columns",
                                (json_int_t)json_array_size(mappings), "casts", casts, "warnings", warnings);
    catalog_sort(target->catalog); /* last: places in it move */
    return json_pack("{s:o, s:o, s:o}", "mappings", mappings, "target_catalog", catalog_to_json(target->catalog),
                     "summary", summary);
}

/* The rows of a partition are those of the whole, which is mapped as one table; a virtual table has none in the file.
 */
static void leave_unmapped(struct catalog *c)
{
    size_t kept = 0;
    bool *left = arena_array(c->arena, c->table_count + 1, sizeof *left);
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_partition *p = c->tables[i].partition;
        bool virtual = c->tables[i].kind != NULL && strcmp(c->tables[i].kind, "virtual") == 0;
        bool part = p != NULL && p->of_table != NULL && catalog_table_find(c, p->of_schema, p->of_table) != NULL;
        left[i] = virtual || part;
    }
    for (size_t i = 0; i < c->table_count; i++)
        if (!left[i])
            c->tables[kept++] = c->tables[i];
    c->table_count = kept;
}

static enum error_class mapping_run(struct job *job, const json_t *args, json_t **ret_result, struct error *e)
{
    struct catalog *source = NULL;
    struct target target;
    const char *schema = json_string_value(json_object_get(args, "target_schema"));
    enum error_class class = check_target(job, args, e);
    if (class == ERROR_OK)
        class = side_catalog(job, "discovery", "catalog", &source, e);
    if (class == ERROR_OK && job_cancelled(job))
        class = error_set(e, ERROR_CANCELLED, "mapping: cancelled");
    if (class != ERROR_OK)
        return class;
    leave_unmapped(source);
    job_progress(job, 20, "mapping %zu tables", source->table_count);
    class = target_make(job_arena(job), source, schema, &target, e);
    if (class != ERROR_OK)
        return class;
    *ret_result = result_of(&target);
    json_int_t warnings = json_integer_value(json_object_get(json_object_get(*ret_result, "summary"), "warnings"));
    job_progress(job, 100, "%zu tables, %lld warnings", source->table_count, (long long)warnings);
    return ERROR_OK;
}

const struct job_kind job_mapping = { .name = "mapping", .run = mapping_run };
