/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_pii_value.c - every shape of personal data: what has it, what has not, and what nearly has. Nobody real is in
 * here: numbers are made for their check digits, names are combined at random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "jobs/discovery/values/pii_fold.h"
#include "jobs/discovery/values/pii_national.h"
#include "jobs/discovery/values/pii_value.h"

static struct pii_people *people;

static int setup(void **state)
{
    (void)state;
    people = pii_people_create();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    people = pii_people_destroy(people);
    return 0;
}

/* Bars part the values, since commas and blanks are in them. */
static void check(enum pii_shape shape, const char *values, bool expected)
{
    for (const char *at = values; *at != '\0';) {
        const char *end = strchr(at, '|');
        size_t size = end == NULL ? strlen(at) : (size_t)(end - at);
        struct pii_value v;
        pii_value_read(people, at, size, &v);
        if (pii_value_is(&v, shape) != expected)
            fail_msg("shape %d: %.*s should %sbe one", (int)shape, (int)size, at, expected ? "" : "not ");
        at += size + (end != NULL);
    }
}

static void is(enum pii_shape shape, const char *values)
{
    check(shape, values, true);
}

static void is_not(enum pii_shape shape, const char *values)
{
    check(shape, values, false);
}

static void addresses_of_mail_and_machines(void **state)
{
    (void)state;
    is(PII_SHAPE_EMAIL, "a@b.de|anna.novak+shop@mail.example.com|x_1@sub-domain.example.co.uk| padded@example.org "
                        "|j\xC3\xBCrgen@example.de");
    is_not(PII_SHAPE_EMAIL,
           "a@b|@example.com|anna@|anna@@example.com|anna@example.c|anna@-x.com|anna example@x.com|.a@x.com|a@x.c0m");
    is(PII_SHAPE_EMAIL_INSIDE, "Anna Novak <anna@example.com>|write to a@b.de, please");
    is_not(PII_SHAPE_EMAIL_INSIDE, "3 @ 4.50|@home.now|a@|user@localhost");
    is(PII_SHAPE_IPV4, "192.168.1.20|8.8.8.8|10.0.0.0/8|172.16.254.1:8080");
    is_not(PII_SHAPE_IPV4, "192.168.1|192.168.1.256|1.2.3.4.5|192.168.01.1|1.2.3.|a.b.c.d|192.168.1.1/|999.1.1.1");
    is(PII_SHAPE_IPV4_VERSION, "1.2.3.4|10.0.1.0|2.3.19.141");
    is_not(PII_SHAPE_IPV4_VERSION, "10.0.31.7|192.168.1.1");
    is(PII_SHAPE_PATH, "/var/log/x|order_line|photo.jpeg|C:\\temp");
    is_not(PII_SHAPE_PATH, "Anna Novak|St. Louis|1/2|anna_n@example.com|Dr.Who");
    is(PII_SHAPE_IPV6,
       "2001:db8::1|::1|fe80::1%eth0|2001:0db8:85a3:0000:0000:8a2e:0370:7334|::ffff:10.1.2.3|2001:db8::/32");
    is_not(PII_SHAPE_IPV6,
           "12:34:56|00:1a:2b:3c:4d:5e|2001:db8::1::2|2001:db8:1:2:3:4:5|g::1|:1:2:3:4:5:6:7|1:2:3:4:5:6:7:8:9");
    is(PII_SHAPE_MAC, "00:1a:2b:3c:4d:5e|00-1A-2B-3C-4D-5E|001a.2b3c.4d5e");
    is_not(PII_SHAPE_MAC, "00:1a:2b:3c:4d|00:1a:2b:3c:4d:5g|00:1a-2b:3c:4d:5e|12:34:56");
    is(PII_SHAPE_URL, "https://example.com/a|www.example.com|ftp://x.example");
    is_not(PII_SHAPE_URL, "://x|example|http:/x");
}

static void cards_and_accounts(void **state)
{
    (void)state;
    is(PII_SHAPE_CARD,
       "4111111111111111|4111 1111 1111 1111|5500-0000-0000-0004|378282246310005|6011000990139424|3530111333300000|"
       "2221000000000009");
    is_not(PII_SHAPE_CARD,
           "4111111111111112|1111111111111117|41111111111|4111-1111 1111-1111|9111111111111111|411111111111111a");
    is(PII_SHAPE_CARD_FORM, "4111111111111112|5500000000000000");
    is_not(PII_SHAPE_CARD_FORM, "7111111111111112|41111");
    is(PII_SHAPE_IBAN,
       "DE89370400440532013000|GB82 WEST 1234 5698 7654 32|fr1420041010050500013M02606|NL91ABNA0417164300");
    is_not(PII_SHAPE_IBAN,
           "DE89370400440532013001|DE8937040044053201300|XX89370400440532013000|8937040044053201300012");
    is(PII_SHAPE_IBAN_FORM, "DE89370400440532013001");
}

