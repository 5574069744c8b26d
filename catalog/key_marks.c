/* SPDX-License-Identifier: Apache-2.0 */
/* key_marks.c - marks are kept per name, so that columns of one name share them as they share the keys that name them.
 */
#include "catalog/key_marks.h"

#include <stdlib.h>

#include "base/mem.h"

struct key_mark {
    size_t table;
    unsigned bits;
};

void key_marks_init(struct key_marks *m)
{
    *m = (struct key_marks){ .table = 0 };
    numbering_init(&m->names);
}

void key_marks_finish(struct key_marks *m)
{
    numbering_finish(&m->names);
    free(m->marks);
    free(m->numbers);
    *m = (struct key_marks){ .table = 0 };
}

static void mark(struct key_marks *m, const struct catalog_names *columns, unsigned bits, unsigned alone)
{
    for (size_t i = 0; i < columns->count; i++) {
        size_t number = numbering_find(&m->names, columns->items[i]);
        if (number == SIZE_MAX || m->marks[number].table != m->table)
            continue; /* no column of this table */
        m->marks[number].bits |= bits | (columns->count == 1 ? alone : 0);
    }
}

void key_marks_read(struct key_marks *m, const struct catalog_table *t)
{
    m->table++;
    m->numbers = mem_grow(m->numbers, &m->number_capacity, t->column_count + 1, sizeof *m->numbers);
    for (size_t i = 0; i < t->column_count; i++) {
        size_t number = numbering_add(&m->names, t->columns[i].name);
        m->marks = mem_grow(m->marks, &m->mark_capacity, m->names.count, sizeof *m->marks);
        m->marks[number] = (struct key_mark){ .table = m->table };
        m->numbers[i] = number;
    }
    mark(m, &t->primary_key.columns, KEY_MARK_PRIMARY, KEY_MARK_PRIMARY_ALONE);
    for (size_t i = 0; i < t->foreign_key_count; i++)
        mark(m, &t->foreign_keys[i].columns, KEY_MARK_FOREIGN, 0);
    for (size_t i = 0; i < t->unique_count; i++)
        mark(m, &t->uniques[i].columns, 0, KEY_MARK_UNIQUE_ALONE);
    for (size_t i = 0; i < t->index_count; i++) {
        const struct catalog_index *index = &t->indexes[i];
        if (index->unique && index->where == NULL && index->expression == NULL)
            mark(m, &index->columns, 0, KEY_MARK_INDEX_ALONE);
    }
}

unsigned key_marks_of(const struct key_marks *m, size_t column)
{
    return m->marks[m->numbers[column]].bits;
}

size_t key_marks_number(const struct key_marks *m, size_t column)
{
    return m->numbers[column];
}
