/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_profile.c - rows to statistics, classes, masks, findings, documents and the compliance report; each kind of
 * defect planted once. Rows are made here, people are nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "catalog/profile.h"
#include "jobs/discovery/compliance.h"
#include "jobs/discovery/document.h"
#include "jobs/discovery/pii.h"
#include "jobs/discovery/pii_mask.h"
#include "jobs/discovery/profile_sketch.h"
#include "jobs/discovery/profile_tables.h"
#include "jobs/discovery/quality.h"

enum { ARENA_MAX = 256 << 20 };

static struct arena *arena;
static struct catalog *catalog;

static int setup(void **state)
{
    (void)state;
    arena = arena_create(ARENA_MAX);
    catalog = catalog_create(arena, "csv", "made");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena = arena_destroy(arena);
    return 0;
}

/* A column's value in row `row`, written into room; NULL is NULL. */
typedef const char *maker(int row, char *room, size_t size);

enum { COLUMNS_MAX = 8 };

struct made {
    int rows;
    maker *makers[COLUMNS_MAX];
};

static enum error_class made_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                  struct error *e)
{
    const struct made *made = self;
    const struct catalog_table *t = &catalog->tables[0];
    (void)ask;
    for (int row = 0; row < made->rows; row++) {
        char room[COLUMNS_MAX][300];
        struct rows_value values[COLUMNS_MAX] = { 0 };
        for (size_t i = 0; i < t->column_count; i++) {
            values[i].text = made->makers[i](row, room[i], sizeof room[i]);
            values[i].size = values[i].text == NULL ? 0 : strlen(values[i].text);
        }
        int answer = sink(context, t, values, e);
        if (answer == ROWS_ENOUGH)
            return ERROR_OK;
        if (answer != ERROR_OK)
            return (enum error_class)answer;
    }
    return ERROR_OK;
}

/* Columns as "name other"; all are text that may be NULL. */
static struct catalog_table *table_of(const char *name, const char *columns)
{
    struct catalog_table *t = catalog_table_add(catalog, "", name);
    char copy[256], *rest = copy;
    assert_true(text_copy(copy, sizeof copy, columns));
    for (char *word; (word = strsep(&rest, " ")) != NULL;) {
        struct catalog_column *column = catalog_column_add(catalog, t, word);
        column->type.name = TYPE_STRING;
        column->nullable = true;
    }
    return t;
}

static void judge(struct made *made, const struct profile_options *options)
{
    static const struct rows_face face = { .read = made_read };
    struct rows_source source = { .face = &face, .self = made };
    struct error e = ERROR_NONE;
    assert_int_equal(ERROR_OK, profile_tables(catalog, &source, options, NULL, &e));
    pii_find(catalog);
    assert_int_equal(ERROR_OK, quality_judge(catalog, NULL, &e));
    document_write(catalog);
}

static const struct catalog_finding *finding_of(const char *check, const char *column)
{
    const struct catalog_table *t = &catalog->tables[0];
    for (size_t i = 0; i < t->finding_count; i++)
        if (strcmp(t->findings[i].check, check) == 0 && text_equal(t->findings[i].column, column))
            return &t->findings[i];
    return NULL;
}

static void expect(const char *check, const char *column, int64_t rows)
{
    const struct catalog_finding *finding = finding_of(check, column);
    if (finding == NULL)
        fail_msg("no finding of %s", check);
    assert_int_equal(rows, finding->rows);
}

static const char *count(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", row + 1);
    return room;
}

static const char *spread(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", 1000 + row * 37 % 211);
    return room;
}

/* ---- statistics ---- */

static const char *third(int row, char *room, size_t size)
{
    (void)room;
    (void)size;
    static const char *const values[] = { "red", "green", "blue" };
    return row % 10 == 9 ? NULL : values[row % 3];
}

