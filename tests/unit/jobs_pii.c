/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_pii.c - classes of columns from names and values, masks, the compliance report. Nobody real is in here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "catalog/profile.h"
#include "jobs/discovery/pii/compliance.h"
#include "jobs/discovery/pii/pii.h"
#include "jobs/discovery/pii/pii_mask.h"
#include "tests/support/made_rows.h"

static const char *mail(int row, char *room, size_t size)
{
    snprintf(room, size, "reader%d@example.com", row);
    return room;
}

static const char *note(int row, char *room, size_t size)
{
    if (row % 3 == 0)
        snprintf(room, size, "paid %d times, write to reader%d@example.com about card 4111 1111 1111 1111", row, row);
    else
        snprintf(room, size, "paid %d times and said nothing", row);
    return room;
}

static const char *born(int row, char *room, size_t size)
{
    snprintf(room, size, "%04d-%02d-%02d", 1940 + row % 60, 1 + row % 12, 1 + row % 28);
    return room;
}

static void personal_data_is_masked(void **state)
{
    (void)state;
    struct made made = { .rows = 500, .makers = { made_count, mail, note, born } };
    struct catalog_table *t = made_table("reader", "id col2 remark birth_date");
    made_judge(&made, NULL);
    assert_string_equal("none", t->columns[0].profile->pii_class);
    assert_string_equal("email", t->columns[1].profile->pii_class);
    assert_string_equal("none", t->columns[2].profile->pii_class);
    assert_string_equal("dob", t->columns[3].profile->pii_class);
    assert_string_equal("skip", t->columns[1].profile->indexing);
    assert_string_equal("personal data", t->columns[1].profile->indexing_reason);
    profile_mask(made_catalog);
    struct buffer b;
    buffer_init(&b, 4 << 20);
    catalog_write(made_catalog, &b);
    const char *text = buffer_view(&b);
    assert_null(strstr(text, "@example"));
    assert_null(strstr(text, "4111"));
    assert_null(strstr(text, "1940-"));
    assert_non_null(strstr(text, "r***@***.com"));
    assert_non_null(strstr(text, "write to [email] about card [card]"));
    assert_non_null(strstr(text, "19**-**-**"));
    buffer_finish(&b);
    assert_non_null(strstr(t->document, "personal data (email)"));

    json_auto_t *report = compliance_report(made_catalog);
    const json_t *gdpr = json_array_get(json_object_get(report, "regimes"), 0);
    assert_string_equal("GDPR", json_string_value(json_object_get(gdpr, "regime")));
    assert_int_equal(2, json_array_size(json_object_get(gdpr, "columns")));
    const json_t *pci = json_array_get(json_object_get(report, "regimes"), 3);
    assert_int_equal(0, json_array_size(json_object_get(pci, "columns")));
}

static const char *street(int row, char *room, size_t size)
{
    static const char *const names[] = { "Park Street", "Church Road", "Station Road", "Mill Lane", "High Street" };
    snprintf(room, size, "%d %s", 1 + row * 7 % 180, names[row % 5]);
    return room;
}

static const char *counted(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", 20001 + row);
    return room;
}

static const char *postal(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", 10000 + (int)((row * 7919LL) % 89989));
    return room;
}

/* Without a name, five digits beside an address may be a postal code; numbers that count are none. */
static void what_counts_is_no_postal_code(void **state)
{
    (void)state;
    struct made made = { .rows = 300, .makers = { mail, street, counted, postal } };
    struct catalog_table *t = made_table("t", "col1 col2 col3 col4");
    made_judge(&made, NULL);
    assert_string_equal("address", t->columns[1].profile->pii_class);
    assert_string_equal("none", t->columns[2].profile->pii_class);
    assert_string_equal("city_zip", t->columns[3].profile->pii_class);
}

static const char *version(int row, char *room, size_t size)
{
    snprintf(room, size, "%d.%d.%d.%d", row % 4, row % 11, row % 23, row % 91);
    return room;
}

static const char *chemical(int row, char *room, size_t size)
{
    snprintf(room, size, "%d-%02d-%d", 50 + row * 137 % 90000, row * 7 % 100, row % 10);
    return room;
}

static const char *article(int row, char *room, size_t size)
{
    snprintf(room, size, "%03d %03d %03d", row * 31 % 1000, row * 57 % 1000, row * 91 % 1000);
    return room;
}

static const char *archive(int row, char *room, size_t size)
{
    snprintf(room, size, "backup_%03d.zip", row);
    return room;
}

/* What only looks like addresses of machines, telephone numbers, postal codes. */
static void what_looks_alike_is_none(void **state)
{
    (void)state;
    struct made made = { .rows = 300, .makers = { version, chemical, article, archive, article, made_count } };
    struct catalog_table *t = made_table("part", "firmware cas_number col3 zip field_5 id");
    made_judge(&made, NULL);
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp("none", t->columns[i].profile->pii_class) != 0)
            fail_msg("%s: %s", t->columns[i].name, t->columns[i].profile->pii_class);
}

