/* SPDX-License-Identifier: Apache-2.0 */
/* discovery_tables.c - a catalog that a job leaves becomes rows of its project, with the artifact or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"

#define MEDIA_TYPE "application/vnd.argosy.catalog+json"

static struct record record;

/* Order refers to customer; `rows` and the type of customer.name are the caller's. */
static void document(char *ret_text, size_t size, int rows, const char *type)
{
    (void)snprintf(
        ret_text, size,
        "{\"format\":1,\"dialect\":\"sqlite\",\"name\":\"shop\",\"tables\":["
        "{\"schema\":\"main\",\"name\":\"customer\",\"rows\":%d,\"size_bytes\":2097152,\"columns\":["
        "{\"name\":\"id\",\"type\":\"bigint\",\"nullable\":false},"
        "{\"name\":\"name\",\"type\":\"text\",\"native_type\":\"%s\",\"nullable\":true,\"comment\":\"who\","
        "\"statistics\":{\"rows\":2,\"common\":[{\"value\":\"a\",\"rows\":2}],\"samples\":[\"a\",\"b\"]},"
        "\"pii\":{\"class\":\"name\",\"confidence\":0.9},\"indexing\":{\"strategy\":\"categorical\",\"reason\":\"few\"}"
        "}],"
        "\"primary_key\":[\"id\"],\"foreign_keys\":[],\"uniques\":[],\"indexes\":[],\"checks\":[],"
        "\"quality\":{\"score\":0.5,\"findings\":[]},\"document\":\"Customers.\"},"
        "{\"schema\":\"main\",\"name\":\"order\",\"columns\":[{\"name\":\"customer_id\",\"type\":\"bigint\","
        "\"nullable\":false}],\"primary_key\":[],\"foreign_keys\":[{\"columns\":[\"customer_id\"],\"ref_schema\":"
        "\"main\","
        "\"ref_table\":\"customer\",\"ref_columns\":[\"id\"]}],\"uniques\":[],\"indexes\":[],\"checks\":[]}],"
        "\"relationships\":[{\"from_table\":\"order\",\"from_columns\":[\"customer_id\"],\"to_table\":\"customer\","
        "\"to_columns\":[\"id\"],\"cardinality\":\"many_to_one\",\"confidence\":1.0,\"origin\":\"declared\"}],"
        "\"diagnostics\":[],\"graph\":{\"nodes\":[{\"schema\":\"main\",\"table\":\"order\",\"x\":7,\"y\":9}],\"edges\":"
        "[]},"
        "\"complexity\":{\"score\":1.5},\"compliance\":{\"regimes\":[]}}",
        rows, type);
}

static int64_t submit(void)
{
    return record_int(&record, "SELECT argosy.submit('noop', '{\"source\": 1, \"project\": \"shop\"}')");
}

static void leave(int64_t job, const char *text)
{
    record_run(&record, "INSERT INTO argosy.artifact VALUES (%lld, 1, 'catalog.json', '" MEDIA_TYPE "', '%s')",
               (long long)job, text);
}