static void secrets(void **state)
{
    (void)state;
    is(PII_SHAPE_HASH,
       "$2b$12$abcdefghijklmnopqrstuv12345678901234567890123456789|$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA|"
       "pbkdf2_sha256$260000$salt$aGFzaGhhc2g=");
    is_not(PII_SHAPE_HASH, "$2b$|$100.00|$argument of a sentence that goes on");
    is(PII_SHAPE_HEX, "5f4dcc3b5aa765d61d8327deb882cf99|da39a3ee5e6b4b0d3255bfef95601890afd80709");
    is_not(PII_SHAPE_HEX,
           "5f4dcc3b5aa765d61d8327deb882cf9|12345678901234567890123456789012|zz4dcc3b5aa765d61d8327deb882cf99");
    is(PII_SHAPE_SECRET,
       "AKIAIOSFODNN7EXAMPLE|ghp_abcdefghijklmnopqrstuvwxyz0123456789|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln|"
       "-----BEGIN PRIVATE KEY-----");
    is_not(PII_SHAPE_SECRET, "AKI|ghost_story_of_the_year two|eyJust.one|sk-1");
    is(PII_SHAPE_PASSWORD, "eiZoo7koB|aB3!xy9Q|tr0ub4dor&3");
    is_not(PII_SHAPE_PASSWORD, "aB3xy9QtZ1c0w2==|password|ABC-1234|Berlin|12345678|Ab1|two words1A");
    is(PII_SHAPE_UUID, "6781b04d-7b5f-4c1a-bceb-b953e6ef70d7|{6781b04d-7b5f-4c1a-bceb-b953e6ef70d7}");
    is_not(PII_SHAPE_UUID, "6781b04d-7b5f-4c1a-bceb-b953e6ef70d|6781b04d_7b5f-4c1a-bceb-b953e6ef70d7");
}

static void telephones_and_codes(void **state)
{
    (void)state;
    is(PII_SHAPE_PHONE,
       "+49 30 1234567|(030) 123-4567|555-0123|+1 (555) 010-9999|01 23 45 67 89|0049.30.1234567|555.010.9999 x12|"
       "03.34.08.71.06|+442079460000|84 23 30");
    is_not(PII_SHAPE_PHONE,
           "2020-01-31|31.12.1999|1.234.567|12 345 678|192.168.1.20|3.14159|12-34|978-3-16-148410-0|2019-2020|"
           "123456789|+12|10:30:00|12345-6789|1-2-3");
    is_not(PII_SHAPE_PHONE, "12345-67-8|64-17-5"); /* of chemicals */
    is_not(PII_SHAPE_PHONE, "271.0-279.5|1032.0-1047.0");
    is(PII_SHAPE_PHONE_LOOSE, "123 456 789|84 23 30|1005-00-073-9421");
    is_not(PII_SHAPE_PHONE_LOOSE, "1-800-555-0199");
    is_not(PII_SHAPE_PHONE_LOOSE, "+49 30 1234567|030 123 456|555-010-9999");
    is(PII_SHAPE_PHONE_PLAN, "5552109999|13912345678");
    is_not(PII_SHAPE_PHONE_PLAN, "1550109999|5551109999|12912345678|555-010-9999");
    is(PII_SHAPE_PHONE_DIGITS, "0301234567|5550109999|030 1234567");
    is_not(PII_SHAPE_PHONE_DIGITS, "12345|1234567890123456|12 34 56 78");
    is(PII_SHAPE_ZIP, "SW1A 1AA|1234 AB|12-345|K1A 0B1|12345-6789|1000-205|100-0001|D-10115|870 52");
    is(PII_SHAPE_ZIP, "A65 F4E2|D02AF30");
    is_not(PII_SHAPE_ZIP, "B001289|A94 0000|12345|AB 1234|12-34|1234-5678|ABC DEF|sw1a 1aa");
    is(PII_SHAPE_ZIP_DIGITS, "1010|10115|110001|75 011");
    is_not(PII_SHAPE_ZIP_DIGITS, "101|1234567|12a45|7 5011");
    is(PII_SHAPE_ZERO_FIRST, "01067|007");
    is_not(PII_SHAPE_ZERO_FIRST, "0|10|0x1");
    is(PII_SHAPE_YEAR, "1999|2024");
    is_not(PII_SHAPE_YEAR, "1899|2040|19999");
    is(PII_SHAPE_ROUND, "45000|300");
    is_not(PII_SHAPE_ROUND, "00|45010|4.00");
}

