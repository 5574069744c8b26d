/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/mapping/choose.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { SECONDS_SIZE = 19 /* characters of YYYY-MM-DD HH:MM:SS */, TIME_SIZE = 8 };

static const int64_t EXACT_MAX = INT64_C(1) << 53; /* whole numbers up to here are exact in a double */

void choice_warn(struct arena *arena, struct choice *choice, const char *format, ...)
{
    if (choice->warning_count == CHOOSE_WARNINGS_MAX)
        return;
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    choice->warnings[choice->warning_count++] = catalog_clean_text(arena, text);
}

static void spell(struct arena *arena, const char *dialect, const char *native_type, struct choice *choice)
{
    const char *loss = NULL;
    if (!type_to_native(dialect, &choice->type, native_type, choice->native, sizeof choice->native, &loss)) {
        choice_warn(arena, choice, "type \"%.100s\" is not known in the target: values are kept as text",
                    native_type != NULL ? native_type : "");
        choice->type = (struct type){ .name = TYPE_TEXT };
        choice->cast = true;
        (void)type_to_native(dialect, &choice->type, NULL, choice->native, sizeof choice->native, &loss);
    }
    if (loss != NULL)
        choice_warn(arena, choice, "%s", loss);
}

bool choose_is_mixed(const struct catalog_observed *o)
{
    int64_t numbers = o->integers + o->reals;
    return (numbers > 0) + (o->texts > 0) + (o->blobs > 0) > 1;
}

static bool exact_in_double(const struct catalog_observed *o)
{
    return o->integers == 0 || (o->integer_min >= -EXACT_MAX && o->integer_max <= EXACT_MAX);
}

/* The smallest type that holds all of it. */
static struct type type_for_values(const struct catalog_observed *o)
{
    if (o->blobs > 0 || o->texts_unclean > 0)
        return (struct type){ .name = TYPE_BINARY };
    if (o->texts > 0 || observed_values(o) == 0)
        return (struct type){ .name = TYPE_TEXT };
    if (o->reals == 0)
        return (struct type){ .name = TYPE_BIGINT };
    if (exact_in_double(o))
        return (struct type){ .name = TYPE_DOUBLE };
    return (struct type){ .name = o->reals_infinite == 0 ? TYPE_DECIMAL : TYPE_TEXT };
}

static void warn_mixed(struct arena *arena, struct choice *choice, const struct catalog_observed *o)
{
    if (o->texts_unclean > 0)
        choice_warn(arena, choice,
                    "%" PRId64
                    " texts hold a NUL or bytes that are no UTF-8 (the first under key %.200s): all values are "
                    "kept as bytes",
                    o->texts_unclean, o->unclean_key != NULL ? o->unclean_key : "?");
    else if (choose_is_mixed(o))
        choice_warn(arena, choice,
                    "values of several types (%" PRId64 " integers, %" PRId64 " reals, %" PRId64 " texts, %" PRId64
                    " blobs) are kept as %s",
                    o->integers, o->reals, o->texts, o->blobs, choice->type.name == TYPE_BINARY ? "bytes" : "text");
}

struct choice choose_for_values(struct arena *arena, const char *target_dialect, const struct catalog_observed *o)
{
    struct choice choice = { .type = type_for_values(o) };
    choice.cast = choose_is_mixed(o) || o->texts_unclean > 0;
    spell(arena, target_dialect, NULL, &choice);
    warn_mixed(arena, &choice, o);
    return choice;
}

/* Whether every value has a place in the declared type as *type (which may be widened); what changes is a warning. */
static bool fits_decimal(struct arena *arena, const struct catalog_observed *o, struct choice *choice)
{
    struct type *type = &choice->type;
    if (o->texts + o->blobs + o->reals_infinite > 0)
        return false;
    bool limited = type->precision > 0;
    if (limited && (o->scale_max > type->scale || o->digits_max > type->precision - type->scale)) {
        choice_warn(arena, choice,
                    "declared with %d digits, %d after the point, but a value has %" PRId64 " before and %" PRId64
                    " after it: kept without a limit",
                    type->precision, type->scale, o->digits_max, o->scale_max);
        *type = (struct type){ .name = TYPE_DECIMAL };
    }
    return true;
}

static bool fits_text(struct arena *arena, const struct catalog_observed *o, struct choice *choice)
{
    struct type *type = &choice->type;
    if (o->integers + o->reals + o->blobs + o->texts_unclean > 0)
        return false;
    if (type->name == TYPE_CHAR)
        type->name = TYPE_VARCHAR; /* SQLite pads nothing */
    if (type->length > 0 && o->text_chars_max > type->length) {
        choice_warn(arena, choice, "declared with %ld characters, but a value has %" PRId64 ": kept without a limit",
                    type->length, o->text_chars_max);
        *type = (struct type){ .name = TYPE_TEXT };
    }
    return true;
}

/* Booleans are 0 and 1, true and false; equal values must stay distinct in a key. */
static bool fits_boolean(const struct catalog_observed *o, bool is_key)
{
    bool integers = o->integers == 0 || (o->integer_min >= 0 && o->integer_max <= 1);
    bool texts = o->texts == o->texts_boolean && !(is_key && o->texts > 0);
    return integers && texts && o->reals + o->blobs == 0;
}

