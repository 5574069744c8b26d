/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_values.h - candidates by values alone, for columns whose names tell nothing. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_VALUES_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_VALUES_H

#include "jobs/discovery/relationships/relationship_rows.h"

struct related_values { /* a value's hash -> keys, sorted; in the model's arena */
    struct related_value {
        uint64_t hash;
        unsigned key; /* in model.keys */
    } * items;
    size_t count;
};

void related_values_make(const struct related_model *m, const struct rows_sketches *sketches,
                         struct related_values *ret_values);
/* Adds the keys that hold all values of the column, where that is a wonder; with what the rows say of each. */
void related_by_values(const struct related_model *m, const struct rows_sketches *sketches,
                       const struct related_values *v, unsigned table, unsigned column, struct related_list *list);

#endif
