/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_odbc_sql.c - every statement of ours for SQL Server and Oracle, parsed by grammars of T-SQL and Oracle's SQL
 * that are not ours; statements with slips in them are refused. No server is to be had, so this is what says that they
 * are SQL at all. What they are filled with (schemas, hostile names, values of every sort) is filled in here.
 *
 * ctest: needs sqlfluff
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/mem.h"
#include "catalog/connect/oracle/oracle.h"
#include "catalog/connect/sqlserver/sqlserver.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"

static void add(json_t *all, const char *dialect, const char *name, const char *sql)
{
    json_array_append_new(all, json_pack("{s:s, s:s, s:s}", "dialect",
                                         strcmp(dialect, "oracle") == 0 ? "oracle" : "tsql", "name", name, "sql", sql));
}

/* Statements of introspection, once for all schemas and once for one. */
static void add_list(json_t *all, const char *dialect, const char *system, const struct odbc_statement *list)
{
    struct sqltext s;
    struct error e = ERROR_NONE;
    const char *in;
    sqltext_init(&s, dialect);
    for (; list->sql != NULL; list++) {
        assert_int_equal(odbc_schema_filter(&s, NULL, system, &in, &e), ERROR_OK);
        mem_auto char *wide = odbc_statement_text(list->sql, in);
        assert_int_equal(odbc_schema_filter(&s, "it's [me]", system, &in, &e), ERROR_OK);
        mem_auto char *narrow = odbc_statement_text(list->sql, in);
        assert_null(strstr(wide, "{in}"));
        add(all, dialect, list->what, wide);
        add(all, dialect, list->what, narrow);
    }
    sqltext_finish(&s);
}

static void add_prologue(json_t *all, const char *dialect, const char *const *prologue)
{
    for (; *prologue != NULL; prologue++) {
        const char *at = strstr(*prologue, "%d");
        mem_auto char *sql =
            at == NULL ? mem_text(*prologue) : mem_format("%.*s%d%s", (int)(at - *prologue), *prologue, 30000, at + 2);
        add(all, dialect, "prologue", sql);
    }
}

static const char *const types_sqlserver[] = {
    "int",       "bigint",         "decimal(18, 2)",
    "float",     "nvarchar(max)",  "datetimeoffset(7)",
    "time(7)",   "sql_variant",    "xml",
    "geometry",  "hierarchyid",    "uniqueidentifier",
    "timestamp", "varbinary(max)", "datetime2(3)",
    "bit",       "json",           "dbo.Flag",
};
static const char *const types_oracle[] = {
    "NUMBER(10,0)",
    "NUMBER",
    "VARCHAR2(20 CHAR)",
    "CLOB",
    "TIMESTAMP(6) WITH TIME ZONE",
    "TIMESTAMP(0) WITH LOCAL TIME ZONE",
    "INTERVAL DAY(2) TO SECOND(6)",
    "XMLTYPE",
    "ROWID",
    "BFILE",
    "HR.POINT",
    "RAW(16)",
    "FLOAT(126)",
    "DATE",
    "JSON",
};

static struct catalog_table *table_of(struct catalog *c, const char *const *types, size_t count)
{
    struct catalog_table *t = catalog_table_add(c, "it's [odd]", "Order Line");
    for (size_t i = 0; i < count; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "Column %zu", i);
        struct catalog_column *column = catalog_column_add(c, t, name);
        column->native_type = types[i];
        column->type = type_from_native(c->dialect, types[i]);
    }
    t->rows = 1000000;
    for (size_t i = 0; i < 3; i++)
        catalog_name_add(c, &t->primary_key.columns, t->columns[i].name);
    return t;
}

static void add_view_of(json_t *all, struct sqltext *s, const char *what)
{
    const char *sql;
    struct error e = ERROR_NONE;
    if (sqltext_view(s, &sql, &e) != ERROR_OK)
        fail_msg("%s: %s", what, e.message);
    add(all, s->dialect, what, sql);
}