static void statistics(void **state)
{
    (void)state;
    struct made made = { .rows = 1000, .makers = { count, third } };
    struct catalog_table *t = table_of("paint", "number colour");
    struct profile_options all = { .samples = 50 };
    judge(&made, &all);
    const struct catalog_profile *p = t->columns[0].profile;
    assert_int_equal(1000, p->rows);
    assert_int_equal(0, p->nulls);
    assert_int_equal(1000, p->distinct);
    assert_false(p->estimated);
    assert_string_equal("1", p->min);
    assert_string_equal("1000", p->max); /* as numbers, not as texts */
    assert_int_equal(50, p->samples.count);
    assert_int_equal(0, p->common_count); /* none is there twice */
    assert_string_equal("skip", p->indexing);
    p = t->columns[1].profile;
    assert_int_equal(100, p->nulls);
    assert_int_equal(3, p->distinct);
    assert_int_equal(3, p->common_count);
    assert_int_equal(900, p->common[0].rows + p->common[1].rows + p->common[2].rows);
    assert_string_equal("categorical", p->indexing);
    assert_string_equal("blue", p->min);
    assert_int_equal(3, p->length_min);
    assert_int_equal(5, p->length_max);
    assert_int_equal(1000, t->rows);
    assert_true(t->rows_exact);
}

static const char *wide(int row, char *room, size_t size)
{
    snprintf(room, size, "value number %d of many", row);
    return room;
}

static const char *skewed(int row, char *room, size_t size)
{
    if (row % 4 == 0)
        return "often";
    snprintf(room, size, "rare %d", row);
    return room;
}

static void sketches_take_over(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    struct made made = { .rows = ROWS, .makers = { wide, skewed } };
    struct catalog_table *t = table_of("much", "text often");
    struct profile_options all = { .samples = 10 };
    judge(&made, &all);
    const struct catalog_profile *p = t->columns[0].profile;
    assert_true(p->estimated);
    assert_in_range(p->distinct, ROWS * 97 / 100, ROWS * 103 / 100);
    assert_int_equal(10, p->samples.count);
    p = t->columns[1].profile;
    assert_true(p->common_count >= 1);
    assert_string_equal("often", p->common[0].value);
    assert_in_range(p->common[0].rows, ROWS / 4 - ROWS / 100, ROWS / 4);
}

static void the_same_rows_give_the_same_bytes(void **state)
{
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        struct made made = { .rows = 30000, .makers = { wide, skewed, spread } };
        teardown(state);
        setup(state);
        table_of("much", "text often number");
        judge(&made, NULL);
        struct buffer b;
        buffer_init(&b, 8 << 20);
        catalog_write(catalog, &b);
        assert_false(b.overflow);
        texts[i] = buffer_take(&b);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_non_null(strstr(texts[0], "\"rows\":10000")); /* the default asks for so many */
    free(texts[0]);
    free(texts[1]);
}

static void sketches_alone(void **state)
{
    (void)state;
    struct sketch_distinct s;
    bool exact;
    sketch_distinct_init(&s, 100);
    assert_int_equal(0, sketch_distinct_count(&s, &exact));
    for (uint64_t i = 0; i < 100; i++)
        for (int again = 0; again < 3; again++)
            sketch_distinct_add(&s, (i + 1) * 0x9E3779B97F4A7C15u);
    assert_int_equal(100, sketch_distinct_count(&s, &exact));
    assert_true(exact);
    sketch_distinct_add(&s, 0);
    assert_in_range(sketch_distinct_count(&s, &exact), 101, 103);
    assert_false(exact);
    sketch_distinct_finish(&s);
}

