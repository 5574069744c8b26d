/* SPDX-License-Identifier: Apache-2.0 */
/* print.h - how commands show results: JSON as it came, or tables (libsmartcols) that fit the terminal. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include <jansson.h>
#include <stdbool.h>

struct print_column {
    const char *title;
    const char *member; /* of each row's object; "a.b" looks inside */
    bool right;         /* numbers */
};

/* How wide the terminal is on which stdout appears, within reason; 80 where there is none. */
unsigned print_columns(void);

/* One line of compact JSON. */
void print_json(const json_t *json);

/* rows: array of objects. Columns end with a NULL title. An empty array prints `empty` instead. On a terminal that is
 * too narrow times lose their years and seconds, and long texts are cut. */
void print_table(const json_t *rows, const struct print_column *columns, const char *empty);

/* One "name  value" line a column of one object; members that are absent are left out. A terminal gets only the
 * beginning of what fills it. */
void print_object(const json_t *object, const struct print_column *columns);

/* Foreign text that can't drive the terminal: controls (C0, DEL, C1), line separators and marks that turn the direction
 * of text become spaces, what is not UTF-8 becomes '?'. free(). */
char *print_clean(const char *text);

/* The same, cut so that it takes at most `columns` cells of the terminal. free(). */
char *print_cut(const char *text, unsigned columns);

/* What an answer has to warn of ("warnings", a list of texts): a line each, to stderr. */
void print_warnings(const json_t *answer);

/* A value as people read it: text as it is, numbers, true/false, "" for null, compact JSON for the rest. free(). */
char *print_value(const json_t *value);

#endif
