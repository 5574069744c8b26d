/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_match.h - how the name of a column reads as the name of a key in some table. Pure; private to this
 * folder.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_MATCH_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_MATCH_H

#include "jobs/discovery/relationships/relationship_model.h"

enum key_relation { TO_KEY_NOT, TO_KEY_SAME, TO_KEY_PLAIN, TO_KEY_ROLE, TO_KEY_STEM };
enum table_relation { TO_TABLE_NOT, TO_TABLE_WHOLE, TO_TABLE_TAIL, TO_TABLE_HEAD, TO_TABLE_INSIDE, TO_TABLE_LEAD };

struct name_match {
    enum key_relation key;
    enum table_relation table;
    enum likeness likeness;     /* the weakest that was needed */
    unsigned role, rest;        /* words of the column before what matched; words of the table that did not */
    unsigned rest_first;        /* of the table's words [0, rest_first) ... */
    unsigned rest_last;         /* ... and [rest_last, count) did not match */
    bool self, person;          /* hierarchy in its own table; somebody, and a table of people */
    bool link;                  /* hierarchy of another table, whose name the column's table extends */
    bool doer;                  /* somebody, and a table named after people in -er or -or: winner_id, players */
    bool nameless;              /* nothing in the names; the structure proposes it */
    unsigned word;              /* the last word of the column that matched the table */
    const struct phrase *named; /* the reading of the column's name that was taken */
};

static inline bool related_has_word(const struct phrase *p, unsigned word)
{
    for (unsigned i = 0; i < p->count; i++)
        if (p->words[i] == word)
            return true;
    return false;
}

/* false: the names have nothing to do with each other. */
bool related_match(const struct related_model *m, const struct related_table *from, const struct related_column *column,
                   const struct related_key *key, struct name_match *ret_match);
/* Flags of the words of a name together, and of its last word. */
unsigned related_flags(const struct related_model *m, const struct phrase *p);
/* All words of `a` are in `b`, and b has more. */
bool related_within(const struct phrase *a, const struct phrase *b);
unsigned related_last_flags(const struct related_model *m, const struct phrase *p);

#endif