/* Names that no list has, houses of streets that no list has, user names: beside people they are told. */
static const char *town(int row, char *room, size_t size)
{
    static const char *const begin[] = { "Fal", "Gur", "Hes", "Kol", "Mar", "Nol", "Pir", "Rud", "Sel", "Tor", "Wen" };
    static const char *const end[] = { "drecht", "jarvi", "niemi", "hausen", "wijk", "dorf", "grad", "heim", "koski" };
    snprintf(room, size, "%s%s%s", begin[row % 11], row % 2 ? "o" : "a", end[row / 11 % 9]);
    return room;
}

static const char *house(int row, char *room, size_t size)
{
    snprintf(room, size, "%s %d%s", (row % 2 ? "Petrinska" : "Zelengaj"), 1 + row, row % 5 == 0 ? "b/2" : "");
    return room;
}

static const char *given(int row, char *room, size_t size)
{
    static const char *const names[] = { "Anna",  "Jan",  "Eva",  "Petr", "Lucie", "Marek", "Hana",  "Karel",  "Olga",
                                         "Pavel", "Jana", "Ivan", "Vera", "Tomas", "Lenka", "Milan", "Zuzana", "Adam" };
    snprintf(room, size, "%s", names[row % 18]);
    return room;
}

static const char *pin(int row, char *room, size_t size)
{
    snprintf(room, size, "%05d", (int)((row * 7919LL + 1067) % 99989));
    return room;
}

static void what_stands_beside_people_is_told(void **state)
{
    (void)state;
    struct made made = { .rows = 300, .makers = { mail, given, house, made_count, pin, town } };
    struct catalog_table *t = made_table("t", "col1 col2 col3 col4 col5 col6");
    made_judge(&made, NULL);
    static const char *const classes[] = { "email", "name", "address", "none", "city_zip", "city_zip" };
    for (size_t i = 0; i < t->column_count; i++)
        assert_string_equal(classes[i], t->columns[i].profile->pii_class);
}

