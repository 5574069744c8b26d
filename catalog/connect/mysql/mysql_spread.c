/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_spread.c - rows from all over a large table, and never more of them than are asked for.
 *
 * Happy path: a key or an index gives the least and the greatest value of its first column; what lies between is cut in
 * parts (mysql_cut.c), the server's own guess of the rows in each (EXPLAIN, which looks at a few pages of the index)
 * says which parts to cut further and how many rows of each to read, and each part gives its first rows along the
 * index. A part of one single value is cut by the next column of the key. Parts do not overlap, so no row comes twice.
 *
 * Failure modes: no index that can be cut, or a server that refuses any of this before the first row: *ret_done is
 * false, and whoever asked reads the first rows instead.
 */
#include "catalog/connect/mysql/mysql_spread.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { PARTS = 48, PARTS_OF_ONE_MAX = 8, ROUNDS = 10, CUTS_MAX = 4 * PARTS, DEPTH_MAX = 3, SCRATCH_SIZE = 4 << 20 };

struct spread {
    struct mysql *m;
    const struct catalog_table *t;
    struct mysql_key key;
    struct mysql_where where; /* values of the columns before the one that is cut */
    struct arena *arena;      /* of this reading */
    int64_t left;             /* rows that may still be read */
    bool begun;               /* a row was read */
    enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e);
    void *arg;
};

struct cut {
    struct mysql_bound bounds[CUTS_MAX + 2]; /* parts between them; before the first and behind the last is open */
    int64_t guess[CUTS_MAX + 2];             /* rows of the part that begins with the bound */
    size_t count;
};

/* The first and the last value of the column that is cut. false: there is none. */
static enum error_class find_ends(struct spread *s, struct mysql_bound *ret_ends, bool *ret_there, struct error *e)
{
    MYSQL_RES *result = NULL;
    *ret_there = false;
    enum error_class class = mysql_run_spread(s->m, mysql_write_ends(&s->m->sql, s->t, &s->key, &s->where), &result, e);
    if (class != ERROR_OK || result == NULL)
        return class;
    MYSQL_ROW row = s->m->api->do_fetch_row(result);
    const unsigned long *sizes = row != NULL ? s->m->api->do_fetch_lengths(result) : NULL;
    *ret_there = row != NULL && row[0] != NULL && row[1] != NULL;
    for (int i = 0; i < 2 && *ret_there; i++)
        ret_ends[i] = (struct mysql_bound){ arena_text_n(s->arena, row[i], sizes[i]), sizes[i] };
    s->m->api->do_free_result(result);
    return ERROR_OK;
}

/* What the server takes the parts for. Its answers come in their order, a line each. */
static enum error_class guess(struct spread *s, struct cut *c, struct error *e)
{
    MYSQL_RES *result = NULL;
    enum error_class class = mysql_run_spread(
        s->m, mysql_write_explain(&s->m->sql, s->t, &s->key, &s->where, c->bounds, c->count), &result, e);
    if (class != ERROR_OK || result == NULL)
        return class;
    unsigned fields = s->m->api->do_num_fields(result), at = fields;
    const MYSQL_FIELD *names = s->m->api->do_fetch_fields(result);
    for (unsigned i = 0; i < fields; i++)
        if (strcmp(names[i].name, "rows") == 0)
            at = i;
    size_t i = 0;
    for (MYSQL_ROW row; at < fields && i < c->count && (row = s->m->api->do_fetch_row(result)) != NULL; i++)
        if (row[at] == NULL || !text_to_int64(row[at], 0, INT64_MAX / CUTS_MAX / PARTS, &c->guess[i]))
            c->guess[i] = 0;
    s->m->api->do_free_result(result);
    return i == c->count ? ERROR_OK : error_set(e, ERROR_FATAL, "%s: the server explains other parts", s->t->name);
}

static int64_t sum(const struct cut *c)
{
    int64_t all = 0;
    for (size_t i = 0; i < c->count; i++)
        all += c->guess[i];
    return all;
}

/* Parts that are too large are cut, empty ones that follow one another become one. false: nothing was cut. */
static bool refine(struct spread *s, const struct mysql_bound *last, struct cut *c)
{
    struct cut *next = arena_alloc(s->arena, sizeof *next);
    int64_t fair = sum(c) / PARTS + 1;
    bool changed = false;
    for (size_t i = 0; i < c->count; i++) {
        int64_t wanted = c->guess[i] / fair < PARTS_OF_ONE_MAX ? c->guess[i] / fair : PARTS_OF_ONE_MAX;
        const struct mysql_bound *end = i + 1 < c->count ? &c->bounds[i + 1] : last;
        if (i > 0 && c->guess[i] <= 1 && c->guess[i - 1] <= 1)
            continue;
        if (next->count + PARTS_OF_ONE_MAX + (c->count - i) >= CUTS_MAX)
            wanted = 1;
        next->bounds[next->count++] = c->bounds[i];
        for (int64_t part = 1; part < wanted; part++) {
            struct mysql_bound middle;
            if (!mysql_bound_between(s->arena, &s->key, &c->bounds[i], end, (double)part / (double)wanted, &middle))
                continue;
            next->bounds[next->count++] = middle;
            changed = true;
        }
    }
    *c = *next;
    return changed;
}

