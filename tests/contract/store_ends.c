/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_ends.c - attempts that fail, on a real record: the kind's rules, the handler's word, quarantine, out of memory,
 * dead letters, hidden arguments.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"
#include "tests/support/sync.h"

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static int64_t worker;

/* Everybody's leftovers are ended, so that each test gives out its own jobs only. */
static int clean(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job_live, argosy.job_dependency, argosy.dead_letter");
    return 0;
}

static int32_t lane_of(const char *queue)
{
    return (int32_t)record_int(&record, "SELECT argosy.lane_make('%s', 'default', 'quick')", queue);
}

static void kind(const char *name, const char *argosy)
{
    record_run(&record, "SELECT argosy.kind_put('%s', '{\"x-argosy\": %s}')", name, argosy);
    if (worker != 0)
        record_run(&record, "UPDATE argosy.worker SET dead = true WHERE incarnation = %lld", (long long)worker);
    char *kinds = strdup(record_text(&record, "SELECT json_object_agg(name, version) FROM argosy.kind"));
    worker = sync_worker_register(s, "w", kinds);
    free(kinds);
}

/* Whatever it waits for is over: it is given out. */
static struct dispatch give(int64_t id)
{
    record_run(&record, "UPDATE argosy.job_live SET state = 2, run_at = NULL WHERE id = %lld AND state = 1",
               (long long)id);
    int32_t lane = (int32_t)record_int(&record, "SELECT lane FROM argosy.job_live WHERE id = %lld", (long long)id);
    assert_int_equal(sync_dispatch(s, lane, 1, worker), 1);
    assert_int_equal(s->jobs[0].id, id);
    return s->jobs[0];
}

static void fail_with(int64_t id, enum fail_cause cause, enum error_class class, const char *code, const char *details)
{
    struct dispatch d = give(id);
    const struct fail_row row = { .id = id,
                                  .epoch = d.epoch,
                                  .cause = cause,
                                  .class = class,
                                  .code = code,
                                  .message = "planted",
                                  .details = details };
    assert_true(sync_fail_row(s, worker, &row));
    assert_true(sync_fail_row(s, worker, &row)); /* the answer got lost: asked again, it counts once */
}

/* Fails it with this until it has ended or 40 times; how often it was tried. */
static unsigned fail_until_end(int64_t id, enum fail_cause cause, enum error_class class, const char *code)
{
    unsigned tries = 0;
    for (;
         tries < 40 && record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE id = %lld", (long long)id) == 1;
         tries++)
        fail_with(id, cause, class, code, NULL);
    return tries;
}

static const char *event(int64_t id, const char *member)
{
    return record_text(
        &record,
        "SELECT data ->> '%s' FROM argosy.event WHERE job = %lld AND type = 'retrying' ORDER BY n DESC LIMIT 1", member,
        (long long)id);
}

static const char *end_code(int64_t id)
{
    return record_text(&record, "SELECT argosy.last_error(%lld)", (long long)id);
}