/* ---- personal data and masks ---- */

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
    struct made made = { .rows = 500, .makers = { count, mail, note, born } };
    struct catalog_table *t = table_of("reader", "id col2 remark birth_date");
    judge(&made, NULL);
    assert_string_equal("none", t->columns[0].profile->pii_class);
    assert_string_equal("email", t->columns[1].profile->pii_class);
    assert_string_equal("none", t->columns[2].profile->pii_class);
    assert_string_equal("dob", t->columns[3].profile->pii_class);
    assert_string_equal("skip", t->columns[1].profile->indexing);
    assert_string_equal("personal data", t->columns[1].profile->indexing_reason);
    profile_mask(catalog);
    struct buffer b;
    buffer_init(&b, 4 << 20);
    catalog_write(catalog, &b);
    const char *text = buffer_view(&b);
    assert_null(strstr(text, "@example"));
    assert_null(strstr(text, "4111"));
    assert_null(strstr(text, "1940-"));
    assert_non_null(strstr(text, "r***@***.com"));
    assert_non_null(strstr(text, "write to [email] about card [card]"));
    assert_non_null(strstr(text, "19**-**-**"));
    buffer_finish(&b);
    assert_non_null(strstr(t->document, "personal data (email)"));

    json_auto_t *report = compliance_report(catalog);
    const json_t *gdpr = json_array_get(json_object_get(report, "regimes"), 0);
    assert_string_equal("GDPR", json_string_value(json_object_get(gdpr, "regime")));
    assert_int_equal(2, json_array_size(json_object_get(gdpr, "columns")));
    const json_t *pci = json_array_get(json_object_get(report, "regimes"), 3);
    assert_int_equal(0, json_array_size(json_object_get(pci, "columns")));
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
        assert_string_equal(cases[i].masked, pii_mask(arena, cases[i].class, cases[i].value));
    assert_null(pii_mask(arena, PII_NAME, NULL));
}

static enum pii_class class_of(const char *table, const char *column, enum type_name type)
{
    catalog = catalog_create(arena, "postgresql", "names");
    struct catalog_table *t = catalog_table_add(catalog, "", table);
    struct catalog_column *c = catalog_column_add(catalog, t, column);
    c->type.name = type;
    pii_find(catalog);
    return pii_class_from_text(c->profile->pii_class);
}

static void names_alone(void **state)
{
    (void)state;
    static const struct {
        const char *table, *column;
        enum type_name type;
        enum pii_class class;
    } cases[] = {
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
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum pii_class class = class_of(cases[i].table, cases[i].column, cases[i].type);
        if (class != cases[i].class)
            fail_msg("%s.%s: %s", cases[i].table, cases[i].column, pii_class_text(class));
    }
}

/* ---- quality: one planted defect each ---- */

static const char *blank(int row, char *room, size_t size)
{
    (void)room;
    (void)size;
    return row % 10 == 0 ? NULL : row % 10 == 1 ? "N/A" : "something";
}

static const char *days_and_one_word(int row, char *room, size_t size)
{
    if (row == 7)
        return "last summer";
    snprintf(room, size, "2024-%02d-%02d", 1 + row % 12, 1 + row % 28);
    return room;
}

static const char *codes_and_two_others(int row, char *room, size_t size)
{
    snprintf(room, size, row == 3 || row == 5 ? "%d/AB" : "AB-%04d", row);
    return room;
}

static const char *one_far(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", row == 11 ? 9000000 : 100 + row * 7 % 50);
    return room;
}

static const char *old(int row, char *room, size_t size)
{
    snprintf(room, size, "2019-03-%02d 10:00:00", 1 + row % 28);
    return room;
}

static const char *twice(int row, char *room, size_t size)
{
    snprintf(room, size, "S-%d", row == 9 ? 8 : row);
    return room;
}

static void planted_defects(void **state)
{
    (void)state;
    struct made made = { .rows = 200,
                         .makers = { count, blank, days_and_one_word, codes_and_two_others, one_far, old, twice } };
    struct catalog_table *t = table_of("stock", "id remark due material weight updated_at serial");
    judge(&made, NULL);
    expect("completeness", "remark", 20);
    expect("format", "due", 1);
    expect("format", "material", 2);
    expect("outliers", "weight", 1);
    expect("uniqueness", "serial", 1);
    assert_non_null(finding_of("staleness", "updated_at"));
    assert_null(finding_of("format", "id"));
    assert_null(finding_of("outliers", "id"));
    assert_in_range((int)(t->quality * 1000), 900, 999);
    assert_true(t->columns[0].profile->quality > t->columns[1].profile->quality);
    for (size_t i = 0; i < t->finding_count; i++)
        assert_true(t->findings[i].message[0] != '\0');
}

static const char *key_twice(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", row == 50 ? 49 : row);
    return room;
}

