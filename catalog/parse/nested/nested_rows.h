/* SPDX-License-Identifier: Apache-2.0 */
/* nested_rows.h - one reading of a document for its rows, by the layout of its tables. This room only. */
#ifndef CATALOG_PARSE_NESTED_NESTED_ROWS_H
#define CATALOG_PARSE_NESTED_NESTED_ROWS_H

#include "catalog/parse/nested/layout.h"

struct nested_rows {
    struct layout *layout;
    struct document_ask document; /* its sink is set by nested_rows_read() */
    enum nested_format format;
    bool first; /* rows_max are the first ones, else they are spread over all */
};

/* From the input's first byte. A parent's row comes after those of its children. */
enum error_class nested_rows_read(struct nested_rows *n, const struct rows_ask *ask, rows_sink *sink, void *context,
                                  struct error *e);

/* nested_row.c: a row that is being filled. */
enum { NESTED_ROW_MAX = 256 << 20, NESTED_LIST_MAX = 64 * 1024 };

struct nested_cell {
    size_t at, size;
    bool set, opaque; /* opaque: a list too long or too deep to be spelled, or an object */
};

struct nested_row {
    struct layout_table *t;
    struct nested_row *around; /* the row in whose object it stands; NULL: none */
    struct nested_cell *cells;
    size_t cell_capacity;
    struct buffer text;
    int64_t position; /* of its place, as it was before */
    uint64_t position_of;
};

void nested_row_begin(struct nested_row *row, struct layout_table *t, struct nested_row *around);
void nested_row_finish(struct nested_row *row);
void nested_row_set(struct nested_row *row, int column, const char *text, size_t size);
void nested_row_set_number(struct nested_row *row, int column, int64_t number);
void nested_row_copy(struct nested_row *row, int column, const struct nested_row *from, int from_column);
/* A container stands there that its own table or columns tell. */
void nested_row_mark(struct nested_row *row, int column);
/* The list in this cell is empty so far; then one more value. */
void nested_row_list(struct nested_row *row, int column);
void nested_row_list_add(struct nested_row *row, int column, enum document_kind kind, const char *text, size_t size);
enum error_class nested_row_give(struct nested_row *row, struct rows_value **values, size_t *capacity, rows_sink *sink,
                                 void *context, int *ret_answer, struct error *e);

#endif
