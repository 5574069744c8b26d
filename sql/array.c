/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array.c - the wire form of array_recv(): a header of five 32-bit numbers (dimensions, has nulls, element type,
 * length, lower bound), then each element with its size before it; all in network order. An empty array has no
 * dimension.
 */
#include "sql/array.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

enum { HEADER_SIZE = 20, HEADER_EMPTY_SIZE = 12 };

static void add_u32(struct array *a, uint32_t value)
{
    value = htobe32(value);
    (void)buffer_add(&a->bytes, &value, sizeof value);
}

void array_init(struct array *a, enum array_type type, size_t max)
{
    *a = (struct array){ .type = type };
    buffer_init(&a->bytes, max);
    array_clear(a);
}

void array_finish(struct array *a)
{
    buffer_finish(&a->bytes);
}

void array_clear(struct array *a)
{
    static const char header[HEADER_SIZE];
    buffer_clear(&a->bytes);
    a->count = 0;
    a->nulls = false;
    (void)buffer_add(&a->bytes, header, sizeof header); /* filled in by array_param() */
}

void array_int(struct array *a, int64_t value)
{
    assert(a->type == ARRAY_INT);
    uint64_t bits = htobe64((uint64_t)value);
    add_u32(a, sizeof bits);
    (void)buffer_add(&a->bytes, &bits, sizeof bits);
    a->count++;
}

void array_text(struct array *a, const char *text)
{
    assert(a->type == ARRAY_TEXT);
    if (text == NULL) {
        array_null(a);
        return;
    }
    size_t size = strlen(text);
    add_u32(a, (uint32_t)size); /* a size over 32 bits is over max, too */
    (void)buffer_add(&a->bytes, text, size);
    a->count++;
}

void array_null(struct array *a)
{
    add_u32(a, UINT32_MAX);
    a->nulls = true;
    a->count++;
}

bool array_param(struct array *a, struct sql_param *ret_param)
{
    if (a->bytes.overflow || a->bytes.size < HEADER_SIZE)
        return false;
    uint32_t header[] = { htobe32(a->count > 0), htobe32(a->nulls), htobe32(a->type), htobe32(a->count), htobe32(1) };
    memcpy(a->bytes.data, header, sizeof header);
    *ret_param = (struct sql_param){ .value = a->bytes.data,
                                     .size = a->count > 0 ? a->bytes.size : HEADER_EMPTY_SIZE,
                                     .binary = true };
    return true;
}
