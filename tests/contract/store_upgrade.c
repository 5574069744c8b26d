/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_upgrade.c - a database that has worked under the schema of v0.1.0, with jobs in every state and weeks of
 * history, is brought to today's: nothing is lost, workers of before go on with what they hold, new ones take what
 * waits, and what has ended can be listed, retried and dropped by its age.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/client.h"
#include "sql/text.h"
#include "tests/support/record.h"
#include "tests/support/server.h"
#include "tests/support/sync.h"

enum { OLD_VERSION = 11 };

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static struct client *client;
static PGconn *old; /* as programs of before: by SQL of theirs */

static void run(const char *sql)
{
    PGresult *r = PQexec(old, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%.200s: %s", sql, PQerrorMessage(old));
    PQclear(r);
}

static int64_t number(const char *sql)
{
    PGresult *r = PQexec(old, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1)
        fail_msg("%.200s: %s", sql, PQerrorMessage(old));
    int64_t value = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return value;
}

static void make_the_old_schema(void)
{
    static const char *const before[] = { "migration_schema", "migration_table" };
    struct error e = ERROR_NONE;
    for (unsigned i = 0; i < 2; i++)
        assert_int_equal(client_run(client, before[i], NULL, 0, NULL, &e), ERROR_OK);
    for (unsigned i = 0; i < OLD_VERSION; i++) {
        char version[8];
        (void)snprintf(version, sizeof version, "%u", i + 1);
        const struct sql_param params[] = { SQL_TEXT(version), SQL_TEXT(embed_migrations[i].name),
                                            SQL_TEXT(embed_migrations[i].data) };
        run(embed_migrations[i].data);
        assert_int_equal(client_run(client, "migration_add", params, 3, NULL, &e), ERROR_OK);
    }
}

/* Ends, three weeks of them and one of a day that never had a partition; jobs in every state; two workers, one of which
 * is about to be found dead. */
static void work_as_before(void)
{
    run("SET timezone = 'UTC'; SELECT argosy.kind_put(k, "
        "'{\"x-argosy\":{\"version\":1,\"backoff_ms\":0,\"target_arg\":\"target\"}}') FROM "
        "unnest(ARRAY['quick', 'target']) k; SELECT argosy.kind_put('noop', '{\"x-argosy\":{\"version\":1}}');"
        "SELECT argosy.worker_register('w' || i, 'h', i, 'v0.1.0', '{\"noop\":1,\"quick\":1,\"target\":1}', 4, "
        "'redis') FROM generate_series(1, 2) i;"
        "DO $$ BEGIN FOR i IN 1 .. 45 LOOP PERFORM argosy.partition_make('job_history', 'job_history_' || "
        "to_char(current_date - i, 'YYYYMMDD'), "
        "'finished', (current_date - i)::text, (current_date - i + 1)::text); END LOOP; END $$");
    run("CREATE FUNCTION public.take(p_count int, p_worker bigint) RETURNS TABLE (id bigint, epoch bigint, n bigint) "
        "LANGUAGE sql AS $$ "
        "SELECT d.id, d.epoch, row_number() OVER (ORDER BY d.seq) FROM argosy.dispatch(1, p_count, p_worker) d $$");
    /* 60 ends: 40 successes with results, 10 failures, 10 cancelled */
    run("SELECT argosy.submit('noop', args => json_build_object('i', i), idempotency_key => 'key-' || i) FROM "
        "generate_series(1, 60) i;"
        "WITH d AS MATERIALIZED (SELECT * FROM public.take(50, 1)), done AS (SELECT argosy.finish(1, array_agg(id), "
        "array_agg(epoch), "
        "array_agg('{\"r\":1}'::text), array_agg(5::bigint)) FROM d WHERE n <= 40) SELECT *, (SELECT argosy.fail(1, "
        "array_agg(id), "
        "array_agg(epoch), array_agg('failed'::text), array_agg('fatal'::text), array_agg('broken'::text), "
        "array_agg('it broke'::text), "
        "array_agg(NULL::text)) FROM d WHERE n > 40) FROM done;"
        "SELECT argosy.cancel(id) FROM argosy.job_live;"
        "UPDATE argosy.job SET submitted = submitted - make_interval(days => (60 - id)::int / 2);"
        "UPDATE argosy.job_history SET finished = finished - make_interval(days => (60 - id)::int / 2);"
        "UPDATE argosy.job_history SET finished = finished - interval '100 days' WHERE id = 3;"
        "UPDATE argosy.job SET submitted = submitted - interval '100 days' WHERE id = 3");
    /* a job with a target that was touched and cancelled: its seal waits; one retrying, one that a parent took along */
    run("SELECT argosy.submit('target', '{\"target\":1}') FROM generate_series(1, 2);"
        "WITH d AS MATERIALIZED (SELECT * FROM public.take(2, 1)) SELECT argosy.fail(1, array_agg(id), "
        "array_agg(epoch), array_agg('failed'::text), "
        "array_agg('retry'::text), array_agg('x'::text), array_agg('m'::text), array_agg(NULL::text)) FROM d;"
        "SELECT argosy.cancel(min(id)) FROM argosy.job_live;"
        "SELECT argosy.submit('noop', after => ARRAY[(SELECT max(id) FROM argosy.job_history WHERE state = 6)])");
    /* a pipeline under way, with a child */
    run("SELECT argosy.pipeline_submit('p', "
        "'[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\",\"after\":[\"a\"]}]');"
        "UPDATE argosy.job_live SET priority = 1 WHERE pipeline IS NOT NULL;"
        "SELECT argosy.finish_whole(1, d.id, d.epoch, '{}', 5, "
        "'[{\"name\":\"x\",\"media_type\":\"text/plain\",\"content\":\"c\"}]', "
        "'[{\"step\":\"c\",\"kind\":\"noop\"}]') FROM (SELECT * FROM public.take(1, 1) WHERE n = 1) d");
    /* what is dispatched, received or not, to both; what waits: at once, later, for others, elsewhere */
    run("SELECT argosy.submit('noop', priority => 2) FROM generate_series(1, 8);"
        "SELECT count(*) FROM public.take(4, 1); SELECT count(*) FROM public.take(4, 2);"
        "SELECT argosy.beat(1, 99, 0, NULL, NULL), argosy.beat(2, 2, 0, NULL, NULL);"
        "SELECT argosy.submit('noop', run_at => now() + interval '1 year'), argosy.submit('noop', queue => 'q', tenant "
        "=> 't'), "
        "argosy.submit('noop', after => ARRAY[(SELECT max(id) FROM argosy.job_live)]);"
        "SELECT argosy.submit('noop') FROM generate_series(1, 300)");
    assert_int_equal(number("SELECT sum(violations) FROM argosy.fsck()"), 0);
}

static void migrate(void)
{
    struct error e = ERROR_NONE;
    int from = -1, to = -1;
    if (client_migrate(client, &from, &to, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    assert_int_equal(from, OLD_VERSION);
    assert_true(to > OLD_VERSION);
}

static void sound(const char *when)
{
    const char *bad = record_text(&record, "SELECT coalesce(string_agg(format('%%s %%s', \"check\", sample), ', '), "
                                           "'') FROM argosy.fsck() WHERE violations > 0");
    if (*bad != '\0')
        fail_msg("%s: %s", when, bad);
}

static void nothing_is_lost_and_old_workers_go_on(void **state)
{
    (void)state;
    int64_t jobs = number("SELECT count(*) FROM argosy.job"), ends = number("SELECT count(*) FROM argosy.job_history");
    migrate();
    record_open(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    sound("after the migration");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job"), jobs);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history"), ends);
    /* those of before finish, fail and beat with what they hold */
    assert_int_equal(number("SELECT cardinality(argosy.finish(1, array_agg(id), array_agg(epoch), "
                            "array_agg('{}'::text), array_agg(5::bigint))) "
                            "FROM (SELECT * FROM argosy.job_live WHERE worker = 1 ORDER BY seq LIMIT 2) x"),
                     2);
    assert_int_equal(
        number("SELECT cardinality(argosy.fail(1, array_agg(id), array_agg(epoch), ARRAY['failed'], ARRAY['retry'], "
               "ARRAY['x'], ARRAY['m'], "
               "ARRAY[NULL])) FROM (SELECT * FROM argosy.job_live WHERE worker = 1 ORDER BY seq LIMIT 1) x"),
        1);
    assert_int_equal(number("SELECT count(*) FROM argosy.beat(1, 99, 0, NULL, NULL)"), 1);
    /* and submit, by their statement of eleven arrays */
    assert_true(number("SELECT unnest(argosy.submit_rows(ARRAY['noop'], ARRAY['{}'], ARRAY[NULL::text], "
                       "ARRAY[NULL::text], ARRAY[0::bigint], "
                       "ARRAY[0::bigint], ARRAY[NULL::text], ARRAY[0::bigint], ARRAY[0::bigint], ARRAY['rest'], "
                       "ARRAY[NULL::text]))") > 0);
    assert_int_equal(sync_worker_dead(s, 2, 1), 1);
    assert_int_equal(sync_expire(s, 2, 100), 4);
    sound("after a death");
}

/* One round of a new worker over every lane. Returns how many jobs it had. */
static unsigned round_of(int64_t worker)
{
    unsigned lanes = sync_lanes(s), done = 0;
    int32_t ids[SYNC_ROWS_MAX];
    for (unsigned i = 0; i < lanes; i++)
        ids[i] = s->lanes[i].lane;
    for (unsigned i = 0; i < lanes; i++) {
        unsigned count = sync_dispatch(s, ids[i], 100, worker);
        struct dispatch jobs[100];
        memcpy(jobs, s->jobs, count * sizeof jobs[0]);
        for (unsigned k = 0; k < count; k++)
            assert_true(jobs[k].seal ? sync_sealed(s, worker, jobs[k].id, jobs[k].epoch)
                                     : sync_finish_one(s, worker, jobs[k].id, jobs[k].epoch));
        done += count;
    }
    return done;
}

static void new_workers_take_what_waits(void **state)
{
    (void)state;
    int64_t worker = sync_worker_register(s, "new", "{\"noop\":1,\"quick\":1,\"target\":1}"), done = 0;
    int64_t failed = record_int(&record, "SELECT max(job) FROM argosy.dead_letter");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 10);
    assert_int_equal(sync_retry(s, failed), 1);
    record_run(&record, "UPDATE argosy.job_live SET run_at = now() WHERE state = 1; SELECT argosy.give_back(1, "
                        "array_agg(id), array_agg(epoch)) FROM "
                        "argosy.job_live WHERE worker = 1");
    for (unsigned rounds = 0; rounds < 50 && record_int(&record, "SELECT count(*) FROM argosy.job_live") > 0;
         rounds++) {
        (void)sync_due(s);
        record_run(&record, "SELECT argosy.relane(1000)");
        done += round_of(worker);
    }
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 0);
    assert_true(done > 300);
    assert_int_equal(record_int(&record, "SELECT argosy.last_state(%lld)", (long long)failed), 5);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job WHERE argosy.state_of(id) IS NULL"), 0);
    sound("after all the work");
}

