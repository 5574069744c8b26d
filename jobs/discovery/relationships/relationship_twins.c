/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_twins.c - tables that are another one's copy.
 *
 * A copy is a partition, or a table named like another with a number behind (log_2024, chartevents_17) and with the
 * same columns: what holds for the first holds for it, so nothing is said about it. A twin shares most of its columns'
 * names with another table: history beside what runs, staging beside what is kept.
 */
#include <stdlib.h>
#include <string.h>

#include "jobs/discovery/relationships/relationship_model.h"

enum { TWIN_COLUMNS_MIN = 5, TWIN_TRIES_MAX = 64, COPIES_MIN = 3 };
static const double TWIN_SHARE = 0.75;

/* The name without what counts it: "log_2024_01" is "log". 0: no number at its end. */
static size_t base_size(const char *name)
{
    size_t size = strlen(name), end = size;
    while (end > 0 && ((name[end - 1] >= '0' && name[end - 1] <= '9') || name[end - 1] == '_'))
        end--;
    return end < size ? end : 0;
}

static bool same_columns(const struct related_table *a, const struct related_table *b)
{
    if (a->table->column_count != b->table->column_count)
        return false;
    for (size_t i = 0; i < a->table->column_count; i++)
        if (a->columns[i].named != b->columns[i].named)
            return false;
    return true;
}

struct numbered {
    const char *name;
    size_t size;
    unsigned table;
};

static int compare_numbered(const void *left, const void *right)
{
    const struct numbered *a = left, *b = right;
    size_t size = a->size < b->size ? a->size : b->size;
    int order = strncmp(a->name, b->name, size);
    if (order == 0 && a->size != b->size)
        order = a->size < b->size ? -1 : 1;
    if (order == 0)
        order = strcmp(a->name, b->name); /* the one without a number comes first */
    return order != 0 ? order : (a->table > b->table) - (a->table < b->table);
}

static void mark_copies(struct related_model *m)
{
    size_t count = m->catalog->table_count, end;
    struct numbered *list = arena_array(m->arena, count + 1, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const char *name = m->tables[i].table->name;
        size_t size = base_size(name);
        list[i] = (struct numbered){ name, size > 0 ? size : strlen(name), (unsigned)i };
        m->tables[i].copy = m->tables[i].table->partition != NULL && m->tables[i].table->partition->of_table != NULL;
    }
    qsort(list, count, sizeof *list, compare_numbered);
    for (size_t i = 0; i < count; i = end) {
        struct related_table *first = &m->tables[list[i].table];
        bool original = strlen(list[i].name) == list[i].size; /* a table without a number leads */
        size_t same = 1;
        for (end = i + 1;
             end < count && list[end].size == list[i].size && strncmp(list[end].name, list[i].name, list[i].size) == 0;
             end++)
            same += same_columns(first, &m->tables[list[end].table]);
        for (size_t k = i + 1; k < end && (original || same >= COPIES_MIN); k++)
            if (same_columns(first, &m->tables[list[k].table]))
                m->tables[list[k].table].copy = true;
    }
}

static int compare_unsigned(const void *left, const void *right)
{
    const unsigned *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static size_t shared(const unsigned *a, size_t a_count, const unsigned *b, size_t b_count)
{
    size_t same = 0;
    for (size_t i = 0, k = 0; i < a_count && k < b_count;) {
        same += a[i] == b[k];
        if (a[i] <= b[k])
            i++;
        else
            k++;
    }
    return same;
}

/* Compares each table with those that share its rarest column name. */
static void mark_twins(struct related_model *m)
{
    size_t tables = m->catalog->table_count, count;
    unsigned **sorted = arena_array(m->arena, tables + 1, sizeof *sorted);
    for (size_t i = 0; i < tables; i++) {
        size_t columns = m->tables[i].table->column_count;
        sorted[i] = arena_array(m->arena, columns + 1, sizeof **sorted);
        for (size_t k = 0; k < columns; k++)
            sorted[i][k] = m->tables[i].columns[k].named;
        qsort(sorted[i], columns, sizeof **sorted, compare_unsigned);
    }
    for (size_t i = 0; i < tables; i++) {
        struct related_table *r = &m->tables[i];
        const struct related_pair *best = NULL;
        size_t best_count = 0;
        if (r->table->column_count < TWIN_COLUMNS_MIN)
            continue;
        for (size_t k = 0; k < r->table->column_count; k++) {
            const struct related_pair *pairs = related_index_find(&m->columns_named, sorted[i][k], &count);
            if (count > 1 && (best == NULL || count < best_count)) {
                best = pairs;
                best_count = count;
            }
        }
        for (size_t k = 0; k < best_count && k < TWIN_TRIES_MAX && !r->twin; k++) {
            size_t other = best[k].to, columns = r->table->column_count;
            if (other == i || m->tables[other].copy)
                continue;
            size_t same = shared(sorted[i], columns, sorted[other], m->tables[other].table->column_count);
            r->twin = (double)same >= TWIN_SHARE * (double)columns;
        }
    }
}

void related_twins_mark(struct related_model *m)
{
    related_index_sort(&m->columns_named);
    mark_copies(m);
    mark_twins(m);
}
