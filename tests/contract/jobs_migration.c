/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds migration and validation from SQLite into a real PostgreSQL: everything arrives once, whatever interrupts
 * it, and a target that is somebody else's is left alone.
 */
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "tests/support/customer.h"
#include "tests/support/sample.h"
#include "tests/support/sqlite_file.h"

static struct error e;

static int64_t number(const json_t *result, const char *name)
{
    return json_integer_value(json_object_get(result, name));
}

static const char *text(const json_t *result, const char *name)
{
    const char *value = json_string_value(json_object_get(result, name));
    return value ? value : "";
}

static void expect_passed(const json_t *result)
{
    if (strcmp(text(result, "validation"), "passed") != 0)
        fail_msg("%s", json_dumps(result, JSON_INDENT(1)));
}

static enum error_class run_ddl(struct lender *l, int64_t chunk_rows, int64_t job_rows)
{
    json_auto_t *args = sample_args("ddl", chunk_rows, job_rows);
    return lender_run(l, "migration", "migration", args, &e);
}

static const json_t *validate(struct lender *l)
{
    json_auto_t *args = sample_args(NULL, 0, 0);
    OK(lender_run(l, "validation", "validation", args, &e));
    return lender_result_of(l, "validation");
}

static void chinook_arrives(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_chinook(), target);
    const json_t *result = sample_run(l);
    expect_passed(result);
    assert_int_equal(number(result, "tables"), 11);
    assert_int_equal(number(result, "rows"), 15607);
    assert_int_equal(number(result, "primary_keys"), 11);
    assert_int_equal(number(result, "foreign_keys"), 11);

    assert_int_equal(number(lender_result_of(l, "migration"), "tables"), 11);
    assert_int_equal(lender_children(l), 15); /* 11 tables, PlaylistTrack and Track in more parts, and the keys */
    assert_string_equal(text(lender_result_of(l, "rows/public.Track/1"), "table"), "Track");
    assert_int_equal(number(lender_result_of(l, "keys"), "primary_keys"), 11);
    assert_true(lender_progress_count(l) > 11);
    customer_expect(target, "SELECT \"Composer\" FROM \"Track\" WHERE \"TrackId\" = 1",
                    "Angus Young, Malcolm Young, Brian Johnson");
    /* Run again, whole: the fence says that all of it is in. */
    OK(run_ddl(l, 1000, 3000));
    OK(lender_run_epoch(l, "rows/public.Track/0", 9, &e));
    assert_int_equal(number(lender_result_of(l, "rows/public.Track/0"), "rows"), 1752);
    OK(lender_run_epoch(l, "keys", 9, &e));
    expect_passed(validate(l));
    lender_destroy(l);
}

static void a_target_that_has_the_tables_is_refused(void **state)
{
    (void)state;
    const char *target = customer_database();
    free(customer_query(target, "CREATE TABLE \"Track\" (mine int); INSERT INTO \"Track\" VALUES (1)"));
    struct lender *l = sample_pipeline(sqlite_file_chinook(), target);
    assert_int_equal(run_ddl(l, 0, 0), ERROR_REFUSED);
    assert_string_equal(e.code, "target_not_empty");
    assert_non_null(strstr(e.message, "\"Track\""));
    assert_int_equal(lender_children(l), 0);
    OK(lender_seal(l, "migration", &e));
    customer_expect(target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'",
                    "2"); /* theirs and the fence */
    customer_expect(target, "SELECT count(*) FROM \"Track\"", "1");
    lender_destroy(l);
}

static void a_target_that_is_away_is_an_error(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_chinook(), target);
    lender_connection(l, 2, "postgresql://nobody@127.0.0.1:1/nothing");
    assert_int_equal(run_ddl(l, 0, 0), ERROR_UNAVAILABLE);
    assert_string_equal(e.code, "connection_refused");
    lender_destroy(l);
}

static const char source[] =
    "CREATE TABLE keyed (id INTEGER PRIMARY KEY, t TEXT, r REAL, b BLOB, n NUMERIC(10,2));"
    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 20000) INSERT INTO keyed SELECT i * 3, "
    "CASE WHEN i % 7 THEN 'row ' || i || char(9, 10, 92) END, i / 10.0, CASE WHEN i % 5 THEN randomblob(20) END, i + "
    "0.25 "
    "FROM c;"
    "CREATE TABLE pair (a TEXT, b INTEGER, v TEXT, PRIMARY KEY (a, b));"
    "WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < 4999) INSERT INTO pair SELECT "
    "'O''Hara ' || (i / 100), i % 100 - 50, i FROM c;"
    "CREATE TABLE keyless (x INTEGER, y TEXT);"
    "INSERT INTO keyless SELECT id % 10, 'twice' FROM keyed LIMIT 5000;"
    "CREATE TABLE empty (id INTEGER PRIMARY KEY)";

static void every_shape_of_table_arrives(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_make(source), target);
    OK(run_ddl(l, 700, 6000));
    OK(lender_run_children(l, &e));
    const json_t *result = validate(l);
    expect_passed(result);
    assert_int_equal(number(result, "rows"), 30000);
    assert_int_equal(number(lender_result_of(l, "rows/public.keyless/0"), "chunks"), 1);
    assert_int_equal(number(lender_result_of(l, "rows/public.pair/0"), "chunks"), 8); /* 7 x 700 and 100 */
    assert_int_equal(number(lender_result_of(l, "rows/public.empty/0"), "chunks"), 0);
    assert_non_null(lender_result_of(l, "rows/public.keyed/3"));
    lender_destroy(l);
}

