/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_orphans.c - rows without a parent in declared keys, where both tables are at hand: counted together with
 * the candidates' machinery, so each table is read once for all of its keys.
 *
 * Files have nobody who checks their keys. A server that compares by itself is asked about larger tables elsewhere
 * (quality), and for small ones their rows are here already.
 */
#include "jobs/discovery/relationships/relationship_rows.h"

static bool column_of(const struct catalog_table *t, const char *name, unsigned *ret_column)
{
    const struct catalog_column *column = catalog_column_find(t, name);
    *ret_column = column != NULL ? (unsigned)(column - t->columns) : 0;
    return column != NULL;
}

/* The key as a candidate; NULL: it leads nowhere, or is not at hand. */
static struct related_candidate *candidate_of(const struct related_model *m, unsigned from,
                                              const struct catalog_foreign_key *fk, int64_t rows_max)
{
    const struct catalog *c = m->catalog;
    const struct catalog_table *t = &c->tables[from], *to = catalog_table_find(c, fk->ref_schema, fk->ref_table);
    size_t count = fk->columns.count;
    if (to == NULL || count == 0 || count > COMPOSITE_COLUMNS_MAX || fk->ref_columns.count != count)
        return NULL;
    if (rows_max > 0 && (!t->rows_exact || !to->rows_exact || t->rows > rows_max || to->rows > rows_max))
        return NULL;
    if (t->sampled > 0 || to->sampled > 0)
        return NULL; /* nobody sees all of their rows */
    struct related_candidate *found = arena_alloc(m->arena, sizeof *found);
    *found = (struct related_candidate){ .from_table = from,
                                         .to_table = (unsigned)(to - c->tables),
                                         .count = (unsigned)count };
    for (size_t i = 0; i < count; i++)
        if (!column_of(t, fk->columns.items[i], &found->from[i]) ||
            !column_of(to, fk->ref_columns.items[i], &found->to[i]))
            return NULL;
    found->seen = arena_alloc(m->arena, sizeof *found->seen);
    *found->seen = (struct rows_seen){ 0 };
    return found;
}

enum error_class rows_orphans(const struct rows_source *rows, const struct related_model *m,
                              const struct rows_limits *limits, const struct watch *watch, struct error *e)
{
    const struct catalog *c = m->catalog;
    size_t keys = 0, count = 0;
    for (size_t i = 0; i < c->table_count; i++)
        keys += c->tables[i].foreign_key_count;
    struct related_candidate **list = arena_array(m->arena, keys + 1, sizeof(struct related_candidate *));
    struct catalog_foreign_key **of = arena_array(m->arena, keys + 1, sizeof(struct catalog_foreign_key *));
    for (size_t i = 0; i < c->table_count; i++)
        for (size_t k = 0; k < c->tables[i].foreign_key_count; k++) {
            struct catalog_foreign_key *fk = &c->tables[i].foreign_keys[k];
            struct related_candidate *found =
                fk->orphans < 0 ? candidate_of(m, (unsigned)i, fk, rows->face->contains != NULL ? limits->sample : 0)
                                : NULL;
            if (found == NULL)
                continue;
            of[count] = fk;
            list[count++] = found;
        }
    struct related_candidate **sorted = arena_array(m->arena, count + 1, sizeof(struct related_candidate *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = list[i]; /* counting orders them anew */
    enum error_class class = rows_count(rows, m, sorted, count, limits, watch, e);
    for (size_t i = 0; class == ERROR_OK && i < count; i++)
        if (list[i]->seen->exact)
            of[i]->orphans = list[i]->seen->rows_missing;
    return class;
}
