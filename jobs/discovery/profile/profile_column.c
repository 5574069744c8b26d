/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_column.c - what is done for every single value: a look at its bytes, a hash, the sketches, min and max.
 *
 * A value costs some 100 ns. What needs more than a look (shapes of personal data) is done on the sample when the rows
 * are over (profile_end.c).
 */
#include "jobs/discovery/profile/profile_column.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/text.h"
#include "jobs/discovery/values/pii_shape.h"
#include "jobs/discovery/profile/profile_column_private.h"

struct profile_column *profile_column_create(const struct profile_limits *limits, bool binary, uint64_t seed)
{
    struct profile_column *c = mem_zero(1, sizeof *c);
    c->binary = binary;
    c->samples = limits->samples;
    c->length_min = INT64_MAX;
    sketch_distinct_init(&c->distinct, limits->distinct_exact);
    sketch_common_init(&c->common, limits->common_slots);
    sketch_sample_init(&c->sample, limits->sample, seed);
    return c;
}

struct profile_column *profile_column_destroy(struct profile_column *c)
{
    if (c == NULL)
        return NULL;
    sketch_distinct_finish(&c->distinct);
    sketch_common_finish(&c->common);
    sketch_sample_finish(&c->sample);
    free(c->forms);
    free(c);
    return NULL;
}

size_t profile_column_bytes(const struct profile_column *c)
{
    return sizeof *c + sketch_distinct_bytes(&c->distinct) + c->common.slots * sizeof *c->common.values +
           (c->common.count + c->sample.count) * 64;
}

/* ---- a look at the bytes ---- */

enum { DIGIT = 1, LETTER = 2, BLANK = 4, CONTROL = 8, HIGH = 16, NUMERIC = 32, AT = 64, OTHER = 128 };

static const unsigned char *classes(void)
{
    static unsigned char table[256];
    if (table['0'] != 0)
        return table;
    for (int c = 0; c < 256; c++)
        table[c] = c >= '0' && c <= '9'                                          ? DIGIT
                   : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')            ? LETTER
                   : c == ' '                                                    ? BLANK
                   : (c < 32 && c != '\t' && c != '\n' && c != '\r') || c == 127 ? CONTROL
                   : c >= 128                                                    ? HIGH
                   : c == '-' || c == '+' || c == '.' || c == ','                ? NUMERIC
                   : c == '@'                                                    ? AT
                                                                                 : OTHER;
    return table;
}

/* Digits with at most one point, a sign in front, an exponent behind; false: no number. */
static bool number_read(const char *text, size_t size, double *ret_value, bool *ret_integer, bool *ret_code)
{
    size_t i = *text == '-' || *text == '+', digits = 0, scale = 0;
    uint64_t value = 0;
    bool point = false;
    *ret_code = size > i + 1 && text[i] == '0' && text[i + 1] >= '0' && text[i + 1] <= '9';
    for (; i < size; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            if (++digits > 18)
                break;
            value = value * 10 + (uint64_t)(text[i] - '0');
            scale += point;
        } else if (text[i] == '.' && !point) {
            point = true;
        } else {
            break;
        }
    }
    if (i == size && digits > 0) {
        static const double powers[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                         1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18 };
        *ret_value = (*text == '-' ? -1.0 : 1.0) * (double)value / powers[scale];
        *ret_integer = !point;
        return true;
    }
    char copy[64], *end;
    if (digits == 0 || size >= sizeof copy)
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (strspn(copy, "0123456789+-.eE") != size)
        return false;
    *ret_value = strtod(copy, &end);
    *ret_integer = strspn(copy + (*copy == '-' || *copy == '+'), "0123456789") == size - (*copy == '-' || *copy == '+');
    return *end == '\0' && *ret_value <= 1e308 && *ret_value >= -1e308;
}

static bool is_one_of(const char *text, size_t size, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t i = 0;
        while (i < size && (*words)[i] == (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] | 0x20 : text[i]) &&
               text[i] != '\0')
            i++;
        if (i == size && (*words)[i] == '\0')
            return true;
    }
    return false;
}

static bool is_placeholder(const char *text, size_t size)
{
    static const char *const words[] = { "n/a",
                                         "na",
                                         "null",
                                         "none",
                                         "nil",
                                         "unknown",
                                         "undefined",
                                         "-",
                                         "--",
                                         "?",
                                         "??",
                                         "xxx",
                                         "tbd",
                                         "test",
                                         "dummy",
                                         "(null)",
                                         "#n/a",
                                         "missing",
                                         "nan",
                                         "todo",
                                         ".",
                                         "n.a.",
                                         "unbekannt",
                                         "inconnu",
                                         "desconocido",
                                         "sconosciuto",
                                         "brak",
                                         "onbekend",
                                         "not available",
                                         "not applicable",
                                         "k.a.",
                                         "keine angabe",
                                         NULL };
    return size <= 16 && is_one_of(text, size, words);
}

