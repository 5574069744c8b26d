/* SPDX-License-Identifier: Apache-2.0 */
/* nested_sample.h - a small document as tables, in words that a test can compare. */
#ifndef TESTS_SUPPORT_NESTED_SAMPLE_H
#define TESTS_SUPPORT_NESTED_SAMPLE_H

#include "catalog/parse/nested/nested.h"

struct nested_sample {
    struct arena *arena;
    struct input *in;
    struct catalog *catalog; /* NULL: it failed */
    struct rows_source rows;
    struct error error;
};

/* The document is called "doc". limits NULL: the usual ones. `text` must live as long as the sample. */
void nested_sample_open(struct nested_sample *s, enum nested_format format, const char *text, size_t size,
                        const struct nested_limits *limits);
void nested_sample_close(struct nested_sample *s);

/* One line a table: "albums < artists [3] #id: artist_id> integer, position# integer, id integer, title string?"
 * (< parent, [rows], # key; a column's > is a foreign key, its # is made by us, ? may be null). */
const char *nested_sample_tables(struct nested_sample *s);
/* One line a row: "1|x|-" (- is NULL), in the order they come; table NULL: all, with its name before. */
const char *nested_sample_rows(struct nested_sample *s, const char *table, int64_t rows_max);
const char *nested_sample_diagnostics(struct nested_sample *s); /* one line each */

/* All of it for one comparison: opens, compares the tables, closes. */
void nested_sample_expect(enum nested_format format, const char *text, const char *tables);
/* The same for its rows. */
void nested_sample_expect_rows(enum nested_format format, const char *text, const char *table, const char *rows);

#endif
