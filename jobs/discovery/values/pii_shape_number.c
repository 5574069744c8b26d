/* SPDX-License-Identifier: Apache-2.0 */
/* pii_shape_number.c - telephone numbers and postal codes, as the world writes them. */
#include "jobs/discovery/values/pii_shape.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Without "ext. 12", "x12" at the end. */
static size_t without_extension(const char *text, size_t size)
{
    size_t i = size;
    while (i > 0 && is_digit(text[i - 1]))
        i--;
    size_t digits = size - i, end = i;
    while (i > 0 && (text[i - 1] == '.' || text[i - 1] == ' '))
        i--;
    size_t letters = i;
    while (i > 0 && is_letter(text[i - 1]))
        i--;
    letters -= i;
    bool word = (letters == 1 && (text[i] == 'x' || text[i] == 'X')) ||
                (letters == 3 && (memcmp(text + i, "ext", 3) == 0 || memcmp(text + i, "Ext", 3) == 0));
    if (digits == 0 || digits > 6 || !word || end == size)
        return size;
    while (i > 0 && (text[i - 1] == ' ' || text[i - 1] == ','))
        i--;
    return i;
}

/* "1 234 567", "12.345.678": groups of three behind a shorter one. */
static bool is_thousands(const char *text, size_t size)
{
    size_t first = 0;
    while (first < size && is_digit(text[first]))
        first++;
    if (first == 0 || first > 2 || first == size)
        return false;
    for (size_t i = first; i < size; i++)
        if ((i - first) % 4 == 0 ? text[i] != text[first] : !is_digit(text[i]))
            return false;
    return (size - first) % 4 == 0;
}

static bool is_isbn(const char *text, size_t size, size_t digits)
{
    bool begins = size > 3 && (memcmp(text, "978", 3) == 0 || memcmp(text, "979", 3) == 0);
    return (digits == 13 && begins) || (digits == 10 && size == 13 && text[1] == '-' && text[11] == '-');
}

bool pii_shape_phone(const char *text, size_t size, bool *ret_loose)
{
    *ret_loose = false;
    size = without_extension(text, size);
    size_t digits = 0, groups = 0, group = 0, longest = 0, brackets = 0, hyphens = 0, others = 0, points = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (is_digit(c)) {
            digits++;
            groups += group++ == 0;
            longest = group > longest ? group : longest;
            continue;
        }
        group = 0;
        if (c == '+' ? i != 0 && text[i - 1] != '(' : c == '\0' || strchr(" -.()/", c) == NULL)
            return false;
        brackets += c == '(' || c == ')';
        hyphens += c == '-';
        points += c == '.';
        others += c == ' ' || c == '.' || c == '/';
    }
    bool plus = size > 0 && (text[0] == '+' || (size > 1 && text[1] == '+'));
    if (digits < 6 || digits > 15 || (brackets != 0 && brackets != 2))
        return false;
    if (plus)
        return digits >= 8;
    if (brackets == 2)
        return memchr(text, ')', size) > memchr(text, '(', size) && digits >= 6;
    if (groups < 2 || longest > 8 || group < 2)
        return false;
    bool parted = groups >= 4 && hyphens >= 3 && is_digit(text[1]);
    *ret_loose = text[0] != '0' && (digits <= 9 || parted); /* 1005-00-073-9421 */
    if (text[0] != '0' && points > 0 && hyphens > 0)
        return false; /* 271.0-279.5 is from here to there */
    /* A date, a decimal number, a range of years and a code in two parts are written so too. */
    struct pii_date date;
    bool version;
    if (pii_shape_date(text, size, &date) || pii_shape_ipv4(text, size, &version))
        return false;
    if (groups == 2)
        return memchr(text, '.', size) == NULL &&
               ((text[0] == '0' && digits >= 8) || (digits == 7 && is_digit(text[2]) && !is_digit(text[3])) ||
                (digits >= 10 && others + hyphens == 1));
    bool dots = points > 0 && points == others && hyphens == 0;
    return !(dots && digits < 9) && !is_thousands(text, size) && !is_isbn(text, size, digits);
}

/* Numbers of America, whose area and exchange begin with 2 to 9; mobile numbers of China. */
bool pii_shape_phone_plan(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_digit(text[i]))
            return false;
    return (size == 10 && text[0] >= '2' && text[3] >= '2') || (size == 11 && text[0] == '1' && text[1] >= '3');
}

bool pii_shape_phone_digits(const char *text, size_t size)
{
    size_t digits = 0, spaces = 0;
    for (size_t i = 0; i < size; i++) {
        if (!is_digit(text[i]) && text[i] != ' ' && text[i] != '-')
            return false;
        digits += is_digit(text[i]);
        spaces += !is_digit(text[i]);
    }
    return digits >= 7 && digits <= 15 && spaces <= 1;
}

/* 9 a digit, A a letter, a either; what else stands as it is, "?" nothing or a blank. */
static bool is_form(const char *text, size_t size, const char *form)
{
    size_t i = 0, letters = 0;
    bool mixed = false;
    for (; *form != '\0'; form++) {
        mixed = mixed || *form == 'a';
        if (*form == '?') {
            i += i < size && text[i] == ' ';
            continue;
        }
        if (i == size)
            return false;
        letters += is_letter(text[i]);
        bool fits = *form == '9'   ? is_digit(text[i])
                    : *form == 'A' ? text[i] >= 'A' && text[i] <= 'Z'
                    : *form == 'a' ? is_digit(text[i]) || (text[i] >= 'A' && text[i] <= 'Z')
                                   : text[i] == *form;
        if (!fits)
            return false;
        i++;
    }
    return i == size && (!mixed || letters >= 2); /* one at least among what may be both */
}

bool pii_shape_zip(const char *text, size_t size)
{
    static const char *const forms[] = {
        "99999-9999", "A9A?9A9",  "9999?AA",   "99-999",   "9999-999",  "99999-999", "999 99",   "A9?9AA",  "A99?9AA",
        "AA9?9AA",    "AA99?9AA", "A9A?9AA",   "AA9A?9AA", "999-9999",  "D-99999",   "A-9999",   "CH-9999", "L-9999",
        "LV-9999",    "LT-99999", "FI-99999",  "SE-99999", "SE-999 99", "DK-9999",   "B-9999",   "F-99999", "I-99999",
        "AD999",      "MD-9999",  "CZ-999 99", "A99?aaaa", "D6W?aaaa",  "A9999AAA",  "99999-99", "NO-9999", "AX-99999",
    };
    if (size < 5 || size > 10)
        return false;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (is_form(text, size, forms[i]))
            return true;
    return false;
}

/* A blank may part five of them. */
bool pii_shape_zip_digits(const char *text, size_t size)
{
    if (is_form(text, size, "99 999") || is_form(text, size, "999 99"))
        return true;
    if (size < 4 || size > 6)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_digit(text[i]))
            return false;
    return true;
}

bool pii_shape_number(const char *text, size_t size)
{
    size_t digits = 0, points = 0, i = size > 0 && (*text == '-' || *text == '+') ? 1 : 0;
    for (; i < size; i++) {
        if (is_digit(text[i]))
            digits++;
        else if (text[i] == '.' || text[i] == ',')
            points++;
        else if ((text[i] == 'e' || text[i] == 'E') && digits > 0 && i + 1 < size)
            return true;
        else
            return false;
    }
    return digits > 0 && points <= 5;
}