static bool is_time(const char *text, size_t size)
{
    if (size < 4 || size > 15 || size < 5)
        return false;
    for (size_t i = 0; i < size; i++)
        if (i == 2 || i == 5 ? text[i] != ':' && !(i == 5 && text[i] == '.')
                             : (text[i] < '0' || text[i] > '9') && !(i > 7 && text[i] == '.'))
            return false;
    return text[0] <= '2' && text[3] <= '5';
}

static void day_seen(struct profile_column *c, const struct pii_date *date)
{
    int first = date->year * 10000 + date->month * 100 + date->day;
    int second = date->order == PII_DATE_EITHER ? date->year * 10000 + date->day * 100 + date->month : first;
    c->days++;
    c->month_first += date->order == PII_DATE_MONTH_FIRST;
    c->day_first += date->order == PII_DATE_DAY_FIRST;
    c->either += date->order == PII_DATE_EITHER;
    for (int i = 0; i < 2; i++) { /* both readings: which one holds is known when the rows are over */
        int day = i == 0 ? first : second;
        if (c->days == 1 || day < c->day_min[i])
            c->day_min[i] = day;
        if (c->days == 1 || day > c->day_max[i])
            c->day_max[i] = day;
    }
    c->evidence.days_before_1900 += date->year < 1900;
    c->evidence.days_far += date->year >= 2100;
}

static enum profile_kind text_kind(struct profile_column *c, const char *text, size_t size, unsigned seen)
{
    static const char *const booleans[] = { "true", "false", "yes", "no", NULL };
    struct pii_date date;
    bool digits = (seen & DIGIT) != 0;
    if (digits && size >= 6 && size <= 40 && (seen & (AT | CONTROL | HIGH)) == 0 && pii_shape_date(text, size, &date) &&
        (seen & ~(unsigned)DIGIT) != 0) {
        day_seen(c, &date);
        bool time = size > 11 && memchr(text, ':', size) != NULL;
        return time ? PROFILE_DATETIME : PROFILE_DATE;
    }
    if (digits && (seen & (LETTER | HIGH | AT)) == 0 && is_time(text, size))
        return PROFILE_TIME;
    if ((seen & AT) != 0 && pii_shape_email(text, size))
        return PROFILE_EMAIL;
    if (seen == LETTER && size <= 5 && is_one_of(text, size, booleans))
        return PROFILE_BOOLEAN;
    if (digits && size >= 36 && pii_shape_uuid(text, size))
        return PROFILE_UUID;
    if ((seen & OTHER) != 0 && pii_shape_url(text, size))
        return PROFILE_URL;
    return PROFILE_TEXT;
}

/* ---- the order of values ---- */

static void extreme_add(double *extremes, int count, double value, double sign)
{
    int at = count;
    while (at > 0 && sign * value < sign * extremes[at - 1])
        at--;
    for (int i = count < PROFILE_EXTREMES ? count : PROFILE_EXTREMES - 1; i > at; i--)
        extremes[i] = extremes[i - 1];
    if (at < PROFILE_EXTREMES)
        extremes[at] = value;
}

static void number_seen(struct profile_column *c, double value, const char *text, size_t size)
{
    struct profile_evidence *v = &c->evidence;
    c->numbers++;
    double delta = value - v->mean; /* Welford */
    v->mean += delta / (double)c->numbers;
    c->squares += delta * (value - v->mean);
    v->negatives += value < 0;
    v->zeros += value == 0;
    int n = v->extremes;
    if (n == 0 || value < v->low[0])
        profile_text_set(&c->number_min, text, size);
    if (n == 0 || value > v->high[0])
        profile_text_set(&c->number_max, text, size);
    if (n < PROFILE_EXTREMES || value < v->low[n - 1])
        extreme_add(v->low, n, value, 1);
    if (n < PROFILE_EXTREMES || value > v->high[n - 1])
        extreme_add(v->high, n, value, -1);
    v->extremes += n < PROFILE_EXTREMES;
}

static int text_compare(const struct profile_text *a, const char *text, size_t size)
{
    size_t shorter = a->size < size ? a->size : size;
    int order = memcmp(a->text, text, shorter);
    return order != 0 ? order : (a->size > size) - (a->size < size);
}

void profile_text_set(struct profile_text *t, const char *text, size_t size)
{
    t->size = size < sizeof t->text ? size : sizeof t->text;
    while (t->size < size && t->size > 0 && ((unsigned char)text[t->size] & 0xC0) == 0x80)
        t->size--;
    memcpy(t->text, text, t->size);
    t->set = true;
}

