/* SPDX-License-Identifier: Apache-2.0 */
/* parse_mapping.c - a table that is a mapping document becomes entries of the mappings, and is no table any more. */
#include <stdlib.h>

#include "base/mem.h"
#include "catalog/parse/mapping_sheet.h"
#include "catalog/parse/parse_part.h"

enum { MAPPINGS_MAX = 100000 };

struct reading {
    struct mapping_sheet *sheet; /* owned */
    json_t *mappings;            /* the array */
};

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t;
    struct reading *r = context;
    if (json_array_size(r->mappings) == MAPPINGS_MAX)
        return (int)error_code(e, ERROR_TOO_LARGE, "too_many_mappings", "a mapping document of more than %d rows",
                               MAPPINGS_MAX);
    json_t *mapping = mapping_sheet_row(r->sheet, values);
    if (mapping != NULL)
        (void)json_array_append_new(r->mappings, mapping);
    return ERROR_OK;
}

enum error_class parse_mapping(struct parse_work *w, struct parse_part *part, struct error *e)
{
    struct catalog *c = part->catalog;
    struct mapping_sheet *sheet = mem_zero(1, sizeof *sheet);
    if (c->table_count != 1 || !mapping_sheet_find(&c->tables[0], sheet)) {
        free(sheet);
        return ERROR_OK;
    }
    if (w->mappings == NULL)
        w->mappings = json_pack("{s:i, s:[]}", "format", 1, "mappings");
    struct reading r = { sheet, json_object_get(w->mappings, "mappings") };
    struct rows_ask ask = { .only = &c->tables[0] };
    enum error_class class = part->rows.face->read(part->rows.self, &ask, on_row, &r, e);
    free(sheet);
    if (class != ERROR_OK)
        return class;
    (void)catalog_diagnostic_add(
        c, "warning",
        arena_format(w->arena, "%.200s is read as a mapping document, not as a table of data", c->tables[0].name));
    c->table_count = 0;
    part->rows.face->close(part->rows.self);
    part->rows = (struct rows_source){ 0 };
    return ERROR_OK;
}
