/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: mark the buckets whose sums differ, collect their rows from both sides as hashes with their key as text,
 * sort by key hash, and compare group by group: a key on one side only is a missing or extra row, a key on both with
 * different rows differs in the columns whose hashes differ.
 *
 * Bounded: buckets are taken until their rows are ENTRIES_MAX (one bucket at least), so not every difference is seen in
 * a table that differs all over; the first ones are, and the count of the buckets says how bad it is.
 */
#include "jobs/validation/difference.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { ENTRIES_MAX = 100000, KEY_TEXT_MAX = 256, KEYS_MAX = 256 << 20 };

struct entry {
    uint64_t key, row;
    size_t text, columns; /* offsets into keys and hashes */
    int side;             /* 0 source, 1 target */
};

struct found {
    const char *check, *key;
    const struct entry *source, *target; /* NULL: not there */
};

struct search {
    const struct tally_shape *shape;
    bool wanted[TALLY_BUCKETS];
    int side;
    struct entry *entries;
    size_t entry_count, entry_capacity;
    uint64_t *hashes;
    size_t hash_count, hash_capacity;
    struct buffer keys;
    struct found *found;
    size_t found_count, found_capacity;
};

static unsigned mark_buckets(struct search *s, const struct tally *a, const struct tally *b)
{
    unsigned differ = 0;
    int64_t rows = 0;
    for (unsigned i = 0; i < TALLY_BUCKETS; i++) {
        if (a->rows_sum[i] == b->rows_sum[i] && a->rows_in[i] == b->rows_in[i])
            continue;
        rows += a->rows_in[i] + b->rows_in[i];
        s->wanted[i] = differ++ == 0 || rows <= ENTRIES_MAX;
    }
    return differ;
}

static void add_hex(struct buffer *out, const char *data, size_t size)
{
    buffer_text(out, "\\x");
    for (size_t i = 0; i < size && i < KEY_TEXT_MAX / 2; i++)
        buffer_format(out, "%02x", (unsigned char)data[i]);
}

/* A value of the key as people read it, cut between characters. */
static void add_shown(struct buffer *out, const struct connect_value *value)
{
    char real[CONNECT_REAL_SIZE];
    size_t size = value->size;
    switch (value->type) {
    case CONNECT_NULL:
        buffer_text(out, "NULL");
        break;
    case CONNECT_INTEGER:
        buffer_format(out, "%" PRId64, value->integer);
        break;
    case CONNECT_REAL:
        connect_real_text(value->real, real);
        buffer_text(out, real);
        break;
    case CONNECT_BINARY:
        add_hex(out, value->data, value->size);
        break;
    case CONNECT_TEXT:
        if (value->unclean) {
            add_hex(out, value->data, value->size);
            break;
        }
        if (size > KEY_TEXT_MAX)
            for (size = KEY_TEXT_MAX; size > 0 && (value->data[size] & 0xC0) == 0x80;)
                size--;
        buffer_add(out, value->data, size);
        break;
    }
}

static void add_key_text(struct search *s, const struct connect_value *values)
{
    for (size_t i = 0; i < s->shape->key_count; i++) {
        if (i > 0)
            buffer_text(&s->keys, ", ");
        add_shown(&s->keys, &values[s->shape->key_at[i]]);
    }
    buffer_char(&s->keys, '\0');
}

static void collect(void *arg, const struct tally_row *row, const struct connect_value *values)
{
    struct search *s = arg;
    size_t columns = s->shape->column_count;
    if (!s->wanted[tally_bucket(row->key)] || s->keys.overflow)
        return;
    s->entries = mem_grow(s->entries, &s->entry_capacity, s->entry_count + 1, sizeof *s->entries);
    s->hashes = mem_grow(s->hashes, &s->hash_capacity, s->hash_count + columns + 1, sizeof *s->hashes);
    s->entries[s->entry_count++] = (struct entry){
        .key = row->key, .row = row->row, .text = s->keys.size, .columns = s->hash_count, .side = s->side
    };
    memcpy(s->hashes + s->hash_count, row->columns, columns * sizeof *s->hashes);
    s->hash_count += columns;
    add_key_text(s, values);
}

static int entry_compare(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (x->side != y->side)
        return x->side - y->side;
    return x->row < y->row ? -1 : x->row > y->row;
}

