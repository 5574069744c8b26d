/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationships.c - the search from end to end.
 *
 * Happy path: declared keys are told as they are; a model of all names is made; several columns that together have the
 * names of a key come first, then each column by itself; the candidates of a column compete, the best one is told with
 * its evidence. With rows at hand their values have a say before that. What is told then shows junctions and cycles.
 * Everything it needs meanwhile lives in an arena of its own.
 */
#include "jobs/discovery/relationships/relationships.h"

#include <math.h>
#include <string.h>

#include "jobs/discovery/relationships/relationship_candidates.h"
#include "jobs/discovery/relationships/relationship_evidence.h"
#include "jobs/discovery/relationships/relationship_graph.h"
#include "jobs/discovery/relationships/relationship_rows.h"
#include "jobs/discovery/relationships/relationship_values.h"

static const double CONFIDENCE_MIN = 0.5, CONFIDENCE_MAX = 0.99, WORTH_COUNTING = 0.02;
static const size_t SCRATCH_MAX = (size_t)8 << 30;
enum { TABLES_A_LOOK = 64 };

struct finder {
    struct catalog *catalog;
    const struct relationships_options *options;
    struct arena *scratch;
    struct related_model model;
    struct rows_sketches sketches;
    struct related_values values;            /* of keys; none without rows */
    struct related_list composites, columns; /* candidates, those of the same columns together */
    struct rows_limits limits;
    double confidence_min;
};

static bool same_from(const struct related_candidate *a, const struct related_candidate *b)
{
    return a->from_table == b->from_table && a->count == b->count &&
           memcmp(a->from, b->from, a->count * sizeof *a->from) == 0;
}

/* Shares the probability among the candidates and "none of them". */
static void compete(struct related_candidate *items, size_t count)
{
    double top = 0, sum;
    for (size_t i = 0; i < count; i++)
        top = items[i].score > top ? items[i].score : top;
    sum = exp(-top);
    for (size_t i = 0; i < count; i++)
        sum += exp(items[i].score - top);
    for (size_t i = 0; i < count; i++)
        items[i].probability = exp(items[i].score - top) / sum;
}

/* A key of its own in this table: then each parent has at most one child. */
static bool is_unique(const struct catalog_table *t, const struct catalog_names *columns)
{
    if (t->primary_key.columns.count > 0 && catalog_names_equal(&t->primary_key.columns, columns))
        return true;
    for (size_t i = 0; i < t->unique_count; i++)
        if (catalog_names_equal(&t->uniques[i].columns, columns))
            return true;
    return false;
}

static void add(struct catalog *c, const struct catalog_table *t, const struct catalog_foreign_key *fk,
                const char *origin, double confidence, const char *evidence)
{
    struct catalog_relationship *r = catalog_relationship_add(c);
    *r = (struct catalog_relationship){ .from_schema = t->schema,
                                        .from_table = t->name,
                                        .from_columns = fk->columns,
                                        .to_schema = fk->ref_schema,
                                        .to_table = fk->ref_table,
                                        .to_columns = fk->ref_columns,
                                        .cardinality = is_unique(t, &fk->columns) ? "one_to_one" : "many_to_one",
                                        .confidence = confidence,
                                        .origin = origin,
                                        .evidence = evidence };
}

static void add_declared(struct catalog *c, const struct catalog_table *t)
{
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        const struct catalog_foreign_key *fk = &t->foreign_keys[i];
        const char *evidence = fk->name != NULL ? arena_format(c->arena, "declared as foreign key %s", fk->name)
                                                : "declared as foreign key";
        add(c, t, fk, "declared", 1, evidence);
    }
}

static void add_found(struct finder *f, const struct related_candidate *items, size_t count,
                      const struct related_candidate *best)
{
    struct catalog *c = f->catalog;
    const struct catalog_table *from = f->model.tables[best->from_table].table;
    const struct catalog_table *to = f->model.tables[best->to_table].table;
    struct catalog_foreign_key fk = { .ref_schema = to->schema, .ref_table = to->name };
    for (unsigned i = 0; i < best->count; i++) {
        catalog_name_add(c, &fk.columns, from->columns[best->from[i]].name);
        catalog_name_add(c, &fk.ref_columns, to->columns[best->to[i]].name);
    }
    double confidence = best->probability < CONFIDENCE_MAX ? best->probability : CONFIDENCE_MAX;
    confidence = floor(confidence * 1000 + 0.5) / 1000;
    add(c, from, &fk, "found", confidence, related_evidence(&f->model, items, count, best));
}

static void choose(struct finder *f, struct related_candidate *items, size_t count)
{
    compete(items, count);
    const struct related_candidate *best = NULL;
    for (size_t i = 0; i < count; i++)
        if (best == NULL || items[i].probability > best->probability)
            best = &items[i];
    if (best != NULL && best->probability >= f->confidence_min)
        add_found(f, items, count, best);
}

static bool is_covered(const struct finder *f, unsigned table, unsigned column)
{
    /* composites are sorted by table */
    size_t low = 0, high = f->composites.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->composites.items[middle].from_table < table)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < f->composites.count && f->composites.items[low].from_table == table; low++) {
        const struct related_candidate *c = &f->composites.items[low];
        for (unsigned i = 0; related_covers(c) && i < c->count; i++)
            if (c->from[i] == column)
                return true;
    }
    return false;
}

static void score(struct finder *f, struct related_candidate *c, bool covered)
{
    related_features(&f->model, c, covered);
    c->score = related_score(c);
    if (f->options->rows == NULL)
        return;
    rows_compare(&f->model, &f->sketches, c);
    c->score += rows_score(c->seen, false);
}

