/* SPDX-License-Identifier: Apache-2.0 */
/* relationship_pairs.c - numbers under a number: gathered, put in order, and found at the first look. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "jobs/discovery/relationships/relationship_model.h"

enum { SPARSE = 4, SPARSE_MORE = 1024 }; /* numbers up to four times as many as there are pairs are counted */

void related_index_add(struct related_index *index, struct arena *arena, unsigned from, unsigned to)
{
    index->starts = NULL; /* it is to be sorted anew */
    index->arena = arena;
    if (index->count == index->capacity) {
        struct related_pair *old = index->pairs;
        index->capacity = index->capacity > 0 ? 2 * index->capacity : 64;
        index->pairs = arena_array(arena, index->capacity, sizeof *index->pairs);
        if (index->count > 0)
            memcpy(index->pairs, old, index->count * sizeof *old);
    }
    index->pairs[index->count++] = (struct related_pair){ from, to };
}

static int compare_pairs(const void *left, const void *right)
{
    const struct related_pair *a = left, *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

/* Numbers are dense: places are counted, not compared. Stable; `by_to` first, then by `from`, orders by both. */
static void count_sort(const struct related_pair *pairs, size_t count, size_t *places, size_t end, bool by_to,
                       struct related_pair *ret_pairs)
{
    memset(places, 0, (end + 1) * sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[(by_to ? pairs[i].to : pairs[i].from) + 1]++;
    for (size_t i = 0; i < end; i++)
        places[i + 1] += places[i];
    for (size_t i = 0; i < count; i++)
        ret_pairs[places[by_to ? pairs[i].to : pairs[i].from]++] = pairs[i];
}

/* In order of `to`; or of both. */
static bool ordered(const struct related_pair *pairs, size_t count, bool by_to)
{
    for (size_t i = 1; i < count; i++)
        if (by_to ? pairs[i].to < pairs[i - 1].to : compare_pairs(&pairs[i - 1], &pairs[i]) > 0)
            return false;
    return true;
}

static void sort_pairs(struct related_pair *pairs, size_t count)
{
    size_t from = 0, to = 0;
    for (size_t i = 0; i < count; i++) {
        from = pairs[i].from >= from ? (size_t)pairs[i].from + 1 : from;
        to = pairs[i].to >= to ? (size_t)pairs[i].to + 1 : to;
    }
    if (from + to > SPARSE * count + SPARSE_MORE) {
        qsort(pairs, count, sizeof *pairs, compare_pairs);
        return;
    }
    struct related_pair *other = mem_alloc(count * sizeof *other);
    size_t *places = mem_alloc(((from > to ? from : to) + 1) * sizeof *places);
    if (!ordered(pairs, count, true)) { /* most lists are made table after table */
        count_sort(pairs, count, places, to, true, other);
        memcpy(pairs, other, count * sizeof *pairs);
    }
    count_sort(pairs, count, places, from, false, other);
    memcpy(pairs, other, count * sizeof *pairs);
    free(places);
    free(other);
}

static void make_starts(struct related_index *index)
{
    size_t end = index->count > 0 ? (size_t)index->pairs[index->count - 1].from + 1 : 0;
    index->starts = NULL;
    if (end == 0 || end > SPARSE * index->count + SPARSE_MORE)
        return;
    index->starts_end = end;
    index->starts = arena_array(index->arena, end + 1, sizeof *index->starts);
    size_t at = 0;
    for (size_t from = 0; from <= end; from++) {
        while (at < index->count && index->pairs[at].from < from)
            at++;
        index->starts[from] = (unsigned)at;
    }
}

void related_index_sort(struct related_index *index)
{
    if (!ordered(index->pairs, index->count, false))
        sort_pairs(index->pairs, index->count);
    size_t kept = 0;
    for (size_t i = 0; i < index->count; i++)
        if (kept == 0 || compare_pairs(&index->pairs[kept - 1], &index->pairs[i]) != 0)
            index->pairs[kept++] = index->pairs[i];
    index->count = kept;
    make_starts(index);
}

/* The first pair whose `from` is not below. */
static size_t lower_bound(const struct related_index *index, size_t low, unsigned from)
{
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->pairs[middle].from < from)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct related_pair *related_index_find(const struct related_index *index, unsigned from, size_t *ret_count)
{
    if (index->starts != NULL) {
        size_t known = from < index->starts_end ? from : index->starts_end - 1;
        *ret_count = known == from ? index->starts[from + 1] - index->starts[from] : 0;
        return *ret_count > 0 ? index->pairs + index->starts[known] : NULL;
    }
    size_t first = lower_bound(index, 0, from);
    size_t end = from < UINT_MAX ? lower_bound(index, first, from + 1) : index->count;
    *ret_count = end - first; /* not counted one by one: a name may be borne by every table there is */
    return *ret_count > 0 ? index->pairs + first : NULL;
}

bool related_index_has(const struct related_index *index, unsigned from, unsigned to)
{
    size_t count;
    const struct related_pair *pairs = related_index_find(index, from, &count), wanted = { from, to };
    return count > 0 && bsearch(&wanted, pairs, count, sizeof wanted, compare_pairs) != NULL;
}