static void text_seen(struct profile_column *c, const char *text, size_t size)
{
    if (!c->text_min.set || text_compare(&c->text_min, text, size) > 0)
        profile_text_set(&c->text_min, text, size);
    if (!c->text_max.set || text_compare(&c->text_max, text, size) < 0)
        profile_text_set(&c->text_max, text, size);
}

/* ---- formats ---- */

static void format_add(struct profile_column *c, const char *text, size_t size)
{
    char form[PROFILE_FORMAT_MAX];
    if (c->formats_off || size > sizeof form) {
        c->evidence.formats_rare++;
        return;
    }
    for (size_t i = 0; i < size; i++)
        form[i] = (char)(text[i] >= '0' && text[i] <= '9'   ? '9'
                         : text[i] >= 'A' && text[i] <= 'Z' ? 'A'
                         : text[i] >= 'a' && text[i] <= 'z' ? 'a'
                         : (unsigned char)text[i] >= 0x80   ? 'a'
                                                            : text[i]);
    for (int i = 0; i < c->format_count; i++)
        if (c->forms[i].size == size && memcmp(c->forms[i].form, form, size) == 0) {
            c->forms[i].rows++;
            return;
        }
    if (c->format_count == PROFILE_FORMATS) {
        c->evidence.formats_rare++;
        int64_t all = c->evidence.values;
        c->formats_off = all > 256 && c->evidence.formats_rare * 4 > all;
        return;
    }
    if ((c->format_count & (c->format_count - 1)) == 0)
        c->forms = mem_resize(c->forms, c->format_count == 0 ? 1 : (size_t)c->format_count * 2, sizeof *c->forms);
    memcpy(c->forms[c->format_count].form, form, size);
    c->forms[c->format_count].size = size;
    c->forms[c->format_count++].rows = 1;
}

/* ---- a value ---- */

static void text_add(struct profile_column *c, const char *text, size_t size)
{
    const unsigned char *table = classes();
    unsigned seen = 0;
    int64_t characters = 0;
    for (size_t i = 0; i < size; i++) {
        seen |= table[(unsigned char)text[i]];
        characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    }
    c->length_min = characters < c->length_min ? characters : c->length_min;
    c->length_max = characters > c->length_max ? characters : c->length_max;
    c->length_sum += characters;
    struct profile_evidence *v = &c->evidence;
    v->unclean += (seen & CONTROL) != 0 || ((seen & HIGH) != 0 && !text_utf8_valid(text, size));
    if ((seen & ~(unsigned)BLANK) == 0) {
        v->kinds[PROFILE_EMPTY]++;
        return;
    }
    v->padded += text[0] == ' ' || text[size - 1] == ' ';
    v->placeholders += size <= 16 && is_placeholder(text, size);
    enum profile_kind kind = PROFILE_TEXT;
    double value;
    bool integer, code;
    if ((seen & DIGIT) != 0 && (seen & ~(unsigned)(DIGIT | NUMERIC | LETTER)) == 0 &&
        (table[(unsigned char)*text] & LETTER) == 0 && number_read(text, size, &value, &integer, &code)) {
        kind = code && integer ? PROFILE_CODE : integer ? PROFILE_INTEGER : PROFILE_DECIMAL;
        number_seen(c, value, text, size);
    } else if (size <= 512) {
        kind = text_kind(c, text, size, seen);
    }
    v->kinds[kind]++;
    if (c->numbers != v->values) /* a column of numbers alone needs no order of texts */
        text_seen(c, text, size);
    if (kind == PROFILE_TEXT || kind == PROFILE_CODE || kind == PROFILE_INTEGER)
        format_add(c, text, size);
    sketch_sample_add(&c->sample, text, size);
}

uint64_t profile_hash(const char *text, size_t size)
{
    return text == NULL ? 0x9E3779B97F4A7C15u : XXH3_64bits(text, size);
}

uint64_t profile_column_add(struct profile_column *c, const char *text, size_t size)
{
    c->rows++;
    uint64_t hash = profile_hash(text, size);
    if (text == NULL) {
        c->nulls++;
        return hash;
    }
    sketch_distinct_add(&c->distinct, hash);
    c->evidence.values++;
    if (c->binary) {
        c->length_min = (int64_t)size < c->length_min ? (int64_t)size : c->length_min;
        c->length_max = (int64_t)size > c->length_max ? (int64_t)size : c->length_max;
        c->length_sum += (int64_t)size;
        return hash;
    }
    sketch_common_add(&c->common, hash, text, size);
    text_add(c, text, size);
    return hash;
}
