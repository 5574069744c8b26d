/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_mongodb_imitation.c - connect.h on an imitation of MongoDB: tables of documents, rows, samples, discovery.
 *
 * ctest: needs mongodb
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/connect/connect.h"
#include "catalog/patterns.h"
#include "tests/support/mongodb.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

static struct error e;
static const char *server;

static struct connect *open_database(const char *database)
{
    struct connect *c = NULL;
    mem_auto char *url = mem_format("%s/%s", server, database);
    OK(connect_open(url, NULL, NULL, &c, &e));
    assert_string_equal(connect_dialect(c), "mongodb");
    return c;
}

static struct catalog *read_catalog(struct connect *c)
{
    struct catalog *catalog = NULL;
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    return catalog;
}

static const struct catalog_table *table(const struct catalog *c, const char *schema, const char *name)
{
    const struct catalog_table *t = catalog_table_find(c, schema, name);
    if (t == NULL)
        fail_msg("there is no table %s.%s", schema, name);
    return t;
}

static void assert_column(const struct catalog_table *t, const char *name, enum type_name type, const char *native,
                          bool nullable)
{
    const struct catalog_column *column = catalog_column_find(t, name);
    if (column == NULL)
        fail_msg("%s has no column %s", t->name, name);
    if (column->type.name != type || column->nullable != nullable || column->native_type == NULL ||
        strcmp(column->native_type, native) != 0)
        fail_msg("%s.%s is %s (%s), %s", t->name, name, type_text(column->type.name), column->native_type,
                 column->nullable ? "nullable" : "not null");
}

static bool says(const struct catalog *c, const char *part)
{
    for (size_t i = 0; i < c->diagnostic_count; i++)
        if (strstr(c->diagnostics[i].message, part) != NULL)
            return true;
    return false;
}

static const char customers[] =
    "{\"insert\":\"customers\",\"documents\":["
    "{\"_id\":{\"$oid\":\"507f1f77bcf86cd799439011\"},\"name\":\"Ada\",\"email\":\"ada@example.org\",\"age\":36,"
    "\"since\":{\"$date\":\"2024-01-02T03:04:05.678Z\"},\"balance\":{\"$numberDecimal\":\"12.50\"},\"vip\":true,"
    "\"address\":{\"city\":\"Paris\",\"zip\":\"75001\"},\"tags\":[\"a\",\"b\"],\"photo\":{\"$binary\":{\"base64\":"
    "\"AAEC\","
    "\"subType\":\"00\"}},\"points\":{\"$numberLong\":\"5000000000\"},\"rate\":0.5,"
    "\"key\":{\"$uuid\":\"00112233-4455-6677-8899-aabbccddeeff\"}},"
    "{\"_id\":{\"$oid\":\"507f1f77bcf86cd799439012\"},\"name\":\"Bob\",\"email\":\"bob@example.org\",\"age\":\"41\","
    "\"since\":{\"$date\":\"1950-01-02T03:04:05Z\"},\"balance\":{\"$numberDecimal\":\"0\"},\"vip\":false,"
    "\"address\":{\"city\":\"Oslo\"},\"tags\":[],\"points\":7,\"rate\":2,\"tax.no\":\"x\",\"$odd\":1}]}";

static const char orders[] =
    "{\"insert\":\"orders\",\"documents\":["
    "{\"_id\":1,\"customer_id\":{\"$oid\":\"507f1f77bcf86cd799439011\"},\"items\":[{\"sku\":\"A1\",\"qty\":2},"
    "{\"sku\":\"B2\",\"qty\":1}],\"agent\":{\"$ref\":\"staff\",\"$id\":7}},"
    "{\"_id\":2,\"customer_id\":{\"$oid\":\"507f1f77bcf86cd799439012\"},\"items\":[{\"sku\":\"A1\",\"qty\":5}],"
    "\"agent\":{\"$ref\":\"staff\",\"$id\":8}}]}";

static void fill_shop(void)
{
    support_mongodb_run("shop", customers);
    support_mongodb_run("shop", orders);
    support_mongodb_run(
        "shop", "{\"insert\":\"staff\",\"documents\":[{\"_id\":7,\"name\":\"Eve\"},{\"_id\":8,\"name\":\"Max\"}]}");
    support_mongodb_run("shop", "{\"create\":\"orders_items\"}"); /* takes the name that the list would have */
    support_mongodb_run("shop",
                        "{\"createIndexes\":\"customers\",\"indexes\":[{\"key\":{\"email\":1},\"name\":\"email_1\","
                        "\"unique\":true},{\"key\":{\"name\":1,\"age\":-1},\"name\":\"name_age\"},"
                        "{\"key\":{\"tags\":1},\"name\":\"tags_1\"}]}");
}

