/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_rows.c - looks at the rows, in two steps.
 *
 * First every table is sampled once and each column sketched; a candidate whose sketch is not found in that of its key
 * is dropped without another look. Then the few that are left are counted: by the source itself where it can and the
 * tables are larger than what was sampled, else by keeping the hashes of the keys in memory (SET_VALUES_MAX at a time)
 * and reading the referring tables once for all of them. A key of more values than that is judged by its sketch.
 */
#include "jobs/discovery/relationships/relationship_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { SET_FIRST = 1024, SETS_MAX = 64, SET_VALUES_MAX = 8 << 20, CANCEL_ROWS = 4096 };

#define X(name, value, text) static const double name = value;
RELATIONSHIP_ROWS(X)
#undef X

struct sketching {
    struct rows_sketches *sketches;
    const struct catalog *catalog;
    struct arena *arena;
    const struct watch *watch;
    int64_t rows;
};

static int sketch_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    struct sketching *s = context;
    if (++s->rows % CANCEL_ROWS == 0 && watch_cancelled(s->watch))
        return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
    struct sketch *columns = s->sketches->tables[t - s->catalog->tables];
    for (size_t i = 0; i < t->column_count; i++)
        sketch_add(&columns[i], s->arena, values[i].text, values[i].size);
    return ERROR_OK;
}

enum error_class rows_sketch(const struct rows_source *rows, struct catalog *c, struct arena *arena, int64_t rows_max,
                             const struct watch *watch, struct rows_sketches *ret_sketches, struct error *e)
{
    struct sketching s = { .sketches = ret_sketches, .catalog = c, .arena = arena, .watch = watch };
    struct rows_ask ask = { .rows_max = rows_max };
    ret_sketches->rows_max = rows_max;
    ret_sketches->tables = arena_array(arena, c->table_count + 1, sizeof *ret_sketches->tables);
    for (size_t i = 0; i < c->table_count; i++)
        ret_sketches->tables[i] = arena_array(arena, c->tables[i].column_count + 1, sizeof(struct sketch));
    return rows->face->read(rows->self, &ask, sketch_row, &s, e);
}

/* Bits of surprise at finding all of these values in that key by chance: none when the key has every number of its
 * range, about four a character when it is text. */
static double surprise(const struct sketch *from, const struct sketch *to)
{
    double distinct = (double)sketch_distinct(from), keys = (double)sketch_distinct(to);
    if (from->rows == from->nulls || keys < 1)
        return 0;
    double each = 2.5 * (double)from->bytes / (double)(from->rows - from->nulls) - log2(keys);
    if (from->numbers && to->numbers)
        each = log2(((double)to->max - (double)to->min + 1) / keys);
    each = each < 0 ? 0 : each > 20 ? 20 : each;
    return each * distinct;
}

void rows_compare(const struct related_model *m, const struct rows_sketches *sketches,
                  struct related_candidate *candidate)
{
    struct rows_seen *seen = arena_alloc(m->arena, sizeof *seen);
    candidate->seen = seen;
    seen->reaches = true;
    for (unsigned i = 0; i < candidate->count; i++) {
        const struct sketch *from = &sketches->tables[candidate->from_table][candidate->from[i]];
        const struct sketch *to = &sketches->tables[candidate->to_table][candidate->to[i]];
        uint32_t compared, missing;
        sketch_compare(from, to, &compared, &missing);
        if (i == 0 || missing > seen->distinct_missing) {
            seen->distinct = compared;
            seen->distinct_missing = missing;
        }
        seen->rows = i == 0 || from->rows - from->nulls < seen->rows ? from->rows - from->nulls : seen->rows;
        seen->parent_none = to->rows == 0;
        seen->sampled = to->rows >= sketches->rows_max || m->tables[candidate->to_table].table->sampled > 0 ||
                        m->tables[candidate->to_table].table->rows > to->rows;
        seen->surprise += surprise(from, to);
        seen->reaches = seen->reaches && from->numbers && to->numbers && from->max > from->min &&
                        4 * (from->max - to->min) >= 3 * (to->max - to->min);
    }
    seen->rows_missing = seen->distinct > 0 ? seen->rows * seen->distinct_missing / seen->distinct : 0;
}

