/* SPDX-License-Identifier: Apache-2.0 */
/* pii_check.c - the arithmetic of check digits, the issuers of cards and the countries of IBANs. */
#include "jobs/discovery/values/pii_check.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool pii_check_luhn(const char *digits, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = digits[count - 1 - i] - '0';
        if (i % 2 == 1)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return count > 1 && sum % 10 == 0;
}

bool pii_check_verhoeff(const char *digits, size_t count)
{
    static const char product[10][11] = { "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
                                          "5987604321", "6598710432", "7659821043", "8765932104", "9876543210" };
    static const char permuted[8][11] = { "0123456789", "1576283094", "5803796142", "8916043527",
                                          "9453126870", "4286573901", "2793806415", "7046913258" };
    int c = 0;
    for (size_t i = 0; i < count; i++)
        c = product[c][permuted[i % 8][digits[count - 1 - i] - '0'] - '0'] - '0';
    return count > 1 && c == 0;
}

bool pii_check_mod11_10(const char *digits, size_t count)
{
    int product = 10;
    for (size_t i = 0; i + 1 < count; i++) {
        int sum = (digits[i] - '0' + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return count > 1 && (11 - product) % 10 == digits[count - 1] - '0';
}

int pii_check_weigh(const char *digits, const int *weights, size_t count)
{
    int sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (digits[i] - '0') * weights[i];
    return sum;
}

int pii_check_mod97(const char *digits, size_t count)
{
    int rest = 0;
    for (size_t i = 0; i < count; i++)
        rest = (rest * 10 + digits[i] - '0') % 97;
    return rest;
}

bool pii_check_digits(const char *text, size_t text_size, const char *between, char *ret_digits, size_t size,
                      size_t *ret_count)
{
    size_t count = 0;
    for (size_t i = 0; i < text_size; i++) {
        if (is_digit(text[i])) {
            if (count + 1 >= size)
                return false;
            ret_digits[count++] = text[i];
        } else if (text[i] == '\0' || strchr(between, text[i]) == NULL) {
            return false;
        }
    }
    ret_digits[count] = '\0';
    *ret_count = count;
    return true;
}

/* Ranges of first digits and the lengths that go with them. */
static bool card_issuer(const char *digits, size_t count)
{
    static const struct {
        int digits, from, upto;
        size_t shortest, longest;
    } issuers[] = {
        { 1, 4, 4, 13, 19 },       /* Visa: 13, 16, 19 */
        { 2, 51, 55, 16, 16 },     /* Mastercard */
        { 4, 2221, 2720, 16, 16 }, /* Mastercard */
        { 2, 34, 34, 15, 15 },     /* American Express */
        { 2, 37, 37, 15, 15 },     /* American Express */
        { 3, 300, 305, 14, 14 },   /* Diners */
        { 2, 36, 36, 14, 14 },     /* Diners */
        { 2, 38, 39, 14, 14 },     /* Diners */
        { 4, 6011, 6011, 16, 19 }, /* Discover */
        { 3, 644, 659, 16, 19 },   /* Discover */
        { 4, 3528, 3589, 16, 19 }, /* JCB */
        { 2, 62, 62, 16, 19 },     /* UnionPay */
        { 4, 5018, 5018, 12, 19 }, /* Maestro */
        { 4, 5020, 5020, 12, 19 }, /* Maestro */
        { 4, 5038, 5038, 12, 19 }, /* Maestro */
        { 4, 5893, 5893, 12, 19 }, /* Maestro */
        { 4, 6304, 6304, 12, 19 }, /* Maestro */
        { 4, 6759, 6763, 12, 19 }, /* Maestro */
        { 4, 2200, 2204, 16, 19 }, /* Mir */
        { 2, 60, 60, 16, 16 },     /* RuPay */
    };
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++) {
        int first = 0;
        for (int j = 0; j < issuers[i].digits; j++)
            first = first * 10 + digits[j] - '0';
        if (first >= issuers[i].from && first <= issuers[i].upto && count >= issuers[i].shortest &&
            count <= issuers[i].longest)
            return digits[0] != '4' || count == 13 || count == 16 || count == 19;
    }
    return false;
}

static bool card_digits(const char *text, size_t size, char ret_digits[20], size_t *ret_count)
{
    char separator = '\0';
    size_t groups = 1, group = 0;
    for (size_t i = 0; i < size; i++) {
        if (is_digit(text[i])) {
            group++;
        } else if (text[i] == ' ' || text[i] == '-') {
            if ((separator != '\0' && text[i] != separator) || group < 4)
                return false;
            separator = text[i];
            groups++;
            group = 0;
        } else {
            return false;
        }
    }
    return groups <= 5 && (groups == 1 || group >= 1) &&
           pii_check_digits(text, size, " -", ret_digits, 20, ret_count) && *ret_count >= 12;
}

bool pii_check_card_form(const char *text, size_t size)
{
    char digits[20];
    size_t count;
    return card_digits(text, size, digits, &count) && card_issuer(digits, count);
}

bool pii_check_card(const char *text, size_t size)
{
    char digits[20];
    size_t count;
    return card_digits(text, size, digits, &count) && card_issuer(digits, count) && pii_check_luhn(digits, count);
}

/* The length of a country's IBANs; 0: it has none. */
static size_t iban_length(const char *letters)
{
    static const char *const lengths =
        "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24"
        "FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32"
        "LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22"
        "SA24SC31SD18SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";
    for (const char *at = lengths; *at != '\0'; at += 4)
        if (at[0] == letters[0] && at[1] == letters[1])
            return (size_t)((at[2] - '0') * 10 + at[3] - '0');
    return 0;
}

/* Without blanks, in capitals; the count or 0. */
static size_t iban_read(const char *text, size_t size, char ret_iban[40])
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        char c = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] & ~0x20 : text[i]);
        if (c == ' ' && count > 0)
            continue;
        if ((!is_digit(c) && (c < 'A' || c > 'Z')) || count == 39)
            return 0;
        ret_iban[count++] = c;
    }
    bool begins =
        count > 4 && !is_digit(ret_iban[0]) && !is_digit(ret_iban[1]) && is_digit(ret_iban[2]) && is_digit(ret_iban[3]);
    return begins && iban_length(ret_iban) == count ? count : 0;
}

bool pii_check_iban_form(const char *text, size_t size)
{
    char iban[40];
    return iban_read(text, size, iban) > 0;
}

bool pii_check_iban(const char *text, size_t size)
{
    char iban[40];
    size_t count = iban_read(text, size, iban);
    int rest = 0;
    for (size_t i = 0; i < count; i++) {
        char c = iban[(i + 4) % count];
        if (is_digit(c))
            rest = (rest * 10 + c - '0') % 97;
        else
            rest = (rest * 100 + c - 'A' + 10) % 97;
    }
    return count > 0 && rest == 1;
}
