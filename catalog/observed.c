/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/observed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/shape.h"
#include "catalog/write_json.h"

enum { EXACT_MAX_BITS = 53, DIGITS_MAX = 2000 };

static void raise_to(int64_t *max, int64_t value)
{
    if (value > *max)
        *max = value;
}

void observed_null(struct catalog_observed *o)
{
    o->nulls++;
}

void observed_integer(struct catalog_observed *o, int64_t value)
{
    if (o->integers == 0 || value < o->integer_min)
        o->integer_min = value;
    if (o->integers == 0 || value > o->integer_max)
        o->integer_max = value;
    o->integers++;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int64_t digits = 0;
    for (; rest > 0; rest /= 10)
        digits++;
    raise_to(&o->digits_max, digits);
}

/* Digits before and after the point of "-12.50", "1.5e-07", "1e+300" written without exponent. */
static void count_digits(const char *text, int64_t *ret_before, int64_t *ret_after)
{
    int64_t before = 0, after = 0, leading = 0;
    bool point = false, significant = false;
    const char *at = text + (*text == '-');
    for (; *at != '\0' && *at != 'e'; at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        significant |= *at != '0';
        if (point) {
            after++;
            leading += !significant;
        } else {
            before += significant;
        }
    }
    long exponent = *at == 'e' ? strtol(at + 1, NULL, 10) : 0;
    if (significant && exponent != 0) {
        /* the point moves right by exponent; zeros that lead after the point don't count as digits before it */
        int64_t all_before = before == 0 ? exponent - leading : before + exponent;
        before = all_before > 0 ? all_before : 0;
        after = after - exponent > 0 ? after - exponent : 0;
    }
    *ret_before = before < DIGITS_MAX ? before : DIGITS_MAX;
    *ret_after = after < DIGITS_MAX ? after : DIGITS_MAX;
}

void observed_real(struct catalog_observed *o, double value, const char *text)
{
    o->reals++;
    if (!isfinite(value)) {
        o->reals_infinite++;
        return;
    }
    if (value == trunc(value) && fabs(value) < ldexp(1, EXACT_MAX_BITS))
        o->reals_whole++;
    int64_t before, after;
    count_digits(text, &before, &after);
    raise_to(&o->digits_max, before);
    raise_to(&o->scale_max, after);
}

static int64_t characters(const char *text, size_t size)
{
    int64_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

void observed_text(struct catalog_observed *o, const char *text, size_t size)
{
    o->texts++;
    raise_to(&o->text_chars_max, characters(text, size));
    raise_to(&o->text_bytes_max, (int64_t)size);
    if (size == 0) {
        o->texts_empty++;
        return;
    }
    if (memchr(text, '\0', size) != NULL || !text_utf8_valid(text, size)) {
        o->texts_unclean++;
        return;
    }
    enum shape shape = shape_of(text, size);
    o->texts_date += shape == SHAPE_DATE;
    o->texts_timestamp += shape == SHAPE_TIMESTAMP;
    o->texts_time += shape == SHAPE_TIME;
    o->texts_zoned += shape == SHAPE_ZONED;
    o->texts_boolean += shape == SHAPE_BOOLEAN;
    o->texts_uuid += shape == SHAPE_UUID;
    o->texts_json += shape == SHAPE_JSON;
}

void observed_blob(struct catalog_observed *o, size_t size)
{
    o->blobs++;
    raise_to(&o->blob_bytes_max, (int64_t)size);
}

#define MAXIMA(X)     \
    X(text_chars_max) \
    X(text_bytes_max) \
    X(blob_bytes_max) \
    X(digits_max)     \
    X(scale_max)

int64_t observed_values(const struct catalog_observed *o)
{
    return o->integers + o->reals + o->texts + o->blobs;
}

void observed_add(struct catalog_observed *sum, const struct catalog_observed *o)
{
    if (o->integers > 0) {
        sum->integer_min = sum->integers == 0 || o->integer_min < sum->integer_min ? o->integer_min : sum->integer_min;
        sum->integer_max = sum->integers == 0 || o->integer_max > sum->integer_max ? o->integer_max : sum->integer_max;
    }
#define X(field) sum->field += o->field;
    OBSERVED_COUNTS(X)
#undef X
#define X(field) raise_to(&sum->field, o->field);
    MAXIMA(X)
#undef X
}

void observed_write(const struct catalog_observed *o, struct buffer *b)
{
    write_json_open(b, "observed", '{');
#define X(field)       \
    if (o->field != 0) \
        write_json_integer(b, #field, o->field);
    OBSERVED_COUNTS(X)
    MAXIMA(X)
#undef X
    if (o->integers > 0) {
        write_json_integer(b, "integer_min", o->integer_min);
        write_json_integer(b, "integer_max", o->integer_max);
    }
    write_json_text(b, "unclean_key", o->unclean_key);
    write_json_close(b, '}');
}

struct catalog_observed *observed_read(struct read_json *r, const struct read_json_at *at, const json_t *json)
{
    if (!json_is_object(json)) {
        read_json_wrong(r, at, NULL, "must be an object");
        return NULL;
    }
    struct catalog_observed *o = arena_alloc(r->arena, sizeof *o);
#define X(field) o->field = read_json_integer(r, at, json, #field, 0, 0, INT64_MAX / 8);
    OBSERVED_COUNTS(X)
    MAXIMA(X)
#undef X
    o->integer_min = read_json_integer(r, at, json, "integer_min", 0, INT64_MIN, INT64_MAX);
    o->integer_max = read_json_integer(r, at, json, "integer_max", 0, INT64_MIN, INT64_MAX);
    o->unclean_key = read_json_text(r, at, json, "unclean_key", false, READ_JSON_TEXT_MAX);
    return o;
}
