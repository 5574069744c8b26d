/* SPDX-License-Identifier: Apache-2.0 */
/*
 * templates_postgresql.c - what the templates make is run by the target's own tools: psql takes ddl.sql, schema.sql and
 * keys.sql go around rows, SQLAlchemy runs models.py and reflects it back. All three must give the same database.
 */
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "templates/renderer.h"
#include "tests/support/child.h"
#include "tests/support/server.h"

/* All that the two ways must agree on, as PostgreSQL itself spells it. */
static const char FINGERPRINT[] =
    "WITH t AS (SELECT c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name FROM pg_class c"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%'"
    " AND n.nspname <> 'information_schema'), line AS ("
    " SELECT name || ' table ' || coalesce(obj_description(oid, 'pg_class'), '-') AS text FROM t"
    " UNION ALL SELECT name || ' column ' || attnum || quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)"
    "  || format(' %s [%s] [%s] %s ', attnotnull, attidentity, attgenerated, attcollation)"
    "  || coalesce(pg_get_expr(adbin, adrelid), '-') || ' ' || coalesce(col_description(t.oid, attnum), '-')"
    "  FROM t JOIN pg_attribute a ON attrelid = t.oid AND attnum > 0"
    "  LEFT JOIN pg_attrdef d ON adrelid = t.oid AND adnum = attnum"
    " UNION ALL SELECT name || ' constraint ' || quote_ident(conname) || ' '"
    "  || replace(pg_get_constraintdef(k.oid), ' NOT VALID', '') FROM t JOIN pg_constraint k ON conrelid = t.oid"
    " UNION ALL SELECT name || ' index ' || pg_get_indexdef(indexrelid) FROM t JOIN pg_index ON indrelid = t.oid)"
    " SELECT string_agg(text, E'\\n' ORDER BY text COLLATE \"C\") FROM line";

static char folder[] = "/tmp/argosy-templates-XXXXXX";
static const char *server;

static PGconn *open_database(const char *name, char ret_conninfo[1024])
{
    (void)snprintf(ret_conninfo, 1024, "%s dbname=%s", server, name);
    PGconn *session = PQconnectdb(ret_conninfo);
    if (PQstatus(session) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(session));
    return session;
}

