/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested_events.h - tables of documents that are no text: whoever reads them (catalog/connect/mongodb) gives events,
 * and the rules are those of nested.h.
 *
 * Happy path: nested_tables() asks for the events once, adds the tables to a catalog that may hold others, and gives a
 * handle; nested_tables_read() asks for events again, the same or more of them, and gives rows. Failure modes: the
 * source's errors, the limits of nested.h. The handle knows tables by their names, so the catalog may be sorted, or be
 * another one.
 */
#ifndef CATALOG_PARSE_NESTED_NESTED_EVENTS_H
#define CATALOG_PARSE_NESTED_NESTED_EVENTS_H

#include "catalog/parse/nested/document.h"

enum { NESTED_NATIVES = 32 }; /* types that a source may have of its own */

/* What is known of a column, for whoever knows the source's types. */
struct nested_facts {
    const int64_t *natives; /* NESTED_NATIVES counts: how many values had each; of a list those of its items as well */
    int64_t values;         /* neither null nor list; of a list its items */
    bool list, object;      /* that one stands there is what the column says */
    int64_t lists, single;  /* of a list: objects that have a list there, and those that have something else */
};

struct nested_events {
    /* One list of objects: list(), objects, end(). Each time the same, front to back; what is wrong is told in
     * document_end, as of NDJSON. */
    enum error_class (*read)(void *self, const struct document_sink *sink, struct document_end *ret_end,
                             struct error *e);
    /* Type and native type of a column whose values have native types; the type is set by the rules of nested.h. */
    void (*column)(void *self, struct catalog *c, struct catalog_table *t, struct catalog_column *column,
                   const struct nested_facts *facts);
    bool (*taken)(void *self, const char *table); /* is that the name of another table? */
    const char *key;                              /* what tells the objects apart, by the source's word; NULL: none */
    void *self;
};

struct nested_tables;

/* Adds the tables of `name` and below; t->rows is what the events held. The arena of the catalog keeps no part of the
 * handle. */
enum error_class nested_tables(struct catalog *c, const char *schema, const char *name,
                               const struct nested_events *events, const struct nested_limits *limits,
                               struct nested_tables **ret_tables, struct error *e);
struct nested_tables *nested_tables_destroy(struct nested_tables *tables); /* NULL is fine; returns NULL */

/* Is a table of that name among them? */
bool nested_tables_have(const struct nested_tables *tables, const char *name);
/* Rows of `t`, whose columns are known by their names: one that is not known is NULL. rows_max 0: all; spread: over
 * those that nested_tables() was given, else the first ones. */
enum error_class nested_tables_read(struct nested_tables *tables, const struct nested_events *events,
                                    const struct catalog_table *t, int64_t rows_max, bool spread, rows_sink *sink,
                                    void *context, struct error *e);

#endif
