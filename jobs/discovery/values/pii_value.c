/* SPDX-License-Identifier: Apache-2.0 */
/* pii_value.c - all shapes of one value. What its first signs exclude is not asked. */
#include "jobs/discovery/values/pii_value.h"

#include <string.h>

#include "jobs/discovery/values/pii_check.h"
#include "jobs/discovery/values/pii_fold.h"
#include "jobs/discovery/values/pii_national.h"
#include "jobs/discovery/values/pii_shape.h"

_Static_assert(PII_SHAPE_COUNT <= 64 && PII_NATIONAL_COUNT <= 64, "one bit each");

/* What a look at every byte tells. */
struct signs {
    size_t digits, letters, blanks, capitals, dots, colons;
    bool at, high;
};

static struct signs signs_of(const char *text, size_t size)
{
    struct signs s = { 0 };
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        s.digits += c >= '0' && c <= '9';
        s.capitals += c >= 'A' && c <= 'Z';
        s.letters += (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
        s.blanks += c == ' ';
        s.dots += c == '.';
        s.colons += c == ':';
        s.at = s.at || c == '@';
        s.high = s.high || c >= 0x80;
    }
    return s;
}

static uint64_t bit(enum pii_shape shape, bool is)
{
    return (uint64_t)is << shape;
}

static uint64_t read_net(const char *text, size_t size, const struct signs *s)
{
    uint64_t shapes = 0;
    bool version;
    if (s->at)
        shapes |= bit(PII_SHAPE_EMAIL, pii_shape_email(text, size)) |
                  bit(PII_SHAPE_EMAIL_INSIDE, pii_shape_email_inside(text, size));
    if (s->dots >= 3 && s->letters == 0 && pii_shape_ipv4(text, size, &version))
        shapes |= bit(PII_SHAPE_IPV4, true) | bit(PII_SHAPE_IPV4_VERSION, version);
    if (s->colons >= 2)
        shapes |= bit(PII_SHAPE_IPV6, pii_shape_ipv6(text, size));
    shapes |= bit(PII_SHAPE_MAC, pii_shape_mac(text, size));
    if (s->blanks == 0 && s->letters > 0) {
        shapes |= bit(PII_SHAPE_URL, pii_shape_url(text, size));
        shapes |= bit(PII_SHAPE_DOMAIN_NAME, s->dots > 0 && pii_shape_domain(text, size));
        shapes |= bit(PII_SHAPE_UUID, pii_shape_uuid(text, size));
        shapes |= bit(PII_SHAPE_HEX, pii_shape_hex(text, size));
        shapes |= bit(PII_SHAPE_HASH, pii_shape_hash(text, size));
        shapes |= bit(PII_SHAPE_PASSWORD, pii_shape_password(text, size));
        shapes |= bit(PII_SHAPE_MASKED, pii_shape_masked(text, size));
        shapes |= bit(PII_SHAPE_PATH, pii_shape_path(text, size));
    }
    return shapes | bit(PII_SHAPE_SECRET, pii_shape_secret(text, size));
}

/* What only digits are beside. */
static uint64_t whole_number(const char *text, size_t size, const struct signs *s)
{
    if (s->digits != size)
        return 0;
    bool year = size == 4 && (memcmp(text, "19", 2) == 0 || (memcmp(text, "20", 2) == 0 && text[2] <= '3'));
    return bit(PII_SHAPE_YEAR, year) | bit(PII_SHAPE_ROUND, size >= 3 && memcmp(text + size - 2, "00", 2) == 0);
}

