/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - a table of the model: columns, keys, indexes, checks, and what has no place of its own. Built by the
 * functions of catalog.h; everything in it lives in the catalog's arena.
 */
#ifndef CATALOG_TABLE_H
#define CATALOG_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/type.h"

struct catalog_names {
    const char **items;
    size_t count;
};

struct catalog_observed; /* observed.h: what the values of a SQLite column really are */
struct catalog_profile;  /* profile.h: statistics, samples, PII, quality and indexing of a column */

struct catalog_column {
    const char *name;
    struct type type;
    const char *native_type; /* as the source spells it; NULL or "" when it gives none */
    bool nullable;
    bool identity;            /* auto-increment, serial, identity, rowid alias that is AUTOINCREMENT */
    bool identity_always;     /* GENERATED ALWAYS: a value of one's own is refused */
    bool generated_stored;    /* values of a generated column are kept */
    bool unreadable;          /* live: this login may not read its values; they come as NULL */
    const char *default_text; /* the source's expression */
    const char *generated;    /* expression of a generated column */
    const char *on_update;    /* MySQL: expression that every UPDATE sets */
    const char *collation, *comment;
    const char *path;                        /* data file: where the value stands, "/orders/items/price" */
    struct catalog_observed *observed;       /* NULL: the rows were not scanned */
    struct catalog_profile *profile;         /* NULL: no row was looked at and no name says anything */
    const char *target_type, *source_column; /* target catalog only: native text of the target; name in the source */
};

struct catalog_key {  /* primary, unique */
    const char *name; /* NULL when the source gave none */
    struct catalog_names columns;
    bool deferrable;
};

struct catalog_foreign_key {
    const char *name;
    struct catalog_names columns, ref_columns;
    const char *ref_schema, *ref_table;
    const char *on_delete, *on_update, *match; /* "NO ACTION", "CASCADE", ...; "FULL", "PARTIAL" or NULL */
    bool deferrable, initially_deferred;
    int64_t orphans; /* rows without a parent; -1: not counted */
    bool not_valid;  /* the source did not check the rows; target catalog: it has orphans, so it is made NOT VALID */
};

struct catalog_index {
    const char *name, *method;    /* "btree", "hash", "gin", "fulltext", "spatial", ...; NULL: the usual one */
    struct catalog_names columns; /* plain columns, without expressions */
    struct catalog_names orders;  /* "asc" or "desc" for each of columns; empty: all ascending */
    struct catalog_names include; /* carried along, not part of the key */
    bool unique;
    const char *where, *expression; /* partial or expression index: never taken for a plain unique one */
};

struct catalog_check {
    const char *name, *expression;
};

struct catalog_extra {       /* what the model has no place for, as the source spells it */
    const char *what, *text; /* "storage", "trigger", "exclusion", ... */
};

struct catalog_finding {                             /* of data quality */
    const char *check, *severity, *column, *message; /* "completeness", "range", ...; "info", "warning", "error" */
    int64_t rows;                                    /* that are hit; -1: not counted */
};

struct catalog_partition {    /* NULL in a table that has nothing to do with partitions */
    const char *method, *key; /* of a partitioned table: "range", "list", "hash", "key"; its columns or expression */
    const char *of_schema, *of_table, *bounds; /* of a partition that is a table of its own */
};

struct catalog_table {
    const char *schema, *name, *comment;
    const char *kind; /* "partitioned", "partition", "foreign", "virtual", "capped", "timeseries"; NULL: a plain one */
    int64_t rows;     /* -1: not known */
    bool rows_exact;
    int64_t sampled;    /* columns, types and what may be missing are those of so many documents; 0: of all there are */
    bool cut;           /* its rows were not read to the end of what was asked for: they are a part */
    int64_t size_bytes; /* on the source's disk, indexes and all; -1: not known */
    struct catalog_column *columns;
    size_t column_count, column_capacity;
    struct catalog_key primary_key; /* columns.count 0: none */
    struct catalog_key *uniques;
    size_t unique_count;
    struct catalog_foreign_key *foreign_keys;
    size_t foreign_key_count;
    struct catalog_index *indexes;
    size_t index_count;
    struct catalog_check *checks;
    size_t check_count;
    struct catalog_extra *extras;
    size_t extra_count;
    struct catalog_finding *findings;
    size_t finding_count;
    double quality; /* 0 to 1; -1: no row was looked at */
    struct catalog_partition *partition;
    struct catalog_names inherits;            /* "schema.table" */
    bool junction;                            /* it only ties other tables together */
    const char *parent;                       /* nested data: the table whose rows hold this one's; NULL: none */
    const char *document;                     /* the table in sentences, for whoever searches */
    const char *source_schema, *source_table; /* target catalog only */
};

#endif
