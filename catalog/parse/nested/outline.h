/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outline.h - the places of a nested document and what stood there: what one pass over it leaves in memory. This room
 * only.
 *
 * A place is a key under a place; items of a list, and of lists in a list, are at the list's own place. Objects whose
 * keys are data (dictionaries) have one place for all of their values. The outline grows with the number of places, not
 * with the document; outline_fill.c makes it, outline_merge.c takes places together.
 */
#ifndef CATALOG_PARSE_NESTED_OUTLINE_H
#define CATALOG_PARSE_NESTED_OUTLINE_H

#include "catalog/parse/nested/document.h"
#include "catalog/parse/nested/unique.h"
#include "catalog/parse/value/value.h"

struct layout_table;

struct outline_place {
    char *name; /* owned, as it stands in the document; "" for the values of a dictionary */
    size_t name_size;
    uint32_t hash;
    struct outline_place *parent, *first, *last, *next; /* children in the order they were seen first */
    struct outline_place **table;                       /* of children by hash, once they are many */
    size_t table_size, child_count;
    uint64_t serial; /* of the object that had it last */
    /* what stood here */
    int64_t present;           /* objects that have the key */
    int64_t objects, lists;    /* lists: outermost ones */
    int64_t items;             /* what stood in those lists */
    int64_t nulls, null_items; /* null_items: those of them that stood in a list */
    int64_t integers, numbers, booleans, words, texts;
    unsigned dimensions;        /* lists in lists: how deep; 1 for a plain list */
    bool repeats;               /* XML: more than once in one element */
    bool dictionary;            /* its keys are data: its one child is the place of all values */
    bool typed;                 /* texts are texts by the source's own word */
    bool late;                  /* it came behind a list or an object of the same object */
    struct infer *infer;        /* of texts; NULL: there were none */
    struct infer *keys;         /* of a dictionary */
    struct unique *unique;      /* NULL: nobody asks */
    int64_t *natives;           /* values by the source's own types; NULL: it has none */
    struct outline_place *same; /* it is this one, further up: a recursive structure */
    bool recursive;             /* and this is such a one further up */
    /* set by layout.c */
    struct layout_table *rows;  /* each thing here is a row of this table */
    struct layout_table *owner; /* the table of `column` */
    int column;                 /* -1: none */
    int64_t position;           /* while rows are read: how many came in the object `position_of` */
    uint64_t position_of;
    bool unwanted; /* and nobody asks for what stands here or below */
};

struct outline {
    const struct nested_limits *limits;
    enum nested_format format;
    struct outline_place *root;
    size_t place_count;
    bool settled;
    bool uncertain;             /* places were taken together that are no exact match: rows are not exact */
    struct outline_place *gone; /* merged into others; ->same leads there */
    uint64_t serial;            /* of the newest object */
    size_t unique_bytes;        /* that all unique sets take */
    int64_t abandoned;          /* objects that never ended */
    uint64_t duplicates;        /* keys that an object has twice */
    uint64_t unclean;           /* texts that are no UTF-8 */
};

void outline_init(struct outline *o, enum nested_format format, const struct nested_limits *limits);
void outline_finish(struct outline *o);
/* What stood at the places goes, once the layout was made of it; the places stay. */
void outline_forget(struct outline *o);

/* Reads the whole document into it. */
enum error_class outline_read(struct outline *o, const struct document_ask *ask, struct document_end *ret_end,
                              struct error *e);

uint32_t outline_hash(const char *name, size_t size);
/* NULL: none. */
struct outline_place *outline_find(const struct outline_place *parent, const char *name, size_t size, uint32_t hash);
/* Is a new child: the name must not be there. NULL with the error set: over a limit. */
struct outline_place *outline_add(struct outline *o, struct outline_place *parent, const char *name, size_t size,
                                  struct error *e);

/* Does a list stand here, of whatever format? */
bool outline_is_list(const struct outline_place *p);
int64_t outline_scalars(const struct outline_place *p); /* values that are neither null, object nor list */

void outline_hook(struct outline_place *parent, struct outline_place *child); /* as the last one */
void outline_place_free(struct outline *o, struct outline_place *p);          /* has neither children nor parent */

/* outline_merge.c */
/* Where things at p really stand: itself, or further up. */
struct outline_place *outline_real(struct outline_place *p);
/* Takes those nulls away that stood instead of a list, and says how many; those that are items stay. */
int64_t outline_leave_nulls(const struct outline *o, struct outline_place *p);
/* Everything of `from`, and below, also stood at `into`. `from` hangs nowhere, and is freed. */
void outline_merge(struct outline *o, struct outline_place *into, struct outline_place *from);
/* Its children become one place; it must have some. */
void outline_make_dictionary(struct outline *o, struct outline_place *p);

/* outline_judge.c: what the places are, once the document was read. */
/* Are its keys data? early: more of the document follows. */
bool outline_is_dictionary(const struct outline_place *p, bool early);
/* Finds dictionaries, then recursive structures (place->same). */
void outline_settle(struct outline *o);

#endif
