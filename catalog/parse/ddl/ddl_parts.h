/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_parts.h - parts that several statements share: names, columns, types, constraints, indexes, queries. */
#ifndef CATALOG_PARSE_DDL_DDL_PARTS_H
#define CATALOG_PARSE_DDL_DDL_PARTS_H

#include "catalog/parse/ddl/ddl_parser.h"

/* ddl_names.c */
bool ddl_name(struct ddl *p, struct ddl_name *ret_name);
bool ddl_path(struct ddl *p, struct ddl_path *ret_path);
bool ddl_name_list(struct ddl *p, struct catalog_names *names); /* (a, b(10) DESC, ...): true when all are plain */
bool ddl_same_text(const char *a, const char *b);               /* but for the case of ASCII letters */
struct ddl_table *ddl_table_create(struct ddl *p, const struct ddl_path *path);
struct ddl_table *ddl_table_find(struct ddl *p, const struct ddl_path *path);      /* to use it */
struct ddl_table *ddl_table_look(struct ddl *p, const struct ddl_path *path);      /* to drop or replace it */
void ddl_table_referred(struct ddl *p, struct ddl_table *t, struct ddl_table *by); /* t may be NULL */
void ddl_table_drop(struct ddl *p, struct ddl_table *t);
void ddl_table_rename(struct ddl *p, struct ddl_table *t, const struct ddl_name *schema, const struct ddl_name *name);

/* ddl_schema.c: the tables of each schema, in the order in which they came */
void ddl_schema_add(struct ddl *p, struct ddl_table *t);
/* Those that were ever added, some of which may be elsewhere or gone; the schema has none then. */
struct ddl_table **ddl_schema_empty(struct ddl *p, const char *schema, size_t *ret_count);

/* ddl_objects.c: the place in the catalog's list of that kind; SIZE_MAX: none */
size_t ddl_object_find(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path);
void ddl_object_add(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path, size_t index);
void ddl_object_drop(struct ddl *p, enum ddl_kind kind, const struct ddl_path *path); /* its name is NULL then */
const char *ddl_schema_of(const struct ddl *p, const struct ddl_path *path);

/* ddl_fields.c */
struct catalog_column *ddl_column_find(struct ddl *p, struct ddl_table *t, const char *name);
struct catalog_column *ddl_column_add(struct ddl *p, struct ddl_table *t, const char *name);
void ddl_columns_changed(struct ddl_table *t);             /* after a column has changed its name */
void ddl_columns_keep(struct ddl *p, struct ddl_table *t); /* the table is complete: they leave the buffer */
void ddl_column_remove(struct ddl *p, struct ddl_table *t, size_t index);
void ddl_column_move(struct ddl *p, struct ddl_table *t, size_t from, size_t to);

void ddl_columns_copy(struct ddl *p, struct ddl_table *t, const struct ddl_table *from, bool defaults);

/* ddl_native.c */
void ddl_native_type(struct ddl *p, struct catalog_column *column); /* takes the type, if one stands there */
/* ddl_column.c */
void ddl_column(struct ddl *p, struct ddl_table *t); /* name, type, attributes */
void ddl_column_attributes(struct ddl *p, struct ddl_table *t, const char *name);
/* ddl_generated.c */
const char *ddl_kept_expression(struct ddl *p);
void ddl_column_default(struct ddl *p, struct catalog_column *column);   /* behind DEFAULT */
void ddl_column_identity(struct ddl *p, struct catalog_column *column);  /* behind IDENTITY */
void ddl_column_generated(struct ddl *p, struct catalog_column *column); /* behind GENERATED */
void ddl_column_computed(struct ddl *p, struct catalog_column *column);  /* behind AS */
/* ddl_mysql.c: what only MySQL's and MariaDB's texts have */
const char *ddl_mysql_charset(struct ddl *p); /* takes a character set; its collation, "" when that is not known */
bool ddl_mysql_attribute(struct ddl *p);      /* takes what else a column may have; false: it is none of these */
bool ddl_mysql_hides(const struct ddl *p);    /* INVISIBLE and IGNORED of an index */
/* A key that was just read and began at `at` is over a period: it has become an extra. */
bool ddl_mysql_period(struct ddl *p, struct ddl_table *t, const char *what, const char *at);
bool ddl_mysql_versioning(struct ddl *p, struct ddl_table *t); /* takes SYSTEM VERSIONING; false: it is not there */
bool ddl_mysql_option(struct ddl *p, struct ddl_table *t); /* takes one behind a table; false: it is none of these */
void ddl_mysql_finish(struct ddl *p, struct ddl_table *t); /* as the server itself shows the table */
/* ddl_trigger.c: behind TRIGGER */
void ddl_create_trigger(struct ddl *p);
/* ddl_constraint.c */
bool ddl_at_constraint(struct ddl *p);
void ddl_constraint(struct ddl *p, struct ddl_table *t);
void ddl_primary_key(struct ddl *p, struct ddl_table *t, const char *name, const char *column);
void ddl_unique(struct ddl *p, struct ddl_table *t, const char *name, const char *column);
void ddl_check(struct ddl *p, struct ddl_table *t, const char *name);
void ddl_references(struct ddl *p, struct ddl_table *t, const char *name, const struct catalog_names *columns);
void ddl_keys_merge(struct ddl *p, struct ddl_table *t); /* what PostgreSQL and SQLite make one of */
void ddl_constraint_tail(struct ddl *p, struct ddl_reference *r, struct catalog_key *key);
/* ddl_index.c */
bool ddl_index_columns(struct ddl *p, struct catalog_index *index); /* (a DESC, lower(b)): true when all are columns */
/* KEY name (a) in a table; SQL Server's INDEX name behind a column */
void ddl_inline_index(struct ddl *p, struct ddl_table *t, const char *column);
void ddl_create_index(struct ddl *p, bool unique, const char *method);
void ddl_element(struct ddl *p, struct ddl_table *t); /* column or constraint */
/* ddl_select.c: the columns of SELECT ... as far as its own words tell. false: not all of them. */
struct ddl_fields {
    struct catalog_column *items;
    size_t count;
};
bool ddl_select(struct ddl *p, struct ddl_fields *ret_fields);

#endif
