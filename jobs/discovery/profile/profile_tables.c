/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_tables.c - the pass: rows come in, each value goes to its column.
 *
 * Happy path: the source gives the rows of one table after another; a table's columns are made with its first row and
 * ended when all rows are over, or earlier when the tables in the making need more than memory_max: then the table
 * that has not seen a row for longest is ended. Rows that still come for it (nested documents may do that) are not
 * counted, and its figures say that they are estimates. Failure modes: the source's errors, cancellation.
 */
#include "jobs/discovery/profile/profile_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/profile.h"
#include "jobs/discovery/values/pii_people.h"
#include "jobs/discovery/profile/profile_column.h"

enum { WATCH_ROWS = 4096, SAMPLE = 1000, EXACT = 16384, SLOTS = 1024, COLUMNS_WIDE = 256 };

struct table_state {
    struct profile_column **columns; /* NULL: no row yet, or ended */
    struct sketch_distinct rows_distinct, keys_distinct;
    int64_t rows, last_seen;
    size_t *key;        /* places of a primary key of several columns */
    bool ended, missed; /* missed: rows came after the end */
};

struct pass {
    struct catalog *catalog;
    const struct profile_options *options;
    const struct watch *watch;
    struct pii_people *people;
    struct table_state *tables;
    int64_t rows, clock;
    bool full;                      /* the arena has no room for more profiles */
    size_t *open;                   /* places of tables in the making */
    size_t open_count, open_looked; /* looked: so many when their sizes were added up */
    bool in_turn;                   /* a table that begins ends the one before */
};

/* A wide table gets less for each column. */
static struct profile_limits limits_for(const struct catalog_table *t, const struct profile_options *o)
{
    struct profile_limits limits = {
        .distinct_exact = EXACT, .common_slots = SLOTS, .sample = SAMPLE, .samples = o->samples
    };
    for (size_t columns = COLUMNS_WIDE; columns < t->column_count && limits.distinct_exact > 256; columns *= 2) {
        limits.distinct_exact /= 2;
        limits.common_slots = limits.common_slots > 256 ? limits.common_slots / 2 : limits.common_slots;
        limits.sample = limits.sample > 100 ? limits.sample / 2 : limits.sample;
    }
    if (limits.samples > PROFILE_SAMPLES_MAX)
        limits.samples = PROFILE_SAMPLES_MAX;
    return limits;
}

static uint64_t seed_of(const struct catalog_table *t, const struct catalog_column *column)
{
    uint64_t hash = 1469598103934665603u;
    const char *const names[] = { t->schema, t->name, column->name };
    for (size_t i = 0; i < 3; i++)
        for (const char *at = names[i] == NULL ? "" : names[i]; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
    return hash ^ hash >> 29;
}

static void table_begin(struct pass *p, const struct catalog_table *t, struct table_state *s)
{
    struct profile_limits limits = limits_for(t, p->options);
    s->columns = mem_zero(t->column_count + 1, sizeof *s->columns);
    for (size_t i = 0; i < t->column_count; i++)
        s->columns[i] =
            t->columns[i].unreadable
                ? NULL
                : profile_column_create(&limits, t->columns[i].type.name == TYPE_BINARY, seed_of(t, &t->columns[i]));
    sketch_distinct_init(&s->rows_distinct, EXACT);
    sketch_distinct_init(&s->keys_distinct, EXACT);
    if (t->primary_key.columns.count < 2)
        return;
    s->key = mem_zero(t->primary_key.columns.count, sizeof *s->key);
    for (size_t i = 0; i < t->primary_key.columns.count; i++) {
        struct catalog_column *column = catalog_column_find(t, t->primary_key.columns.items[i]);
        s->key[i] = column == NULL ? 0 : (size_t)(column - t->columns);
    }
}

static void table_free(const struct catalog_table *t, struct table_state *s)
{
    for (size_t i = 0; s->columns != NULL && i < t->column_count; i++)
        profile_column_destroy(s->columns[i]);
    free(s->columns);
    free(s->key);
    s->columns = NULL;
    s->key = NULL;
    sketch_distinct_finish(&s->rows_distinct);
    sketch_distinct_finish(&s->keys_distinct);
}

static bool any_unreadable(const struct catalog_table *t)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].unreadable)
            return true;
    return false;
}

static void table_end(struct pass *p, struct catalog_table *t, struct table_state *s)
{
    struct arena *arena = p->catalog->arena;
    if (arena_room(arena) < PROFILE_COLUMN_ROOM + PROFILE_ARENA_SPARE) {
        p->full = s->ended = true;
        table_free(t, s);
        return;
    }
    struct profile_table *whole = arena_alloc(arena, sizeof *whole);
    bool exact, keys_exact;
    *whole = (struct profile_table){ .rows = s->rows, .keys_distinct = -1 };
    whole->whole =
        !s->missed && !t->cut && t->sampled == 0 && (p->options->rows_max == 0 || s->rows < p->options->rows_max);
    whole->rows_distinct = sketch_distinct_count(&s->rows_distinct, &exact);
    if (!exact || any_unreadable(t)) /* rows that look the same may not be */
        whole->rows_distinct = -1;
    if (s->key != NULL) {
        whole->keys_distinct = sketch_distinct_count(&s->keys_distinct, &keys_exact);
        if (!keys_exact || any_unreadable(t))
            whole->keys_distinct = -1;
    }
    for (size_t i = 0; i < t->column_count; i++) {
        struct catalog_column *column = &t->columns[i];
        if (s->columns[i] == NULL)
            continue;
        if (arena_room(arena) < PROFILE_COLUMN_ROOM + PROFILE_ARENA_SPARE) {
            p->full = true;
            break;
        }
        if (column->profile == NULL || column->profile->rows < 0) { /* one without rows may be that of others too */
            const struct catalog_profile *before = column->profile;
            column->profile = catalog_profile_create(arena);
            if (before != NULL)
                *column->profile = *before;
        }
        profile_column_end(s->columns[i], p->people, arena, column->profile, whole);
        s->columns[i] = profile_column_destroy(s->columns[i]); /* of a wide table the next ones need its room */
    }
    if (whole->whole && (t->rows < 0 || !t->rows_exact)) {
        t->rows = s->rows;
        t->rows_exact = true;
    }
    table_free(t, s);
    s->ended = true;
}

