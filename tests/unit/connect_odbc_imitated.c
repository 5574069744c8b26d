/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_odbc_imitated.c - introspection of SQL Server and Oracle, end to end, against imitations: our own statements,
 * unchanged, through unixODBC and a real driver, on a SQLite database that holds what the servers' documentation says
 * their catalog views hold (tests/support/odbc/). What comes out must be what the DDL reader makes of the same schema.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "catalog/connect/oracle/oracle.h"
#include "catalog/connect/sqlserver/sqlserver.h"
#include "catalog/parse/ddl/ddl.h"
#include "tests/support/odbc_sample.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

static struct error e;

static struct odbc *sqlserver(const char *rows)
{
    mem_auto char *attach = mem_format("ATTACH '%s' AS sys", odbc_sample_file(rows));
    struct odbc *o = odbc_sample_sqlite(&sqlserver_kind, "sqlserver", odbc_sample_file("CREATE TABLE x (a int)"));
    OK(odbc_run(o, attach, &e));
    return o;
}

static struct catalog *scripted(const char *file, enum ddl_dialect dialect)
{
    struct catalog *c = NULL;
    mem_auto char *text = odbc_sample_text(file);
    OK(ddl_parse(arena, text, strlen(text), "shop", dialect, NULL, &c, &e));
    return c;
}

/* What only a live database knows, or only a script, is not compared. */
static void without_type(json_t *column)
{
    static const char *const parts[] = { "type", "native_type", "length", "precision", "scale", "nullable" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        (void)json_object_del(column, parts[i]);
}

static json_t *comparable(const struct catalog *c)
{
    size_t i, k;
    json_t *table, *column, *view, *all = catalog_to_json(c);
    static const char *const live[] = { "rows", "rows_exact", "size_bytes", "extras" };
    (void)json_object_del(all, "diagnostics");
    (void)json_object_del(all, "extras");
    json_array_foreach(json_object_get(all, "tables"), i, table)
    {
        for (k = 0; k < sizeof live / sizeof *live; k++)
            (void)json_object_del(table, live[k]);
        json_array_foreach(json_object_get(table, "columns"), k, column)
        {
            if (json_object_get(column, "generated") != NULL) /* no script says the type of an expression */
                without_type(column);
        }
    }
    json_array_foreach(json_object_get(all, "views"), i, view)
    {
        json_array_foreach(json_object_get(view, "columns"), k, column)
        {
            (void)json_object_del(column, "nullable"); /* a view's script does not say */
            (void)json_object_del(column, "collation");
        }
    }
    return all;
}

static void same(const struct catalog *live, const struct catalog *script)
{
    json_auto_t *a = comparable(live), *b = comparable(script);
    if (json_equal(a, b))
        return;
    mem_auto char *one = json_dumps(a, JSON_INDENT(1)), *two = json_dumps(b, JSON_INDENT(1));
    const char *x = one, *y = two;
    while (*x != '\0' && *x == *y) {
        x++;
        y++;
    }
    size_t before = (size_t)(x - one) < 300 ? (size_t)(x - one) : 300;
    fail_msg("from the server:\n%.700s\n---- from the script:\n%.700s", x - before, y - before);
}

static const struct catalog_table *table(const struct catalog *c, const char *schema, const char *name)
{
    const struct catalog_table *t = catalog_table_find(c, schema, name);
    if (t == NULL)
        fail_msg("%s.%s is missing", schema, name);
    return t;
}

static void has_extra(const struct catalog_extra *extras, size_t count, const char *what, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(extras[i].what, what) == 0 && (text == NULL || strcmp(extras[i].text, text) == 0))
            return;
    fail_msg("no %s \"%s\"", what, text != NULL ? text : "");
}

static void has_diagnostic(const struct catalog *c, const char *says)
{
    for (size_t i = 0; i < c->diagnostic_count; i++)
        if (strstr(c->diagnostics[i].message, says) != NULL)
            return;
    fail_msg("no diagnostic says \"%s\"", says);
}

