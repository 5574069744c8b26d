/* SPDX-License-Identifier: Apache-2.0 */
/* csv_names.h - names of columns from a header, left as they are save where that is impossible. Private to csv.c. */
#ifndef CATALOG_PARSE_CSV_CSV_NAMES_H
#define CATALOG_PARSE_CSV_CSV_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/catalog.h"
#include "catalog/parse/csv/csv_read.h"

/* Zeroed is ready. */
struct csv_names {
    char **items; /* owned; NULL: has none */
    size_t count;
};

/* row_names: the first column is not among them. */
void csv_names_take(struct csv_names *n, const struct csv_record *record, bool row_names);
void csv_names_finish(struct csv_names *n);

/* `count` names in the catalog's arena: trimmed, an empty one is column_N, one that came before gets _2, _3, ...
 * table NULL: without a diagnostic for what was changed. */
const char **csv_names_clean(const struct csv_names *n, struct catalog *c, const char *table, size_t count);

#endif