static void days(void **state)
{
    (void)state;
    is(PII_SHAPE_DATE,
       "1999-12-31|31.12.1999|12/31/1999|31/12/1999|3-Dec-1999|Dec 31, 1999|19991231|1999-12-31T23:59:59Z|"
       "2/9/84|1999/12/31");
    is_not(PII_SHAPE_DATE,
           "1999-13-31|1999-02-30|31.31.1999|1999|12-34|10.0.0.1|1-2|Mug 31, 1999|19991331|1.2.3|12/31/1999x");
    is(PII_SHAPE_DATE_TIME, "1999-12-31 23:59:59");
    is_not(PII_SHAPE_DATE_TIME, "1999-12-31 00:00:00|1999-12-31");
    is(PII_SHAPE_DATE_LIFE, "1950-01-01|3/14/1982");
    is_not(PII_SHAPE_DATE_LIFE, "1850-01-01|2150-01-01|1999-12-31 10:00:00");
}

static void names(void **state)
{
    (void)state;
    is(PII_SHAPE_PERSON, "Anna Novak|Novak, Anna|Dr. Hans M\xC3\xBCller|J. van der Berg|MARIA GARCIA LOPEZ|anna smith|"
                         "\xE7\x8E\x8B\xE5\xB0\x8F\xE6\x98\x8E|\xEA\xB9\x80\xEB\xAF\xBC\xEC\xA4\x80|Jan de Vries");
    is_not(PII_SHAPE_PERSON,
           "Balls to the Wall|Green Tea|Novak Foods Ltd|A4|Anna|North Carolina|the man|Rock And Roll|x y");
    is(PII_SHAPE_GIVEN, "Anna|Hans-Peter|Jos\xC3\xA9|Mary Jane");
    is_not(PII_SHAPE_GIVEN, "Table|Xqzt|12|Schmidt");
    is(PII_SHAPE_NAME_WORD, "Anna|Schl\xC3\xBC"
                            "chtern");
    is_not(PII_SHAPE_NAME_WORD, "Anna Novak|table");
    is(PII_SHAPE_GIVEN, "\xE7\xA7\x80\xE5\x85\xB0"); /* Chinese, Japanese */
    is(PII_SHAPE_PERSON, "\xE6\x98\x8E\xE7\xBE\x8E \xE9\xAB\x98\xE6\xA9\x8B");
    is(PII_SHAPE_SURNAME, "Schmidt|Kowalczyk|Hor\xC3\xA1kov\xC3\xA1|Eriksson|Petrovi\xC4\x87|O'Neill|Smith-Jones");
    is_not(PII_SHAPE_SURNAME, "Table|sen|Berlin 3|42");
    is(PII_SHAPE_INITIAL, "J|K.|\xC3\x81");
    is_not(PII_SHAPE_INITIAL, "JK|4|.");
    is(PII_SHAPE_CITY,
       "Berlin|New York|S\xC3\xA3o Paulo|Bad Homburg|Puch bei Hallein|Greenville|Z\xC3\xBCrich|TROMS\xC3\x98");
    is_not(PII_SHAPE_CITY, "Anna|Table|12345|Smith");
    is(PII_SHAPE_COUNTRY, "Germany|United States|FRANCE|Deutschland|Texas");
    is(PII_SHAPE_THING, "Novak Foods Ltd|Green Tea|General Manager|Rock");
    is_not(PII_SHAPE_THING, "Anna Novak");
    is(PII_SHAPE_HANDLE, "jsmith|anna.novak|novak84|smith_j|annak");
    is_not(PII_SHAPE_HANDLE, "smith|item42|a-b|_smith|smith jones|sm!th1");
}

static void streets(void **state)
{
    (void)state;
    is(PII_SHAPE_STREET, "12 Main Street|Hauptstra\xC3\x9F"
                         "e 5|Rue de la Paix 7|Via Roma, 3|ul. D\xC5\x82uga 12/4|P.O. Box 255|Keizersgracht 100|"
                         "Calle Mayor 3|Apt. 12 B|Storgatan 4|\xE6\x98\xA5\xE9\x87\x8E\xE8\xB7\xAF"
                         "10\xE5\x8F\xB7");
    is(PII_SHAPE_STREET_LIKE, "Pet\xC5\x99\xC3\xADnsk\xC3\xA1 32|Nova Ves 4c|Zelengaj 9a/6|Josefa Houdka 378");
    is_not(PII_SHAPE_STREET_LIKE, "Berlin|table 4|Room 12345|4 Main|A 4|v2 12|Delta 4 x");
    is_not(PII_SHAPE_STREET, "Main Street|12|Anna Novak|2020-01-31|iPhone 12|12 345");
}

