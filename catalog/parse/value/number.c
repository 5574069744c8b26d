/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.c - takes a text apart into sign, currency, groups of digits with what stands between them, and exponent, then
 * asks of each style whether the groups are written so.
 */
#include "catalog/parse/value/number.h"

#include <string.h>

enum { GROUPS_MAX = 12, MONEY_MAX = 30 };

struct groups {
    const char *text[GROUPS_MAX];
    size_t size[GROUPS_MAX];
    char before[GROUPS_MAX]; /* what parts it from the one before */
    size_t count;
};

static const struct {
    char thousands, decimal;
} styles[NUMBER_STYLE_COUNT] = {
#define X(id, thousands, decimal) { thousands, decimal },
    NUMBER_STYLES(X)
#undef X
};

char number_thousands(enum number_style style)
{
    return styles[style].thousands;
}

char number_decimal(enum number_style style)
{
    return styles[style].decimal;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Money and percent at one end. */
static const char *const monies[MONEY_MAX] = {
    "$",   "\xE2\x82\xAC", "\xC2\xA3",  "\xC2\xA5",     "USD",          "EUR", "GBP",
    "CHF", "JPY",          "DKK",       "SEK",          "NOK",          "kr",  "\xE2\x82\xB9",
    "R$",  "C$",           "A$",        "US$",          "CAD",          "AUD", "PLN",
    "CZK", "z\xC5\x82",    "K\xC4\x8D", "\xE2\x82\xBD", "\xE2\x82\xA9", "BRL", "INR",
    "CNY", "\xE2\x82\xBA"
};
_Static_assert(MONEY_MAX < 31, "a bit each, beside percent");

static void skip_blanks(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || (*at + 1 < end && memcmp(*at, "\xC2\xA0", 2) == 0)))
        *at += **at == ' ' ? 1 : 2;
}

static void trim_blanks(const char *at, const char **end)
{
    while (*end > at && ((*end)[-1] == ' ' || (*end - at > 1 && memcmp(*end - 2, "\xC2\xA0", 2) == 0)))
        *end -= (*end)[-1] == ' ' ? 1 : 2;
}

static void take_unit(const char **at, const char **end, struct number *n)
{
    if (*end - *at > 1 && (*end)[-1] == '%') {
        n->unit = NUMBER_PERCENT;
        (*end)--;
        trim_blanks(*at, end);
        return;
    }
    for (size_t i = 0; i < sizeof monies / sizeof *monies && n->unit == 0; i++) {
        size_t size = strlen(monies[i]), left = (size_t)(*end - *at);
        if (left <= size)
            continue;
        if (memcmp(*at, monies[i], size) == 0) {
            *at += size;
            skip_blanks(at, *end);
        } else if (memcmp(*end - size, monies[i], size) == 0) {
            *end -= size;
            trim_blanks(*at, end);
        } else {
            continue;
        }
        n->unit = 2U << i;
    }
}

/* -5 +5 (5) 5- and with a minus of typesetters; money may stand on either side of the sign. */
static bool take_signs(const char **at, const char **end, struct number *n, bool *ret_minus)
{
    bool minus = false, signed_already = false;
    if (*end - *at > 2 && **at == '(' && (*end)[-1] == ')') {
        (*at)++, (*end)--;
        minus = signed_already = n->bracketed = true;
    }
    for (int turn = 0; turn < 2; turn++) {
        if (!signed_already && *at < *end && (**at == '-' || **at == '+')) {
            minus = **at == '-';
            n->plus |= **at == '+';
            signed_already = true;
            (*at)++;
        } else if (!signed_already && *end - *at > 3 && memcmp(*at, "\xE2\x88\x92", 3) == 0) {
            minus = signed_already = true;
            *at += 3;
        }
        if (n->unit == 0)
            take_unit(at, end, n);
    }
    if (!signed_already && *end - *at > 1 && (*end)[-1] == '-') {
        minus = n->bracketed = true;
        (*end)--;
    }
    *ret_minus = minus;
    return *at < *end;
}

/* What parts groups at `at`: one of ". , ' blank"; typesetters' blanks and quote count as those. 0: nothing does. */
static char separator_at(const char *at, const char *end, size_t *ret_size)
{
    *ret_size = 1;
    if (*at == '.' || *at == ',' || *at == '\'' || *at == ' ')
        return *at;
    *ret_size = 2;
    if (end - at >= 2 && memcmp(at, "\xC2\xA0", 2) == 0)
        return ' ';
    *ret_size = 3;
    if (end - at >= 3 && (memcmp(at, "\xE2\x80\xAF", 3) == 0 || memcmp(at, "\xE2\x80\x89", 3) == 0))
        return ' ';
    return end - at >= 3 && memcmp(at, "\xE2\x80\x99", 3) == 0 ? '\'' : 0;
}