/* Asked to stop in the middle of a chunk, several times: each attempt goes on after the chunks that are in. */
static void an_interrupted_load_goes_on(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_make(source), target);
    OK(run_ddl(l, 3000, 100000));
    int64_t before = 0;
    for (unsigned attempt = 0; attempt < 3; attempt++) {
        /* asked before each chunk and every 1,024 rows of it: this is inside the third chunk of the attempt */
        lender_cancel_at(l, 8);
        assert_int_equal(lender_run_epoch(l, "rows/public.keyed/0", attempt + 1, &e), ERROR_CANCELLED);
        char *rows = customer_query(target, "SELECT count(*) FROM keyed");
        int64_t now = strtoll(rows, NULL, 10);
        free(rows);
        assert_true(now > before && now % 3000 == 0);
        before = now;
    }
    OK(lender_run_children(l, &e));
    expect_passed(validate(l));
    lender_destroy(l);
}

static void late_attempts_are_fenced_out(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_make(source), target);
    OK(run_ddl(l, 3000, 100000));
    lender_cancel_at(l, 8);
    assert_int_equal(lender_run_epoch(l, "rows/public.keyed/0", 2, &e), ERROR_CANCELLED);
    OK(lender_run_epoch(l, "rows/public.keyed/0", 5, &e));
    assert_int_equal(lender_run_epoch(l, "rows/public.keyed/0", 4, &e), ERROR_FENCED);
    OK(lender_seal(l, "rows/public.pair/0", &e)); /* epoch 1: cancelled before it ever ran */
    OK(lender_seal(l, "rows/public.pair/0", &e)); /* and 2 */
    assert_int_equal(lender_run_epoch(l, "rows/public.pair/0", 1, &e), ERROR_FENCED);
    customer_expect(target, "SELECT count(*) FROM pair", "0");
    OK(lender_seal(l, "migration", &e));
    assert_int_equal(lender_run_epoch(l, "migration", 1, &e), ERROR_FENCED);
    OK(lender_run_epoch(l, "rows/public.pair/0", 3, &e)); /* a retry by hand, above the seal */
    customer_expect(target, "SELECT count(*) FROM pair", "5000");
    lender_destroy(l);
}

/* A slot that is stopped in the middle of a chunk, declared dead and replaced; continued, it meets the fence. */
static void a_stopped_slot_writes_nothing_more(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_make(source), target);
    int status;
    OK(run_ddl(l, 3000, 100000));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody stopped behind */
        lender_stop_at(l, 8);
        _exit(lender_run_epoch(l, "rows/public.keyed/0", 1, &e) == ERROR_FENCED ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    assert_true(WIFSTOPPED(status));
    customer_expect(target, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'", "1");
    OK(lender_run_epoch(l, "rows/public.keyed/0", 2, &e));
    assert_int_equal(kill(child, SIGCONT), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    OK(lender_run_children(l, &e));
    expect_passed(validate(l));
    lender_destroy(l);
}

static const char family[] = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, "
                             "parent INTEGER REFERENCES p(id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (5, 1)";

static void add_orphan(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(sqlite_file_path(), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO c VALUES (6, 99)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* Known since discovery: the key is made NOT VALID, and the orphan is as much in the target as in the source. */
static void an_orphan_of_the_source_stays_one(void **state)
{
    (void)state;
    const char *target = customer_database(), *url = sqlite_file_make(family);
    add_orphan();
    struct lender *l = sample_pipeline(url, target);
    const json_t *result = sample_run(l);
    expect_passed(result);
    assert_int_equal(number(result, "foreign_keys"), 1);
    customer_expect(target, "SELECT convalidated FROM pg_constraint WHERE contype = 'f'", "f");
    free(customer_query(target, "SET session_replication_role = replica; INSERT INTO c VALUES (7, 98)"));
    result = validate(l);
    assert_string_equal(text(result, "validation"), "failed");
    lender_destroy(l);
}

/* Come in after discovery looked. */
static void a_new_orphan_refuses_the_key(void **state)
{
    (void)state;
    const char *target = customer_database();
    struct lender *l = sample_pipeline(sqlite_file_make(family), target);
    add_orphan();
    OK(run_ddl(l, 0, 0));
    assert_int_equal(lender_run_children(l, &e), ERROR_FATAL);
    assert_string_equal(e.code, "foreign_key_violation");
    assert_non_null(strstr(e.message, "Key (parent)=(99)"));
    assert_non_null(strstr(e.message, "\"c\""));
    customer_expect(target, "SELECT count(*) FROM pg_constraint WHERE conrelid::regclass::text IN ('c', 'p')", "0");
    lender_destroy(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chinook_arrives),
        cmocka_unit_test(a_target_that_has_the_tables_is_refused),
        cmocka_unit_test(a_target_that_is_away_is_an_error),
        cmocka_unit_test(every_shape_of_table_arrives),
        cmocka_unit_test(an_interrupted_load_goes_on),
        cmocka_unit_test(late_attempts_are_fenced_out),
        cmocka_unit_test(a_stopped_slot_writes_nothing_more),
        cmocka_unit_test(an_orphan_of_the_source_stays_one),
        cmocka_unit_test(a_new_orphan_refuses_the_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