static void end_open(struct pass *p, size_t place)
{
    size_t table = p->open[place];
    p->open[place] = p->open[--p->open_count];
    table_end(p, &p->catalog->tables[table], &p->tables[table]);
}

/* A table's rows begin: ends others while those in the making are too large. To look at all of them takes time: it is
 * done when there are some more of them than the last time. */
static void make_room(struct pass *p)
{
    while (p->in_turn && p->open_count > 0)
        end_open(p, 0);
    if (p->open_count < p->open_looked + p->open_looked / 8)
        return;
    size_t max = p->options->memory_max == 0 ? PROFILE_MEMORY_MAX : p->options->memory_max;
    for (;;) {
        size_t bytes = 0, oldest = 0;
        for (size_t i = 0; i < p->open_count; i++) {
            const struct table_state *s = &p->tables[p->open[i]];
            for (size_t j = 0; j < p->catalog->tables[p->open[i]].column_count; j++)
                bytes += s->columns[j] != NULL ? profile_column_bytes(s->columns[j]) : 0;
            if (s->last_seen < p->tables[p->open[oldest]].last_seen)
                oldest = i;
        }
        p->open_looked = p->open_count;
        if (bytes <= max || p->open_count == 0)
            return;
        end_open(p, oldest);
    }
}

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    struct pass *p = context;
    if (p->rows++ % WATCH_ROWS == 0 && watch_cancelled(p->watch))
        return error_set(e, ERROR_CANCELLED, "discovery: cancelled while it read the rows of %s", t->name);
    struct table_state *s = &p->tables[t - p->catalog->tables];
    if (s->ended) {
        s->missed = true;
        return ROWS_ENOUGH;
    }
    if (s->columns == NULL) {
        make_room(p);
        table_begin(p, t, s);
        p->open[p->open_count++] = (size_t)(t - p->catalog->tables);
    }
    s->last_seen = ++p->clock;
    s->rows++;
    uint64_t row = 0, key = 0;
    for (size_t i = 0; i < t->column_count; i++) {
        if (s->columns[i] == NULL)
            continue;
        uint64_t hash = profile_column_add(s->columns[i], values[i].text, values[i].size);
        row = (row << 7 | row >> 57) * 0x9E3779B97F4A7C15u ^ hash;
    }
    sketch_distinct_add(&s->rows_distinct, row * 0xD6E8FEB86659FD93u);
    if (s->key != NULL) {
        for (size_t i = 0; i < t->primary_key.columns.count; i++) {
            const struct rows_value *value = &values[s->key[i]];
            key = (key << 7 | key >> 57) * 0x9E3779B97F4A7C15u ^ profile_hash(value->text, value->size);
        }
        sketch_distinct_add(&s->keys_distinct, key * 0xD6E8FEB86659FD93u);
    }
    return p->options->rows_max > 0 && s->rows >= p->options->rows_max ? ROWS_ENOUGH : ERROR_OK;
}

enum error_class profile_tables(struct catalog *c, const struct rows_source *rows,
                                const struct profile_options *options, const struct watch *w, struct error *e)
{
    static const struct profile_options defaults = { .rows_max = PROFILE_ROWS_DEFAULT,
                                                     .samples = PROFILE_SAMPLES_DEFAULT };
    if (rows == NULL || c->table_count == 0)
        return ERROR_OK;
    struct pass p = {
        .catalog = c, .options = options == NULL ? &defaults : options, .watch = w, .in_turn = rows->face->in_turn
    };
    p.people = pii_people_create();
    p.tables = mem_zero(c->table_count, sizeof *p.tables);
    p.open = mem_zero(c->table_count, sizeof *p.open);
    struct rows_ask ask = { .rows_max = p.options->rows_max };
    enum error_class class = rows->face->read(rows->self, &ask, on_row, &p, e);
    for (size_t i = 0; i < c->table_count; i++) {
        struct table_state *s = &p.tables[i];
        if (s->columns != NULL && class == ERROR_OK)
            table_end(&p, &c->tables[i], s);
        else
            table_free(&c->tables[i], s);
        for (size_t j = 0; s->missed && j < c->tables[i].column_count; j++)
            if (c->tables[i].columns[j].profile != NULL && c->tables[i].columns[j].profile->rows >= 0)
                c->tables[i].columns[j].profile->estimated = true;
    }
    if (p.full)
        catalog_diagnostic_add(c, "warning",
                               "there are too many columns to keep figures and samples of all: some have none");
    free(p.tables);
    free(p.open);
    pii_people_destroy(p.people);
    return class;
}
