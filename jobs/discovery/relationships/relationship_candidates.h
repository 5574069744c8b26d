/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_candidates.h - what a column, or several together, might refer to, and what speaks for it. Private to
 * this folder.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_CANDIDATES_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_CANDIDATES_H

#include <stdint.h>

#include "jobs/discovery/relationships/relationship_match.h"
#include "jobs/discovery/relationships/relationship_weights.h"

enum feature {
#define X(name, prior, weight, text) FEATURE_##name,
    RELATIONSHIP_FEATURES(X)
#undef X
        FEATURE_COUNT
};
enum { FEATURE_WORDS = (FEATURE_COUNT + 63) / 64 };

extern const double feature_weights[FEATURE_COUNT];
extern const char *const feature_names[FEATURE_COUNT];

enum { CANDIDATES_OF_COLUMN_MAX = 48, COMPOSITE_COLUMNS_MAX = 8, COMPOSITES_OF_TABLE_MAX = 64 };

struct related_candidate {
    unsigned from_table, to_table;
    unsigned count; /* of columns */
    unsigned from[COMPOSITE_COLUMNS_MAX], to[COMPOSITE_COLUMNS_MAX];
    const struct related_key *key; /* NULL: several columns */
    struct name_match match;
    uint64_t features[FEATURE_WORDS];
    double score, probability;
    struct rows_seen *seen; /* what the rows say; NULL: nothing */
};

struct related_list {
    struct related_candidate *items;
    size_t count, capacity;
};

/* Inline: each of hundreds of thousands of candidates is asked a hundred times. */
static inline bool related_has(const struct related_candidate *c, enum feature feature)
{
    return (c->features[feature / 64] >> feature % 64 & 1) != 0;
}

static inline void related_set(struct related_candidate *c, enum feature feature, bool yes)
{
    c->features[feature / 64] |= (uint64_t)yes << feature % 64;
}

void related_list_add(struct related_list *list, struct arena *arena, const struct related_candidate *candidate);

/* relationship_candidates.c: those of one column, each once. */
void related_candidates(const struct related_model *m, unsigned table, unsigned column, struct related_list *list);
/* relationship_composite.c: those of several columns, all tables. */
void related_composites(const struct related_model *m, struct related_list *list);
void related_composite_features(const struct related_model *m, struct related_candidate *c);
/* relationship_key_features.c */
void related_key_features(const struct related_model *m, struct related_candidate *c,
                          const struct related_column *from);
/* relationship_features.c; is_table: the words written together, `named` in model.names, are a table's whole name */
bool related_is_table(const struct related_model *m, unsigned named, const char *text);
void related_features(const struct related_model *m, struct related_candidate *c, bool covered);
/* Of several columns: a reference so likely that its columns hardly refer to something else each. */
bool related_covers(const struct related_candidate *c);
double related_score(const struct related_candidate *c);

#endif