static void waits_are_what_the_rule_says(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        int try_number;
        const char *random;
        int64_t wait_ms;
    } rows[] = {
        { "NULL", 1, "1", 1000 },
        { "NULL", 3, "1", 4000 },
        { "NULL", 3, "0", 2000 }, /* half of it is up to chance */
        { "NULL", 30, "1", 300000 },
        { "'{\"wait_ms\": 10}'", 4, "1", 80 },
        { "'{\"wait_ms\": 10, \"wait_max_ms\": 50}'", 40, "1", 50 },
        { "'{\"backoff\": \"fixed\", \"wait_ms\": 700}'", 9, "0", 700 },
        { "'{\"backoff\": \"fixed\", \"wait_ms\": 1000, \"jitter\": 0.25}'", 9, "0", 750 },
        { "'{\"backoff\": \"list\", \"waits_ms\": [5, 50, 500]}'", 1, "0", 5 },
        { "'{\"waits_ms\": [5, 50, 500]}'", 2, "0", 50 },
        { "'{\"waits_ms\": [5, 50, 500]}'", 7, "0", 500 },
        { "'{\"waits_ms\": []}'", 7, "0", 1000 },
        { "'{\"wait_ms\": \"soon\", \"jitter\": -4}'", 1, "0", 1000 }, /* nonsense is passed over */
        { "'{\"wait_ms\": 1e30, \"backoff\": \"fixed\"}'", 1, "0", 604800000 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(record_int(&record, "SELECT argosy.retry_wait_ms(%s, 1000, 300000, %d, %s)", rows[i].rule,
                                    rows[i].try_number, rows[i].random),
                         rows[i].wait_ms);
}

static void rules_go_by_code_cause_and_class(void **state)
{
    (void)state;
    kind("ruled",
         "{\"version\": 1, \"attempts_max\": 3, \"retry\": {\"quota\": {\"backoff\": \"fixed\", \"wait_ms\": 77000}, "
         "\"bad_login\": {\"retry\": false}, \"flaky\": {\"retry\": true}, \"stalled\": {\"attempts_max\": 2}, "
         "\"unavailable\": {\"attempts_max\": 9, \"waits_ms\": [1000, 2000]}}}");
    int64_t id = sync_submit_kind(s, "ruled", "{}");
    fail_with(id, FAIL_FAILED, ERROR_RETRY, "quota", NULL);
    assert_string_equal(event(id, "wait_ms"), "77000");
    assert_int_equal(
        record_int(&record,
                   "SELECT count(*) FROM argosy.event e JOIN argosy.job_live l ON l.id = e.job WHERE e.job = %lld AND "
                   "(e.data ->> 'run_at')::timestamptz = l.run_at AND l.run_at > now() + interval '60 s'",
                   (long long)id),
        1);
    fail_with(id, FAIL_FAILED, ERROR_RETRY, "bad_login", NULL);
    assert_string_equal(end_code(id), "bad_login");
    id = sync_submit_kind(s, "ruled", "{}");
    assert_int_equal(fail_until_end(id, FAIL_FAILED, ERROR_FATAL, "flaky"),
                     3); /* a class that is not tried again, but for the rule */
    id = sync_submit_kind(s, "ruled", "{}");
    assert_int_equal(fail_until_end(id, FAIL_FAILED, ERROR_FATAL, "other"), 1);
    id = sync_submit_kind(s, "ruled", "{}");
    assert_int_equal(fail_until_end(id, FAIL_STALLED, ERROR_TIMED_OUT, "stalled"), 2);
}

static void a_class_has_a_budget_of_its_own(void **state)
{
    (void)state;
    int64_t id = sync_submit_kind(s, "ruled", "{}");
    for (int i = 0; i < 8; i++)
        fail_with(id, FAIL_FAILED, ERROR_UNAVAILABLE, "unavailable", NULL);
    assert_string_equal(event(id, "wait_ms"), "2000");
    fail_with(id, FAIL_FAILED, ERROR_RETRY, "other", NULL); /* of its three attempts none is used up */
    fail_with(id, FAIL_FAILED, ERROR_RETRY, "other", NULL);
    assert_int_equal(record_int(&record, "SELECT attempts FROM argosy.job_live WHERE id = %lld", (long long)id), 10);
    fail_with(id, FAIL_FAILED, ERROR_UNAVAILABLE, "unavailable", NULL);
    assert_string_equal(end_code(id), "unavailable");
    id = record_int(&record,
                    "SELECT argosy.submit('ruled', attempts_max => 2)"); /* the submitter's is the most of all */
    assert_int_equal(fail_until_end(id, FAIL_FAILED, ERROR_UNAVAILABLE, "unavailable"), 2);
}

static void the_handler_has_the_word(void **state)
{
    (void)state;
    int64_t id = sync_submit_kind(s, "ruled", "{}");
    fail_with(id, FAIL_FAILED, ERROR_REFUSED, "refused", "{\"retry_after_s\": 4000}");
    assert_string_equal(event(id, "wait_ms"), "4000000");
    fail_with(id, FAIL_FAILED, ERROR_RETRY, "retry", "{\"retry\": \"never\"}");
    assert_string_equal(end_code(id), "retry");
    id = sync_submit_kind(s, "ruled", "{}");
    for (int i = 0; i < 2; i++)
        fail_with(id, FAIL_FAILED, ERROR_RETRY, "retry", "{\"retry_after_s\": 1}");
    fail_with(id, FAIL_FAILED, ERROR_RETRY, "retry", "{\"retry_after_s\": 1}"); /* not for ever */
    assert_string_equal(end_code(id), "retry");
}

static void poison_is_quarantined_whatever_the_retries(void **state)
{
    (void)state;
    int64_t id = record_int(&record, "SELECT argosy.submit('quick', attempts_max => 1000)");
    assert_int_equal(fail_until_end(id, FAIL_CRASHED, ERROR_RETRY, "slot_crashed"), 3);
    assert_string_equal(end_code(id), "quarantined");
    assert_string_equal(
        record_text(&record, "SELECT quarantined FROM argosy.dead_letter WHERE job = %lld", (long long)id), "t");
    id = record_int(&record, "SELECT argosy.submit('quick', attempts_max => 1000)");
    for (int i = 0; i < 3; i++) {
        struct dispatch d = give(id);
        assert_true(sync_beat(s, worker, d.seq, 0, NULL));
        record_run(&record, "UPDATE argosy.worker SET dead = true WHERE incarnation = %lld", (long long)worker);
        assert_int_equal(sync_expire(s, worker, 100), 1);
        worker = sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1}");
    }
    assert_string_equal(end_code(id), "quarantined");
    assert_int_equal(sync_retry(s, id), 1); /* only a person sets it going again */
    assert_int_equal(record_int(&record, "SELECT lost FROM argosy.job_live WHERE id = %lld", (long long)id), 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter WHERE job = %lld", (long long)id), 0);
}

static void out_of_memory_goes_among_its_like(void **state)
{
    (void)state;
    int64_t id = sync_submit_kind(s, "quick", "{}");
    fail_with(id, FAIL_CRASHED, ERROR_RETRY, "out_of_memory", NULL);
    assert_string_equal(event(id, "queue"), "oom");
    assert_int_equal(record_int(&record, "SELECT lane FROM argosy.job_live WHERE id = %lld", (long long)id),
                     lane_of("oom"));
    assert_int_equal(give(id).attempt, 2);
    int64_t other = sync_submit_kind(s, "quick", "{}"); /* one at a time there */
    fail_with(other, FAIL_CRASHED, ERROR_RETRY, "out_of_memory", NULL);
    record_run(&record, "UPDATE argosy.job_live SET state = 2, run_at = NULL WHERE id = %lld", (long long)other);
    int32_t lane = (int32_t)record_int(&record, "SELECT lane FROM argosy.job_live WHERE id = %lld", (long long)other);
    assert_int_equal(sync_dispatch(s, lane, 1, worker), 0);
    assert_int_equal(sync_cancel(s, id), 1);
    assert_int_equal(sync_dispatch(s, lane, 1, worker), 1);
    record_run(&record, "UPDATE argosy.setting SET value = '' WHERE name = 'oom_queue'");
    id = sync_submit_kind(s, "quick", "{}");
    fail_with(id, FAIL_CRASHED, ERROR_RETRY, "out_of_memory", NULL);
    assert_int_equal(record_int(&record, "SELECT lane FROM argosy.job_live WHERE id = %lld", (long long)id),
                     lane_of("default"));
    record_run(&record, "UPDATE argosy.setting SET value = 'oom' WHERE name = 'oom_queue'");
}

/* Three dead jobs in a row of chains (the second's child is taken along), and one that succeeded. */
static int64_t dead(const char *kind_name, const char *code)
{
    int64_t id = sync_submit_kind(s, kind_name, "{}");
    fail_with(id, FAIL_FAILED, ERROR_FATAL, code, NULL);
    return id;
}

static const char *dlq(const char *action, const char *filter, const char *rest)
{
    return record_text(&record, "SELECT argosy.dlq_act('%s', NULL, '%s', %s)", action, filter, rest);
}

static void dead_letters_are_listed_replayed_and_purged(void **state)
{
    (void)state;
    int64_t a = dead("noop", "one"), b, child;
    b = sync_submit_kind(s, "noop", "{}");
    child = record_int(&record, "SELECT argosy.submit('noop', after => ARRAY[%lld])", (long long)b);
    fail_with(b, FAIL_FAILED, ERROR_FATAL, "two", NULL);
    int64_t c = dead("quick", "one");
    assert_string_equal(
        record_text(&record, "SELECT jobs FROM argosy.dlq_page('{}', NULL, NULL, 10, true)"),
        record_text(&record, "SELECT ARRAY[%lld, %lld, %lld]", (long long)c, (long long)b, (long long)a));
    assert_int_equal(
        record_int(&record, "SELECT jobs[1] FROM argosy.dlq_page('{\"code\": \"two\"}', NULL, NULL, 10, true)"), b);
    assert_int_equal(
        record_int(&record,
                   "SELECT cardinality(jobs) FROM argosy.dlq_page('{\"kind\": \"noop\", \"queue\": \"default\", "
                   "\"tenant\": \"default\", \"since\": \"2020-01-01\"}', NULL, NULL, 10, true)"),
        2);
    assert_int_equal(
        record_int(
            &record,
            "SELECT cardinality(jobs) FROM argosy.dlq_page('{\"before\": \"2020-01-01\"}', NULL, NULL, 10, true)"),
        0);

    char *dry = strdup(dlq("replay", "{\"kind\": \"noop\"}", "NULL, NULL, 10, true"));
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 3); /* nothing was done */
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE id IN (%lld, %lld)", (long long)b,
                                (long long)child),
                     0);
    int64_t epoch = record_int(&record, "SELECT max(epoch) FROM argosy.job_history WHERE id = %lld", (long long)b);
    char *wet = strdup(dlq("replay", "{\"kind\": \"noop\"}", "NULL, NULL, 10, false"));
    assert_string_equal(record_text(&record, "SELECT ('%s'::jsonb -> 'jobs') = ('%s'::jsonb -> 'jobs')", dry, wet),
                        "t");
    assert_int_equal(record_int(&record, "SELECT '%s'::jsonb -> 'jobs' -> 1 -> 'along' ->> 0", wet), child);
    free(dry);
    free(wet);
    assert_true(record_int(&record, "SELECT epoch FROM argosy.job_live WHERE id = %lld", (long long)b) > epoch);
    assert_int_equal(record_int(&record, "SELECT state FROM argosy.job_live WHERE id = %lld", (long long)child), 0);
    assert_int_equal(record_int(&record, "SELECT job FROM argosy.dead_letter"), c);
    assert_int_equal(
        record_int(
            &record,
            "SELECT json_array_length(argosy.dlq_act('replay', ARRAY[%lld, 4711], NULL, NULL, NULL, 10, false) -> "
            "'refused')",
            (long long)a),
        2);
    assert_int_equal(
        record_int(
            &record,
            "SELECT json_array_length(argosy.dlq_act('purge', ARRAY[%lld], NULL, NULL, NULL, 10, true) -> 'jobs')",
            (long long)c),
        1);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 1);
    dlq("purge", "{}", "NULL, NULL, 10, false");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 0);
}

