/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_table.h - tables while a schema file is read: they are found by name, refer to each other before all of them
 * are there, and go into the catalog at the end. This room only; everything in the arena.
 */
#ifndef CATALOG_PARSE_SCHEMA_SCHEMA_TABLE_H
#define CATALOG_PARSE_SCHEMA_SCHEMA_TABLE_H

#include "catalog/parse/nested/layout.h"
#include "catalog/parse/schema/schema_tree.h"

struct schema_column {
    struct schema_column *next;
    struct catalog_column column;
    struct schema_table *refers; /* NULL: to no table */
    bool many;                   /* a list of what it refers to */
    const char *why;             /* of the reference, in words */
    const char *check;           /* NULL: none */
};

struct schema_key { /* declared: unique, or a reference */
    struct schema_key *next;
    struct catalog_names columns, ref_columns;
    const char *name;
    struct schema_table *refers; /* NULL: unique */
};

struct schema_table {
    struct schema_table *next, *parent;
    const char *name, *comment;
    struct schema_column *first, *last;
    size_t column_count;
    struct schema_column **index; /* by name; NULL while there are few */
    size_t index_size;
    struct layout_names *names;
    const char *key; /* name of its primary key; NULL: none */
    struct schema_key *keys;
    const char *link; /* name of the column that refers to the parent; NULL: none */
    struct catalog_names inherits;
};

struct schema_work {
    struct arena *arena;
    struct catalog *catalog;
    struct schema_table *first, *last;
    size_t table_count, column_count;
    struct layout_names *names;
    unsigned depth;  /* of what is being read */
    unsigned filled; /* schemas that became columns, so far */
    enum error_class class;
    struct error *error;
};

enum { SCHEMA_DEPTH_MAX = 64, SCHEMA_FILLED_MAX = 200000 };

/* NULL: over a limit; the class says so. The name may become another one. */
struct schema_table *schema_table_add(struct schema_work *w, struct schema_table *parent, const char *name);
/* nullable says whether it may be missing; path: where in the schema. NULL as above. */
struct schema_column *schema_column_add(struct schema_work *w, struct schema_table *t, const char *name,
                                        struct type type, bool nullable, const char *path);
struct schema_column *schema_column_find(const struct schema_table *t, const char *name);
/* The columns that tell a list's items apart; the parent must be filled. dictionary: items have a key. */
void schema_table_place(struct schema_work *w, struct schema_table *t, bool dictionary);
/* A column whose name says that it is the key: where none is declared. */
void schema_table_guess_key(struct schema_table *t);
void schema_table_say(struct schema_work *w, const struct schema_table *t, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* All tables into the catalog. */
void schema_tables_give(struct schema_work *w);

/* The readers. */
void schema_json_read(struct schema_work *w, struct schema_tree *root, const char *name);
void schema_xsd_read(struct schema_work *w, struct schema_tree *root);

#endif