static void documents_are_tables(void **state)
{
    (void)state;
    struct connect *c = open_database("shop");
    struct catalog *catalog = read_catalog(c);
    const struct catalog_table *t = table(catalog, "shop", "customers");
    assert_column(t, "_id", TYPE_CHAR, "objectId", false);
    assert_column(t, "name", TYPE_TEXT, "string", false);
    assert_column(t, "age", TYPE_TEXT, "int|string", false);
    assert_column(t, "since", TYPE_TIMESTAMP, "date", false);
    assert_column(t, "balance", TYPE_DECIMAL, "decimal", false);
    assert_column(t, "vip", TYPE_BOOLEAN, "bool", false);
    assert_column(t, "address", TYPE_OBJECT, "object", false);
    assert_column(t, "address_zip", TYPE_TEXT, "string", true);
    assert_column(t, "tags", TYPE_ARRAY, "string[]", false);
    assert_column(t, "photo", TYPE_BINARY, "binData", true);
    assert_column(t, "points", TYPE_BIGINT, "int|long", false);
    assert_column(t, "rate", TYPE_DOUBLE, "int|double", false);
    assert_column(t, "key", TYPE_UUID, "uuid", true);
    assert_column(t, "tax.no", TYPE_TEXT, "string", true);
    assert_column(t, "$odd", TYPE_INTEGER, "int", true);
    assert_string_equal(t->primary_key.columns.items[0], "_id");
    assert_int_equal(t->rows, 2);
    assert_true(t->rows_exact);
    assert_int_equal(t->sampled, 0);
    assert_true(says(catalog, "column age holds int 50.0 %, string 50.0 %: read as text"));
    t = table(catalog, "shop", "customers_tags");
    assert_string_equal(t->parent, "customers");
    assert_column(t, "customer_id", TYPE_CHAR, "objectId", false);
    assert_column(t, "value", TYPE_TEXT, "string", false);
    connect_close(c);
}

static void references_and_names(void **state)
{
    (void)state;
    struct connect *c = open_database("shop");
    struct catalog *catalog = read_catalog(c);
    const struct catalog_table *t = table(catalog, "shop", "orders");
    assert_int_equal(t->foreign_key_count, 1);
    assert_string_equal(t->foreign_keys[0].columns.items[0], "agent_$id");
    assert_string_equal(t->foreign_keys[0].ref_table, "staff");
    assert_true(t->foreign_keys[0].not_valid);
    t = table(catalog, "shop", "orders_items"); /* the empty collection */
    assert_int_equal(t->column_count, 1);
    assert_int_equal(t->rows, 0);
    t = table(catalog, "shop", "orders_items_2");
    assert_column(t, "order_id", TYPE_INTEGER, "int", false);
    assert_column(t, "qty", TYPE_INTEGER, "int", false);
    connect_close(c);
}

static void indexes_are_told_apart(void **state)
{
    (void)state;
    struct connect *c = open_database("shop");
    const struct catalog_table *t = table(read_catalog(c), "shop", "customers");
    assert_int_equal(t->unique_count, 1);
    assert_string_equal(t->uniques[0].columns.items[0], "email");
    assert_int_equal(t->index_count, 2);
    assert_string_equal(t->indexes[0].name, "name_age");
    assert_string_equal(t->indexes[0].orders.items[1], "desc");
    assert_string_equal(t->indexes[1].expression, "{ \"tags\" : 1 }");
    connect_close(c);
}

static enum error_class write_row(void *arg, const struct connect_value *values, struct error *error)
{
    (void)error;
    struct buffer *b = ((void **)arg)[0];
    const struct catalog_table *t = ((void **)arg)[1];
    for (size_t i = 0; i < t->column_count; i++)
        (void)buffer_format(b, "%s%.*s", i > 0 ? "," : "", values[i].type == CONNECT_NULL ? 1 : (int)values[i].size,
                            values[i].type == CONNECT_NULL ? "-" : values[i].data);
    (void)buffer_char(b, '\n');
    return ERROR_OK;
}

static char *rows_of(struct connect *c, const struct catalog_table *t, const struct connect_range *range)
{
    struct buffer b;
    buffer_init(&b, 1 << 20);
    OK(connect_read(c, t, range, write_row, (void *[]){ &b, (void *)t }, &e));
    return buffer_take(&b);
}

