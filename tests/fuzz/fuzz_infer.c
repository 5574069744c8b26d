/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_infer.c - a column, its values parted by newlines: whatever type is claimed, each value is spelled as that type.
 * The first byte is the hint: decimal comma, day first.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words values */

#include <stdlib.h>
#include <string.h>

#include "catalog/parse/value/value.h"
#include "catalog/shape.h"

static void check(const struct infer_result *r, const char *text, size_t size)
{
    char buffer[INFER_SPELL_SIZE];
    bool whole;
    struct rows_value v = infer_spell(r, text, size, buffer);
    if (v.text == NULL)
        return;
    switch (r->type) {
    case TYPE_INTEGER:
    case TYPE_NUMBER:
        if (!shape_is_number(v.text, v.size, &whole) || (r->type == TYPE_INTEGER && !whole))
            abort();
        break;
    case TYPE_DATE:
        if (shape_of(v.text, v.size) != SHAPE_DATE)
            abort();
        break;
    case TYPE_BOOLEAN:
        if (shape_of(v.text, v.size) != SHAPE_BOOLEAN)
            abort();
        break;
    default:
        break;
    }
}

static void each_value(const char *at, const char *end, struct infer *i, const struct infer_result *r)
{
    while (at <= end) {
        const char *line = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        size_t size = (size_t)((line != NULL ? line : end) - at);
        if (i != NULL)
            infer_value(i, at, size);
        else
            check(r, at, size);
        at += size + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct infer_hint hint = { .decimal_comma = data[0] & 1, .day_first = (data[0] >> 1) % 3 - 1 };
    const char *text = (const char *)data + 1, *end = (const char *)data + size;
    struct infer i = { 0 };
    each_value(text, end, &i, NULL);
    struct infer_result r = infer_result(&i, &hint);
    if (r.warn && *r.note == '\0')
        abort();
    each_value(text, end, NULL, &r);
    return 0;
}