/* Cut evenly, and where the server says that most rows are, again. */
static enum error_class cut_parts(struct spread *s, const struct mysql_bound *ends, struct cut *c, struct error *e)
{
    c->bounds[0] = ends[0];
    c->count = 1;
    c->guess[0] = INT64_C(1) << 30; /* not known: to be cut */
    enum error_class class = ERROR_OK;
    for (int round = 0; class == ERROR_OK && round < ROUNDS; round++) {
        bool changed = refine(s, &ends[1], c);
        if (round > 0 && !changed)
            return ERROR_OK; /* the guesses are those of before, but for empty parts that were joined */
        if (s->key.kind == MYSQL_KEY_TEXT)
            class = mysql_bounds_sort(s->m, s->arena, s->t, &s->key, c->bounds, &c->count, e);
        if (class == ERROR_OK)
            class = guess(s, c, e);
    }
    return class;
}

static enum error_class spread_along(struct spread *s, int64_t rows, unsigned depth, struct error *e);

static enum error_class take(void *arg, const struct connect_value *values, struct error *e)
{
    struct spread *s = arg;
    s->begun = true;
    s->left--;
    return s->row(s->arg, values, e);
}

/* One part: its first rows; or, when it is but one value with many rows, spread along the next column. */
static enum error_class read_part(struct spread *s, const struct cut *c, size_t i, int64_t rows, unsigned depth,
                                  struct error *e)
{
    const struct mysql_bound *from = i > 0 ? &c->bounds[i] : NULL, *to = i + 1 < c->count ? &c->bounds[i + 1] : NULL;
    struct mysql_bound ends[2];
    bool there = false;
    if (depth < DEPTH_MAX && c->guess[i] > 2 * rows && rows > 1 && mysql_key_has_next(s->t, &s->key)) {
        s->where.from = from;
        s->where.to = to;
        enum error_class class = find_ends(s, ends, &there, e);
        s->where.from = s->where.to = NULL;
        if (class != ERROR_OK)
            return class;
        if (there && ends[0].size == ends[1].size && memcmp(ends[0].data, ends[1].data, ends[0].size) == 0) {
            struct mysql_key key = s->key;
            s->where.values[s->where.count] = ends[0];
            s->where.kinds[s->where.count++] = key.kind;
            mysql_key_next(s->t, &s->key);
            class = spread_along(s, rows, depth + 1, e);
            s->where.count--;
            s->key = key;
            return class;
        }
    }
    s->where.from = from;
    s->where.to = to;
    mysql_write_part(&s->m->sql, s->t, &s->key, &s->where, rows < s->left ? rows : s->left);
    s->where.from = s->where.to = NULL;
    return mysql_read_built(s->m, s->t, take, s, e);
}

static enum error_class spread_along(struct spread *s, int64_t rows, unsigned depth, struct error *e)
{
    struct mysql_bound ends[2];
    struct cut *c = arena_alloc(s->arena, sizeof *c);
    bool there = false;
    enum error_class class = find_ends(s, ends, &there, e);
    if (class == ERROR_OK && there)
        class = cut_parts(s, ends, c, e);
    if (class != ERROR_OK || !there)
        return class;
    int64_t all = sum(c) > 0 ? sum(c) : 1, before = s->left, due = 0;
    double seen = 0;
    for (size_t i = 0; class == ERROR_OK && i < c->count && s->left > 0; i++) {
        seen += (double)c->guess[i];
        due = i + 1 == c->count ? rows : (int64_t)((double)rows * (seen / (double)all));
        int64_t wanted = due - (before - s->left); /* a part that had less leaves it to those that follow */
        int64_t fair = 2 * (int64_t)((double)rows * ((double)c->guess[i] / (double)all)) + 1;
        if (wanted > fair && i + 1 < c->count)
            wanted = fair;
        if (wanted > 0)
            class = read_part(s, c, i, wanted, depth, e);
    }
    return class;
}

enum error_class mysql_read_spread(struct mysql *m, const struct catalog_table *t, int64_t limit,
                                   enum error_class (*row)(void *arg, const struct connect_value *values,
                                                           struct error *e),
                                   void *arg, bool *ret_done, struct error *e)
{
    struct spread s = { .m = m, .t = t, .left = limit, .row = row, .arg = arg };
    *ret_done = false;
    if (!mysql_key_choose(t, &s.key))
        return ERROR_OK;
    s.arena = arena_create(SCRATCH_SIZE);
    enum error_class class = spread_along(&s, limit, 0, e);
    arena_destroy(s.arena);
    *ret_done = s.begun;
    if (!s.begun && class == ERROR_FATAL) { /* an index that may not be forced, say */
        *e = ERROR_NONE;
        class = ERROR_OK;
    }
    return class;
}