static void national_numbers(void **state)
{
    (void)state;
    static const struct {
        enum pii_national national;
        const char *valid, *invalid;
    } cases[] = {
        { PII_NATIONAL_US, "123-45-6789", "000-45-6789" },
        { PII_NATIONAL_ES, "12345678Z", "12345678A" },
        { PII_NATIONAL_ES, "X1234567L", "X1234567A" },
        { PII_NATIONAL_IT, "RSSMRA85T10A562S", "RSSMRA85T10A562T" },
        { PII_NATIONAL_BR_FORM, "529.982.247-25", "529.982.247-26" },
        { PII_NATIONAL_BR, "52998224725", "11111111111" },
        { PII_NATIONAL_PL, "44051401359", "44051401358" },
        { PII_NATIONAL_SE, "811218-9876", "811218-9875" },
        { PII_NATIONAL_DK, "070761-4285", "320761-4285" },
        { PII_NATIONAL_FI, "131052-308T", "131052-308U" },
        { PII_NATIONAL_NL, "111222333", "111222334" },
        { PII_NATIONAL_BE, "85.07.30-033.28", "85.07.30-033.29" },
        { PII_NATIONAL_UK, "AB123456C", "FQ123456C" },
        { PII_NATIONAL_ZA, "8001015009087", "8001015009086" },
        { PII_NATIONAL_CN, "11010519491231002X", "110105194912310021" },
        { PII_NATIONAL_IN_PAN, "ABCPE1234F", "ABCDE1234F" },
        { PII_NATIONAL_CZ, "736028/5163", "736028/5164" },
        { PII_NATIONAL_RO, "1800101221144", "1800101221145" },
        { PII_NATIONAL_BG, "7523169263", "7523169264" },
        { PII_NATIONAL_EE, "37605030299", "37605030298" },
        { PII_NATIONAL_YU, "0101006500006", "0101006500007" },
        { PII_NATIONAL_CH, "756.9217.0769.85", "756.9217.0769.84" },
        { PII_NATIONAL_PT, "123456789", "123456788" },
        { PII_NATIONAL_TR, "10000000146", "10000000147" },
        { PII_NATIONAL_CL, "12.345.678-5", "12.345.678-6" },
        { PII_NATIONAL_CA, "046 454 286", "046 454 287" },
        { PII_NATIONAL_DE, "86095742719", "86095742718" },
        { PII_NATIONAL_HR, "94577403194", "94577403195" },
        { PII_NATIONAL_FR, "2 69 05 49 588 157 80", "2 69 05 49 588 157 81" },
        { PII_NATIONAL_NO, "29029600013", "29029600014" },
        { PII_NATIONAL_MX, "HEGG560427MVZRRL04", "HEGG561327MVZRRL04" },
        { PII_NATIONAL_KR, "800101-1234567", "801301-1234567" },
        { PII_NATIONAL_IN, "234123412346", "234123412347" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t bit = (uint64_t)1 << cases[i].national;
        if ((pii_national_read(cases[i].valid, strlen(cases[i].valid)) & bit) == 0)
            fail_msg("%s: not read as %s", cases[i].valid, pii_national_name(cases[i].national));
        if ((pii_national_read(cases[i].invalid, strlen(cases[i].invalid)) & bit) != 0)
            fail_msg("%s: read as %s", cases[i].invalid, pii_national_name(cases[i].national));
    }
    assert_int_equal(0, pii_national_read("", 0));
    assert_int_equal(0, pii_national_read("no number at all here, none", 27));
}

static void folding(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "K\xC3\xB6hler", "kohler" },
        { "Stra\xC3\x9F"
          "e",
          "strasse" },
        { "\xC5\x81\xC3\xB3"
          "d\xC5\xBA",
          "lodz" },
        { "\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD", "\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD" },
        { "\xCE\x86\xCE\xBD\xCE\xBD\xCE\xB1", "\xCE\xB1\xCE\xBD\xCE\xBD\xCE\xB1" },
        { "bad\xFF", "bad?" },
        { "\xE7\x8E\x8B", "\xE7\x8E\x8B" },
    };
    char folded[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pii_fold(cases[i][0], strlen(cases[i][0]), folded, sizeof folded);
        assert_string_equal(cases[i][1], folded);
    }
    char small[4];
    assert_int_equal(3, pii_fold("abcdef", 6, small, sizeof small));
    assert_string_equal("abc", small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_mail_and_machines),
        cmocka_unit_test(cards_and_accounts),
        cmocka_unit_test(secrets),
        cmocka_unit_test(telephones_and_codes),
        cmocka_unit_test(days),
        cmocka_unit_test(names),
        cmocka_unit_test(streets),
        cmocka_unit_test(national_numbers),
        cmocka_unit_test(folding),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
