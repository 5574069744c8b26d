/* SPDX-License-Identifier: Apache-2.0 */
/*
 * infer.c - what the values of a column, taken in by value.c, say about its type.
 *
 * Every value that is not null must agree. What speaks against a claim, and what was chosen where two readings were
 * possible, is said in the note.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalog/parse/value/codewords.h"
#include "catalog/parse/value/number.h"
#include "catalog/parse/value/temporal.h"
#include "catalog/parse/value/value.h"

enum { FEW_OF = 100, PHONE_DIGITS = 8 };

static void note(struct infer_result *r, bool warn, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void note(struct infer_result *r, bool warn, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    (void)vsnprintf(r->note, sizeof r->note, format, list);
    va_end(list);
    r->warn |= warn;
}

/* ---- numbers ---- */

static int choose_style(unsigned allowed, bool comma)
{
    static const uint8_t orders[2][NUMBER_STYLE_COUNT] = {
        { NUMBER_PLAIN_POINT, NUMBER_COMMA_POINT, NUMBER_PLAIN_COMMA, NUMBER_POINT_COMMA, NUMBER_SPACE_POINT,
          NUMBER_SPACE_COMMA, NUMBER_QUOTE_POINT },
        { NUMBER_PLAIN_COMMA, NUMBER_POINT_COMMA, NUMBER_SPACE_COMMA, NUMBER_PLAIN_POINT, NUMBER_COMMA_POINT,
          NUMBER_SPACE_POINT, NUMBER_QUOTE_POINT },
    };
    for (int k = 0; k < NUMBER_STYLE_COUNT; k++)
        if (allowed & (1U << orders[comma][k]))
            return orders[comma][k];
    return -1;
}

/* Why numbers are none; NULL: they are. */
static const char *why_codes(const struct infer *i, const struct infer_hint *hint, unsigned allowed)
{
    uint64_t numbers = i->counts[INFER_NUMBER];
    bool whole = i->styles_fraction == 0 && !i->exponent;
    if (i->too_long)
        return "whole numbers too long to be exact: codes";
    if (whole && i->luhn == numbers && numbers > 2)
        return "numbers of cards: all have the right check digit";
    if (i->leading_zeros)
        return "zeros lead: codes, not numbers";
    if (whole && i->plus && i->digits_max >= PHONE_DIGITS)
        return "long numbers with a plus: telephone numbers";
    if (whole && i->spaced && i->digits_min == i->digits_max && i->digits_max >= PHONE_DIGITS - 1 && numbers > 2)
        return "all of one length, with blanks: codes, not numbers";
    if (whole && hint->name != NULL && codewords_code_name(hint->name))
        return "codes by the name of the column";
    if (allowed == 0)
        return "numbers in spellings that contradict each other";
    if (i->units & (i->units - 1))
        return "amounts in several units";
    return NULL;
}

static bool compact_days(const struct infer *i, struct infer_result *r)
{
    uint64_t numbers = i->counts[INFER_NUMBER];
    if (i->compact != numbers || numbers < 2 || (i->compact_times != 0 && i->compact_times != numbers))
        return false;
    bool times = i->compact_times > 0;
    r->type = times ? TYPE_DATETIME : TYPE_DATE;
    r->layout = TEMPORAL_DATE | 4U;
    if (times)
        r->layout |= TEMPORAL_TIME | TEMPORAL_SECONDS | TEMPORAL_COMPACT;
    r->order = TEMPORAL_YMD;
    temporal_format(r->layout, r->order, r->format, sizeof r->format);
    note(r, false, "every number is a day written without separators");
    return true;
}