static void a_catalog_becomes_rows(void **state)
{
    (void)state;
    char text[4096];
    document(text, sizeof text, 2, "varchar(10)");
    record_run(&record, "INSERT INTO argosy.upload (name, size, sha256) VALUES ('shop.db', 4096, 'x')");
    record_run(&record, "INSERT INTO argosy.connection (name, dialect, url) VALUES ('shop', 'sqlite', 'upload:1')");
    leave(submit(), text);
    assert_string_equal(record_text(&record,
                                    "SELECT concat_ws(' ', p.name, table_count, column_count, relationship_count, "
                                    "complexity_score, connection_id, lineage_graph -> 'nodes' -> 0 ->> 'x') "
                                    "FROM argosy.discovered_schemas JOIN argosy.project p ON p.id = project_id"),
                        "shop 2 3 1 1.5 1 7");
    assert_string_equal(record_text(&record,
                                    "SELECT string_agg(concat_ws(' ', name, schema_name, table_type, row_count, "
                                    "size_mb, position_x, position_y), '; ' ORDER BY position) "
                                    "FROM argosy.table_nodes"),
                        "customer main source 2 2.00; order main source 7 9");
    assert_string_equal(
        record_text(&record, "SELECT string_agg(concat_ws(' ', t.name, c.name, data_type, nullable, "
                             "is_primary_key, is_foreign_key, references_table, references_column, sample_values, "
                             "description), '; ' ORDER BY c.id) FROM argosy.column_nodes c "
                             "JOIN argosy.table_nodes t ON t.id = c.table_id"),
        "customer id bigint f t f; customer name varchar(10) t f f {a,b} who; order customer_id bigint f "
        "f t customer id");
    assert_string_equal(record_text(&record,
                                    "SELECT concat_ws(' ', canonical_type, categorical_values, indexing_strategy, "
                                    "pii_class, pii_confidence) FROM argosy.column_metadata "
                                    "JOIN argosy.column_nodes n ON n.id = column_id WHERE n.name = 'name'"),
                        "text [{\"rows\": 2, \"value\": \"a\"}] categorical name 0.9");
    assert_string_equal(record_text(&record, "SELECT concat_ws(' ', source_table, source_column, target_table, "
                                             "target_column, relationship_type, confidence, origin) "
                                             "FROM argosy.relationships"),
                        "order customer_id customer id many_to_one 1.00 declared");
    assert_string_equal(record_text(&record, "SELECT concat_ws(' ', document, quality_score, junction) "
                                             "FROM argosy.table_insights ORDER BY table_id LIMIT 1"),
                        "Customers. 0.5 f");
    assert_string_equal(record_text(&record, "SELECT concat_ws(' ', filename, file_size, status, preview_data -> 0) "
                                             "FROM argosy.schema_files"),
                        "shop.db 4096 ready {\"table\": \"customer\", \"columns\": [\"id\", \"name\"]}");
}

/* More rows are the same schema; another type is another version. */
static void history_has_a_version_for_each_structure(void **state)
{
    (void)state;
    char text[4096];
    document(text, sizeof text, 99, "varchar(10)");
    leave(submit(), text);
    assert_int_equal(record_int(&record, "SELECT max(schema_version) FROM argosy.schema_history"), 1);
    document(text, sizeof text, 99, "varchar(20)");
    leave(submit(), text);
    assert_int_equal(record_int(&record, "SELECT max(schema_version) FROM argosy.schema_history"), 2);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.project"), 1);
    for (int i = 0; i < 15; i++)
        leave(submit(), text);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.discovered_schemas"),
                     12); /* ten, and two versions */
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.schema_history h "
                                         "JOIN argosy.discovered_schemas d ON d.id = h.schema_id"),
                     2);
}

static void a_broken_document_is_refused_whole(void **state)
{
    (void)state;
    int64_t before = record_int(&record, "SELECT count(*) FROM argosy.artifact");
    int64_t job = submit();
    assert_string_equal(record_refused(&record,
                                       "INSERT INTO argosy.artifact VALUES (%lld, 1, 'catalog.json', '" MEDIA_TYPE
                                       "', '{\"tables\": [1')",
                                       (long long)job),
                        "22P02");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.artifact"), before);
    record_run(&record, "INSERT INTO argosy.artifact VALUES (%lld, 1, 'x.txt', 'text/plain', 'no catalog')",
               (long long)job); /* others are let alone */
}

static void many_tables_are_stored_in_seconds(void **state)
{
    (void)state;
    record_run(&record,
               "INSERT INTO argosy.artifact SELECT %lld, 1, 'catalog.json', '" MEDIA_TYPE "', "
               "jsonb_build_object('dialect', 'sqlite', 'relationships', '[]'::jsonb, 'tables', jsonb_agg("
               "jsonb_build_object('schema', '', 'name', 't' || n, 'primary_key', '[\"a\"]'::jsonb, 'foreign_keys', "
               "'[]'::jsonb, 'columns', (SELECT jsonb_agg(jsonb_build_object('name', 'c' || c, 'type', 'text', "
               "'nullable', true)) FROM generate_series(1, 10) c)))) FROM generate_series(1, 3000) n",
               (long long)submit());
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.column_nodes c JOIN argosy.table_nodes t "
                                         "ON t.id = c.table_id WHERE t.name = 't3000'"),
                     10);
}

int main(void)
{
    record_start(&record);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_catalog_becomes_rows),
        cmocka_unit_test(history_has_a_version_for_each_structure),
        cmocka_unit_test(a_broken_document_is_refused_whole),
        cmocka_unit_test(many_tables_are_stored_in_seconds),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