/* The first value of the last result. */
static char *run(PGconn *session, const char *sql)
{
    PGresult *result = PQexec(session, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s\nin: %.2000s", PQerrorMessage(session), sql);
    char *value = strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return value;
}

static void make_database(const char *name)
{
    PGconn *session = PQconnectdb(server);
    char sql[128];
    (void)snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE template0", name);
    free(run(session, sql));
    PQfinish(session);
    char conninfo[1024];
    session = open_database(name, conninfo);
    free(run(session, "CREATE TABLE x (canary int)")); /* the hostile names try to drop it */
    PQfinish(session);
}

static json_t *catalog_of(const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/tests/golden/templates/%s/catalog.json", getenv("ARGOSY_SOURCE"), name);
    json_t *catalog = json_load_file(path, 0, NULL);
    assert_non_null(catalog);
    return catalog;
}

static char *render(const char *target, const char *file, const json_t *catalog)
{
    char *text = NULL;
    struct error e = ERROR_NONE;
    if (renderer_render(target, file, catalog, &text, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    return text;
}

/* Renders into a file that children can read. */
static void render_file(const char *target, const char *file, const json_t *catalog, char ret_path[256])
{
    (void)snprintf(ret_path, 256, "%s/%s", folder, file);
    char *text = render(target, file, catalog);
    FILE *stream = fopen(ret_path, "wb");
    assert_non_null(stream);
    assert_true(fputs(text, stream) >= 0);
    assert_int_equal(fclose(stream), 0);
    free(text);
    child_give(ret_path);
}

/* The checkout may lie where children can't read. */
static void script_copy(char ret_path[256])
{
    char from[1024], bytes[16384];
    (void)snprintf(from, sizeof from, "%s/tests/contract/templates_models.py", getenv("ARGOSY_SOURCE"));
    (void)snprintf(ret_path, 256, "%s/check.py", folder);
    FILE *source = fopen(from, "rb"), *copy = fopen(ret_path, "wb");
    assert_true(source && copy);
    size_t size = fread(bytes, 1, sizeof bytes, source);
    assert_true(size > 0 && size < sizeof bytes);
    assert_int_equal(fwrite(bytes, 1, size, copy), size);
    fclose(source);
    assert_int_equal(fclose(copy), 0);
    child_give(ret_path);
}

static char *fingerprint(const char *database)
{
    char conninfo[1024];
    PGconn *session = open_database(database, conninfo);
    free(run(session, "SET search_path = pg_catalog"));
    char *text = run(session, FINGERPRINT);
    assert_non_null(strstr(text, "public.x column 1canary"));
    PQfinish(session);
    return text;
}

static void assert_same(const char *way, char *first, char *second)
{
    if (strcmp(first, second) != 0)
        fail_msg("%s gives another database:\n%s\n---- instead of ----\n%s", way, second, first);
    free(second);
}

/* Makes database NAME_models by SQLAlchemy. mode: "create" or "reflect". */
static void make_by_models(const char *database, const json_t *catalog, const char *mode)
{
    char conninfo[1024], path[256], script[256], log[256];
    (void)snprintf(log, sizeof log, "%s/log", folder);
    make_database(database);
    PQfinish(open_database(database, conninfo));
    render_file("sqlalchemy", "models.py", catalog, path);
    script_copy(script);
    child_run((const char *const[]){ "/usr/bin/python3", "-B", script, conninfo, path, mode, NULL }, log);
}

static void make_by_psql(const char *database, const json_t *catalog)
{
    char conninfo[1024], path[256], log[256];
    (void)snprintf(log, sizeof log, "%s/log", folder);
    make_database(database);
    PQfinish(open_database(database, conninfo));
    render_file("postgresql", "ddl.sql", catalog, path);
    child_run((const char *const[]){ "psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", conninfo, "-f", path, NULL }, log);
}

static void make_by_halves(const char *database, const json_t *catalog)
{
    char conninfo[1024];
    make_database(database);
    PGconn *session = open_database(database, conninfo);
    char *schema = render("postgresql", "schema.sql", catalog), *keys = render("postgresql", "keys.sql", catalog);
    free(run(session, schema));
    free(run(session, keys));
    free(schema);
    free(keys);
    PQfinish(session);
}

static void test_chinook(void **state)
{
    (void)state;
    json_t *catalog = catalog_of("chinook");
    make_by_psql("chinook", catalog);
    char *expected = fingerprint("chinook");
    make_by_halves("chinook_halves", catalog);
    assert_same("schema.sql and keys.sql", expected, fingerprint("chinook_halves"));
    make_by_models("chinook_models", catalog, "reflect");
    assert_same("models.py", expected, fingerprint("chinook_models"));
    free(expected);
    json_decref(catalog);
}

static void test_hostile_names(void **state)
{
    (void)state;
    json_t *catalog = catalog_of("hostile");
    make_by_psql("hostile", catalog);
    char *expected = fingerprint("hostile");
    make_by_halves("hostile_halves", catalog);
    assert_same("schema.sql and keys.sql", expected, fingerprint("hostile_halves"));
    make_by_models("hostile_models", catalog, "create");
    assert_same("models.py", expected, fingerprint("hostile_models"));
    free(expected);
    json_decref(catalog);
}

/* The same names with their dots made colons, so that SQLAlchemy can reflect them. */
static void test_hostile_names_reflect(void **state)
{
    (void)state;
    json_t *catalog = catalog_of("hostile");
    char *text = json_dumps(catalog, JSON_COMPACT);
    const char *const dotted[] = { "\"a.b\"", "\"b.c\"", "\"x.y\"" };
    for (size_t i = 0; i < sizeof dotted / sizeof dotted[0]; i++)
        for (char *at = text; (at = strstr(at, dotted[i])) != NULL;)
            at[2] = ':';
    json_decref(catalog);
    catalog = json_loads(text, 0, NULL);
    assert_non_null(catalog);
    make_by_models("hostile_reflect", catalog, "reflect");
    free(text);
    json_decref(catalog);
}

/* keys.sql comes after the rows: sequences go on above them. */
static void test_sequences_go_on_above_the_rows(void **state)
{
    (void)state;
    make_database("sequences");
    char conninfo[1024];
    PGconn *session = open_database("sequences", conninfo);
    json_t *catalog = catalog_of("hostile");
    char *schema = render("postgresql", "schema.sql", catalog), *keys = render("postgresql", "keys.sql", catalog);
    free(run(session, schema));
    free(run(session, "INSERT INTO \"user\" (id) VALUES (-5), (41)"));
    free(run(session, keys));
    char *next = run(session, "INSERT INTO \"user\" DEFAULT VALUES RETURNING id");
    assert_string_equal(next, "42");
    free(next);
    next = run(session, "INSERT INTO \"User\" DEFAULT VALUES RETURNING \"Id\""); /* was empty */
    assert_string_equal(next, "1");
    free(next);
    free(schema);
    free(keys);
    json_decref(catalog);
    PQfinish(session);
}

static int start(void **state)
{
    (void)state;
    server = support_postgres_start();
    if (!mkdtemp(folder))
        return -1;
    child_give(folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    const char *const files[] = { "log", "ddl.sql", "models.py", "check.py" };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chinook),
        cmocka_unit_test(test_hostile_names),
        cmocka_unit_test(test_hostile_names_reflect),
        cmocka_unit_test(test_sequences_go_on_above_the_rows),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
