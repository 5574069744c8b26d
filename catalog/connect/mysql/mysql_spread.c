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

enum {
    PARTS = 48,
    PARTS_OF_ONE_MAX = 8,
    ROUNDS = 8,
    CUTS_MAX = 4 * PARTS,
    DEPTH_MAX = 3,
    SCRATCH_SIZE = 32 << 20,
    NULLS_SHARE = 16
};

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

static void add_bound(const struct spread *s, struct cut *c, const struct mysql_bound *bound)
{
    const struct mysql_bound *before = &c->bounds[c->count - 1];
    bool same = before->size == bound->size && memcmp(before->data, bound->data, bound->size) == 0;
    if (!same && c->count < CUTS_MAX && (s->key.kind == MYSQL_KEY_TEXT || mysql_bound_after(&s->key, before, bound)))
        c->bounds[c->count++] = *bound;
}

/* A part that is too large is cut between the least and the greatest value in it, so that one step leaves any gap
 * behind; empty parts that follow one another become one. */
static enum error_class refine(struct spread *s, struct cut *c, bool *ret_changed, struct error *e)
{
    struct cut *next = arena_alloc(s->arena, sizeof *next);
    int64_t fair = sum(c) / PARTS + 1;
    *ret_changed = false;
    for (size_t i = 0; i < c->count; i++) {
        int64_t wanted = c->guess[i] / fair < PARTS_OF_ONE_MAX ? c->guess[i] / fair : PARTS_OF_ONE_MAX;
        struct mysql_bound ends[2], middle;
        bool there = false;
        enum error_class class = ERROR_OK;
        if (i > 0 && c->guess[i] <= 1 && c->guess[i - 1] <= 1)
            continue;
        if (next->count == 0)
            next->bounds[next->count++] = c->bounds[i];
        else
            add_bound(s, next, &c->bounds[i]);
        if (wanted < 2 || next->count + PARTS_OF_ONE_MAX + (c->count - i) >= CUTS_MAX)
            continue;
        s->where.from = i > 0 ? &c->bounds[i] : NULL;
        s->where.to = i + 1 < c->count ? &c->bounds[i + 1] : NULL;
        class = find_ends(s, ends, &there, e);
        s->where.from = s->where.to = NULL;
        if (class != ERROR_OK)
            return class;
        size_t before = next->count;
        for (int64_t part = 1; there && part < wanted; part++)
            if (mysql_bound_between(s->arena, &s->key, &ends[0], &ends[1], (double)part / (double)wanted, &middle))
                add_bound(s, next, &middle);
        if (there) /* two values that follow one another are told apart by the second */
            add_bound(s, next, &ends[1]);
        *ret_changed = *ret_changed || next->count > before;
    }
    if (*ret_changed)
        *c = *next;
    return ERROR_OK;
}

/* Cut evenly, and where the server says that most rows are, again. */
static enum error_class cut_parts(struct spread *s, const struct mysql_bound *ends, struct cut *c, struct error *e)
{
    enum error_class class = ERROR_OK;
    bool changed = true;
    c->bounds[c->count++] = ends[0];
    add_bound(s, c, &ends[1]);      /* the greatest value is a part of its own: it may have many rows */
    c->guess[0] = INT64_C(1) << 30; /* not known: to be cut */
    for (int round = 0; class == ERROR_OK && round < ROUNDS; round++) {
        class = refine(s, c, &changed, e);
        if (class == ERROR_OK && round > 0 && !changed)
            return ERROR_OK;
        if (class == ERROR_OK && s->key.kind == MYSQL_KEY_TEXT)
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

/* Rows whose key is NULL lie outside of all parts. */
static enum error_class read_nulls(struct spread *s, int64_t rows, struct error *e)
{
    const struct catalog_column *column = catalog_column_find(s->t, s->key.columns->items[s->key.column]);
    if (column == NULL || !column->nullable || rows <= 0)
        return ERROR_OK;
    s->where.null = true;
    mysql_write_part(&s->m->sql, s->t, &s->key, &s->where, rows < s->left ? rows : s->left);
    s->where.null = false;
    return mysql_read_built(s->m, s->t, take, s, e);
}

static enum error_class spread_parts(struct spread *s, int64_t rows, unsigned depth, struct error *e)
{
    struct mysql_bound ends[2];
    struct cut *c = arena_alloc(s->arena, sizeof *c);
    bool there = false;
    enum error_class class = find_ends(s, ends, &there, e);
    if (class == ERROR_OK && there)
        class = cut_parts(s, ends, c, e);
    if (class != ERROR_OK || !there)
        return class;
    int64_t before = s->left;
    class = read_nulls(s, rows / NULLS_SHARE, e);
    double all = sum(c) > 0 ? (double)sum(c) : 1, seen = 0;
    for (size_t i = 0; class == ERROR_OK && i < c->count && s->left > 0; i++) {
        seen += (double)c->guess[i];
        /* what a part had less is left to those that follow, but no part gives more than twice its share */
        int64_t wanted = (int64_t)((double)rows * (seen / all) + 0.5) - (before - s->left);
        int64_t fair = (int64_t)(2 * (double)rows * ((double)c->guess[i] / all) + 0.99);
        if ((wanted < fair ? wanted : fair) > 0)
            class = read_part(s, c, i, wanted < fair ? wanted : fair, depth, e);
    }
    return class;
}

static enum error_class spread_along(struct spread *s, int64_t rows, unsigned depth, struct error *e)
{
    struct arena *outer = s->arena;
    s->arena = arena_create(SCRATCH_SIZE);
    enum error_class class = spread_parts(s, rows, depth, e);
    arena_destroy(s->arena);
    s->arena = outer;
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
    enum error_class class = spread_along(&s, limit, 0, e);
    *ret_done = s.begun;
    if (!s.begun && class == ERROR_FATAL) { /* an index that may not be forced, say */
        *e = ERROR_NONE;
        class = ERROR_OK;
    }
    return class;
}