static void conclude_numbers(const struct infer *i, const struct infer_hint *hint, struct infer_result *r)
{
    unsigned allowed = NUMBER_STYLES_ALL & ~(unsigned)i->styles_not;
    bool loose = allowed == 0; /* 1,234,567 and 89012.5 */
    if (loose)                 /* with blanks they may as well be codes */
        allowed = NUMBER_STYLES_ALL & ~(unsigned)i->loose_not & ~(1U << NUMBER_SPACE_POINT | 1U << NUMBER_SPACE_COMMA);
    const char *why = why_codes(i, hint, allowed);
    if (why != NULL) {
        note(r, allowed == 0 || (i->units & (i->units - 1)), "%s, as '%s'", why, i->example[INFER_NUMBER]);
        return;
    }
    if (compact_days(i, r))
        return;
    int style = choose_style(allowed, hint->decimal_comma);
    bool fraction = i->styles_fraction & (1U << style);
    r->style = (uint8_t)style;
    r->percent = i->units == NUMBER_PERCENT;
    r->money = i->units > NUMBER_PERCENT;
    r->type = fraction || i->exponent || i->units != 0 ? TYPE_NUMBER : TYPE_INTEGER;
    r->decimal = number_decimal(style);
    bool plain = allowed & (1U << NUMBER_PLAIN_POINT);
    if (!plain)
        r->thousands = number_thousands(style);
    unsigned commas = 1U << NUMBER_COMMA_POINT | 1U << NUMBER_PLAIN_COMMA;
    if (loose)
        note(r, true, "some numbers are written with thousands parted by '%c', others without", r->thousands);
    else if (!plain && (allowed & commas) == commas)
        note(r, true, "'%s' is read as %s; thousands and decimals can't be told apart", i->example[INFER_NUMBER],
             style == NUMBER_COMMA_POINT ? "thousands" : "decimals");
    else if (!plain)
        note(r, false, "numbers with %s%c%s", r->thousands != 0 ? "thousands parted by " : "decimals after ",
             r->thousands != 0 ? r->thousands : r->decimal, r->thousands == ' ' ? "(blank)" : "");
}

/* ---- days and times ---- */

static bool choose_order(const struct infer *i, const struct infer_hint *hint, struct infer_result *r)
{
    unsigned orders = TEMPORAL_ORDERS & ~i->orders_not;
    bool named = i->layout & (TEMPORAL_MONTH_SHORT | TEMPORAL_MONTH_LONG);
    if (orders == 0)
        return false;
    unsigned both = orders & (TEMPORAL_DMY | TEMPORAL_MDY);
    if (both == (TEMPORAL_DMY | TEMPORAL_MDY)) {
        bool slash = (i->layout & TEMPORAL_SEPARATOR) == 1;
        bool day_first = hint->day_first != 0 ? hint->day_first > 0 : !slash;
        r->order = day_first ? TEMPORAL_DMY : TEMPORAL_MDY;
        note(r, hint->day_first == 0, "day and month can't be told apart in '%s' and all others: read as %s",
             i->example[INFER_TEMPORAL], day_first ? "day first" : "month first");
        return true;
    }
    r->order = (uint8_t)(both != 0 ? both : orders);
    if (!named && !(i->layout & TEMPORAL_NO_DAY))
        r->day_first = r->order == TEMPORAL_DMY ? 1 : r->order == TEMPORAL_MDY ? -1 : 0;
    return true;
}

static void conclude_temporals(const struct infer *i, const struct infer_hint *hint, struct infer_result *r)
{
    uint64_t temporals = i->counts[INFER_TEMPORAL];
    uint32_t loose = TEMPORAL_ORDINAL | TEMPORAL_COMMA | TEMPORAL_WEEKDAY_COMMA | TEMPORAL_OF | TEMPORAL_MONTH_SHORT |
                     TEMPORAL_MONTH_LONG; /* Jan. 3 and March 4 */
    if (i->times != 0 && i->times != temporals) {
        note(r, true, "times of day among days, the first value is '%s'", i->example[INFER_TEMPORAL]);
        return;
    }
    if (i->times == temporals && i->hour_unpadded && i->hour_max < 10) {
        note(r, false, "'%s' may be a duration as well as a time of day", i->example[INFER_TEMPORAL]);
        return;
    }
    if ((i->layout_varies & TEMPORAL_DATE_BITS & ~loose) != 0 || !choose_order(i, hint, r)) {
        note(r, true, "days in several spellings, the first is '%s'", i->example[INFER_TEMPORAL]);
        return;
    }
    r->type = i->times == temporals ? TYPE_TIME : i->datetimes != 0 ? TYPE_DATETIME : TYPE_DATE;
    r->timezone = i->zoned > 0 && i->unzoned == 0 && i->dates == 0;
    r->layout = i->layout;
    temporal_format(r->layout, r->order, r->format, sizeof r->format);
    if (i->zoned > 0 && !r->timezone)
        note(r, true, "%llu of %llu values say their zone, the others don't", (unsigned long long)i->zoned,
             (unsigned long long)temporals);
    else if (i->dates > 0 && i->datetimes > 0)
        note(r, false, "%llu of %llu values are days without a time", (unsigned long long)i->dates,
             (unsigned long long)temporals);
    else if (r->layout & TEMPORAL_NO_DAY)
        note(r, false, "months of a year, read as their first day");
}

