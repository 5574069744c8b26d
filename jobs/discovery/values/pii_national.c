/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_national.c - each country's number: form, a date in it where it has one, check digits.
 *
 * A value comes with its digits drawn together and its form ("dd.dd.dd-ddd.dd" is 9s and the rest as it is), so that
 * a country is a row of a few conditions.
 */
#include "jobs/discovery/values/pii_national.h"

#include <string.h>

#include "jobs/discovery/values/pii_check.h"

enum { VALUE_MAX = 24 };

struct value {
    char text[VALUE_MAX + 1], form[VALUE_MAX + 1], digits[VALUE_MAX + 1];
    size_t size, count; /* of text and form; of digits */
};

static int two(const char *digits)
{
    return (digits[0] - '0') * 10 + digits[1] - '0';
}

static bool day_of_year(int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= (month == 2 ? 29 : 30 + ((month + month / 8) % 2));
}

static bool is_form(const struct value *v, const char *form)
{
    return strcmp(v->form, form) == 0;
}

static bool spain(const struct value *v)
{
    static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
    char number[10];
    if (is_form(v, "99999999A") || is_form(v, "99999999-A"))
        memcpy(number, v->digits, 8);
    else if ((is_form(v, "A9999999A") || is_form(v, "A9999999-A")) && v->text[0] >= 'X' && v->text[0] <= 'Z') {
        number[0] = (char)('0' + v->text[0] - 'X');
        memcpy(number + 1, v->digits, 7);
    } else
        return false;
    int value = 0;
    for (int i = 0; i < 8; i++)
        value = value * 10 + number[i] - '0';
    return v->text[v->size - 1] == letters[value % 23];
}

static bool france(const struct value *v)
{
    if ((v->count != 15 && v->count != 13) || strspn(v->form, "9 ") != v->size || v->digits[0] < '1' ||
        v->digits[0] > '2')
        return false;
    int month = two(v->digits + 3);
    if ((month < 1 || month > 12) && month != 20 && !(month >= 30 && month <= 42))
        return false;
    return v->count == 13 || 97 - pii_check_mod97(v->digits, 13) == two(v->digits + 13);
}

static bool italy(const struct value *v)
{
    static const int odd[] = { 1,  0,  5, 7, 9, 13, 15, 17, 19, 21, 2,  4,  18,
                               20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23 };
    if (!is_form(v, "AAAAAA99A99A999A"))
        return false;
    int sum = 0;
    for (size_t i = 0; i < 15; i++) {
        int at = v->text[i] >= 'A' ? v->text[i] - 'A' : v->text[i] - '0';
        sum += i % 2 == 0 ? odd[at] : at;
    }
    return v->text[15] == 'A' + sum % 26;
}