static bool take_groups(const char **at, const char *end, struct groups *g)
{
    g->count = 0;
    char before = 0;
    for (;;) {
        if (g->count == GROUPS_MAX)
            return false;
        g->text[g->count] = *at;
        while (*at < end && is_digit(**at))
            (*at)++;
        g->size[g->count] = (size_t)(*at - g->text[g->count]);
        g->before[g->count++] = before;
        size_t size;
        if (*at == end || (before = separator_at(*at, end, &size)) == 0)
            return true;
        *at += size;
    }
}

static bool take_exponent(const char *at, const char *end)
{
    if (at == end || (*at != 'e' && *at != 'E'))
        return false;
    at++;
    if (at < end && (*at == '+' || *at == '-'))
        at++;
    if (at == end || end - at > 3)
        return false;
    while (at < end && is_digit(*at))
        at++;
    return at == end;
}

/* How many of the groups stand before the fraction by that style; 0 when they are not written so. loose: a long number
 * without groups may stand in a style that has them. */
static size_t fits(const struct groups *g, enum number_style style, bool loose)
{
    char thousands = styles[style].thousands, decimal = styles[style].decimal;
    size_t whole = g->count;
    if (g->count > 1 && g->before[g->count - 1] == decimal)
        whole--;
    for (size_t i = 1; i < whole; i++)
        if (thousands == 0 || g->before[i] != thousands || g->size[i] != 3)
            return 0;
    if (whole > 1 && (g->size[0] < 1 || g->size[0] > 3 || g->text[0][0] == '0'))
        return 0;
    if (whole == 1 && thousands != 0 && g->size[0] > 4 && !loose)
        return 0;
    if (whole < g->count && g->size[0] == 0 && g->size[whole] == 0)
        return 0;
    return g->size[0] > 0 || whole < g->count ? whole : 0;
}

static bool whole_too_long(const struct groups *g, size_t whole, bool minus)
{
    char digits[20];
    size_t count = 0;
    for (size_t i = 0; i < whole; i++)
        for (size_t k = 0; k < g->size[i]; k++) {
            if (count == 0 && g->text[i][k] == '0')
                continue;
            if (count == 19)
                return true;
            digits[count++] = g->text[i][k];
        }
    return count == 19 && memcmp(digits, minus ? "9223372036854775808" : "9223372036854775807", 19) > 0;
}

static bool take_apart(const char *text, size_t size, struct number *n, struct groups *g, const char **ret_exponent,
                       const char **ret_end, bool *ret_minus)
{
    const char *at = text, *end = text + size;
    *n = (struct number){ 0 };
    if (size == 0 || size > 64 || !take_signs(&at, &end, n, ret_minus) || !take_groups(&at, end, g))
        return false;
    if (at < end && !take_exponent(at, end))
        return false;
    n->exponent = at < end;
    *ret_exponent = at;
    *ret_end = end;
    return true;
}

bool number_read(const char *text, size_t size, struct number *ret_number)
{
    struct groups g;
    struct number n;
    const char *exponent, *end;
    bool minus, first = true;
    if (!take_apart(text, size, &n, &g, &exponent, &end, &minus))
        return false;
    for (int style = 0; style < NUMBER_STYLE_COUNT; style++) {
        size_t whole = fits(&g, style, true);
        if (whole == 0)
            continue;
        n.loose |= (uint16_t)(1U << style);
        if (fits(&g, style, false) != 0)
            n.styles |= (uint16_t)(1U << style);
        if (whole < g.count)
            n.fraction |= (uint16_t)(1U << style);
        if (!first)
            continue;
        first = false;
        size_t digits = 0;
        for (size_t i = 0; i < whole; i++)
            digits += g.size[i];
        n.digits = digits > 255 ? 255 : (uint8_t)digits;
        n.too_long = whole == g.count && !n.exponent && whole_too_long(&g, whole, minus);
    }
    n.leading_zero = g.size[0] > 1 && g.text[0][0] == '0';
    for (size_t i = 1; i < g.count; i++)
        n.spaced |= g.before[i] == ' ';
    if (n.loose == 0)
        return false;
    *ret_number = n;
    return true;
}

size_t number_spell(const char *text, size_t size, enum number_style style, char *ret_text, size_t room)
{
    struct groups g;
    struct number n;
    const char *exponent, *end;
    bool minus;
    if (size >= room || !take_apart(text, size, &n, &g, &exponent, &end, &minus))
        return 0;
    size_t whole = fits(&g, style, true), used = 0;
    if (whole == 0 || size + 3 > room)
        return 0;
    if (minus)
        ret_text[used++] = '-';
    if (g.size[0] == 0)
        ret_text[used++] = '0';
    for (size_t i = 0; i < g.count; i++) {
        if (i == whole && g.size[i] > 0)
            ret_text[used++] = '.';
        memcpy(ret_text + used, g.text[i], g.size[i]);
        used += g.size[i];
    }
    memcpy(ret_text + used, exponent, (size_t)(end - exponent));
    return used + (size_t)(end - exponent);
}
