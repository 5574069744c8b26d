/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "templates/renderer.h"

static void check(enum error_class class, const struct error *e)
{
    if (class != ERROR_OK)
        fail_msg("%s", e->message);
}

/* The source's catalog turned into the target's, in place. */
static void map(struct catalog *c, struct arena *arena)
{
    c->dialect = "postgresql";
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        t->source_schema = t->schema;
        t->source_table = t->name;
        t->schema = "public";
        for (size_t k = 0; k < t->column_count; k++) {
            struct catalog_column *column = &t->columns[k];
            char native[256];
            const char *loss;
            assert_true(type_to_native("postgresql", &column->type, column->native_type, native, sizeof native, &loss));
            column->source_column = column->name;
            column->target_type = arena_text(arena, native);
            column->default_text = NULL;
            if (!column->nullable || column->identity)
                column->nullable = false;
        }
        for (size_t k = 0; k < t->primary_key.columns.count; k++)
            catalog_column_find(t, t->primary_key.columns.items[k])->nullable = false;
        for (size_t k = 0; k < t->foreign_key_count; k++)
            t->foreign_keys[k].ref_schema = "public";
    }
    catalog_sort(c);
}

struct lender *sample_pipeline(const char *source, const char *target)
{
    static const char *const files[] = { "schema.sql", "keys.sql" };
    struct lender *l = lender_create();
    struct error e = ERROR_NONE;
    struct connect *c = NULL;
    struct catalog *catalog;
    struct arena *arena = arena_create(256 << 20);
    lender_connection(l, 1, source);
    lender_connection(l, 2, target);

    check(connect_open(source, NULL, NULL, &c, &e), &e);
    check(connect_catalog(c, arena, NULL, true, &catalog, &e), &e);
    connect_close(c);
    lender_result(l, "discovery", json_pack("{s:o}", "catalog", catalog_to_json(catalog)));
    map(catalog, arena);
    json_t *target_catalog = catalog_to_json(catalog);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char *text, name[64];
        check(renderer_render("postgresql", files[i], target_catalog, &text, &e), &e);
        snprintf(name, sizeof name, "postgresql/%s", files[i]);
        lender_artifact(l, "codegen", name, text);
        free(text);
    }
    lender_result(l, "mapping", json_pack("{s:[], s:o}", "mappings", "target_catalog", target_catalog));
    arena_destroy(arena);
    return l;
}

json_t *sample_args(const char *step, int64_t chunk_rows, int64_t job_rows)
{
    json_t *args = json_pack("{s:i, s:i}", "source", 1, "target", 2);
    if (step)
        json_object_set_new(args, "step", json_string(step));
    if (chunk_rows > 0)
        json_object_set_new(args, "chunk_rows", json_integer(chunk_rows));
    if (job_rows > 0)
        json_object_set_new(args, "job_rows", json_integer(job_rows));
    return args;
}

const json_t *sample_run(struct lender *l)
{
    struct error e;
    json_auto_t *ddl = sample_args("ddl", 1000, 3000), *validation = sample_args(NULL, 0, 0);
    check(lender_run(l, "migration", "migration", ddl, &e), &e);
    check(lender_run_children(l, &e), &e);
    check(lender_run(l, "validation", "validation", validation, &e), &e);
    return lender_result_of(l, "validation");
}