static void rows_are_read(void **state)
{
    (void)state;
    struct connect *c = open_database("shop");
    struct catalog *catalog = read_catalog(c);
    const struct connect_range all = { .raw = true };
    mem_auto char *items = rows_of(c, table(catalog, "shop", "orders_items_2"), &all);
    assert_string_equal(items, "1,1,A1,2\n1,2,B2,1\n2,1,A1,5\n");
    mem_auto char *own = rows_of(c, table(catalog, "shop", "orders"), &all);
    assert_string_equal(
        own, "1,507f1f77bcf86cd799439011,[...],{...},staff,7\n2,507f1f77bcf86cd799439012,[...],{...},staff,8\n");
    const char *key = "_id";
    const struct connect_value one = { .type = CONNECT_TEXT, .data = "7", .size = 1 };
    const struct connect_range first = { .raw = true, .key = { &key, 1 }, .limit = 1 };
    mem_auto char *eve = rows_of(c, table(catalog, "shop", "staff"), &first);
    assert_string_equal(eve, "7,Eve\n");
    const struct connect_range after = { .raw = true, .key = { &key, 1 }, .after = &one };
    mem_auto char *staff = rows_of(c, table(catalog, "shop", "staff"), &after);
    assert_string_equal(staff, "8,Max\n");
    int64_t count = 0;
    OK(connect_count(c, table(catalog, "shop", "staff"), &count, &e));
    assert_int_equal(count, 2);
    OK(connect_count(c, table(catalog, "shop", "orders_items_2"), &count, &e));
    assert_int_equal(count, 3);
    connect_close(c);

    c = open_database("shop"); /* the same without a catalog of its own before */
    mem_auto char *again = rows_of(c, table(catalog, "shop", "customers_tags"), &all);
    assert_string_equal(again, "507f1f77bcf86cd799439011,1,a\n507f1f77bcf86cd799439011,2,b\n");
    connect_close(c);
}

static void databases_are_schemas(void **state)
{
    (void)state;
    support_mongodb_run("depot", "{\"insert\":\"bins\",\"documents\":[{\"_id\":\"x\",\"n\":1}]}");
    struct connect *c = open_database("");
    struct catalog *catalog = read_catalog(c);
    table(catalog, "shop", "customers");
    assert_column(table(catalog, "depot", "bins"), "_id", TYPE_TEXT, "string", false);
    connect_close(c);
    c = open_database("nothing_here");
    catalog = read_catalog(c);
    assert_int_equal(catalog->table_count, 0);
    assert_true(says(catalog, "the database is empty or not there"));
    connect_close(c);
}

static enum error_class count_row(void *arg, const struct connect_value *values, struct error *error)
{
    (void)values, (void)error;
    ++*(int64_t *)arg;
    return ERROR_OK;
}

enum { MANY = 120000, BATCH = 4000 };

static void fill_many(void)
{
    for (int from = 0; from < MANY; from += BATCH) {
        struct buffer b;
        buffer_init(&b, 64 << 20);
        (void)buffer_text(&b, "{\"insert\":\"many\",\"documents\":[");
        for (int i = from; i < from + BATCH; i++)
            (void)buffer_format(&b, "%s{\"_id\":%d,\"n\":%d,\"list\":[1,2]%s}", i > from ? "," : "", i, i % 7,
                                i % 1000 == 0 ? ",\"rare\":1" : "");
        (void)buffer_text(&b, "]}");
        support_mongodb_run("large", buffer_view(&b));
        buffer_finish(&b);
    }
}

static void large_collections_are_sampled(void **state)
{
    (void)state;
    fill_many();
    struct connect *c = open_database("large");
    struct catalog *catalog = read_catalog(c);
    const struct catalog_table *t = table(catalog, "large", "many");
    assert_int_equal(t->rows, MANY);
    assert_false(t->rows_exact);
    assert_string_equal(t->extras[0].what, "sampled");
    if (strstr(t->extras[0].text, "drawn by the server ($sample)") == NULL)
        fail_msg("%s", t->extras[0].text);
    assert_in_range(t->sampled, MANY / 20 - 600, MANY / 20); /* the server may draw one twice */
    t = table(catalog, "large", "many_list");
    assert_int_equal(t->rows, 2 * MANY);
    assert_false(t->rows_exact);
    int64_t rows = 0;
    OK(connect_count(c, t, &rows, &e));
    assert_int_equal(rows, 2 * MANY);
    const struct connect_range some = { .raw = true, .limit = 1000, .spread = true };
    rows = 0;
    OK(connect_read(c, t, &some, count_row, &rows, &e));
    assert_int_equal(rows, 1000);
    connect_sample(c, &(struct connect_sampling){ .whole_max = 1000, .sample_max = 50 });
    assert_in_range(table(read_catalog(c), "large", "many")->sampled, 40, 50);
    connect_sample(c, &(struct connect_sampling){ .whole_max = MANY });
    catalog = read_catalog(c);
    assert_int_equal(table(catalog, "large", "many")->sampled, 0);
    assert_true(table(catalog, "large", "many_list")->rows_exact);
    connect_close(c);
}

