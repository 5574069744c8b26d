/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_kept.c - see connect_kept.h. A table's rows are one block of bytes: for each value its size (UINT32_MAX:
 * NULL) and its bytes.
 */
#include "catalog/connect/connect_kept.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct kept_table {
    char *data; /* NULL: nothing */
    size_t size, capacity;
    int64_t rows, asked; /* asked: rows_max of the reading that brought them */
    bool whole, there;
};

struct connect_kept {
    struct kept_table *tables, *filling; /* filling NULL: forgotten, or none */
    size_t count, bytes, bytes_max;
};

struct connect_kept *connect_kept_create(size_t tables, size_t bytes_max)
{
    struct connect_kept *kept = mem_zero(1, sizeof *kept);
    kept->tables = mem_zero(tables + 1, sizeof *kept->tables);
    kept->count = tables;
    kept->bytes_max = bytes_max;
    return kept;
}

struct connect_kept *connect_kept_destroy(struct connect_kept *kept)
{
    if (kept == NULL)
        return NULL;
    for (size_t i = 0; i < kept->count; i++)
        free(kept->tables[i].data);
    free(kept->tables);
    free(kept);
    return NULL;
}

static void forget(struct connect_kept *kept, struct kept_table *t)
{
    kept->bytes -= t->capacity;
    free(t->data);
    *t = (struct kept_table){ 0 };
}

void connect_kept_begin(struct connect_kept *kept, size_t table)
{
    forget(kept, &kept->tables[table]);
    kept->filling = &kept->tables[table];
}

static bool make_room(struct connect_kept *kept, struct kept_table *t, size_t more)
{
    size_t wanted = t->capacity > 0 ? t->capacity : 4096, before = t->capacity;
    if (more <= t->capacity - t->size)
        return true;
    while (wanted < t->size + more)
        wanted *= 2;
    if (kept->bytes - before + wanted > kept->bytes_max)
        return false;
    t->data = mem_resize(t->data, wanted, 1);
    t->capacity = wanted;
    kept->bytes += wanted - before;
    return true;
}

void connect_kept_add(struct connect_kept *kept, const struct rows_value *values, size_t count)
{
    struct kept_table *t = kept->filling;
    size_t more = 0;
    if (t == NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        more += sizeof(uint32_t) + (values[i].text != NULL ? values[i].size : 0);
        if (values[i].size >= UINT32_MAX || more > kept->bytes_max) {
            more = SIZE_MAX;
            break;
        }
    }
    if (more == SIZE_MAX || !make_room(kept, t, more)) {
        forget(kept, t);
        kept->filling = NULL;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t size = values[i].text != NULL ? (uint32_t)values[i].size : UINT32_MAX;
        memcpy(t->data + t->size, &size, sizeof size);
        t->size += sizeof size;
        if (size == UINT32_MAX || size == 0)
            continue;
        memcpy(t->data + t->size, values[i].text, size);
        t->size += size;
    }
    t->rows++;
}

void connect_kept_end(struct connect_kept *kept, int64_t rows_max, bool whole, bool good)
{
    struct kept_table *t = kept->filling;
    kept->filling = NULL;
    if (t == NULL)
        return;
    if (!good) {
        forget(kept, t);
        return;
    }
    t->asked = rows_max;
    t->whole = whole;
    t->there = true;
}

bool connect_kept_has(const struct connect_kept *kept, size_t table, int64_t rows_max)
{
    const struct kept_table *t = &kept->tables[table];
    return t->there && (t->whole || (rows_max > 0 && rows_max == t->asked));
}

enum error_class connect_kept_give(const struct connect_kept *kept, size_t table, const struct catalog_table *t,
                                   int64_t rows_max, rows_sink *sink, void *context, struct error *e)
{
    const struct kept_table *from = &kept->tables[table];
    const char *at = from->data;
    struct rows_value *values = mem_zero(t->column_count + 1, sizeof *values);
    int answer = ERROR_OK;
    for (int64_t row = 0; answer == ERROR_OK && row < from->rows && (rows_max <= 0 || row < rows_max); row++) {
        for (size_t i = 0; i < t->column_count; i++) {
            uint32_t size;
            memcpy(&size, at, sizeof size);
            at += sizeof size;
            values[i] = size == UINT32_MAX ? (struct rows_value){ 0 } : (struct rows_value){ at, size };
            at += size == UINT32_MAX ? 0 : size;
        }
        answer = sink(context, t, values, e);
    }
    free(values);
    return answer == ROWS_ENOUGH ? ERROR_OK : (enum error_class)answer;
}