static bool fits_timestamp(struct arena *arena, const struct catalog_observed *o, bool is_key, struct choice *choice)
{
    if (o->texts != observed_values(o) || o->texts_timestamp + o->texts_date != o->texts)
        return false;
    if (is_key && o->texts > 0 && (o->texts_date > 0 || o->text_chars_max > SECONDS_SIZE))
        return false;
    choice->type.precision = -1;
    if (o->texts_date > 0)
        choice_warn(arena, choice, "%" PRId64 " of %" PRId64 " values have no time: they become midnight",
                    o->texts_date, o->texts);
    if (choice->type.timezone)
        choice_warn(arena, choice, "the values name no time zone, so the target's type has none");
    choice->type.timezone = false;
    choice->cast = true;
    return true;
}

static bool fits_date(struct arena *arena, const struct catalog_observed *o, bool is_key, struct choice *choice)
{
    if (o->texts_timestamp > 0) {
        choice->type = (struct type){ .name = TYPE_TIMESTAMP, .precision = -1 };
        bool fits = fits_timestamp(arena, o, is_key, choice);
        if (fits)
            choice_warn(arena, choice, "declared as a date, but %" PRId64 " values have a time", o->texts_timestamp);
        return fits;
    }
    choice->cast = true;
    return o->texts_date == observed_values(o);
}

static bool fits_time(const struct catalog_observed *o, bool is_key, struct choice *choice)
{
    choice->type = (struct type){ .name = TYPE_TIME, .precision = -1 };
    choice->cast = true;
    return o->texts_time == observed_values(o) && !(is_key && o->text_chars_max > TIME_SIZE);
}

static bool fits_bytes(struct arena *arena, const struct catalog_observed *o, struct choice *choice)
{
    choice->type.length = 0;
    if (o->blobs == 0 && observed_values(o) > 0)
        return false; /* declared BLOB, but there is none */
    choice->cast = choose_is_mixed(o);
    warn_mixed(arena, choice, o);
    return true;
}

static bool fits(struct arena *arena, const struct catalog_observed *o, bool is_key, struct choice *choice)
{
    int64_t values = observed_values(o);
    switch (choice->type.name) {
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        choice->type =
            (struct type){ .name = TYPE_BIGINT }; /* SQLite's integers have 64 bits, whatever they are called */
        return o->integers == values;
    case TYPE_DECIMAL:
        return fits_decimal(arena, o, choice);
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return o->integers + o->reals == values && exact_in_double(o);
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_TEXT:
        return fits_text(arena, o, choice);
    case TYPE_BOOLEAN:
        choice->cast = true;
        return fits_boolean(o, is_key);
    case TYPE_DATE:
        return fits_date(arena, o, is_key, choice);
    case TYPE_TIMESTAMP:
        return fits_timestamp(arena, o, is_key, choice);
    case TYPE_TIME:
        return fits_time(o, is_key, choice);
    case TYPE_JSON:
        choice->cast = true;
        return o->texts_json == values && !is_key; /* json has no equality */
    case TYPE_UUID:
        choice->cast = true;
        return o->texts_uuid == values;
    case TYPE_BINARY:
        return fits_bytes(arena, o, choice);
    default:
        return false; /* nothing declared that could be kept: the values decide */
    }
}

/* Why the declared type was not kept. */
static void warn_misfit(struct arena *arena, struct choice *choice, const struct catalog_column *column)
{
    const struct catalog_observed *o = column->observed;
    enum type_name declared = column->type.name;
    const char *native = column->native_type != NULL ? column->native_type : "";
    if (declared == TYPE_DYNAMIC || choose_is_mixed(o) || o->texts_unclean > 0)
        return;
    if (declared == TYPE_OTHER)
        choice_warn(arena, choice, "type \"%.100s\" is not known: the values decided", native);
    else if (o->texts_zoned > 0 && (declared == TYPE_TIMESTAMP || declared == TYPE_DATE))
        choice_warn(arena, choice,
                    "declared %.100s, but %" PRId64 " values are written with T or a time zone: kept as text", native,
                    o->texts_zoned);
    else
        choice_warn(arena, choice,
                    "declared %.100s, but the values are %" PRId64 " integers, %" PRId64 " reals, %" PRId64
                    " texts, %" PRId64 " blobs that don't fit: kept as %.100s",
                    native, o->integers, o->reals, o->texts, o->blobs, choice->native);
}

struct choice choose_type(struct arena *arena, const char *source_dialect, const char *target_dialect,
                          const struct catalog_column *column, bool is_key)
{
    struct choice choice = { .type = column->type };
    if (strcmp(source_dialect, target_dialect) == 0 && column->native_type != NULL &&
        text_copy(choice.native, sizeof choice.native, column->native_type))
        return choice;
    if (column->observed == NULL) {
        spell(arena, target_dialect, column->native_type, &choice);
        return choice;
    }
    if (fits(arena, column->observed, is_key, &choice)) {
        spell(arena, target_dialect, column->native_type, &choice);
        return choice;
    }
    choice = choose_for_values(arena, target_dialect, column->observed);
    warn_misfit(arena, &choice, column);
    return choice;
}
