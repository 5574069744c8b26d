/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_lists.c - pages of jobs: together they hold what passes the filter, once, the newest first, whatever is live,
 * in bulk, ended, retried or gone; and the counts that people are shown. No page reads a whole table.
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
#include "tests/support/record.h"
#include "tests/support/sync.h"

enum { ENDED = 15000, PAGE = 40 };

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static struct buffer plans;

static void on_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    buffer_text(&plans, PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY));
}

/* Some days of history, rare ends in it; a bulk backlog, single jobs in every live state, two that were retried. */
static int set_up(void **state)
{
    (void)state;
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    buffer_init(&plans, 16 << 20);
    int64_t usual = record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    int64_t rare = record_int(&record, "SELECT argosy.lane_make('rare', 'small', 'noop')");
    record_run(&record, "SELECT argosy.partition_make('job_history', 'job_history_' || to_char(d, 'YYYYMMDD'), "
                        "'finished', d::text, (d + 1)::text) FROM (SELECT current_date - g AS d FROM "
                        "generate_series(1, 5) g) x");
    record_run(&record,
               "INSERT INTO argosy.job (submitted, kind, lane, priority, attempts_max, timeout_s, args) "
               "SELECT now() - (%d - g) * interval '12 s', CASE WHEN g %% 9000 = 5 THEN 'quick' ELSE 'noop' "
               "END, CASE WHEN g %% 9000 = 7 THEN %lld ELSE %lld END, 100, 3, 600, '{}' FROM generate_series(1, %d) g",
               ENDED, (long long)rare, (long long)usual, ENDED);
    record_run(&record,
               "INSERT INTO argosy.job_history (id, epoch, finished, state, attempts, lost, lane, kind) SELECT "
               "id, 1, submitted, CASE WHEN id %% 7000 = 3 THEN 6 WHEN id %% 7000 = 4 THEN 7 ELSE 5 END, 1, 0, "
               "lane, kind FROM argosy.job");
    record_run(&record, "SELECT argosy.retry(7003), argosy.retry(14004)");
    int64_t worker = sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1}");
    assert_int_equal(sync_dispatch(s, (int32_t)usual, 1, worker), 1); /* 7003: fails again */
    assert_true(sync_fail(s, worker, 7003, s->jobs[0].epoch, FAIL_FAILED, ERROR_FATAL));
    static struct submit_row rows[1000];
    for (unsigned i = 0; i < 1000; i++)
        rows[i] = (struct submit_row){ .kind = "noop", .args = "{}" };
    assert_int_equal(sync_submit(s, rows, 1000), ERROR_OK);
    assert_int_equal(sync_dispatch(s, (int32_t)usual, 10, worker), 10);
    record_run(&record,
               "SELECT argosy.submit('quick', run_at => now() + interval '1 h'), argosy.submit('noop', after => "
               "ARRAY[(SELECT max(last) FROM argosy.job_bulk)]), argosy.submit('quick', queue => 'rare', tenant "
               "=> 'small')");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    record_finish(&record);
    buffer_finish(&plans);
    return 0;
}

/* "kind|queue|state", each "NULL" or quoted. All pages after one another, and the same by looking at everything. */
static void pages_hold(const char *state, const char *kind, const char *queue)
{
    static char all[400000];
    char next[32] = "NULL";
    size_t used = 0;
    unsigned rounds = 0;
    all[0] = '\0';
    while (strcmp(next, "") != 0) {
        const char *text = record_text(&record,
                                       "SELECT coalesce(next::text, '') || ':' || array_to_string(ids, ' ') FROM "
                                       "argosy.job_page(%s, %s, %s, NULL, NULL, %s, %d)",
                                       state, kind, queue, next, PAGE);
        size_t length = strcspn(text, ":");
        assert_true(length < sizeof next);
        memcpy(next, text, length);
        next[length] = '\0';
        if (text[length + 1] != '\0')
            used += (size_t)snprintf(all + used, sizeof all - used, "%s ", text + length + 1);
        assert_true(used < sizeof all && ++rounds < 2000);
    }
    const char *expected = record_text(
        &record,
        "SELECT coalesce(string_agg(j.id::text, ' ' ORDER BY j.id DESC) || ' ', '') FROM argosy.job j JOIN "
        "argosy.lane q ON q.id = j.lane WHERE (%s IS NULL OR j.kind = %s) AND (%s IS NULL OR q.queue = %s) AND "
        "(%s IS NULL OR argosy.state_name(CASE WHEN EXISTS (SELECT FROM argosy.job_bulk b WHERE j.id BETWEEN "
        "b.next AND b.last) THEN 2 ELSE coalesce((SELECT l.state FROM argosy.job_live l WHERE l.id = j.id), "
        "(SELECT h.state FROM argosy.job_history h WHERE h.id = j.id ORDER BY epoch DESC LIMIT 1)) END) = %s)",
        kind, kind, queue, queue, state, state);
    if (strcmp(all, expected) != 0)
        fail_msg("state %s kind %s queue %s: pages hold %.300s, not %.300s", state, kind, queue, all, expected);
}

static void every_filter_by_pages(void **state)
{
    (void)state;
    static const char *const states[] = { "NULL",         "'blocked'",   "'scheduled'", "'available'",
                                          "'dispatched'", "'succeeded'", "'failed'",    "'cancelled'" };
    for (unsigned i = 0; i < sizeof states / sizeof states[0]; i++) {
        pages_hold(states[i], "'quick'", "NULL");
        pages_hold(states[i], "NULL", "'rare'");
        pages_hold(states[i], "'noop'", "'nowhere'");
        if (i > 0 && i != 5)
            pages_hold(states[i], "NULL", "NULL");
    }
    assert_int_equal(record_int(&record,
                                "SELECT cardinality(ids) FROM argosy.job_page('failed', NULL, NULL, NULL, NULL, "
                                "NULL, 100)"),
                     3);
}

static void counts_count_bulk(void **state)
{
    (void)state;
    assert_string_equal(record_text(&record, "SELECT string_agg(format('%%s=%%s', state, n), ' ' ORDER BY state) FROM "
                                             "(SELECT state, sum(n) AS n FROM argosy.live_counts() GROUP BY state) x"),
                        "0=1 1=1 2=992 3=10");
}

/* The plans of what a page runs go by indexes, in a database that was analyzed and in one that was not. */
static void no_page_reads_a_table(void **state)
{
    (void)state;
    record_run(&record, "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET "
                        "auto_explain.log_nested_statements = on; SET auto_explain.log_level = notice");
    PQsetNoticeReceiver(record.direct, on_notice, NULL);
    for (unsigned analyzed = 0; analyzed < 2; analyzed++) {
        static const char *const filters[] = { "NULL", "'failed'", "'succeeded'", "'dispatched'" };
        if (analyzed)
            record_run(&record, "ANALYZE");
        for (unsigned i = 0; i < sizeof filters / sizeof filters[0]; i++) {
            buffer_clear(&plans);
            record_run(&record, "SELECT * FROM argosy.job_page(%s, NULL, NULL, NULL, NULL, 20000, 50)", filters[i]);
            if (strstr(buffer_view(&plans), "Seq Scan on job_0") ||
                strstr(buffer_view(&plans), "Seq Scan on job_history"))
                fail_msg("state %s: %s", filters[i], buffer_view(&plans));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_filter_by_pages), cmocka_unit_test(counts_count_bulk),
                                        cmocka_unit_test(no_page_reads_a_table) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
