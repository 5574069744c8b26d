/* SPDX-License-Identifier: Apache-2.0 */
/* pii_mask.c - masks by class, and the pass over a catalog that leaves no value of a person in it. */
#include "jobs/discovery/pii/pii_mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/observed.h"
#include "catalog/profile.h"
#include "jobs/discovery/values/pii_check.h"
#include "jobs/discovery/values/pii_shape.h"
#include "jobs/discovery/profile/profile_column.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of the first character. */
static size_t first(const char *text, size_t size)
{
    size_t length = size == 0 ? 0 : text_utf8_size(text, size);
    return length == 0 && size > 0 ? 1 : length;
}

static const char *mask_email(struct arena *arena, const char *value)
{
    const char *at = strrchr(value, '@'), *dot = at == NULL ? NULL : strrchr(at, '.');
    if (at == NULL)
        return arena_text(arena, "***");
    bool top = dot != NULL && strlen(dot) <= 12;
    return arena_format(arena, "%.*s***@***%s", (int)first(value, (size_t)(at - value)), value, top ? dot : "");
}

/* The first letter of each word, at most four words. */
static const char *mask_words(struct arena *arena, const char *value)
{
    char out[64];
    size_t used = 0;
    const char *at = value;
    for (int words = 0; words < 4; words++) {
        while (*at == ' ')
            at++;
        size_t length = first(at, strlen(at));
        if (length == 0 || used + length + 5 > sizeof out)
            break;
        if (used > 0)
            out[used++] = ' ';
        memcpy(out + used, at, length);
        memcpy(out + used + length, "***", 3);
        used += length + 3;
        while (*at != '\0' && *at != ' ')
            at++;
    }
    return arena_text_n(arena, out, used);
}

/* Stars for all digits but the last `kept`. */
static const char *mask_digits(struct arena *arena, const char *value, size_t kept)
{
    size_t digits = 0, seen = 0, size = strlen(value);
    for (size_t i = 0; i < size; i++)
        digits += is_digit(value[i]);
    if (digits < kept * 2 || size > 64)
        return arena_text(arena, "***");
    char *copy = arena_text_n(arena, value, size);
    for (size_t i = 0; i < size; i++) {
        if (is_digit(copy[i]))
            copy[i] = seen++ < digits - kept ? '*' : copy[i];
        else if (copy[i] != ' ' && copy[i] != '-' && copy[i] != '+' && copy[i] != '(' && copy[i] != ')')
            copy[i] = '*';
    }
    return copy;
}

static const char *mask_date(struct arena *arena, const char *value)
{
    struct pii_date date;
    if (!pii_shape_date(value, strlen(value), &date))
        return arena_text(arena, "****");
    return arena_format(arena, "%02d**-**-**", date.year / 100);
}

static const char *mask_ip(struct arena *arena, const char *value)
{
    size_t kept = strcspn(value, ".:/");
    return arena_format(arena, "%.*s%c***", kept <= 4 ? (int)kept : 0, value, strchr(value, ':') != NULL ? ':' : '.');
}

const char *pii_mask(struct arena *arena, enum pii_class class, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return value;
    switch (class) {
    case PII_NONE:
        return value;
    case PII_EMAIL:
        return mask_email(arena, value);
    case PII_NAME:
        return mask_words(arena, value);
    case PII_PHONE:
        return mask_digits(arena, value, 2);
    case PII_CREDIT_CARD:
        return strlen(value) >= 12 ? mask_digits(arena, value, 4) : arena_text(arena, "***");
    case PII_DOB:
        return mask_date(arena, value);
    case PII_IP:
        return mask_ip(arena, value);
    case PII_CITY_ZIP:
    case PII_USERNAME:
        return arena_format(arena, "%.*s***", (int)first(value, strlen(value)), value);
    case PII_IBAN:
        return arena_format(arena, "%.2s***",
                            (unsigned char)value[0] < 0x80 && (unsigned char)value[1] < 0x80 ? value : "");
    case PII_PASSWORD:
    case PII_SECRET:
        return arena_text(arena, "********");
    default:
        return arena_text(arena, "***");
    }
}

/* ---- inside free text ---- */

static bool is_inner(char c)
{
    return c != '\0' && c != ' ' && c != '\n' && c != '\t' && c != ',' && c != ';' && c != '<' && c != '>' &&
           c != '"' && c != '(' && c != ')';
}

/* A number in groups: as far as digits and single blanks or hyphens go. */
static size_t number_size(const char *text)
{
    size_t i = 0;
    while (is_digit(text[i]) || ((text[i] == ' ' || text[i] == '-') && is_digit(text[i + 1])))
        i++;
    return i;
}