static void add_found(struct search *s, const struct entry *source, const struct entry *target)
{
    s->found = mem_grow(s->found, &s->found_capacity, s->found_count + 1, sizeof *s->found);
    s->found[s->found_count++] = (struct found){ .check = !target   ? "missing_row"
                                                          : !source ? "extra_row"
                                                                    : "value",
                                                 .key = s->keys.data + (source ? source : target)->text,
                                                 .source = source,
                                                 .target = target };
}

/* Entries of one key: `a` of the source, then `b` of the target, each sorted by row. Equal rows pair off first. */
static void compare_group(struct search *s, struct entry *source, size_t a, struct entry *target, size_t b)
{
    size_t left_a = 0, left_b = 0, i = 0, k = 0;
    while (i < a || k < b) {
        if (i < a && k < b && source[i].row == target[k].row) {
            i++;
            k++;
        } else if (k >= b || (i < a && source[i].row < target[k].row)) {
            source[left_a++] = source[i++];
        } else {
            target[left_b++] = target[k++];
        }
    }
    for (i = 0; i < left_a || i < left_b; i++)
        add_found(s, i < left_a ? &source[i] : NULL, i < left_b ? &target[i] : NULL);
}

static void compare_all(struct search *s)
{
    if (s->entry_count > 0)
        qsort(s->entries, s->entry_count, sizeof *s->entries, entry_compare);
    for (size_t from = 0; from < s->entry_count;) {
        size_t middle = from, end = from;
        while (end < s->entry_count && s->entries[end].key == s->entries[from].key)
            middle += s->entries[end++].side == 0;
        compare_group(s, s->entries + from, middle - from, s->entries + middle, end - middle);
        from = end;
    }
}

/* Whole numbers by value, else by text. */
static int found_compare(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int64_t m, n;
    if (text_to_int64(x->key, INT64_MIN, INT64_MAX, &m) && text_to_int64(y->key, INT64_MIN, INT64_MAX, &n) && m != n)
        return m < n ? -1 : 1;
    return strcmp(x->key, y->key);
}

static void report(const struct search *s, const struct found *f, const struct catalog_table *t,
                   struct findings *findings)
{
    const char *key = s->shape->key_count > 0 ? f->key : NULL;
    const char *first = s->shape->key_count > 0 ? t->columns[s->shape->key_at[0]].name : NULL;
    if (!f->target) {
        findings_add(findings, f->check, t->name, first, key, "table \"%s\": the row%s%s is not in the target", t->name,
                     key ? " with key " : "", key ? key : "");
        return;
    }
    if (!f->source) {
        findings_add(findings, f->check, t->name, first, key, "table \"%s\": the row%s%s is not in the source", t->name,
                     key ? " with key " : "", key ? key : "");
        return;
    }
    for (size_t i = 0; i < s->shape->column_count; i++) {
        if (s->hashes[f->source->columns + i] == s->hashes[f->target->columns + i])
            continue;
        findings_add(findings, f->check, t->name, t->columns[i].name, key,
                     "table \"%s\", column \"%s\": the value of the row with key %s differs", t->name,
                     t->columns[i].name, f->key);
    }
}

static enum error_class collect_sides(struct search *s, struct job *job, const struct difference_side *const *sides,
                                      struct error *e)
{
    for (s->side = 0; s->side < 2; s->side++) {
        enum error_class class =
            tally_read(job, sides[s->side]->connect, sides[s->side]->table, s->shape, collect, s, e);
        if (class != ERROR_OK)
            return class;
    }
    return s->keys.overflow ? error_code(e, ERROR_TOO_LARGE, "keys_too_large",
                                         "table \"%s\": the keys of the rows that differ need more than %d MB",
                                         sides[1]->table->name, (int)(KEYS_MAX >> 20))
                            : ERROR_OK;
}

enum error_class difference_find(struct job *job, const struct difference_side *source,
                                 const struct difference_side *target, const struct tally_shape *shape,
                                 struct findings *findings, struct error *e)
{
    const struct difference_side *const sides[] = { source, target };
    struct search s = { .shape = shape };
    buffer_init(&s.keys, KEYS_MAX);
    enum error_class class = ERROR_OK;
    if (mark_buckets(&s, source->tally, target->tally) > 0)
        class = collect_sides(&s, job, sides, e);
    if (class == ERROR_OK) {
        compare_all(&s);
        if (s.found_count > 0)
            qsort(s.found, s.found_count, sizeof *s.found, found_compare);
        for (size_t i = 0; i < s.found_count && i < DIFFERENCE_SHOWN; i++)
            report(&s, &s.found[i], target->table, findings);
    }
    buffer_finish(&s.keys);
    free(s.entries);
    free(s.hashes);
    free(s.found);
    return class;
}