/* ---- all together ---- */

static const char *const class_words[INFER_CLASSES] = { "numbers", "days or times", "yes or no", "empty", "texts" };

/* Text, although nearly all values are something else: worth a word. */
static void note_outliers(const struct infer *i, uint64_t values, struct infer_result *r)
{
    enum infer_class most = INFER_NUMBER, odd = INFER_STRING;
    for (enum infer_class k = INFER_NUMBER; k < INFER_MARKER; k++)
        if (i->counts[k] > i->counts[most])
            most = k;
    uint64_t others = values - i->counts[most];
    if (others == 0 || others > values / FEW_OF + 1 || others * 4 > values)
        return;
    for (enum infer_class k = INFER_NUMBER; k < INFER_CLASSES && i->counts[odd] == 0; k++)
        if (k != most && k != INFER_MARKER && i->counts[k] > 0)
            odd = k;
    note(r, true, "%llu of %llu values are no %s, the first '%s' (value %llu): text", (unsigned long long)others,
         (unsigned long long)values, class_words[most], i->example[odd], (unsigned long long)i->first[odd]);
}

static void conclude_texts(const struct infer *i, const struct infer_hint *hint, uint64_t values,
                           struct infer_result *r)
{
    if (i->counts[INFER_NUMBER] == values)
        conclude_numbers(i, hint, r);
    else if (i->counts[INFER_TEMPORAL] == values)
        conclude_temporals(i, hint, r);
    else if (i->counts[INFER_BOOLEAN] == values && codewords_are_boolean(i->booleans, i->pairs_not))
        r->type = TYPE_BOOLEAN;
    else
        note_outliers(i, values, r);
}

static enum type_name one_native(const struct infer *i, uint64_t *ret_natives)
{
    enum type_name name = TYPE_OTHER;
    bool several = false;
    *ret_natives = 0;
    for (enum type_name k = 0; k <= TYPE_OBJECT; k++) {
        if (i->native[k] == 0)
            continue;
        *ret_natives += i->native[k];
        bool numbers = (name == TYPE_INTEGER || name == TYPE_NUMBER) && (k == TYPE_INTEGER || k == TYPE_NUMBER);
        several |= name != TYPE_OTHER && !numbers;
        name = numbers ? TYPE_NUMBER : k;
    }
    return several ? TYPE_OTHER : name;
}

/* Values with a type of their own, and perhaps texts beside them that say the same. */
static void conclude_natives(enum type_name name, uint64_t texts, struct infer_result *r)
{
    bool numeric = name == TYPE_INTEGER || name == TYPE_NUMBER;
    enum type_name text = r->type;
    bool both_numeric = numeric && (text == TYPE_INTEGER || text == TYPE_NUMBER);
    if (texts == 0 && name != TYPE_OTHER) {
        r->type = name;
    } else if (texts > 0 && name != TYPE_OTHER && (both_numeric || name == text)) {
        r->type = both_numeric && name != text ? TYPE_NUMBER : text;
        note(r, true, "%llu values are texts that say the same", (unsigned long long)texts);
    } else {
        r->type = TYPE_STRING;
        note(r, true, "values of several types");
    }
}

