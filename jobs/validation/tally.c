/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes rows as they stream by: no allocation a row, but JSON columns. */
#include "jobs/validation/tally.h"

#include <sodium.h>
#include <stdlib.h>

#include "base/mem.h"
#include "jobs/validation/canonical.h"

enum { ASK_ROWS = 1024, SCRATCH_MAX = 256 << 20 };

static const uint64_t null_hash = UINT64_C(0x6e756c6c6e756c6c);

void tally_init(struct tally *t, const struct tally_shape *shape)
{
    *t = (struct tally){ .columns = mem_zero(shape->column_count + 1, sizeof *t->columns) };
}

void tally_finish(struct tally *t)
{
    free(t->columns);
    t->columns = NULL;
}

/* Not a secret: both sides only have to agree. */
static uint64_t hash(const void *data, size_t size)
{
    static const unsigned char key[crypto_shorthash_KEYBYTES];
    uint64_t value;
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, size > 0 ? data : key, size, key);
    _Static_assert(sizeof value == sizeof out, "SipHash has 64 bits");
    __builtin_memcpy(&value, out, sizeof value);
    return value;
}

struct reading {
    struct job *job;
    const struct tally_shape *shape;
    void (*row)(void *arg, const struct tally_row *row, const struct connect_value *values);
    void *arg;
    uint64_t *columns, *key;
    struct buffer scratch;
    int64_t rows;
};

static enum error_class on_row(void *arg, const struct connect_value *values, struct error *e)
{
    struct reading *r = arg;
    const struct tally_shape *shape = r->shape;
    for (size_t i = 0; i < shape->column_count; i++) {
        if (values[i].type == CONNECT_NULL) {
            r->columns[i] = null_hash;
            continue;
        }
        struct canonical c = canonical_of(shape->types[i], &values[i], &r->scratch);
        r->columns[i] = hash(c.data, c.size);
    }
    struct tally_row row = { .columns = r->columns, .row = hash(r->columns, shape->column_count * sizeof *r->columns) };
    for (size_t i = 0; i < shape->key_count; i++)
        r->key[i] = r->columns[shape->key_at[i]];
    row.key = shape->key_count > 0 ? hash(r->key, shape->key_count * sizeof *r->key) : row.row;
    r->row(r->arg, &row, values);
    if (++r->rows % ASK_ROWS == 0 && job_cancelled(r->job))
        return error_set(e, ERROR_CANCELLED, "validation: cancelled");
    return ERROR_OK;
}

enum error_class tally_read(struct job *job, struct connect *c, const struct catalog_table *t,
                            const struct tally_shape *shape,
                            void (*row)(void *arg, const struct tally_row *row, const struct connect_value *values),
                            void *arg, struct error *e)
{
    const struct connect_range whole = { .raw = true };
    struct reading r = { .job = job, .shape = shape, .row = row, .arg = arg };
    r.columns = mem_zero(shape->column_count + 1, sizeof *r.columns);
    r.key = mem_zero(shape->key_count + 1, sizeof *r.key);
    buffer_init(&r.scratch, SCRATCH_MAX);
    enum error_class class = connect_read(c, t, &whole, on_row, &r, e);
    buffer_finish(&r.scratch);
    free(r.columns);
    free(r.key);
    return class;
}

struct filling {
    struct tally *tally;
    size_t column_count;
};

static void add_row(void *arg, const struct tally_row *row, const struct connect_value *values)
{
    const struct filling *f = arg;
    (void)values;
    f->tally->rows++;
    for (size_t i = 0; i < f->column_count; i++)
        f->tally->columns[i] += row->columns[i];
    f->tally->rows_sum[tally_bucket(row->key)] += row->row;
    f->tally->rows_in[tally_bucket(row->key)]++;
}

enum error_class tally_fill(struct tally *t, struct job *job, struct connect *c, const struct catalog_table *table,
                            const struct tally_shape *shape, struct error *e)
{
    struct filling f = { .tally = t, .column_count = shape->column_count };
    return tally_read(job, c, table, shape, add_row, &f, e);
}
