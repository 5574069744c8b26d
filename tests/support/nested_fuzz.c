/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/nested_fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 512 << 20 };

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    const struct catalog *c = context;
    if (t == NULL || t < c->tables || t >= c->tables + c->table_count)
        abort();
    unsigned char sum = 0; /* every byte is there */
    for (size_t i = 0; i < t->column_count; i++)
        for (size_t n = 0; values[i].text != NULL && n < values[i].size; n++)
            sum ^= (unsigned char)values[i].text[n];
    *(volatile unsigned char *)&sum = sum;
    return ERROR_OK;
}

static int on_count(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t, (void)values, (void)e;
    ++*(int64_t *)context;
    return ERROR_OK;
}

/* Parents and keys lead to tables and columns that are there. */
static void check_catalog(const struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        if (t->name[0] == '\0' || t->column_count == 0)
            abort();
        if (t->parent != NULL && catalog_table_find(c, "", t->parent) == NULL)
            abort();
        for (size_t k = 0; k < t->foreign_key_count; k++) {
            const struct catalog_foreign_key *key = &t->foreign_keys[k];
            const struct catalog_table *to = catalog_table_find(c, "", key->ref_table);
            if (to == NULL || catalog_column_find(to, key->ref_columns.items[0]) == NULL ||
                catalog_column_find(t, key->columns.items[0]) == NULL)
                abort();
        }
        for (size_t k = 0; k < t->column_count; k++)
            if (t->columns[k].name[0] == '\0' || !text_utf8_valid(t->columns[k].name, strlen(t->columns[k].name)))
                abort();
    }
}

static void check_rows(struct catalog *c, const struct rows_source *rows, bool whole)
{
    struct error e = ERROR_NONE;
    struct rows_ask ask = { .only = NULL };
    if (rows->face->read(rows->self, &ask, on_row, c, &e) != ERROR_OK)
        abort();
    for (size_t i = 0; whole && i < c->table_count && i < 8; i++) {
        int64_t count = 0;
        ask.only = &c->tables[i];
        if (rows->face->read(rows->self, &ask, on_count, &count, &e) != ERROR_OK ||
            (ask.only->rows_exact && count != ask.only->rows))
            abort();
    }
}

void nested_fuzz_one(enum nested_format format, const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX)
        return;
    struct arena *arena = arena_create(ARENA_MAX);
    struct input *in = input_of_memory(data, size);
    struct catalog *c = NULL;
    struct rows_source rows = { .face = NULL };
    struct error e = ERROR_NONE;
    struct nested_limits limits = nested_limits_default();
    limits.alias_events_max = 20000;
    limits.places_max = 20000;
    if (nested_parse(arena, in, format, "doc", &limits, NULL, &c, &rows, &e) == ERROR_OK) {
        bool whole = true;
        for (size_t i = 0; i < c->diagnostic_count; i++)
            whole &= c->diagnostics[i].line == 0;
        check_catalog(c);
        check_rows(c, &rows, whole);
        json_t *json = catalog_to_json(c);
        struct catalog *again = NULL;
        if (json == NULL || catalog_from_json(arena, json, &again, &e) != ERROR_OK)
            abort();
        json_decref(json);
        rows.face->close(rows.self);
    } else if (e.message[0] == '\0') {
        abort();
    }
    input_close(in);
    arena_destroy(arena);
}
