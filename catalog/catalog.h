/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.h - one model of tables, whatever the source: a dump, a file or a live database.
 *
 * Owned by an arena: nothing in it is freed alone, texts are NUL-terminated UTF-8, absent text is NULL.
 * Order is fixed (tables by schema and name, columns by position, the rest by name and columns), so the same input
 * gives the same bytes of JSON. The JSON form has the same words; it is docs/reference/catalog.md and
 * catalog.schema.json. What a column's values say is profile.h; what a table's rows are worth is in it as well.
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "catalog/table.h"

enum { CATALOG_TABLES_MAX = 100000, CATALOG_COLUMNS_MAX = 20000, CATALOG_NAME_MAX = 1024 };

struct catalog_view {
    const char *schema, *name, *comment, *definition;
    bool materialized;
    struct catalog_column *columns; /* those that the source tells */
    size_t column_count;
};

struct catalog_sequence {
    const char *schema, *name, *native_type;
    const char *start, *increment, *min, *max; /* as the source writes them; NULL: not said */
    bool cycle;
    const char *owner_schema, *owner_table, *owner_column;
};

struct catalog_named_type {
    const char *schema, *name, *kind, *comment; /* kind: "enum", "domain", "composite", "range" */
    struct catalog_names members;               /* of an enum, in order; of a composite "name type" */
    const char *base, *check, *default_text;    /* of a domain */
    bool not_null;
};

struct catalog_relationship {
    const char *from_schema, *from_table, *to_schema, *to_table;
    struct catalog_names from_columns, to_columns;
    const char *cardinality; /* "many_to_one", "one_to_one" */
    double confidence;       /* 1 for a declared key, below for a found one */
    const char *origin;      /* "declared", "found" */
    const char *evidence;    /* in words */
};

struct catalog_diagnostic {
    const char *severity, *message, *table; /* severity: "warning", "error" */
    int line, column;                       /* 0: not known */
};

struct catalog {
    struct arena *arena; /* not owned */
    const char *dialect; /* "sqlite", "postgresql", "mysql", "oracle", "sqlserver", "mongodb", "csv", "json", ... */
    const char *name;    /* database or file name without folder */
    struct catalog_table *tables;
    size_t table_count;
    struct catalog_view *views;
    size_t view_count;
    struct catalog_sequence *sequences;
    size_t sequence_count;
    struct catalog_named_type *types;
    size_t type_count;
    struct catalog_extra *extras; /* of no table: routines, roles, ... */
    size_t extra_count;
    struct catalog_relationship *relationships;
    size_t relationship_count;
    struct catalog_names *cycles; /* each the tables of one circle of foreign keys, "schema.table" */
    size_t cycle_count;
    struct catalog_diagnostic *diagnostics;
    size_t diagnostic_count;
    bool sorted; /* kept by catalog_sort() and catalog_table_add() */
};

struct catalog *catalog_create(struct arena *arena, const char *dialect, const char *name);
/* Grow by one zeroed item; the returned pointer is good until the next add to the same list. */
struct catalog_table *catalog_table_add(struct catalog *c, const char *schema, const char *name);
struct catalog_column *catalog_column_add(struct catalog *c, struct catalog_table *t, const char *name);
struct catalog_key *catalog_unique_add(struct catalog *c, struct catalog_table *t);
struct catalog_foreign_key *catalog_foreign_key_add(struct catalog *c, struct catalog_table *t);
struct catalog_index *catalog_index_add(struct catalog *c, struct catalog_table *t);
struct catalog_check *catalog_check_add(struct catalog *c, struct catalog_table *t);
struct catalog_extra *catalog_extra_add(struct catalog *c, struct catalog_table *t); /* t NULL: of no table */
struct catalog_finding *catalog_finding_add(struct catalog *c, struct catalog_table *t);
struct catalog_view *catalog_view_add(struct catalog *c, const char *schema, const char *name);
struct catalog_column *catalog_view_column_add(struct catalog *c, struct catalog_view *v, const char *name);
struct catalog_sequence *catalog_sequence_add(struct catalog *c, const char *schema, const char *name);
struct catalog_named_type *catalog_type_add(struct catalog *c, const char *schema, const char *name);
struct catalog_names *catalog_cycle_add(struct catalog *c);
struct catalog_relationship *catalog_relationship_add(struct catalog *c);
/* message is cleaned by catalog_clean_text(). */
struct catalog_diagnostic *catalog_diagnostic_add(struct catalog *c, const char *severity, const char *message);
/* A copy in which bytes that are no UTF-8 (a message cut inside a character) became '?'. */
const char *catalog_clean_text(struct arena *arena, const char *text);
const char *catalog_clean_text_n(struct arena *arena, const char *text, size_t size);
void catalog_name_add(struct catalog *c, struct catalog_names *names, const char *name);

struct catalog_table *catalog_table_find(const struct catalog *c, const char *schema,
                                         const char *name); /* NULL: none */
struct catalog_column *catalog_column_find(const struct catalog_table *t, const char *name);
bool catalog_names_equal(const struct catalog_names *a, const struct catalog_names *b); /* in this order */
bool catalog_names_have(const struct catalog_names *names, const char *name);
void catalog_sort(struct catalog *c); /* moves items: pointers into the lists are void after it */

/* The JSON form as compact text, straight from the model; b->overflow when it does not fit. */
void catalog_write(const struct catalog *c, struct buffer *b);
json_t *catalog_to_json(const struct catalog *c); /* the same as a tree; new reference */
/* ERROR_INVALID names the JSON pointer of what is wrong. */
enum error_class catalog_from_json(struct arena *arena, const json_t *json, struct catalog **ret_catalog,
                                   struct error *e);

#endif