static uint64_t read_numbers(const char *text, size_t size, const struct signs *s, struct pii_value *v)
{
    uint64_t shapes = 0;
    struct pii_date date;
    if (s->digits >= 3 && pii_shape_date(text, size, &date)) {
        v->year = date.year;
        shapes |= bit(PII_SHAPE_DATE, true) | bit(PII_SHAPE_DATE_TIME, date.time) |
                  bit(PII_SHAPE_DATE_LIFE, !date.time && date.year >= 1905 && date.year <= 2024);
    }
    shapes |= bit(PII_SHAPE_ZIP, s->digits >= 2 && pii_shape_zip(text, size));
    shapes |= bit(PII_SHAPE_ZERO_FIRST, s->digits >= 2 && text[0] == '0' && text[1] >= '0' && text[1] <= '9');
    shapes |= whole_number(text, size, s);
    if (s->digits >= 4 && s->letters <= 5) {
        bool loose, phone = pii_shape_phone(text, size, &loose);
        shapes |= bit(PII_SHAPE_PHONE, phone) | bit(PII_SHAPE_PHONE_LOOSE, phone && loose);
        shapes |= bit(PII_SHAPE_PHONE_PLAN, pii_shape_phone_plan(text, size));
        shapes |= bit(PII_SHAPE_PHONE_DIGITS, pii_shape_phone_digits(text, size));
        shapes |= bit(PII_SHAPE_ZIP_DIGITS, pii_shape_zip_digits(text, size));
        shapes |= bit(PII_SHAPE_CARD, pii_check_card(text, size));
        shapes |= bit(PII_SHAPE_CARD_FORM, pii_check_card_form(text, size));
        shapes |= bit(PII_SHAPE_NUMBER, pii_shape_number(text, size));
    } else if (s->digits > 0) {
        shapes |= bit(PII_SHAPE_NUMBER, pii_shape_number(text, size));
    }
    if (s->digits >= 8 && s->letters >= 2) {
        shapes |= bit(PII_SHAPE_IBAN, pii_check_iban(text, size));
        shapes |= bit(PII_SHAPE_IBAN_FORM, pii_check_iban_form(text, size));
    }
    if (s->digits >= 4 && !s->high) {
        v->nationals = pii_national_read(text, size);
        for (size_t i = 0; i < PII_NATIONAL_COUNT; i++)
            if ((v->nationals >> i & 1) != 0 && pii_national_by_form((enum pii_national)i))
                shapes |= bit(PII_SHAPE_NATIONAL, true);
    }
    return shapes;
}

static bool handle_like(const char *text, size_t size, const struct signs *s)
{
    if (size < 3 || size > 32 || s->blanks > 0 || s->high || s->letters < 3)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(i > 0 && ((c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-')))
            return false;
    }
    return s->capitals <= 2 && (s->digits > 0 || s->capitals == 0) && s->digits <= 4;
}

static uint64_t read_names(const struct pii_people *people, const char *text, size_t size, const struct signs *s)
{
    static const struct {
        unsigned reads;
        enum pii_shape shape;
    } pairs[] = {
        { PII_READS_PERSON, PII_SHAPE_PERSON },   { PII_READS_GIVEN, PII_SHAPE_GIVEN },
        { PII_READS_SURNAME, PII_SHAPE_SURNAME }, { PII_READS_CITY, PII_SHAPE_CITY },
        { PII_READS_THING, PII_SHAPE_THING },     { PII_READS_NAME_LIKE, PII_SHAPE_NAME_LIKE },
        { PII_READS_INITIAL, PII_SHAPE_INITIAL }, { PII_READS_COUNTRY, PII_SHAPE_COUNTRY },
        { PII_READS_HANDLE, PII_SHAPE_HANDLE },
    };
    uint64_t shapes = 0;
    unsigned reads = pii_people_read(people, text, size);
    bool word = (reads & PII_READS_NAME_LIKE) != 0 && s->blanks == 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        shapes |= bit(pairs[i].shape, (reads & pairs[i].reads) != 0);
    const unsigned any = PII_READS_PERSON | PII_READS_GIVEN | PII_READS_SURNAME | PII_READS_INITIAL;
    shapes |= bit(PII_SHAPE_NAME_ANY, (reads & any) != 0);
    shapes |= bit(PII_SHAPE_NAME_WORD, word);
    shapes |= bit(PII_SHAPE_HANDLE_LIKE, handle_like(text, size, s));
    if (s->digits > 0 || (unsigned char)*text >= 0xE3) {
        char folded[2 * 160];
        size_t length = pii_fold(text, size < 160 ? size : 160, folded, sizeof folded);
        shapes |= bit(PII_SHAPE_STREET, pii_shape_street(folded, length));
        shapes |= bit(PII_SHAPE_STREET_LIKE, s->digits > 0 && pii_shape_street_like(text, size));
    }
    return shapes | bit(PII_SHAPE_WORDS, s->blanks >= 4 && s->letters > s->digits);
}

void pii_value_read(const struct pii_people *people, const char *text, size_t size, struct pii_value *ret_value)
{
    *ret_value = (struct pii_value){ 0 };
    while (size > 0 && (*text == ' ' || *text == '\t'))
        text++, size--;
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
        size--;
    if (size == 0)
        return;
    if (size > PII_VALUE_MAX)
        size = PII_VALUE_MAX;
    struct signs s = signs_of(text, size);
    ret_value->shapes = read_net(text, size, &s);
    if (s.digits > 0)
        ret_value->shapes |= read_numbers(text, size, &s, ret_value);
    if (s.letters > 0)
        ret_value->shapes |= read_names(people, text, size, &s);
}
