/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layout.h - an outline as tables: which place is a table, which a column, and how tables refer to each other. This
 * room only.
 *
 * layout.c decides tables and columns, layout_key.c keys and links, layout_name.c what all of them are called;
 * nested_catalog.c writes it into a catalog, and nested_rows.c reads rows by it. Everything lives in the work arena.
 */
#ifndef CATALOG_PARSE_NESTED_LAYOUT_H
#define CATALOG_PARSE_NESTED_LAYOUT_H

#include "catalog/parse/nested/nested_name.h"
#include "catalog/parse/nested/outline.h"
#include "catalog/rows.h"

enum layout_role {
    LAYOUT_VALUE,    /* what stands at its place */
    LAYOUT_LIST,     /* that a list stands there */
    LAYOUT_OBJECT,   /* that an object stands there */
    LAYOUT_LINK,     /* key of the parent's row */
    LAYOUT_SELF,     /* of a recursive table: key of the row around, when that is of the same table */
    LAYOUT_KEY,      /* of a dictionary: the key */
    LAYOUT_POSITION, /* in the list, from 1; one for each dimension */
    LAYOUT_ROW,      /* number of the row, from 1: where children need a key and there is none */
};

struct layout_column {
    enum layout_role role;
    struct outline_place *place; /* NULL for links, positions and row numbers */
    const char *name, *path;
    enum type_name type, element; /* element: of a list */
    bool nullable;
    struct infer_result inferred; /* of texts that are more than text */
    bool spelled;                 /* by `inferred`, when rows are read */
    struct type settled;          /* of events, once its table is in the catalog: links have the type of their key */
    const char *native;
};

struct layout_table {
    struct layout_table *next, *parent;
    struct outline_place *place; /* each thing here is a row */
    const char *name;
    struct layout_column *columns;
    size_t column_count, column_capacity;
    struct layout_names *names;                     /* of its columns */
    int link, self, key, position, value, row, own; /* columns, -1: none; own: what children refer to */
    unsigned positions;
    bool referred; /* it has children */
    int64_t rows;
    struct catalog_table *table; /* once it is in the catalog */
    /* while rows are read */
    bool wanted, needed;    /* needed: to know the rows of a table inside */
    int64_t counter, given; /* rows so far: read, given */
    struct rows_spread spread;
};

struct layout {
    struct outline *outline;
    struct arena *arena;
    const char *document;               /* its name */
    const struct nested_events *events; /* NULL: a text */
    struct layout_table *first, *last;
    size_t table_count;
    struct outline_place *about; /* XML: root whose attributes are no table; NULL: none */
    size_t cut;                  /* places too deep in objects to be columns */
    enum error_class class;
    struct error *error;
};

/* Fills l->first; the places' rows, owner and column. */
enum error_class layout_make(struct layout *l, struct outline *o, struct arena *arena, const char *document,
                             struct error *e);
/* NULL: over a limit, and l->class says so. */
struct layout_column *layout_column_add(struct layout *l, struct layout_table *t, enum layout_role role,
                                        struct outline_place *place, const char *name);

void layout_keys(struct layout *l); /* after all columns are there */
void layout_types(struct layout *l);

/* layout_name.c: sets of names; a name that is taken gets a number. */
struct layout_names;
struct layout_names *layout_names_create(struct arena *arena);
const char *layout_names_take(struct layout_names *names, const char *wanted);
/* As a name of a column or table: clean, of XML without mark and prefix. */
const char *layout_name_of(const struct layout *l, const struct outline_place *p);
const char *layout_path_of(const struct layout *l, const struct outline_place *p);
/* Of the list `items` that is all that its wrapper holds. */
const char *layout_name_of_wrapped(const struct layout *l, const struct outline_place *wrapper,
                                   const struct outline_place *items);
/* Tables of one name get that of their parent before it, then a number. */
void layout_name_tables(struct layout *l);

#endif