/* Of a column's candidates those that are left after the sketches; memory is for what may still be told. */
static void keep_likely(struct finder *f, size_t first)
{
    struct related_candidate *items = f->columns.items;
    size_t kept = first;
    if (kept < f->columns.count)
        compete(items + first, f->columns.count - first);
    for (size_t i = first; i < f->columns.count; i++)
        if (items[i].probability >= WORTH_COUNTING)
            items[kept++] = items[i];
    f->columns.count = kept;
}

/* No name tells what the column refers to: perhaps its values do. */
static void propose_by_values(struct finder *f, unsigned table, unsigned column)
{
    size_t first = f->columns.count;
    related_by_values(&f->model, &f->sketches, &f->values, table, column, &f->columns);
    for (size_t i = first; i < f->columns.count; i++) {
        struct related_candidate *c = &f->columns.items[i];
        related_features(&f->model, c, false);
        c->score = related_score(c) + rows_score(c->seen, false);
    }
}

static void collect_of_column(struct finder *f, unsigned table, unsigned column)
{
    size_t first = f->columns.count;
    related_candidates(&f->model, table, column, &f->columns);
    bool covered = f->columns.count > first && is_covered(f, table, column);
    for (size_t i = first; i < f->columns.count; i++)
        score(f, &f->columns.items[i], covered);
    if (f->options->rows != NULL) {
        keep_likely(f, first);
        if (f->columns.count == first)
            propose_by_values(f, table, column);
        return;
    }
    choose(f, f->columns.items, f->columns.count);
    f->columns.count = 0;
}

static enum error_class collect(struct finder *f, struct error *e)
{
    related_composites(&f->model, &f->composites);
    for (size_t i = 0; i < f->composites.count; i++)
        score(f, &f->composites.items[i], false);
    for (unsigned i = 0; i < f->catalog->table_count; i++) {
        if (i % TABLES_A_LOOK == 0 && watch_cancelled(f->options->watch))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
        for (unsigned k = 0; k < f->model.tables[i].table->column_count; k++)
            collect_of_column(f, i, k);
    }
    return ERROR_OK;
}

/* Calls choose() or, with list not NULL, gathers what is worth an exact count. */
static void each_group(struct finder *f, struct related_list *candidates, struct related_candidate **list,
                       size_t *count)
{
    struct related_candidate *items = candidates->items;
    for (size_t i = 0, end; i < candidates->count; i = end) {
        for (end = i; end < candidates->count && same_from(&items[i], &items[end]); end++)
            ;
        if (list == NULL) {
            choose(f, items + i, end - i);
            continue;
        }
        compete(items + i, end - i);
        for (size_t k = i; k < end; k++)
            if (items[k].probability >= WORTH_COUNTING && items[k].seen->rows > 0)
                list[(*count)++] = &items[k];
    }
}

/* Counts what may still be told, and scores it anew. */
static enum error_class count_exactly(struct finder *f, struct error *e)
{
    size_t count = 0;
    struct related_candidate **list =
        arena_array(f->scratch, f->composites.count + f->columns.count + 1, sizeof(struct related_candidate *));
    each_group(f, &f->composites, list, &count);
    each_group(f, &f->columns, list, &count);
    for (size_t i = 0; i < count; i++)
        list[i]->score -= rows_score(list[i]->seen, false);
    enum error_class class = rows_count(f->options->rows, &f->model, list, count, &f->limits, f->options->watch, e);
    for (size_t i = 0; i < count; i++)
        list[i]->score += rows_score(list[i]->seen, true);
    return class;
}

static enum error_class find(struct finder *f, struct error *e)
{
    enum error_class class = ERROR_OK;
    if (f->options->rows != NULL)
        class =
            rows_sketch(f->options->rows, f->catalog, f->scratch, f->limits.sample, f->options->watch, &f->sketches, e);
    if (class != ERROR_OK)
        return class;
    related_model_make(f->catalog, f->scratch, f->sketches.tables, &f->model);
    if (f->options->rows != NULL)
        related_values_make(&f->model, &f->sketches, &f->values);
    class = collect(f, e);
    if (class == ERROR_OK && f->options->rows != NULL)
        class = count_exactly(f, e);
    if (class == ERROR_OK && f->options->rows != NULL)
        class = rows_orphans(f->options->rows, &f->model, &f->limits, f->options->watch, e);
    if (class != ERROR_OK)
        return class;
    each_group(f, &f->composites, NULL, NULL);
    each_group(f, &f->columns, NULL, NULL);
    return ERROR_OK;
}

enum error_class relationships_find(struct catalog *c, const struct relationships_options *o, struct error *e)
{
    struct finder f = { .catalog = c, .options = o, .scratch = arena_create(SCRATCH_MAX) };
    enum error_class class = ERROR_OK;
    f.limits.sample = o->sample_rows > 0 ? o->sample_rows : ROWS_SAMPLE_MAX;
    f.limits.inclusion = o->inclusion_rows > 0 ? o->inclusion_rows : f.limits.sample;
    f.confidence_min = o->confidence_min > 0 ? o->confidence_min : CONFIDENCE_MIN;
    if (!c->sorted)
        catalog_sort(c);
    for (size_t i = 0; i < c->table_count; i++)
        add_declared(c, &c->tables[i]);
    if (related_model_fits(c))
        class = find(&f, e);
    else
        catalog_diagnostic_add(c, "warning",
                               arena_format(c->arena, "more than %d columns: only declared keys relate the tables",
                                            (int)MODEL_COLUMNS_MAX));
    if (class == ERROR_OK)
        related_graph(c, f.scratch);
    arena_destroy(f.scratch);
    return class;
}