static void an_imitated_sqlserver_is_what_its_script_says(void **state)
{
    (void)state;
    struct catalog *c = NULL;
    mem_auto char *rows = odbc_sample_text("sqlserver.rows.sql");
    struct odbc *o = sqlserver(rows);
    OK(sqlserver_read_catalog(o, arena, "shop", NULL, false, &c, &e));
    same(c, scripted("sqlserver.ddl.sql", DDL_SQLSERVER));
    const struct catalog_table *customer = table(c, "dbo", "Customer"), *order = table(c, "sales", "Order");
    assert_int_equal(customer->rows, 250);
    assert_false(customer->rows_exact); /* an estimate */
    assert_int_equal(customer->size_bytes, 17 * 8192);
    assert_int_equal(table(c, "sales", "Note")->rows, 12);
    has_extra(order->extras, order->extra_count, "disabled foreign key", "FK_Order_Agent");
    has_extra(order->extras, order->extra_count, "trigger", "AFTER INSERT tr_order (disabled)");
    has_extra(c->extras, c->extra_count, "synonym", "dbo.Kunde for [dbo].[Customer]");
    has_extra(c->extras, c->extra_count, "procedure", "dbo.Refresh");
    has_extra(c->extras, c->extra_count, "function", "sales.Tax");
    has_diagnostic(c, "what the login may see could not be asked"); /* SQLite has no such function */
    odbc_sample_close(o);
}

static void an_imitated_sqlserver_without_rights_tells_what_is_missing(void **state)
{
    (void)state;
    struct catalog *c = NULL;
    mem_auto char *rows = odbc_sample_text("sqlserver.rows.sql");
    mem_auto char *poor = mem_format("%s; UPDATE check_constraints SET definition = NULL; UPDATE default_constraints "
                                     "SET definition = NULL WHERE object_id = 31; UPDATE indexes SET filter_definition "
                                     "= NULL; UPDATE computed_columns SET definition = NULL; DROP TABLE sequences; "
                                     "DROP TABLE allocation_units;",
                                     rows);
    struct odbc *o = sqlserver(poor);
    OK(sqlserver_read_catalog(o, arena, "shop", NULL, false, &c, &e));
    assert_int_equal(c->table_count, 3);
    assert_int_equal(table(c, "dbo", "Customer")->rows, -1);
    assert_int_equal(table(c, "sales", "Order")->check_count, 0);
    const struct catalog_table *order = table(c, "sales", "Order");
    for (size_t i = 0; i < order->index_count; i++)
        if (order->indexes[i].unique)
            assert_string_equal(order->indexes[i].where, "?"); /* filtered, though by what is not to be seen */
    has_diagnostic(c, "the sequences could not be read and are missing");
    has_diagnostic(c, "the row counts and sizes could not be read and are missing");
    has_diagnostic(c, "a check can't be seen: VIEW DEFINITION");
    has_diagnostic(c, "a default can't be seen: VIEW DEFINITION");
    has_diagnostic(c, "a computed column's expression can't be seen");
    odbc_sample_close(o);

    o = sqlserver("CREATE TABLE other (a int)"); /* the tables themselves are needed */
    e = ERROR_NONE;
    assert_int_equal(sqlserver_read_catalog(o, arena, "shop", NULL, false, &c, &e), ERROR_FATAL);
    assert_non_null(strstr(e.message, "read the catalog (tables)"));
    odbc_sample_close(o);
}

static void an_imitated_sqlserver_partitions_and_counts(void **state)
{
    (void)state;
    struct catalog *c = NULL;
    mem_auto char *rows = odbc_sample_text("sqlserver.rows.sql");
    mem_auto char *more = mem_format("%s; UPDATE indexes SET data_space_id = 70 WHERE object_id = 12 AND index_id = 1; "
                                     "UPDATE index_columns SET partition_ordinal = 1 WHERE object_id = 12 AND index_id "
                                     "= 1 AND column_id = 1; UPDATE identity_columns SET seed_value = 100;",
                                     rows);
    struct odbc *o = sqlserver(more);
    OK(sqlserver_read_catalog(o, arena, "shop", NULL, false, &c, &e));
    const struct catalog_table *order = table(c, "sales", "Order"), *customer = table(c, "dbo", "Customer");
    assert_string_equal(order->kind, "partitioned");
    assert_string_equal(order->partition->method, "range");
    assert_string_equal(order->partition->key, "Id");
    has_extra(order->extras, order->extra_count, "partitions", "4, each boundary in its right part");
    has_extra(customer->extras, customer->extra_count, "identity", "Id IDENTITY(100,1)");
    odbc_sample_close(o);
}