static const char *odd_latitude(int row, char *room, size_t size)
{
    snprintf(room, size, "%d.5", row == 4 ? 120 : row % 80);
    return room;
}

static void broken_keys_and_ranges(void **state)
{
    (void)state;
    struct made made = { .rows = 100, .makers = { key_twice, odd_latitude } };
    struct catalog_table *t = table_of("place", "id latitude");
    catalog_name_add(catalog, &t->primary_key.columns, "id");
    t->columns[0].nullable = false;
    struct catalog_foreign_key *key = catalog_foreign_key_add(catalog, t);
    key->ref_table = "region";
    key->ref_schema = "";
    catalog_name_add(catalog, &key->columns, "latitude");
    catalog_name_add(catalog, &key->ref_columns, "id");
    key->orphans = 5;
    judge(&made, NULL);
    expect("uniqueness", "id", 1);
    expect("range", "latitude", 1);
    expect("referential", "latitude", 5);
    assert_true(t->quality < 0.96);
}

static void whole_rows_again(void **state)
{
    (void)state;
    struct made made = { .rows = 100, .makers = { key_twice, key_twice } };
    table_of("pair", "a b");
    judge(&made, NULL);
    expect("uniqueness", NULL, 1);
}

static const char *constant_null(int row, char *room, size_t size)
{
    (void)row;
    (void)room;
    (void)size;
    return NULL;
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct made made = { .rows = 0, .makers = { count } };
    struct catalog_table *t = table_of("empty", "a");
    judge(&made, NULL);
    assert_int_equal(0, t->finding_count);
    assert_non_null(t->document);

    teardown(state);
    setup(state);
    made = (struct made){ .rows = 5, .makers = { constant_null } };
    table_of("hollow", "a");
    judge(&made, NULL);
    expect("completeness", "a", 5);
}

/* A source whose tables take turns, and too little memory for both. */
static enum error_class turns_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                   struct error *e)
{
    (void)self;
    (void)ask;
    for (int row = 0; row < 200; row++) {
        char room[32];
        struct rows_value value = { .text = count(row, room, sizeof room) };
        value.size = strlen(value.text);
        int answer = sink(context, &catalog->tables[row % 2], &value, e);
        if (answer != ERROR_OK && answer != ROWS_ENOUGH)
            return (enum error_class)answer;
    }
    return ERROR_OK;
}

static void memory_is_bounded(void **state)
{
    (void)state;
    static const struct rows_face face = { .read = turns_read };
    struct rows_source source = { .face = &face };
    struct profile_options small = { .samples = 5, .memory_max = 1 };
    struct error e = ERROR_NONE;
    table_of("one", "a");
    table_of("two", "a");
    assert_int_equal(ERROR_OK, profile_tables(catalog, &source, &small, NULL, &e));
    assert_true(catalog->tables[0].columns[0].profile->estimated); /* ended when the other began */
    assert_int_equal(1, catalog->tables[0].columns[0].profile->rows);
    assert_int_equal(100, catalog->tables[1].columns[0].profile->rows);
    assert_false(catalog->tables[1].columns[0].profile->estimated);
}

static bool stop(void *context)
{
    (void)context;
    return true;
}

static void cancelled(void **state)
{
    (void)state;
    static const struct rows_face face = { .read = made_read };
    struct made made = { .rows = 10, .makers = { count } };
    struct rows_source source = { .face = &face, .self = &made };
    struct watch watch = { .cancelled = stop };
    struct error e = ERROR_NONE;
    table_of("t", "a");
    assert_int_equal(ERROR_CANCELLED, profile_tables(catalog, &source, NULL, &watch, &e));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(statistics),       TEST(sketches_take_over),      TEST(the_same_rows_give_the_same_bytes),
        TEST(sketches_alone),   TEST(personal_data_is_masked), TEST(masks),
        TEST(names_alone),      TEST(planted_defects),         TEST(broken_keys_and_ranges),
        TEST(whole_rows_again), TEST(nothing_at_all),          TEST(memory_is_bounded),
        TEST(cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