double rows_score(const struct rows_seen *seen, bool last)
{
    if (seen->rows == 0 || (seen->sampled && !seen->exact && seen->distinct_missing > 0))
        return ROWS_NONE;
    if (!last && !seen->exact && 3 * seen->distinct_missing <= seen->distinct + 2)
        return ROWS_FOUND + (seen->alone ? ROWS_ALONE : 0); /* the count will tell */
    /* One row too many is an accident in a small table as well. */
    double missing = (double)seen->rows_missing / (double)seen->rows, rows_max = 1.5 / (double)seen->rows;
    double distinct = seen->distinct > 0 ? (double)seen->distinct : 1, values_max = 1.5 / distinct;
    rows_max = rows_max > ROWS_ORPHANS_MAX ? rows_max : ROWS_ORPHANS_MAX;
    values_max = values_max > 2 * ROWS_ORPHANS_MAX ? values_max : 2 * ROWS_ORPHANS_MAX;
    if (seen->parent_none || missing >= 0.5 || missing > rows_max ||
        (double)seen->distinct_missing / distinct > values_max)
        return ROWS_CONTRADICT;
    double sure = seen->surprise > ROWS_SURE_BITS ? 1 : seen->surprise / ROWS_SURE_BITS;
    double orphans = missing > 2 * ROWS_ORPHANS_MAX ? 2 : missing / ROWS_ORPHANS_MAX;
    double alone = seen->alone && seen->rows_missing == 0 ? ROWS_ALONE : 0;
    return alone + ROWS_FOUND + ROWS_SURE * sure * (1 - missing) + (seen->reaches ? ROWS_REACH : 0) +
           ROWS_ORPHAN * orphans;
}

/* ---- exact counting ---- */
struct set {
    uint64_t *slots;
    size_t slot_count, count;
    bool full; /* the key has more values than may be kept */
};

struct counting { /* one candidate while its tables are read */
    struct related_candidate *candidate;
    struct set *set;
    struct sketch missing, all; /* distinct values that were not found, and all */
    int64_t rows, rows_missing;
    bool too_many; /* rows to read them all */
};

struct batch {
    const struct related_model *model;
    struct arena *arena;
    const struct watch *watch;
    struct counting *items;
    size_t count, values, rows;
    struct counting **active; /* those that the table being read matters to */
    size_t active_count;
    bool filling; /* the sets; else counting */
};

static bool set_has(const struct set *s, uint64_t hash)
{
    size_t i = (size_t)hash & (s->slot_count - 1);
    while (s->slots[i] != 0 && s->slots[i] != hash)
        i = (i + 1) & (s->slot_count - 1);
    return s->slots[i] == hash;
}

static void set_put(struct set *s, uint64_t hash)
{
    size_t i = (size_t)hash & (s->slot_count - 1);
    while (s->slots[i] != 0 && s->slots[i] != hash)
        i = (i + 1) & (s->slot_count - 1);
    s->count += s->slots[i] == 0;
    s->slots[i] = hash;
}

static void set_add(struct batch *b, struct set *s, uint64_t hash)
{
    if (s->full)
        return;
    if (2 * (s->count + 1) > s->slot_count) {
        struct set grown = { .slot_count = s->slot_count > 0 ? 2 * s->slot_count : SET_FIRST };
        if (b->values + grown.slot_count > 2 * (size_t)SET_VALUES_MAX) {
            s->full = true;
            return;
        }
        b->values += grown.slot_count - s->slot_count;
        grown.slots = mem_zero(grown.slot_count, sizeof *grown.slots);
        for (size_t i = 0; i < s->slot_count; i++)
            if (s->slots[i] != 0)
                set_put(&grown, s->slots[i]);
        free(s->slots);
        *s = grown;
    }
    set_put(s, hash);
}