static void masks(void **state)
{
    (void)state;
    static const struct {
        enum pii_class class;
        const char *value, *masked;
    } cases[] = {
        { PII_EMAIL, "anna@shop.example.com", "a***@***.com" },
        { PII_NAME, "Anna M. Novak", "A*** M*** N***" },
        { PII_NAME, "\xC3\x89mile", "\xC3\x89***" },
        { PII_PHONE, "+1 (555) 010-9999", "+* (***) ***-**99" },
        { PII_CREDIT_CARD, "4111111111111111", "************1111" },
        { PII_CREDIT_CARD, "123", "***" },
        { PII_DOB, "1999-12-31", "19**-**-**" },
        { PII_IP, "192.168.1.20", "192.***" },
        { PII_IBAN, "DE89370400440532013000", "DE***" },
        { PII_PASSWORD, "secret", "********" },
        { PII_NATIONAL_ID, "123-45-6789", "***" },
        { PII_NONE, "left alone", "left alone" },
        { PII_NAME, "", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(cases[i].masked, pii_mask(made_arena, cases[i].class, cases[i].value));
    assert_null(pii_mask(made_arena, PII_NAME, NULL));
}

static enum pii_class class_of(const char *table, const char *column, enum type_name type)
{
    made_catalog = catalog_create(made_arena, "postgresql", "names");
    struct catalog_table *t = catalog_table_add(made_catalog, "", table);
    struct catalog_column *c = catalog_column_add(made_catalog, t, column);
    c->type.name = type;
    pii_find(made_catalog);
    return pii_class_from_text(c->profile->pii_class);
}

static const struct {
    const char *table, *column;
    enum type_name type;
    enum pii_class class;
} names_cases[] = {
    { "t", "first_name", TYPE_TEXT, PII_NAME },
    { "t", "LastName", TYPE_TEXT, PII_NAME },
    { "t", "Vorname", TYPE_TEXT, PII_NAME },
    { "t", "apellidos", TYPE_TEXT, PII_NAME },
    { "customers", "name", TYPE_TEXT, PII_NAME },
    { "products", "name", TYPE_TEXT, PII_NONE },
    { "t", "product_name", TYPE_TEXT, PII_NONE },
    { "t", "customer_name", TYPE_TEXT, PII_NAME },
    { "t", "file_name", TYPE_TEXT, PII_NONE },
    { "t", "custEmailAddr", TYPE_TEXT, PII_EMAIL },
    { "t", "email_verified", TYPE_BOOLEAN, PII_NONE },
    { "t", "email_sent_at", TYPE_TIMESTAMP, PII_NONE },
    { "t", "email_count", TYPE_INTEGER, PII_NONE },
    { "t", "is_phone_valid", TYPE_TEXT, PII_NONE },
    { "t", "billing_address", TYPE_TEXT, PII_ADDRESS },
    { "t", "billing_address_id", TYPE_INTEGER, PII_NONE },
    { "t",
      "Stra\xC3\x9F"
      "e",
      TYPE_TEXT, PII_ADDRESS },
    { "t", "strassenname", TYPE_TEXT, PII_ADDRESS },
    { "t", "ip_address", TYPE_TEXT, PII_IP },
    { "t", "mac_address", TYPE_TEXT, PII_MAC_ADDRESS },
    { "t", "zip_code", TYPE_TEXT, PII_CITY_ZIP },
    { "t", "city_id", TYPE_INTEGER, PII_NONE },
    { "t", "date_of_birth", TYPE_DATE, PII_DOB },
    { "t", "hire_date", TYPE_DATE, PII_NONE },
    { "t", "CCNumber", TYPE_TEXT, PII_CREDIT_CARD },
    { "t", "CCType", TYPE_TEXT, PII_NONE },
    { "t", "CCExpires", TYPE_TEXT, PII_CREDIT_CARD },
    { "t", "password_hash", TYPE_TEXT, PII_PASSWORD },
    { "t", "user_name", TYPE_TEXT, PII_USERNAME },
    { "t", "user_id", TYPE_INTEGER, PII_NONE },
    { "t", "codice_fiscale", TYPE_TEXT, PII_NATIONAL_ID },
    { "t", "iban", TYPE_TEXT, PII_IBAN },
    { "t", "telefoonnummer", TYPE_TEXT, PII_PHONE },
    { "t", "TelephoneCountryCode", TYPE_TEXT, PII_NONE },
    { "t", "latitude", TYPE_DOUBLE, PII_NONE },
    { "t", "name", TYPE_TEXT, PII_NONE },
    { "t", "hostname", TYPE_TEXT, PII_NONE },
    { "t", "last_login_ip", TYPE_TEXT, PII_IP },
    { "t", "cust_nm", TYPE_TEXT, PII_NAME },
    { "t", "emp_last", TYPE_TEXT, PII_NAME },
    { "t", "product_nm", TYPE_TEXT, PII_NONE },
    { "t", "last_order", TYPE_TEXT, PII_NONE },
    { "t", "num_tel", TYPE_TEXT, PII_PHONE },
    { "t", "num_phones", TYPE_TEXT, PII_NONE },
    { "t", "denwa_bangou", TYPE_TEXT, PII_PHONE },
    { "t", "kod_poczt", TYPE_TEXT, PII_CITY_ZIP },
    { "t", "citta_residenza", TYPE_TEXT, PII_CITY_ZIP },
    { "t", "country_of_residence", TYPE_TEXT, PII_NONE },
    { "t", "employer_name", TYPE_TEXT, PII_NONE },
    { "t", "city_tier", TYPE_TEXT, PII_NONE },
    { "t", "city density", TYPE_TEXT, PII_NONE },
    { "t", "first", TYPE_TEXT, PII_NONE },
    { "t", "password_changed_at", TYPE_TIMESTAMP, PII_NONE },
    { "t", "ip_rights", TYPE_TEXT, PII_NONE },
    { "t", "card_type", TYPE_TEXT, PII_NONE },
    { "t", "--", TYPE_TEXT, PII_NONE },
    { "t", "nr \xC3\xB7", TYPE_TEXT, PII_NONE },
};

static void names_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof names_cases / sizeof *names_cases; i++) {
        enum pii_class class = class_of(names_cases[i].table, names_cases[i].column, names_cases[i].type);
        if (class != names_cases[i].class)
            fail_msg("%s.%s: %s", names_cases[i].table, names_cases[i].column, pii_class_text(class));
    }
}

/* What a name says of people beside the classes; a word that only ends like one says nothing. */
static void sensitive_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *sensitive;
    } cases[] = { { "age", "age" },       { "patientage", "age" }, { "kundenalter", "age" },
                  { "percentage", NULL }, { "densidade", NULL },   { "Coverage", NULL },
                  { "mileage", NULL },    { "salary", "income" },  { "DensidadePop", NULL } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        (void)class_of("t", cases[i].name, TYPE_INTEGER);
        const char *found = made_catalog->tables[0].columns[0].profile->pii_sensitive;
        if (found == NULL ? cases[i].sensitive != NULL
                          : cases[i].sensitive == NULL || strcmp(found, cases[i].sensitive) != 0)
            fail_msg("%s: %s", cases[i].name, found == NULL ? "nothing" : found);
    }
}

static void first_beside_last(void **state)
{
    (void)state;
    made_catalog = catalog_create(made_arena, "postgresql", "parts");
    struct catalog_table *t = catalog_table_add(made_catalog, "", "t");
    static const char *const names[] = { "first", "middle", "last", "first_seen" };
    for (size_t i = 0; i < 4; i++)
        catalog_column_add(made_catalog, t, names[i])->type.name = TYPE_TEXT;
    pii_find(made_catalog);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(i < 3 ? "name" : "none", t->columns[i].profile->pii_class);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, made_setup, made_teardown)
    const struct CMUnitTest tests[] = {
        TEST(personal_data_is_masked),
        TEST(what_counts_is_no_postal_code),
        TEST(what_looks_alike_is_none),
        TEST(what_stands_beside_people_is_told),
        TEST(masks),
        TEST(names_alone),
        TEST(sensitive_names),
        TEST(first_beside_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