static bool brazil(const struct value *v)
{
    static const int weights[] = { 11, 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    if (v->count != 11 || strspn(v->digits, (char[]){ v->digits[0], '\0' }) == 11)
        return false;
    int first = pii_check_weigh(v->digits, weights + 1, 9) * 10 % 11 % 10;
    int second = pii_check_weigh(v->digits, weights, 10) * 10 % 11 % 10;
    return first == v->digits[9] - '0' && second == v->digits[10] - '0';
}

static bool poland(const struct value *v)
{
    static const int weights[] = { 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1 };
    return is_form(v, "99999999999") && day_of_year(two(v->digits + 2) % 20, two(v->digits + 4)) &&
           pii_check_weigh(v->digits, weights, 11) % 10 == 0;
}

static bool sweden(const struct value *v)
{
    bool century = is_form(v, "99999999-9999") || is_form(v, "999999999999");
    if (!century && !is_form(v, "999999-9999") && !is_form(v, "999999+9999"))
        return false;
    const char *digits = v->digits + (century ? 2 : 0);
    if (century && two(v->digits) != 19 && two(v->digits) != 20 && two(v->digits) != 18)
        return false;
    return day_of_year(two(digits + 2), two(digits + 4) % 60) && pii_check_luhn(digits, 10);
}

static bool norway(const struct value *v)
{
    static const int first[] = { 3, 7, 6, 1, 8, 9, 4, 5, 2, 1 }, second[] = { 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1 };
    return (is_form(v, "99999999999") || is_form(v, "999999 99999")) &&
           day_of_year(two(v->digits + 2), two(v->digits) % 40) && pii_check_weigh(v->digits, first, 10) % 11 == 0 &&
           pii_check_weigh(v->digits, second, 11) % 11 == 0;
}

static bool denmark(const struct value *v)
{
    return is_form(v, "999999-9999") && day_of_year(two(v->digits + 2), two(v->digits) % 60);
}

static bool finland(const struct value *v)
{
    static const char marks[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    if (v->size != 11 || v->count < 9 || strchr("-+A", v->text[6]) == NULL || strspn(v->form, "9") != 6 ||
        strncmp(v->form + 7, "999", 3) != 0)
        return false;
    long number = 0;
    for (int i = 0; i < 9; i++)
        number = number * 10 + v->digits[i] - '0';
    return day_of_year(two(v->digits + 2), two(v->digits)) && v->text[10] == marks[number % 31];
}

static bool netherlands(const struct value *v)
{
    static const int weights[] = { 9, 8, 7, 6, 5, 4, 3, 2, -1 };
    return is_form(v, "999999999") && strcmp(v->digits, "000000000") != 0 &&
           pii_check_weigh(v->digits, weights, 9) % 11 == 0;
}

static bool belgium(const struct value *v)
{
    if ((!is_form(v, "99.99.99-999.99") && !is_form(v, "99999999999")) ||
        !day_of_year(two(v->digits + 2), two(v->digits + 4)))
        return false;
    char young[11] = "2";
    memcpy(young + 1, v->digits, 9);
    int check = two(v->digits + 9);
    return 97 - pii_check_mod97(v->digits, 9) == check || 97 - pii_check_mod97(young, 10) == check;
}

static bool kingdom(const struct value *v)
{
    if (!is_form(v, "AA999999A") && !is_form(v, "AA 99 99 99 A") && !is_form(v, "AA 99 99 99"))
        return false;
    char last = v->text[v->size - 1];
    return strchr("DFIQUV", v->text[0]) == NULL && strchr("DFIOQUV", v->text[1]) == NULL &&
           (last <= '9' || (last >= 'A' && last <= 'D'));
}

static bool south_africa(const struct value *v)
{
    return is_form(v, "9999999999999") && day_of_year(two(v->digits + 2), two(v->digits + 4)) && v->digits[10] <= '2' &&
           pii_check_luhn(v->digits, 13);
}

static bool china(const struct value *v)
{
    static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    if (!is_form(v, "999999999999999999") && !(is_form(v, "99999999999999999A") && v->text[17] == 'X'))
        return false;
    return day_of_year(two(v->digits + 10), two(v->digits + 12)) && v->digits[0] >= '1' && v->digits[0] <= '8' &&
           v->text[17] == "10X98765432"[pii_check_weigh(v->digits, weights, 17) % 11];
}

static bool czechia(const struct value *v)
{
    if (!is_form(v, "999999/9999") && !is_form(v, "999999/999"))
        return false;
    long number = 0;
    for (size_t i = 0; i < v->count; i++)
        number = number * 10 + v->digits[i] - '0';
    int month = two(v->digits + 2) % 50;
    return day_of_year(month > 20 ? month - 20 : month, two(v->digits + 4)) && (v->count == 9 || number % 11 == 0);
}

static bool romania(const struct value *v)
{
    static const int weights[] = { 2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9 };
    if (!is_form(v, "9999999999999") || v->digits[0] == '0' || !day_of_year(two(v->digits + 3), two(v->digits + 5)))
        return false;
    int rest = pii_check_weigh(v->digits, weights, 12) % 11;
    return (rest == 10 ? 1 : rest) == v->digits[12] - '0';
}

static bool bulgaria(const struct value *v)
{
    static const int weights[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6 };
    if (!is_form(v, "9999999999"))
        return false;
    int month = two(v->digits + 2);
    month -= month > 40 ? 40 : month > 20 ? 20 : 0;
    return day_of_year(month, two(v->digits + 4)) &&
           pii_check_weigh(v->digits, weights, 9) % 11 % 10 == v->digits[9] - '0';
}

static bool estonia(const struct value *v)
{
    static const int first[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 1 }, second[] = { 3, 4, 5, 6, 7, 8, 9, 1, 2, 3 };
    if (!is_form(v, "99999999999") || v->digits[0] < '1' || v->digits[0] > '6' ||
        !day_of_year(two(v->digits + 3), two(v->digits + 5)))
        return false;
    int rest = pii_check_weigh(v->digits, first, 10) % 11;
    if (rest == 10)
        rest = pii_check_weigh(v->digits, second, 10) % 11 % 10;
    return rest == v->digits[10] - '0';
}

static bool yugoslavia(const struct value *v)
{
    static const int weights[] = { 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2 };
    if (!is_form(v, "9999999999999") || (v->digits[4] != '9' && v->digits[4] != '0') ||
        !day_of_year(two(v->digits + 2), two(v->digits)))
        return false;
    int check = 11 - pii_check_weigh(v->digits, weights, 12) % 11;
    return (check > 9 ? 0 : check) == v->digits[12] - '0';
}

static bool switzerland(const struct value *v)
{
    static const int weights[] = { 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1 };
    return (is_form(v, "999.9999.9999.99") || is_form(v, "9999999999999")) && strncmp(v->digits, "756", 3) == 0 &&
           pii_check_weigh(v->digits, weights, 13) % 10 == 0;
}

static bool portugal(const struct value *v)
{
    static const int weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };
    if (!is_form(v, "999999999") || strchr("123568 9", v->digits[0]) == NULL)
        return false;
    int check = 11 - pii_check_weigh(v->digits, weights, 8) % 11;
    return (check > 9 ? 0 : check) == v->digits[8] - '0';
}

static bool turkey(const struct value *v)
{
    static const int tenth[] = { 7, -1, 7, -1, 7, -1, 7, -1, 7 }, ones[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    return is_form(v, "99999999999") && v->digits[0] != '0' &&
           (pii_check_weigh(v->digits, tenth, 9) % 10 + 10) % 10 == v->digits[9] - '0' &&
           pii_check_weigh(v->digits, ones, 10) % 10 == v->digits[10] - '0';
}

static bool mexico(const struct value *v)
{
    return v->size == 18 && strncmp(v->form, "AAAA999999AAAAAA", 16) == 0 && v->form[17] == '9' &&
           day_of_year(two(v->digits + 2), two(v->digits + 4)) && strchr("HMX", v->text[10]) != NULL;
}

static bool chile(const struct value *v)
{
    const char *hyphen = strchr(v->text, '-');
    if (hyphen == NULL || hyphen[1] == '\0' || hyphen[2] != '\0' || strspn(v->form, "9.") != (size_t)(hyphen - v->text))
        return false;
    size_t count = v->count - (hyphen[1] != 'K');
    if (count < 7 || count > 8)
        return false;
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (v->digits[count - 1 - i] - '0') * (int)(2 + i % 6);
    int check = 11 - sum % 11;
    return hyphen[1] == (check == 11 ? '0' : check == 10 ? 'K' : '0' + check);
}

static bool states(const struct value *v)
{
    return is_form(v, "999-99-9999") && v->digits[0] != '9' && strncmp(v->digits, "000", 3) != 0 &&
           strncmp(v->digits, "666", 3) != 0 && strncmp(v->digits + 3, "00", 2) != 0 &&
           strncmp(v->digits + 5, "0000", 4) != 0;
}

static bool germany(const struct value *v)
{
    if (!is_form(v, "99999999999") && !is_form(v, "99 999 999 999"))
        return false;
    int times[10] = { 0 }, missing = 0;
    for (size_t i = 0; i < 10; i++)
        times[v->digits[i] - '0']++;
    for (size_t i = 0; i < 10; i++)
        missing += times[i] == 0;
    return v->digits[0] != '0' && missing >= 1 && missing <= 2 && pii_check_mod11_10(v->digits, 11);
}

static bool aadhaar(const struct value *v)
{
    return (is_form(v, "9999 9999 9999") || is_form(v, "999999999999")) && v->digits[0] >= '2' &&
           pii_check_verhoeff(v->digits, 12);
}

static bool korea(const struct value *v)
{
    return is_form(v, "999999-9999999") && day_of_year(two(v->digits + 2), two(v->digits + 4)) && v->digits[6] >= '1' &&
           v->digits[6] <= '8';
}

static bool value_read(const char *text, size_t size, struct value *v)
{
    if (size < 8 || size > VALUE_MAX)
        return false;
    v->size = size;
    v->count = 0;
    for (size_t i = 0; i < size; i++) {
        char c = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] & ~0x20 : text[i]);
        v->text[i] = c;
        v->form[i] = (char)(c >= '0' && c <= '9' ? '9' : c >= 'A' && c <= 'Z' ? 'A' : c);
        if (c >= '0' && c <= '9')
            v->digits[v->count++] = c;
        else if ((c < 'A' || c > 'Z') && (c == '\0' || strchr(" -./+", c) == NULL))
            return false;
    }
    v->text[size] = v->form[size] = '\0';
    memset(v->digits + v->count, 0, sizeof v->digits - v->count);
    return v->count >= 4;
}