/* 0: a NULL among them. */
static uint64_t hash_of(const struct rows_value *values, const unsigned *columns, unsigned count)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct rows_value *v = &values[columns[i]];
        if (v->text == NULL || v->size == 0)
            return 0;
        uint64_t one = sketch_hash(v->text, v->size);
        hash = i == 0 ? one : sketch_mix(hash, one);
    }
    return hash;
}

static int batch_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    struct batch *b = context;
    (void)t;
    if (++b->rows % CANCEL_ROWS == 0 && watch_cancelled(b->watch))
        return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
    for (size_t i = 0; i < b->active_count; i++) {
        struct counting *item = b->active[i];
        const struct related_candidate *c = item->candidate;
        uint64_t hash = b->filling        ? hash_of(values, c->to, c->count)
                        : item->set->full ? 0
                                          : hash_of(values, c->from, c->count);
        if (hash == 0)
            continue;
        if (b->filling) {
            set_add(b, item->set, hash);
            continue;
        }
        item->rows++;
        sketch_add_hash(&item->all, b->arena, hash);
        if (item->set->slot_count == 0 || !set_has(item->set, hash)) {
            item->rows_missing++;
            sketch_add_hash(&item->missing, b->arena, hash);
        }
    }
    return ERROR_OK;
}

/* Candidates of one key share a set: the first of them fills it. */
static void activate(struct batch *b, unsigned table)
{
    b->active_count = 0;
    for (size_t i = 0; i < b->count; i++) {
        struct counting *item = &b->items[i];
        bool first = i == 0 || b->items[i - 1].set != item->set;
        if (b->filling ? item->candidate->to_table == table && first
                       : item->candidate->from_table == table && !item->too_many)
            b->active[b->active_count++] = item;
    }
}

static enum error_class read_tables(const struct rows_source *rows, struct batch *b, bool filling, struct error *e)
{
    size_t tables = b->model->catalog->table_count;
    bool *wanted = mem_zero(tables + 1, sizeof *wanted);
    enum error_class class = ERROR_OK;
    b->filling = filling;
    for (size_t i = 0; i < b->count; i++) {
        const struct counting *item = &b->items[i];
        wanted[filling ? item->candidate->to_table : item->candidate->from_table] |= !item->too_many;
    }
    for (size_t i = 0; class == ERROR_OK && i < tables; i++) {
        struct rows_ask ask = { .only = &b->model->catalog->tables[i] };
        if (!wanted[i])
            continue;
        activate(b, (unsigned)i);
        class = rows->face->read(rows->self, &ask, batch_row, b, e);
    }
    free(wanted);
    return class;
}

static bool same_key(const struct related_candidate *a, const struct related_candidate *b)
{
    return a->to_table == b->to_table && a->count == b->count && memcmp(a->to, b->to, a->count * sizeof *a->to) == 0;
}

static int compare_keys(const void *left, const void *right)
{
    const struct related_candidate *a = *(struct related_candidate *const *)left,
                                   *b = *(struct related_candidate *const *)right;
    if (a->to_table != b->to_table)
        return a->to_table < b->to_table ? -1 : 1;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    int order = memcmp(a->to, b->to, a->count * sizeof *a->to);
    if (order == 0 && a->from_table != b->from_table)
        order = a->from_table < b->from_table ? -1 : 1;
    return order != 0 ? order : memcmp(a->from, b->from, a->count * sizeof *a->from);
}