static void an_imitated_oracle_is_what_its_script_says(void **state)
{
    (void)state;
    struct catalog *c = NULL;
    mem_auto char *rows = odbc_sample_text("oracle.rows.sql");
    struct odbc *o = odbc_sample_sqlite(&oracle_kind, "oracle", odbc_sample_file(rows));
    OK(oracle_read_catalog(o, arena, "shop", NULL, false, &c, &e));
    assert_int_equal(c->view_count, 2);
    assert_true(c->views[0].materialized);
    assert_string_equal(c->views[0].name, "TOTALS");
    c->views++; /* a script of one makes its columns from the query: not compared */
    c->view_count--;
    same(c, scripted("oracle.ddl.sql", DDL_ORACLE));
    const struct catalog_table *dept = table(c, "HR", "DEPT"), *emp = table(c, "HR", "EMP");
    assert_int_equal(dept->rows, 27);
    assert_false(dept->rows_exact);
    assert_int_equal(dept->size_bytes, 5 * 8192);
    assert_int_equal(emp->rows, -1);
    has_extra(dept->extras, dept->extra_count, "statistics", "rows and size as analyzed at 2026-01-02 03:04:05");
    has_extra(emp->extras, emp->extra_count, "trigger", "AFTER EACH ROW INSERT OR UPDATE EMP_AUDIT (disabled)");
    has_extra(emp->extras, emp->extra_count, "identity", NULL);
    has_extra(c->extras, c->extra_count, "synonym", "HR.STAFF for HR.EMP");
    has_extra(c->extras, c->extra_count, "procedure", "HR.RAISE_PAY");
    odbc_sample_close(o);
}

/* Before 12.1 there is no word on who is the server's own, no identity and no collation: told, and the rest read. */
static void an_imitated_oracle_11_is_read_without_what_it_lacks(void **state)
{
    (void)state;
    struct catalog *c = NULL;
    mem_auto char *rows = odbc_sample_text("oracle.rows.sql");
    mem_auto char *old = mem_format("%s; ALTER TABLE ALL_USERS DROP COLUMN ORACLE_MAINTAINED; ALTER TABLE ALL_TAB_COLS "
                                    "DROP COLUMN COLLATION; DROP TABLE ALL_TAB_IDENTITY_COLS; DROP TABLE "
                                    "ALL_IND_EXPRESSIONS;",
                                    rows);
    struct odbc *o = odbc_sample_sqlite(&oracle_kind, "oracle", odbc_sample_file(old));
    OK(oracle_read_catalog(o, arena, "shop", NULL, false, &c, &e));
    assert_int_equal(c->table_count, 2);
    has_diagnostic(c, "the identity columns could not be read and are missing");
    has_diagnostic(c, "the collations could not be read and are missing");
    const struct catalog_table *emp = table(c, "HR", "EMP");
    for (size_t i = 0; i < emp->index_count; i++)
        if (strcmp(emp->indexes[i].name, "EMP_UPPER") == 0)
            assert_string_equal(emp->indexes[i].expression, "?"); /* never taken for a unique one over DEPT */
    OK(oracle_read_catalog(o, arena, "shop", "NOBODY", false, &c, &e));
    assert_int_equal(c->table_count, 0);
    has_diagnostic(c, "no table is visible to this user");
    odbc_sample_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_imitated_sqlserver_is_what_its_script_says, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_imitated_sqlserver_without_rights_tells_what_is_missing, scratch_setup,
                                        scratch_teardown),
        cmocka_unit_test_setup_teardown(an_imitated_sqlserver_partitions_and_counts, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_imitated_oracle_is_what_its_script_says, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_imitated_oracle_11_is_read_without_what_it_lacks, scratch_setup,
                                        scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