static void only_what_is_wanted(void **state)
{
    (void)state;
    const char *const include[] = { "orders*", "staff" }, *const exclude[] = { "*.orders_items" };
    const struct catalog_patterns patterns = { .include = { (const char **)include, 2 },
                                               .exclude = { (const char **)exclude, 1 } };
    struct connect *c = open_database("shop");
    connect_sample(c, &(struct connect_sampling){ .patterns = &patterns });
    struct catalog *catalog = read_catalog(c);
    assert_int_equal(catalog->table_count, 3);                      /* orders, its items, staff */
    assert_string_equal(catalog->tables[1].name, "orders_items_2"); /* as if all were there */
    connect_close(c);
}

/* One document with 100,000 keys, one that is deep, names and texts that are no UTF-8 or empty. */
static void odd_documents(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 64 << 20);
    (void)buffer_text(&b, "{\"insert\":\"keys\",\"documents\":[{\"_id\":1,\"stock\":{");
    for (int i = 0; i < 100000; i++)
        (void)buffer_format(&b, "%s\"sku%d\":%d", i > 0 ? "," : "", i, i);
    (void)buffer_text(&b, "}}]}");
    support_mongodb_run("odd", buffer_view(&b));
    buffer_clear(&b);
    (void)buffer_text(&b, "{\"insert\":\"deep\",\"documents\":[{\"_id\":1,\"fine\":1},{\"_id\":2,\"a\":");
    for (int i = 0; i < 90; i++)
        (void)buffer_text(&b, "{\"a\":");
    (void)buffer_text(&b, "1");
    for (int i = 0; i < 90; i++)
        (void)buffer_text(&b, "}");
    (void)buffer_text(&b, "}]}");
    support_mongodb_run("odd", buffer_view(&b));
    buffer_finish(&b);
    support_mongodb_run(
        "odd", "{\"insert\":\"names\",\"documents\":[{\"_id\":1,\"\":1,\"a.b\":2,\"a\":{\"b\":3},\"x\\u0001\":4,"
               "\"t\":\"nul\\u0000inside\"}]}");
    support_mongodb_run("odd", "{\"insert\":\"pairs\",\"documents\":[{\"_id\":{\"a\":1,\"b\":\"x\"},\"none\":null}]}");
    struct connect *c = open_database("odd");
    struct catalog *catalog = read_catalog(c);
    const struct catalog_table *t = table(catalog, "odd", "keys_stock");
    assert_int_equal(t->rows, 100000);
    assert_column(t, "value", TYPE_INTEGER, "int", false);
    assert_int_equal(table(catalog, "odd", "deep")->rows, 2);
    t = table(catalog, "odd", "names");
    assert_column(t, "a.b", TYPE_INTEGER, "int", false);
    assert_column(t, "a_b", TYPE_INTEGER, "int", false);
    assert_column(t, "x?", TYPE_INTEGER, "int", false);
    assert_column(t, "_", TYPE_INTEGER, "int", false);
    const struct catalog_table *pairs = table(catalog, "odd", "pairs");
    assert_int_equal(pairs->primary_key.columns.count, 2);
    assert_string_equal(pairs->primary_key.columns.items[1], "_id_b");
    assert_column(pairs, "none", TYPE_TEXT, "null", true);
    const struct connect_range clean = { .limit = 0 };
    e = ERROR_NONE;
    assert_int_equal(connect_read(c, t, &clean, write_row, NULL, &e), ERROR_FATAL);
    assert_string_equal(e.code, "bad_text");
    connect_close(c);
}

static int setup_server(void **state)
{
    (void)state;
    server = support_mongodb_start();
    fill_shop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(documents_are_tables, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(references_and_names, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(indexes_are_told_apart, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(rows_are_read, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(databases_are_schemas, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(large_collections_are_sampled, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(only_what_is_wanted, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(odd_documents, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, setup_server, NULL);
}
