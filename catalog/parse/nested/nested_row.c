/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested_row.c - a row that is being filled, and its spelling.
 *
 * A list of scalars is spelled as JSON while it is short; a longer one, a list of objects and an object are only
 * marked, since what they hold has its own table or columns.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/nested/nested_rows.h"

void nested_row_begin(struct nested_row *row, struct layout_table *t, struct nested_row *around)
{
    row->t = t;
    row->around = around;
    if (row->cell_capacity == 0)
        buffer_init(&row->text, NESTED_ROW_MAX);
    row->cells = mem_grow(row->cells, &row->cell_capacity, t->column_count + 1, sizeof *row->cells);
    memset(row->cells, 0, t->column_count * sizeof *row->cells);
    buffer_clear(&row->text);
}

void nested_row_finish(struct nested_row *row)
{
    if (row->cell_capacity > 0)
        buffer_finish(&row->text);
    free(row->cells);
    row->cells = NULL;
    row->cell_capacity = 0;
}

void nested_row_set(struct nested_row *row, int column, const char *text, size_t size)
{
    struct nested_cell *cell = &row->cells[column];
    const struct layout_column *c = &row->t->columns[column];
    char spelled[INFER_SPELL_SIZE];
    if (c->spelled) {
        struct rows_value value = infer_spell(&c->inferred, text, size, spelled);
        if (value.text == NULL) {
            *cell = (struct nested_cell){ .set = false };
            return;
        }
        text = value.text;
        size = value.size;
    }
    *cell = (struct nested_cell){ .at = row->text.size, .size = size, .set = true };
    buffer_add(&row->text, text, size);
}

void nested_row_set_number(struct nested_row *row, int column, int64_t number)
{
    char text[24];
    int size = snprintf(text, sizeof text, "%" PRId64, number);
    nested_row_set(row, column, text, (size_t)size);
}

void nested_row_copy(struct nested_row *row, int column, const struct nested_row *from, int from_column)
{
    const struct nested_cell *there = &from->cells[from_column];
    if (!there->set)
        return;
    row->cells[column] = (struct nested_cell){ .at = row->text.size, .size = there->size, .set = true };
    buffer_add(&row->text, from->text.data + there->at, there->size);
}

void nested_row_mark(struct nested_row *row, int column)
{
    row->cells[column].set = row->cells[column].opaque = true;
}

void nested_row_list(struct nested_row *row, int column)
{
    row->cells[column] = (struct nested_cell){ .at = row->text.size, .size = 2, .set = true };
    buffer_text(&row->text, "[]");
}

void nested_row_list_add(struct nested_row *row, int column, enum document_kind kind, const char *text, size_t size)
{
    struct nested_cell *cell = &row->cells[column];
    if (!cell->set)
        nested_row_list(row, column);
    if (cell->opaque || cell->at + cell->size != row->text.size || cell->size + size > NESTED_LIST_MAX) {
        cell->opaque = true;
        return;
    }
    row->text.size--; /* the bracket */
    if (cell->size > 2)
        buffer_char(&row->text, ',');
    if (kind == DOCUMENT_NULL)
        buffer_text(&row->text, "null");
    else if (kind == DOCUMENT_BOOLEAN || kind == DOCUMENT_NUMBER)
        buffer_add(&row->text, text, size);
    else
        buffer_json_string(&row->text, text, size);
    buffer_char(&row->text, ']');
    cell->size = row->text.size - cell->at;
}

enum error_class nested_row_give(struct nested_row *row, struct rows_value **values, size_t *capacity, rows_sink *sink,
                                 void *context, int *ret_answer, struct error *e)
{
    const struct layout_table *t = row->t;
    if (row->text.overflow)
        return error_code(e, ERROR_TOO_LARGE, "row_too_large", "a row of table %.200s takes more than %d bytes",
                          t->name, NESTED_ROW_MAX);
    *values = mem_grow(*values, capacity, t->column_count + 1, sizeof **values);
    for (size_t i = 0; i < t->column_count; i++) {
        const struct nested_cell *cell = &row->cells[i];
        struct rows_value *value = &(*values)[i];
        *value = (struct rows_value){ .text = NULL };
        if (!cell->set)
            continue;
        value->text = !cell->opaque                       ? buffer_view(&row->text) + cell->at
                      : t->columns[i].role == LAYOUT_LIST ? "[...]"
                                                          : "{...}";
        value->size = cell->opaque ? 5 : cell->size;
    }
    *ret_answer = sink(context, t->table, *values, e);
    return ERROR_OK;
}