/* What fails again while a long replay goes on has a number beyond its end, and is not taken twice. */
static void a_replay_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        dead("noop", "again");
    int64_t upto = record_int(&record, "SELECT max(n) FROM argosy.dead_letter"), next = 0, taken = 0;
    for (int page = 0; page < 20; page++) {
        char *said = strdup(record_text(&record, "SELECT argosy.dlq_act('replay', NULL, '{}', %lld, %lld, 2, false)",
                                        (long long)next, (long long)upto));
        taken += record_int(&record, "SELECT json_array_length('%s'::json -> 'jobs')", said);
        next = record_int(&record, "SELECT coalesce('%s'::json ->> 'next', '0')", said);
        free(said);
        while (record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE state = 2 AND lane IN (SELECT id FROM "
                                   "argosy.lane WHERE queue = 'default')") > 0)
            fail_with(record_int(&record, "SELECT id FROM argosy.job_live WHERE state = 2 ORDER BY id LIMIT 1"),
                      FAIL_FAILED, ERROR_FATAL, "again", NULL);
        if (next == 0)
            break;
    }
    assert_int_equal(taken, 5);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 5);
}

/* However many there are: a page reads the index, and a filter that nothing passes looks at a bounded number. */
static void a_page_of_many_is_a_page(void **state)
{
    (void)state;
    record_run(&record, "INSERT INTO argosy.dead_letter SELECT i, i, now(), (SELECT min(id) FROM argosy.lane), 'noop', "
                        "'c' || i %% 10, false FROM generate_series(1000001, 1300000) i");
    for (int analyzed = 0; analyzed < 2; analyzed++) {
        assert_int_equal(
            record_int(&record, "SELECT cardinality(jobs) FROM argosy.dlq_page('{}', NULL, NULL, 100, true)"), 100);
        assert_int_equal(
            record_int(&record, "SELECT jobs[1] FROM argosy.dlq_page('{\"code\": \"c3\"}', 1200000, NULL, 1, true)"),
            1199993);
        assert_int_equal(
            record_int(&record,
                       "SELECT cardinality(jobs) FROM argosy.dlq_page('{\"code\": \"x\"}', NULL, NULL, 100, true)"),
            0);
        assert_int_equal(
            record_int(&record, "SELECT next FROM argosy.dlq_page('{\"code\": \"x\"}', NULL, NULL, 100, true)"),
            1280001);
        assert_int_equal(
            record_int(&record, "SELECT next FROM argosy.dlq_page('{\"code\": \"x\"}', NULL, 1100000, 100, false)"),
            1020000);
        record_run(&record, "SET auto_explain.log_min_duration = -1; ANALYZE argosy.dead_letter");
    }
    assert_true(record_int(&record, "WITH t AS MATERIALIZED (SELECT clock_timestamp() AS began), p AS MATERIALIZED "
                                    "(SELECT t.began, d.* FROM t, "
                                    "LATERAL argosy.dlq_page('{\"code\": \"x\"}', NULL, NULL, 100, true) d) "
                                    "SELECT extract(epoch FROM clock_timestamp() - began) * 1000 FROM p") < 2000);
    record_run(&record, "TRUNCATE argosy.dead_letter");
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    kind("noop", "{\"version\": 1}");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(waits_are_what_the_rule_says, clean),
        cmocka_unit_test_setup(rules_go_by_code_cause_and_class, clean),
        cmocka_unit_test_setup(a_class_has_a_budget_of_its_own, clean),
        cmocka_unit_test_setup(the_handler_has_the_word, clean),
        cmocka_unit_test_setup(poison_is_quarantined_whatever_the_retries, clean),
        cmocka_unit_test_setup(out_of_memory_goes_among_its_like, clean),
        cmocka_unit_test_setup(dead_letters_are_listed_replayed_and_purged, clean),
        cmocka_unit_test_setup(a_replay_ends, clean),
        cmocka_unit_test_setup(a_page_of_many_is_a_page, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
