/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days in the words and signs of many languages, with what each column must be and how its values are spelled; and the
 * names of columns whose numbers are codes.
 */
#include "catalog/parse/value/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct column {
    const char *values, *type, *format; /* values parted by |; format NULL: none */
};

static const struct column days[] = {
    { "27 de octubre de 2015|3 de mayo de 2016", "date", "%d de %B de %Y" },
    { "27 de octubre del 2015|1 de enero del 2016", "date", "%d de %B de %Y" },
    { "1\xC2\xBA de janeiro de 2020|27 de mar\xC3\xA7o de 2020", "date", "%d de %B de %Y" },
    { "segunda-feira, 27 de abril de 2020|domingo, 3 de maio de 2020", "date", "%A, %d de %B de %Y" },
    { "1er janvier 2020|12 f\xC3\xA9vrier 2020|14 AO\xC3\x9BT 2020", "date", "%d. %B %Y" },
    { "12 janv. 2020|3 f\xC3\xA9vr. 2020|5 mars 2020|1 juil. 2020", "date", "%d %b %Y" },
    { "12 gennaio 2020|1 febbraio 2021", "date", "%d %B %Y" },
    { "6 \xD0\xB0\xD0\xBF\xD1\x80\xD0\xB5\xD0\xBB\xD1\x8F 2016 \xD0\xB3.|12 \xD0\x9C\xD0\xB0\xD1\x8F 2016 "
      "\xD0\xB3.",
      "date", "%d %B %Y" },
    { "6 kwietnia 2016 r.|12 pa\xC5\xBA"
      "dziernika 2016 r.",
      "date", "%d %B %Y" },
    { "6. dubna 2016|12. \xC5\x99\xC3\xADjna 2016", "date", "%d. %B %Y" },
    { "6 \xC5\x9Eubat 2016|12 Kas\xC4\xB1m 2016", "date", "%d %B %Y" },
    { "6. huhtikuuta 2016|12. toukokuuta 2016", "date", "%d. %B %Y" },
    { "6 \xCE\x9C\xCE\xB1\xCE\x90\xCE\xBF\xCF\x85 2016|12 \xCE\x99\xCE\xBF\xCF\x85\xCE\xBD\xCE\xAF\xCE\xBF\xCF\x85 "
      "2016",
      "date", "%d %B %Y" },
    { "maandag 7 maart 2016|dinsdag 8 augustus 2017", "date", "%A %d %B %Y" },
    { "Mo, 07.03.2016|Di, 08.03.2016", "date", "%a, %d.%m.%Y" },
    { "2016. \xC3\xA1prilis 6.|2016. december 24.", "date", "%Y %B %d" },
    { "2016.04.06.|2016.12.24.", "date", "%Y.%m.%d" },
    { "6. 4. 2016|24. 12. 2016", "date", "%d. %m. %Y" },
    { "2016. 4. 6.|2016. 12. 24.", "date", "%Y. %m. %d" },
    { "2016\xE5\xB9\xB4"
      "4\xE6\x9C\x88"
      "6\xE6\x97\xA5|2016\xE5\xB9\xB4"
      "12\xE6\x9C\x88"
      "24\xE6\x97\xA5(\xE5\x9C\x9F)",
      "date", "%Y\xE5\xB9\xB4%m\xE6\x9C\x88%d\xE6\x97\xA5" },
    { "\xE5\xB9\xB3\xE6\x88\x90"
      "28\xE5\xB9\xB4"
      "4\xE6\x9C\x88"
      "6\xE6\x97\xA5|\xE4\xBB\xA4\xE5\x92\x8C\xE5\x85\x83\xE5\xB9\xB4"
      "5\xE6\x9C\x88"
      "1\xE6\x97\xA5",
      "date", "%Y\xE5\xB9\xB4%m\xE6\x9C\x88%d\xE6\x97\xA5" },
    { "2016\xEB\x85\x84 4\xEC\x9B\x94 6\xEC\x9D\xBC", "date", "%Y\xEB\x85\x84 %m\xEC\x9B\x94 %d\xEC\x9D\xBC" },
    { "octubre de 2015|enero de 2016", "date", "%B de %Y" },
    { "31 de abril de 2015|3 de mayo de 2016", "string", NULL },
    { "2016\xE5\xB9\xB4"
      "13\xE6\x9C\x88"
      "6\xE6\x97\xA5",
      "string", NULL },
    { "2016\xE5\xB9\xB4"
      "4\xE6\x9C\x88"
      "6\xE6\x97\xA5 10:30",
      "datetime", "%Y\xE5\xB9\xB4%m\xE6\x9C\x88%d\xE6\x97\xA5 %H:%M" },
};

static const struct {
    const char *values, *spelled;
} spelled[] = {
    { "27 de octubre de 2015|3 de mayo de 2016", "2015-10-27|2016-05-03" },
    { "1er janvier 2020|14 AO\xC3\x9BT 2020", "2020-01-01|2020-08-14" },
    { "2016. \xC3\xA1prilis 6.|2016. december 24.", "2016-04-06|2016-12-24" },
    { "平成28年4月6日|令和元年5月1日|2016年4月7日", "2016-04-06|2019-05-01|2016-04-07" },
};

static struct infer_result read_column(const char *values, const char *name)
{
    struct infer i = { 0 };
    struct infer_hint hint = { .name = name };
    for (const char *at = values;; at++) {
        size_t size = strcspn(at, "|");
        infer_value(&i, at, size);
        at += size;
        if (*at == '\0')
            return infer_result(&i, &hint);
    }
}

static void test_days(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t k = 0; k < sizeof days / sizeof *days; k++) {
        struct infer_result r = read_column(days[k].values, NULL);
        const char *format = days[k].format != NULL ? days[k].format : "";
        if (strcmp(type_text(r.type), days[k].type) == 0 && strcmp(r.format, format) == 0)
            continue;
        wrong++;
        print_message("%s: %s '%s', expected %s '%s' (%s)\n", days[k].values, type_text(r.type), r.format, days[k].type,
                      format, r.note);
    }
    assert_int_equal(wrong, 0);
}

static void test_spelling(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof spelled / sizeof *spelled; k++) {
        struct infer_result r = read_column(spelled[k].values, NULL);
        const char *expected = spelled[k].spelled;
        for (const char *at = spelled[k].values;; at++) {
            size_t size = strcspn(at, "|"), wanted = strcspn(expected, "|");
            char buffer[INFER_SPELL_SIZE];
            struct rows_value v = infer_spell(&r, at, size, buffer);
            if (v.size != wanted || memcmp(v.text, expected, wanted) != 0)
                fail_msg("%.*s is spelled %.*s", (int)size, at, (int)v.size, v.text);
            at += size;
            expected += wanted + (expected[wanted] == '|');
            if (*at == '\0')
                break;
        }
    }
}

static void test_names_of_codes(void **state)
{
    (void)state;
    static const struct {
        const char *name, *type;
    } names[] = { { "Ship-to ZIP Code", "string" },
                  { "homePhone", "string" },
                  { "phone_2", "string" },
                  { "EAN", "string" },
                  { "mean", "integer" },
                  { "ocean", "integer" },
                  { "Halifax", "integer" },
                  { "CDSESSN", "integer" },
                  { "automobile", "integer" },
                  { "smartphone", "integer" },
                  { "hotel", "integer" } };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct infer_result r = read_column("12345|67890", names[k].name);
        if (strcmp(type_text(r.type), names[k].type) != 0)
            fail_msg("%s", names[k].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_names_of_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