static void what_is_old_goes_by_its_state(void **state)
{
    (void)state;
    record_run(&record, "UPDATE argosy.setting SET value = '0' WHERE name = 'retention_wait_s'; SELECT "
                        "argosy.retention_set(86400 * 10, NULL, NULL)");
    for (unsigned i = 0;
         i < 200 && record_int(&record, "SELECT coalesce(again_s, -1) FROM argosy.retention_step(true)") >= 0; i++)
        ;
    assert_int_equal(
        record_int(&record,
                   "SELECT count(*) FROM argosy.job_history WHERE state = 5 AND finished < now() - interval '12 days'"),
        0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history WHERE id = 3"), 0);
    assert_true(record_int(&record, "SELECT count(*) FROM argosy.job_history WHERE state = 5 AND id <= 60") > 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 9);
    sound("after retention");
}

int main(void)
{
    struct error e = ERROR_NONE;
    record.url = support_postgres_start();
    old = PQconnectdb(record.url);
    PQclear(PQexec(old, "SET client_min_messages = warning"));
    if (client_open(record.url, "test", 5, &client, &e) != ERROR_OK) {
        print_error("%s\n", e.message);
        return 1;
    }
    make_the_old_schema();
    work_as_before();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_lost_and_old_workers_go_on),
        cmocka_unit_test(new_workers_take_what_waits),
        cmocka_unit_test(what_is_old_goes_by_its_state),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    client_close(client);
    PQfinish(old);
    record_finish(&record);
    return failed;
}