/* What reading, splitting and looking for orphans send. */
static void add_reading(json_t *all, const struct odbc_kind *kind, struct catalog *c, struct catalog_table *t)
{
    const struct connect_value after[] = { { .type = CONNECT_INTEGER, .integer = INT64_MIN },
                                           { .type = CONNECT_TEXT, .data = "it's", .size = 4 },
                                           { .type = CONNECT_REAL, .real = 1.5 } };
    const struct connect_value upto[] = { { .type = CONNECT_BINARY, .data = "\xde\xad", .size = 2 },
                                          { .type = CONNECT_TEXT, .data = "2024-02-03 04:05:06.789", .size = 23 },
                                          { .type = CONNECT_INTEGER, .integer = 7 } };
    const struct connect_range ranges[] = {
        { .raw = true },
        { .raw = true, .limit = 100, .spread = true },
        { .raw = true, .key = t->primary_key.columns, .after = after, .limit = 50 },
        { .raw = true, .key = t->primary_key.columns, .after = after, .upto = upto },
        { .raw = true, .key = t->primary_key.columns, .upto = upto, .limit = 1 },
    };
    enum odbc_form forms[32];
    struct sqltext s;
    sqltext_init(&s, c->dialect);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        odbc_read_text(&s, kind, t, &ranges[i], ranges[i].spread, forms);
        add_view_of(all, &s, "read");
    }
    odbc_count_upto_text(&s, kind, t, 1000);
    add_view_of(all, &s, "count");
    add(all, c->dialect, "version", kind->version);
    odbc_split_text(&s, t, 250, 4);
    add_view_of(all, &s, "split");
    struct catalog_foreign_key *fk = catalog_foreign_key_add(c, t);
    fk->ref_schema = t->schema;
    fk->ref_table = t->name;
    fk->columns = fk->ref_columns = t->primary_key.columns;
    odbc_orphans_text(&s, kind, t, fk);
    add_view_of(all, &s, "orphans");
    const struct catalog_names keys[] = { { fk->columns.items, 2 }, { fk->columns.items + 1, 2 } };
    const struct rows_pair pair = { t, t, &keys[0], &keys[1], .rows_max = 2000000 };
    if (kind == &sqlserver_kind) {
        assert_true(sqlserver_contains_text(&s, &pair));
        add_view_of(all, &s, "contains");
    }
    sqltext_finish(&s);
}

static json_t *statements(struct arena *arena)
{
    json_t *all = json_array();
    const struct odbc_statement *const sqlserver[] = { sqlserver_objects, sqlserver_columns, sqlserver_indexes,
                                                       sqlserver_keys, sqlserver_beside };
    const struct odbc_statement *const oracle[] = { oracle_objects, oracle_columns, oracle_indexes, oracle_keys,
                                                    oracle_beside };
    for (size_t i = 0; i < 5; i++) {
        add_list(all, "sqlserver", sqlserver_system_schemas, sqlserver[i]);
        add_list(all, "oracle", oracle_system_new, oracle[i]);
    }
    add_list(all, "oracle", oracle_system_old, oracle_objects);
    add(all, "sqlserver", "rights", sqlserver_rights_sql);
    add(all, "oracle", "maintained", oracle_maintained_sql);
    add_prologue(all, "sqlserver", sqlserver_prologue);
    add_prologue(all, "oracle", oracle_prologue);
    struct catalog *c = catalog_create(arena, "sqlserver", "x");
    add_reading(all, &sqlserver_kind, c,
                table_of(c, types_sqlserver, sizeof types_sqlserver / sizeof *types_sqlserver));
    c = catalog_create(arena, "oracle", "x");
    add_reading(all, &oracle_kind, c, table_of(c, types_oracle, sizeof types_oracle / sizeof *types_oracle));
    return all;
}

static void grammars_of_others_understand_every_statement(void **state)
{
    (void)state;
    const char *source = getenv("ARGOSY_SOURCE");
    mem_auto char *script = mem_format("%s/tests/support/sqlfluff/parse.py", source != NULL ? source : ".");
    mem_auto char *file = mem_format("%s/statements.json", cleaner_folder());
    struct arena *arena = arena_create(16 << 20);
    json_auto_t *all = statements(arena);
    assert_true(json_array_size(all) > 100);
    assert_int_equal(json_dump_file(all, file, 0), 0);
    arena_destroy(arena);
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        execl("/usr/bin/python3", "python3", "-B", script, file, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        fail_msg("not every statement passed (status %d)", status);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(grammars_of_others_understand_every_statement) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