struct infer_result infer_result(const struct infer *i, const struct infer_hint *hint)
{
    struct infer_result r = { .type = TYPE_STRING };
    uint64_t natives, texts = 0;
    enum type_name native = one_native(i, &natives);
    for (enum infer_class k = 0; k < INFER_CLASSES; k++)
        texts += k != INFER_MARKER ? i->counts[k] : 0;
    if (texts > 0)
        conclude_texts(i, hint, texts, &r);
    if (natives > 0)
        conclude_natives(native, texts, &r);
    r.markers_null = r.type != TYPE_STRING;
    r.nullable = i->nulls > 0 || (r.markers_null && i->counts[INFER_MARKER] > 0);
    if (r.markers_null && i->counts[INFER_MARKER] > 0 && *r.note == '\0')
        note(&r, false, "%llu values like '%s' are read as null", (unsigned long long)i->counts[INFER_MARKER],
             i->example[INFER_MARKER]);
    return r;
}

enum type_name infer_type(const struct infer *i)
{
    struct infer_hint none = { 0 };
    return infer_result(i, &none).type;
}

/* ---- a value as everybody spells it ---- */

/* 2.0 where integers belong, as tools write them that know only reals: how much of it is the integer. */
static size_t without_zeros(const char *text, size_t size)
{
    const char *point = memchr(text, '.', size);
    size_t at = size;
    if (point == NULL || point == text || point[-1] == '-')
        return size;
    while (text[at - 1] == '0')
        at--;
    return text + at - 1 == point ? at - 1 : size;
}

static size_t spell_number(const struct infer_result *r, const char *text, size_t size, char *buffer)
{
    bool plain = r->decimal == '.' && r->thousands == 0;
    for (size_t k = 0; plain && k < size; k++)
        plain = (text[k] >= '0' && text[k] <= '9') || text[k] == '.' || text[k] == '-';
    if (plain && r->type == TYPE_INTEGER) {
        size_t whole = without_zeros(text, size);
        memcpy(buffer, text, whole < INFER_SPELL_SIZE ? whole : 0);
        if (whole < size && whole < INFER_SPELL_SIZE)
            return whole;
    }
    plain = plain && text[size - 1] != '-' && text[*text == '-'] != '.';
    return plain ? 0 : number_spell(text, size, r->style, buffer, INFER_SPELL_SIZE);
}

static size_t spell_temporal(const struct infer_result *r, const char *text, size_t size, char *buffer)
{
    struct temporal t;
    bool spelled = r->layout == TEMPORAL_DATE && r->order == TEMPORAL_YMD && size == strlen("2024-02-03");
    if (spelled || !temporal_read(text, size, &t))
        return 0;
    return temporal_spell(&t, r->order, buffer, INFER_SPELL_SIZE);
}

struct rows_value infer_spell(const struct infer_result *r, const char *text, size_t size,
                              char buffer[static INFER_SPELL_SIZE])
{
    const char *at = text;
    size_t left = size, spelled = 0;
    while (left > 0 && (unsigned char)at[left - 1] <= ' ')
        left--;
    while (left > 0 && (unsigned char)*at <= ' ')
        at++, left--;
    if (left == 0 || (left == 2 && at[0] == '\\' && at[1] == 'N'))
        return (struct rows_value){ 0 };
    if (r->type == TYPE_STRING)
        return (struct rows_value){ text, size };
    if (r->markers_null && left <= CODEWORDS_SIZE && codewords_marker(at, left))
        return (struct rows_value){ 0 };
    if (r->type == TYPE_INTEGER || r->type == TYPE_NUMBER) {
        spelled = spell_number(r, at, left, buffer);
    } else if (r->type == TYPE_DATE || r->type == TYPE_DATETIME || r->type == TYPE_TIME) {
        spelled = spell_temporal(r, at, left, buffer);
    } else if (r->type == TYPE_BOOLEAN) {
        uint32_t bit = codewords_boolean(at, left);
        bool yes = bit & 0x55555555U;
        return bit == 0 ? (struct rows_value){ at, left } : (struct rows_value){ yes ? "true" : "false", yes ? 4 : 5 };
    }
    return spelled > 0 ? (struct rows_value){ buffer, spelled } : (struct rows_value){ at, left };
}
