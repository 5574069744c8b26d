/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_csv.c - any bytes as a delimited text: a table or one error, and the same number of rows when they are read. */
#include "tests/fuzz/fuzz.h" /* fuzz: words csv values */

#include <stdio.h>
#include <stdlib.h>

#include "catalog/parse/csv/csv.h"

struct seen {
    int64_t rows;
    size_t bytes;
};

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    struct seen *seen = context;
    seen->rows++;
    for (size_t i = 0; i < t->column_count; i++)
        for (size_t k = 0; k < values[i].size; k++)
            seen->bytes += (unsigned char)values[i].text[k];
    return ERROR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(64 << 20);
    struct catalog *c = catalog_create(arena, "csv", "fuzz");
    struct input *in = input_of_memory(data, size);
    struct csv_options options = csv_options_default();
    struct csv_table *table;
    struct error e = ERROR_NONE;
    if (csv_parse(c, in, "fuzz", &options, &table, &e) == ERROR_OK) {
        struct seen seen = { 0 };
        if (c->table_count != 1 || c->tables[0].column_count == 0)
            abort();
        if (input_rewind(in, &e) != ERROR_OK ||
            csv_rows(table, in, &c->tables[0], NULL, 0, 0, on_row, &seen, &e) != ERROR_OK)
            abort();
        if (seen.rows != c->tables[0].rows) {
            (void)fprintf(stderr, "%lld rows, then %lld\n", (long long)c->tables[0].rows, (long long)seen.rows);
            abort();
        }
        json_t *json = catalog_to_json(c);
        struct catalog *back = NULL;
        if (catalog_from_json(arena, json, &back, &e) != ERROR_OK) {
            (void)fprintf(stderr, "%s\n", e.message);
            abort();
        }
        json_decref(json);
    } else if (*e.message == '\0') {
        abort();
    }
    input_close(in);
    arena_destroy(arena);
    return 0;
}