uint64_t pii_national_read(const char *text, size_t size)
{
    struct value v;
    if (!value_read(text, size, &v))
        return 0;
    const bool is[PII_NATIONAL_COUNT] = {
        [PII_NATIONAL_US] = states(&v),
        [PII_NATIONAL_ES] = spain(&v),
        [PII_NATIONAL_FR] = france(&v),
        [PII_NATIONAL_IT] = italy(&v),
        [PII_NATIONAL_BR] = is_form(&v, "99999999999") && brazil(&v),
        [PII_NATIONAL_BR_FORM] = is_form(&v, "999.999.999-99") && brazil(&v),
        [PII_NATIONAL_PL] = poland(&v),
        [PII_NATIONAL_SE] = sweden(&v),
        [PII_NATIONAL_NO] = norway(&v),
        [PII_NATIONAL_DK] = denmark(&v),
        [PII_NATIONAL_FI] = finland(&v),
        [PII_NATIONAL_NL] = netherlands(&v),
        [PII_NATIONAL_BE] = belgium(&v),
        [PII_NATIONAL_DE] = germany(&v),
        [PII_NATIONAL_UK] = kingdom(&v),
        [PII_NATIONAL_ZA] = south_africa(&v),
        [PII_NATIONAL_CN] = china(&v),
        [PII_NATIONAL_IN] = aadhaar(&v),
        [PII_NATIONAL_IN_PAN] = is_form(&v, "AAAAA9999A") && strchr("PCHFATBLJG", v.text[3]) != NULL,
        [PII_NATIONAL_CZ] = czechia(&v),
        [PII_NATIONAL_RO] = romania(&v),
        [PII_NATIONAL_BG] = bulgaria(&v),
        [PII_NATIONAL_EE] = estonia(&v),
        [PII_NATIONAL_HR] = is_form(&v, "99999999999") && pii_check_mod11_10(v.digits, 11),
        [PII_NATIONAL_YU] = yugoslavia(&v),
        [PII_NATIONAL_CH] = switzerland(&v),
        [PII_NATIONAL_PT] = portugal(&v),
        [PII_NATIONAL_TR] = turkey(&v),
        [PII_NATIONAL_KR] = korea(&v),
        [PII_NATIONAL_MX] = mexico(&v),
        [PII_NATIONAL_CL] = chile(&v),
        [PII_NATIONAL_CA] = (is_form(&v, "999 999 999") || is_form(&v, "999-999-999")) && pii_check_luhn(v.digits, 9),
    };
    uint64_t bits = 0;
    for (size_t i = 0; i < PII_NATIONAL_COUNT; i++)
        bits |= (uint64_t)is[i] << i;
    return bits;
}

const char *pii_national_name(enum pii_national national)
{
    static const char *const names[] = {
#define X(id, name, form) name,
        PII_NATIONAL(X)
#undef X
    };
    return names[national];
}

bool pii_national_by_form(enum pii_national national)
{
    static const bool forms[] = {
#define X(id, name, form) form,
        PII_NATIONAL(X)
#undef X
    };
    return forms[national];
}
