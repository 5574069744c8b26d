/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.h - a delimited text (CSV, TSV, ...) as one table of a catalog, and its rows again.
 *
 * csv_parse() reads the whole text once: how it is written is guessed from the first part, types are decided over all
 * rows. What is odd (rows of another length, stray quotes, bytes that are no character) becomes a diagnostic with its
 * line; no row is left out. Memory is the longest record and half a kilobyte a column.
 */
#ifndef CATALOG_PARSE_CSV_CSV_H
#define CATALOG_PARSE_CSV_CSV_H

#include "catalog/catalog.h"
#include "catalog/parse/csv/csv_guess.h"
#include "catalog/parse/input/input.h"
#include "catalog/parse/value/value.h"
#include "catalog/rows.h"

struct csv_options {
    char delimiter;       /* 0: guessed */
    const char *encoding; /* as iconv names it; NULL: guessed */
    struct csv_limits limits;
    bool (*cancelled)(void *context);
    void (*progress)(void *context, int percent, const char *doing);
    void *context;
};
struct csv_options csv_options_default(void);

/* All that reading the rows again needs; in the catalog's arena. */
struct csv_table {
    const char *name;
    const char *encoding;
    struct csv_guess guess;
    struct csv_limits limits;
    size_t column_count;
    struct infer_result *types; /* of each column */
};

/* From the start of `in`, which it may rewind and which stays the caller's. The new table is the catalog's last. */
enum error_class csv_parse(struct catalog *c, struct input *in, const char *name, const struct csv_options *options,
                           struct csv_table **ret_table, struct error *e);

/* Only how it is written and the names of the columns; *ret_names in the arena, NULL when it has no header. */
enum error_class csv_look(struct arena *arena, struct input *in, const struct csv_options *options,
                          struct csv_table **ret_table, struct catalog_names *ret_names, struct error *e);

/* The rows as values of the table `t`: places[i] is the field that holds column i, or SIZE_MAX; NULL: as they stand.
 * At most rows_max (0: all), spread over the `rows` that there are (0: not known). A sink that said ROWS_ENOUGH ends it
 * with ERROR_OK. */
enum error_class csv_rows(const struct csv_table *table, struct input *in, const struct catalog_table *t,
                          const size_t *places, int64_t rows, int64_t rows_max, rows_sink *sink, void *context,
                          struct error *e);

#endif