static enum error_class count_batch(const struct rows_source *rows, const struct related_model *m,
                                    struct related_candidate **items, size_t count, const struct watch *watch,
                                    struct error *e)
{
    struct set sets[SETS_MAX] = { 0 };
    struct batch b = { .model = m, .watch = watch, .count = count };
    size_t used = 0;
    b.arena = arena_create((size_t)1 << 30);
    b.items = arena_array(b.arena, count, sizeof *b.items);
    b.active = arena_array(b.arena, count, sizeof(struct counting *));
    for (size_t i = 0; i < count; i++) {
        used += i == 0 || !same_key(items[i - 1], items[i]);
        b.items[i] = (struct counting){ .candidate = items[i],
                                        .set = &sets[used - 1],
                                        .too_many = m->tables[items[i]->to_table].table->sampled > 0 ||
                                                    m->tables[items[i]->from_table].table->rows > ROWS_COUNT_MAX ||
                                                    m->tables[items[i]->to_table].table->rows > ROWS_COUNT_MAX };
    }
    enum error_class class = read_tables(rows, &b, true, e);
    if (class == ERROR_OK)
        class = read_tables(rows, &b, false, e);
    for (size_t i = 0; class == ERROR_OK && i < count; i++) {
        const struct counting *item = &b.items[i];
        struct rows_seen *seen = item->candidate->seen;
        if (item->set->full)
            continue;
        if (item->too_many)
            continue;
        seen->exact = true;
        seen->rows = item->rows;
        seen->rows_missing = item->rows_missing;
        seen->distinct = sketch_distinct(&item->all);
        seen->distinct_missing = sketch_distinct(&item->missing);
    }
    for (size_t i = 0; i < used; i++)
        free(sets[i].slots);
    arena_destroy(b.arena);
    return class;
}

/* The source compares by itself. */
static enum error_class ask_source(const struct rows_source *rows, const struct related_model *m,
                                   struct related_candidate *c, int64_t rows_max, struct error *e)
{
    const struct catalog_table *from = m->tables[c->from_table].table, *to = m->tables[c->to_table].table;
    const char *from_names[COMPOSITE_COLUMNS_MAX], *to_names[COMPOSITE_COLUMNS_MAX];
    struct catalog_names columns = { from_names, c->count }, to_columns = { to_names, c->count };
    const struct rows_pair pair = {
        .from = from, .to = to, .columns = &columns, .to_columns = &to_columns, .rows_max = rows_max
    };
    struct rows_inclusion found = { 0 };
    for (unsigned i = 0; i < c->count; i++) {
        from_names[i] = from->columns[c->from[i]].name;
        to_names[i] = to->columns[c->to[i]].name;
    }
    enum error_class class = rows->face->contains(rows->self, &pair, &found, e);
    if (class != ERROR_OK || !found.known)
        return class; /* not known: the sketches stand */
    c->seen->exact = found.exact;
    c->seen->sampled = false; /* what is missing is missing */
    c->seen->rows = found.rows;
    c->seen->rows_missing = found.rows_missing;
    c->seen->distinct = found.distinct;
    c->seen->distinct_missing = found.distinct_missing;
    return ERROR_OK;
}

static bool is_small(const struct related_model *m, unsigned table, int64_t rows_max)
{
    const struct catalog_table *t = m->tables[table].table;
    return t->rows_exact && t->rows <= rows_max;
}

enum error_class rows_count(const struct rows_source *rows, const struct related_model *m,
                            struct related_candidate **items, size_t count, const struct rows_limits *limits,
                            const struct watch *watch, struct error *e)
{
    enum error_class class = ERROR_OK;
    /* Tables that were sampled to their end are at hand; larger ones the source compares by itself, if it can. */
    size_t first_large = rows->face->contains != NULL ? 0 : count;
    for (size_t i = 0; rows->face->contains != NULL && i < count; i++)
        if (is_small(m, items[i]->from_table, limits->sample) && is_small(m, items[i]->to_table, limits->sample)) {
            struct related_candidate *small = items[i];
            items[i] = items[first_large];
            items[first_large++] = small;
        }
    for (size_t i = first_large; class == ERROR_OK && i < count; i++) {
        if (watch_cancelled(watch))
            return error_set(e, ERROR_CANCELLED, "discovery: cancelled");
        class = ask_source(rows, m, items[i], limits->inclusion, e);
    }
    count = first_large;
    if (count > 1)
        qsort(items, count, sizeof *items, compare_keys);
    for (size_t first = 0, end; class == ERROR_OK && first < count; first = end) {
        size_t keys = 1;
        for (end = first + 1; end < count; end++) {
            keys += !same_key(items[end - 1], items[end]);
            if (keys > SETS_MAX)
                break;
        }
        class = count_batch(rows, m, items + first, end - first, watch, e);
    }
    return class;
}