const char *pii_mask_inside(struct arena *arena, const char *text)
{
    struct buffer b;
    bool changed = false;
    buffer_init(&b, 64 * 1024);
    for (const char *at = text; *at != '\0';) {
        size_t size = 0, word = 0;
        const char *instead = NULL;
        while (is_inner(at[word]))
            word++;
        size_t trimmed = word;
        while (trimmed > 0 && strchr(".!?:'", at[trimmed - 1]) != NULL)
            trimmed--;
        size_t number = is_digit(*at) ? number_size(at) : 0;
        if (number >= 12 && pii_check_card(at, number)) {
            size = number;
            instead = "[card]";
        } else if (trimmed >= 5 && memchr(at, '@', trimmed) != NULL && pii_shape_email_inside(at, trimmed)) {
            size = trimmed;
            instead = "[email]";
        } else if (trimmed >= 15 && pii_check_iban(at, trimmed)) {
            size = trimmed;
            instead = "[iban]";
        }
        if (instead == NULL) {
            size = number > word ? number : word > 0 ? word : 1;
            buffer_add(&b, at, size);
        } else {
            buffer_text(&b, instead);
            changed = true;
        }
        at += size;
    }
    const char *masked = changed ? arena_text_n(arena, buffer_view(&b), b.size) : text;
    buffer_finish(&b);
    return masked;
}

/* ---- the pass ---- */

static const char *shown(struct arena *arena, enum pii_class class, const char *value)
{
    if (value == NULL)
        return NULL;
    return class == PII_NONE ? pii_mask_inside(arena, value) : pii_mask(arena, class, value);
}

static void mask_samples(struct arena *arena, enum pii_class class, struct catalog_names *samples)
{
    size_t kept = 0;
    for (size_t i = 0; i < samples->count; i++) {
        const char *value = shown(arena, class, samples->items[i]);
        bool known = false;
        for (size_t j = 0; j < kept && !known; j++)
            known = strcmp(samples->items[j], value) == 0;
        if (!known)
            samples->items[kept++] = value;
    }
    samples->count = kept;
}

static int compare_common(const void *left, const void *right)
{
    const struct profile_value *a = left, *b = right;
    return a->rows != b->rows ? (a->rows < b->rows) - (a->rows > b->rows) : strcmp(a->value, b->value);
}

/* Values that look alike when masked are one. */
static void mask_common(struct arena *arena, enum pii_class class, struct catalog_profile *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->common_count; i++) {
        struct profile_value value = { .value = shown(arena, class, p->common[i].value), .rows = p->common[i].rows };
        size_t j = 0;
        while (j < kept && strcmp(p->common[j].value, value.value) != 0)
            j++;
        if (j < kept)
            p->common[j].rows += value.rows;
        else
            p->common[kept++] = value;
    }
    p->common_count = kept;
    if (kept > 0)
        qsort(p->common, kept, sizeof *p->common, compare_common);
}

/* Bounds that whole numbers stay within, without telling one: powers of ten, but no wider type than before. */
static int64_t outward(int64_t value, bool up)
{
    if (value == 0)
        return 0;
    bool negative = value < 0;
    int64_t limit = 10, size = negative ? (value == INT64_MIN ? INT64_MAX : -value) : value;
    while (limit <= size && limit <= INT64_MAX / 10)
        limit *= 10;
    int64_t bound = negative != up ? (limit <= size ? INT64_MAX : limit - 1) : limit / 10;
    int64_t type = size <= INT16_MAX ? INT16_MAX : size <= INT32_MAX ? INT32_MAX : INT64_MAX;
    bound = bound > type ? type : bound;
    return negative ? -bound : bound;
}

void profile_mask(struct catalog *c)
{
    for (size_t i = 0; i < c->table_count; i++)
        for (size_t j = 0; j < c->tables[i].column_count; j++) {
            struct catalog_column *column = &c->tables[i].columns[j];
            struct catalog_profile *p = column->profile;
            if (p == NULL)
                continue;
            enum pii_class class = pii_class_from_text(p->pii_class);
            if (arena_room(c->arena) < PROFILE_ARENA_SPARE / 4) { /* no room for masks: nothing is shown */
                p->samples.count = p->common_count = 0;
                p->min = p->max = NULL;
                continue;
            }
            mask_samples(c->arena, class, &p->samples);
            mask_common(c->arena, class, p);
            p->min = shown(c->arena, class, p->min);
            p->max = shown(c->arena, class, p->max);
            if (class == PII_NONE || column->observed == NULL || column->observed->integers == 0)
                continue;
            column->observed->integer_min = outward(column->observed->integer_min, false);
            column->observed->integer_max = outward(column->observed->integer_max, true);
        }
}
