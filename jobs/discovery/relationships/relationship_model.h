/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_model.h - a catalog as the search for references sees it: names as words, columns that may refer, keys
 * that may be referred to, and indexes from a name to those who bear it. Private to this folder; made once, read only.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_MODEL_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_MODEL_H

#include "catalog/catalog.h"
#include "jobs/discovery/relationships/relationship_sketch.h"
#include "jobs/discovery/relationships/vocabulary.h"

enum { MODEL_COLUMNS_MAX = 1000000, MODEL_KEYS_OF_TABLE_MAX = 6, MODEL_HUBS_MAX = 8 };

enum family {
    FAMILY_NONE, /* dates, money, documents: never a reference */
    FAMILY_NUMBER,
    FAMILY_TEXT,
    FAMILY_UUID,
    FAMILY_NATIVE, /* a type of the source's own: fits only itself */
    FAMILY_ANY
};

struct related_column {
    const struct catalog_column *column;
    struct phrase name;
    struct phrase tail; /* without the word that all columns of the table begin with; name when there is none */
    unsigned named;     /* number of its whole name, for model.by_name */
    enum family family;
    bool primary, in_primary; /* the whole of it; a part of it */
    bool unique;              /* by itself: declared, or seen in a table that declares no key */
    bool doubled;             /* its rows show the same value twice */
    bool declared;            /* a foreign key holds it already */
};

struct related_table {
    struct catalog_table *table;
    struct phrase name; /* without the schema's prefix */
    unsigned prefix;    /* words of the schema's prefix that were left out */
    struct related_column *columns;
    unsigned keys_first, keys_count; /* in model.keys */
    unsigned tails_alone;            /* bit n: no other table's name ends in its words from n on */
    bool record;                     /* history, log, ... */
    bool kinded;                     /* a column ends in type, kind, class, table or model */
    bool copy;                       /* numbered or partition of another: nothing is said about it */
    bool grouped;                    /* three or more tables begin with the first word of its name */
    bool twin;                       /* another table has nearly the same columns */
};

enum key_kind {
    KEY_PRIMARY,
    KEY_UNIQUE,
    KEY_PART,       /* of a primary key of several columns */
    KEY_UNDECLARED, /* looks like one, in a table that declares none */
    KEY_LABEL       /* what a sketch's table is called, beside its primary key: grapes.grape */
};

struct related_brief {     /* of a table's name: what is looked at of hundreds of tables, side by side */
    unsigned first, count; /* its first word; how many it has */
};

struct related_key { /* of one column */
    unsigned table, column;
    enum key_kind kind;
    bool names_table; /* named after its table, or plainly id */
    bool refers;      /* named after a third table */
    bool run_last;    /* undeclared: the last of the ids that its table begins with */
    bool plain;       /* only a key word */
    bool initials;    /* the first letters of its table and a key word, in one: aid, aircraft */
    unsigned alike;   /* keys of the same name in other tables */
    unsigned users;   /* columns of other tables that bear its name or its table's */
};

/* Numbers under a number: sorted pairs. */
struct related_index {
    struct related_pair {
        unsigned from, to;
    } * pairs;
    size_t count, capacity;
    struct arena *arena;
    unsigned *starts; /* once sorted: the first pair of each `from` below `starts_end`; NULL when they are too sparse */
    size_t starts_end;
};

struct related_model {
    struct catalog *catalog;
    struct arena *arena;
    struct vocabulary words, names; /* names: whole names and runs of words of tables, written together */
    struct related_table *tables;
    struct related_brief *briefs; /* of tables */
    struct related_key *keys;
    size_t key_count;
    struct related_index columns_named;         /* whole name -> table */
    struct related_index keys_named;            /* whole name -> key */
    struct related_index tables_run;            /* up to four words of a table's name, together -> table */
    struct related_index words_like;            /* word -> words of tables that it abbreviates or ends */
    struct related_index tables_word;           /* word -> tables */
    unsigned hubs[MODEL_HUBS_MAX], hub_count;   /* keys that are referred to most, and those of tables beside them */
    unsigned doers[MODEL_HUBS_MAX], doer_count; /* keys of tables named after somebody who does something */
    int people;                                 /* the table of people that is referred to most; -1: none */
    bool bare;       /* references bear the table's name without a key word: artist, not artist_id */
    bool keyless;    /* no table declares any key */
    bool types_tell; /* the source's types are more than one */
    bool sizes_mind; /* whole numbers of two sizes don't refer to one another in this source */
    bool sketch;     /* it says no more than names, plain types and keys of one column */
};

/* seen: sketches[table][column] of the rows, NULL when nobody looked; they show keys in tables that declare none.
 * false: too many columns to look at. */
bool related_model_make(struct catalog *c, struct arena *arena, struct sketch *const *seen,
                        struct related_model *ret_model);
bool related_model_fits(const struct catalog *c);
/* The pairs under `from`; *ret_count of them. */
const struct related_pair *related_index_find(const struct related_index *index, unsigned from, size_t *ret_count);
bool related_index_has(const struct related_index *index, unsigned from, unsigned to);
bool related_types_fit(const struct related_column *from, const struct related_column *to);

bool related_kind_end(const char *joined); /* a name that tells of what kind something is: "subjecttype" */
bool related_is_people(const struct related_model *m, const struct related_table *t);

/* relationship_pairs.c */
void related_index_add(struct related_index *index, struct arena *arena, unsigned from, unsigned to);
void related_index_sort(struct related_index *index);

/* relationship_likes.c: words_like for every word of the model; `words` are those of tables, in order. */
void related_likes_add(struct related_model *m, const unsigned *words, size_t count);

/* relationship_index.c */
void related_model_index(struct related_model *m);

/* relationship_habits.c: fills hubs, doers, people and bare. */
void related_habits(struct related_model *m);

/* relationship_twins.c: fills twin and copy. */
void related_twins_mark(struct related_model *m);

#endif
