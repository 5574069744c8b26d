/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.h - one model of tables, whatever the source: a dump, a file or a live database.
 *
 * Owned by an arena: nothing in it is freed alone, texts are NUL-terminated UTF-8, absent text is NULL.
 * Order is fixed (tables by schema and name, columns by position, the rest by name and columns), so the same input
 * gives the same bytes of JSON. The JSON form is docs/reference/catalog.md; fields that others rely on:
 *   tables[].{schema,name,rows,columns[].{name,type,native_type,nullable,length,precision,scale,timezone,unsigned,
 *   default,generated,identity,observed{}},primary_key[],primary_key_name,foreign_keys[].{name,columns,ref_schema,
 *   ref_table,ref_columns,on_delete,on_update,orphans,not_valid},uniques[].{name,columns},
 *   indexes[].{name,columns,unique,where,expression},checks[].{name,expression},comment}
 *   relationships[].{from_table,from_columns,to_table,to_columns,cardinality,confidence,origin,evidence}
 * and in a target catalog, made by mapping: tables[].source.{schema,table}, columns[].{target_type,source_column}.
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "catalog/type.h"

enum { CATALOG_TABLES_MAX = 100000, CATALOG_COLUMNS_MAX = 20000, CATALOG_NAME_MAX = 1024 };

struct catalog_names {
    const char **items;
    size_t count;
};

struct catalog_observed; /* observed.h: what the values of a column really are */

struct catalog_column {
    const char *name;
    struct type type;
    const char *native_type; /* as the source spells it; NULL or "" when it gives none */
    bool nullable;
    const char *default_text; /* the source's expression */
    const char *generated;    /* expression of a generated column */
    bool identity;            /* auto-increment, serial, identity, rowid alias that is AUTOINCREMENT */
    const char *collation, *comment;
    struct catalog_observed *observed;       /* NULL: the rows were not scanned */
    const char *target_type, *source_column; /* target catalog only: native text of the target; name in the source */
};

struct catalog_key {  /* primary, unique */
    const char *name; /* NULL when the source gave none */
    struct catalog_names columns;
};

struct catalog_foreign_key {
    const char *name;
    struct catalog_names columns, ref_columns;
    const char *ref_schema, *ref_table;
    const char *on_delete, *on_update; /* "NO ACTION", "CASCADE", ... */
    int64_t orphans;                   /* rows without a parent; -1: not counted */
    bool not_valid;                    /* target catalog: the source has orphans, so it is made NOT VALID */
};

struct catalog_index {
    const char *name;
    struct catalog_names columns;
    bool unique;
    const char *where, *expression; /* partial or expression index: never taken for a plain unique one */
};

struct catalog_check {
    const char *name, *expression;
};

struct catalog_table {
    const char *schema, *name, *comment;
    int64_t rows; /* -1: not known */
    bool rows_exact;
    struct catalog_column *columns;
    size_t column_count;
    struct catalog_key primary_key; /* columns.count 0: none */
    struct catalog_key *uniques;
    size_t unique_count;
    struct catalog_foreign_key *foreign_keys;
    size_t foreign_key_count;
    struct catalog_index *indexes;
    size_t index_count;
    struct catalog_check *checks;
    size_t check_count;
    const char *source_schema, *source_table; /* target catalog only */
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
    const char *dialect; /* "sqlite", "postgresql", ... */
    const char *name;    /* database or file name without folder */
    struct catalog_table *tables;
    size_t table_count;
    struct catalog_relationship *relationships;
    size_t relationship_count;
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
struct catalog_relationship *catalog_relationship_add(struct catalog *c);
/* message is cleaned by catalog_clean_text(). */
struct catalog_diagnostic *catalog_diagnostic_add(struct catalog *c, const char *severity, const char *message);
/* A copy in which bytes that are no UTF-8 (a message cut inside a character) became '?'. */
const char *catalog_clean_text(struct arena *arena, const char *text);
void catalog_name_add(struct catalog *c, struct catalog_names *names, const char *name);

struct catalog_table *catalog_table_find(const struct catalog *c, const char *schema,
                                         const char *name); /* NULL: none */
struct catalog_column *catalog_column_find(const struct catalog_table *t, const char *name);
bool catalog_names_equal(const struct catalog_names *a, const struct catalog_names *b); /* in this order */
void catalog_sort(struct catalog *c); /* moves items: pointers into the lists are void after it */

json_t *catalog_to_json(const struct catalog *c); /* new reference */
/* ERROR_INVALID names the JSON pointer of what is wrong. */
enum error_class catalog_from_json(struct arena *arena, const json_t *json, struct catalog **ret_catalog,
                                   struct error *e);

#endif
