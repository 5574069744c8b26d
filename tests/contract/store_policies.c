/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_policies.c - what becomes of who waits for a job that did not succeed: cancelled, goes on, or is held; and that
 * thousands of them cost time in proportion, not more.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/record.h"
#include "tests/support/sync.h"

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static int32_t lane;
static int64_t w;

static int clean(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job_live, argosy.job_bulk, argosy.job_dependency");
    return 0;
}

static void pipeline(const char *steps)
{
    record_run(&record, "SELECT argosy.pipeline_submit('p', '%s')", steps);
}

static int64_t step(const char *name)
{
    return record_int(&record, "SELECT max(id) FROM argosy.job WHERE step = '%s'", name);
}

static const char *state_of(const char *name)
{
    return record_text(&record,
                       "SELECT argosy.state_name(coalesce((SELECT state FROM argosy.job_live WHERE id = %" PRId64
                       "), argosy.last_state(%" PRId64 "))::int)",
                       step(name), step(name));
}

/* Dispatches all there is and ends the one of that name; the others are given back. */
static void end(const char *name, bool well)
{
    int64_t id = step(name);
    unsigned count = sync_dispatch(s, lane, 10, w);
    struct dispatch jobs[10];
    memcpy(jobs, s->jobs, sizeof jobs);
    for (unsigned i = 0; i < count; i++)
        if (jobs[i].id != id)
            assert_int_equal(sync_give_back(s, w, jobs[i].id, jobs[i].epoch), 1);
        else if (well)
            assert_true(sync_finish_one(s, w, id, jobs[i].epoch));
        else
            assert_true(sync_fail(s, w, id, jobs[i].epoch, FAIL_FAILED, ERROR_FATAL));
}

static void sound(void)
{
    assert_int_equal(
        record_int(&record,
                   "SELECT sum(violations) FROM argosy.fsck() WHERE \"check\" NOT IN ('lost', 'dispatched_to_dead')"),
        0);
}

static void each_policy(void **state)
{
    (void)state;
    pipeline("[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\"},"
             "{\"step\":\"cancel\",\"kind\":\"noop\",\"after\":[\"a\"]},"
             "{\"step\":\"continue\",\"kind\":\"noop\",\"after\":[\"a\",\"b\"],\"on_failure\":\"continue\"},"
             "{\"step\":\"hold\",\"kind\":\"noop\",\"after\":[\"a\"],\"on_failure\":\"hold\"},"
             "{\"step\":\"mixed\",\"kind\":\"noop\",\"after\":[{\"step\":\"a\",\"on_failure\":\"continue\"},\"b\"]},"
             "{\"step\":\"below\",\"kind\":\"noop\",\"after\":[\"cancel\"],\"on_failure\":\"continue\"},"
             "{\"step\":\"lower\",\"kind\":\"noop\",\"after\":[\"hold\"]}]");
    end("a", false);
    assert_string_equal(state_of("cancel"), "cancelled");
    assert_string_equal(state_of("continue"), "blocked"); /* b is still to come */
    assert_string_equal(state_of("hold"), "blocked");
    assert_string_equal(state_of("mixed"), "blocked");
    assert_string_equal(state_of("below"), "available"); /* a cancelled parent did not succeed either */
    assert_string_equal(state_of("lower"), "blocked");
    sound();
    end("b", true);
    assert_string_equal(state_of("continue"), "available");
    assert_string_equal(state_of("mixed"), "available");
    assert_int_equal(
        record_int(&record, "SELECT count(*) FROM argosy.event WHERE type = 'held' AND job = %" PRId64, step("hold")),
        1);
    assert_string_equal(record_text(&record, "SELECT argosy.job_release(%" PRId64 ")", step("lower")), "not_held");
    assert_string_equal(record_text(&record, "SELECT argosy.job_release(%" PRId64 ")", step("hold")), "released");
    assert_string_equal(state_of("hold"), "available");
    assert_string_equal(record_text(&record, "SELECT argosy.job_release(%" PRId64 ")", step("hold")), "not_held");
    assert_string_equal(record_text(&record, "SELECT argosy.job_release(99999999)"), "not_found");
    sound();
}

/* A parent is retried: who went on without it is not waited for twice, who is held goes on when it succeeds, who was
 * cancelled comes back. */
static void a_retry_afterwards(void **state)
{
    (void)state;
    pipeline("[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\"},"
             "{\"step\":\"on\",\"kind\":\"noop\",\"after\":[\"a\",\"b\"],\"on_failure\":\"continue\"},"
             "{\"step\":\"held\",\"kind\":\"noop\",\"after\":[\"a\"],\"on_failure\":\"hold\"},"
             "{\"step\":\"gone\",\"kind\":\"noop\",\"after\":[\"a\"]}]");
    end("a", false);
    assert_int_equal(sync_retry(s, step("a")), 1);
    assert_string_equal(state_of("gone"), "blocked");
    sound();
    end("a", true);
    assert_string_equal(state_of("on"), "blocked"); /* for b, still */
    assert_string_equal(state_of("held"), "available");
    assert_string_equal(state_of("gone"), "available");
    sound();
    end("b", true);
    assert_string_equal(state_of("on"), "available");
    end("on", true);
    /* the retry of a parent leaves alone who went on without it and has succeeded */
    pipeline("[{\"step\":\"a2\",\"kind\":\"noop\"},{\"step\":\"on2\",\"kind\":\"noop\",\"after\":[\"a2\"],\"on_"
             "failure\":\"continue\"}]");
    end("a2", false);
    end("on2", true);
    assert_int_equal(sync_retry(s, step("a2")), 1);
    assert_string_equal(state_of("on2"), "succeeded");
    sound();
}

static void parents_that_have_ended(void **state)
{
    (void)state;
    int64_t failed = sync_submit_kind(s, "noop", "{}");
    assert_int_equal(sync_cancel(s, failed), 1);
    static const struct {
        const char *policy, *state;
    } cases[] = { { "cancel", "cancelled" }, { "continue", "available" }, { "hold", "blocked" } };
    for (unsigned i = 0; i < 3; i++) {
        int64_t id = record_int(&record, "SELECT argosy.submit('noop', after => '{%" PRId64 "}', on_failure => '%s')",
                                failed, cases[i].policy);
        assert_string_equal(
            record_text(&record,
                        "SELECT argosy.state_name(coalesce((SELECT state FROM argosy.job_live WHERE id = %" PRId64
                        "), argosy.last_state(%" PRId64 "))::int)",
                        id, id),
            cases[i].state);
    }
    sound();
    assert_string_equal(record_refused(&record,
                                       "SELECT argosy.submit('noop', after => '{%" PRId64 "}', on_failure => 'shrug')",
                                       failed),
                        "AG008");
    assert_string_equal(
        record_refused(
            &record,
            "SELECT argosy.pipeline_submit('p', '[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\","
            "\"after\":[{\"step\":\"a\",\"on_failure\":\"shrug\"}]}]')"),
        "AG008");
    assert_string_equal(
        record_refused(
            &record,
            "SELECT argosy.pipeline_submit('p', '[{\"step\":\"a\",\"kind\":\"noop\",\"after\":[{\"more\":1}]}]')"),
        "AG007");
}

/* ---- many ---- */

/* Of processor that the two sessions have taken until now: what else the machine has to do is not in it. */
static int64_t spent_ms(void)
{
    static pid_t pids[2]; /* of the session that the record's calls use, and of the test's own */
    int64_t ticks = 0;
    if (pids[0] == 0) {
        pids[0] = (pid_t)record_int(&record, "SELECT min(pid) FROM pg_stat_activity WHERE backend_type = 'client "
                                             "backend' AND pid <> pg_backend_pid()");
        pids[1] = PQbackendPID(record.direct);
    }
    for (unsigned i = 0; i < 2; i++) {
        char path[64], line[1024];
        long user, kernel;
        (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pids[i]);
        FILE *stat = fopen(path, "r");
        assert_non_null(stat);
        assert_non_null(fgets(line, sizeof line, stat));
        (void)fclose(stat);
        assert_int_equal(
            sscanf(strrchr(line, ')') + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &kernel), 2);
        ticks += user + kernel;
    }
    return ticks * 1000 / sysconf(_SC_CLK_TCK);
}

/* a, then width steps, then z. Returns the ms of the costliest part. */
static int64_t fan(unsigned width, bool well)
{
    static struct finish_row rows[SYNC_ROWS_MAX];
    int64_t before_ms = spent_ms(), most, part;
    record_run(&record,
               "SELECT argosy.pipeline_submit('fan', (SELECT json_agg(e) FROM (SELECT json_build_object('step', 'a', "
               "'kind', 'noop') AS e UNION ALL "
               "SELECT json_build_object('step', 'f' || i, 'kind', 'noop', 'after', '[\"a\"]'::json) FROM "
               "generate_series(1, %u) i UNION ALL "
               "SELECT json_build_object('step', 'z', 'kind', 'noop', 'after', (SELECT json_agg('f' || i) FROM "
               "generate_series(1, %u) i))) x))",
               width, width);
    most = spent_ms() - before_ms;
    print_message("  %5u: submit %lld ms", width, (long long)most);
    before_ms = spent_ms();
    end("a", well);
    part = spent_ms() - before_ms;
    print_message(", %s %lld ms", well ? "free" : "cancel", (long long)part);
    most = part > most ? part : most;
    if (!well) {
        assert_string_equal(state_of("z"), "cancelled");
        assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 0);
        print_message("\n");
        return most;
    }
    before_ms = spent_ms();
    for (unsigned done = 0; done < width;) {
        unsigned count = sync_dispatch(s, lane, 500, w);
        assert_true(count > 0);
        for (unsigned i = 0; i < count; i++)
            rows[i] =
                (struct finish_row){ .id = s->jobs[i].id, .epoch = s->jobs[i].epoch, .result = "{}", .run_us = 5 };
        assert_int_equal(sync_finish(s, w, rows, count), ERROR_OK);
        done += count;
    }
    part = spent_ms() - before_ms;
    print_message(", dispatch and finish %lld ms\n", (long long)part);
    assert_string_equal(state_of("z"), "available");
    end("z", true);
    return part > most ? part : most;
}

/* One after the other: as deep as it is long. Returns ms of its submit. */
static int64_t chain(unsigned length)
{
    int64_t before_ms = spent_ms();
    record_run(
        &record,
        "SELECT argosy.pipeline_submit('chain', (SELECT json_agg(json_build_object('step', 's' || i, 'kind', 'noop', "
        "'after', "
        "CASE WHEN i > 1 THEN json_build_array('s' || (i - 1)) ELSE '[]'::json END)) FROM generate_series(1, %u) i))",
        length);
    int64_t took = spent_ms() - before_ms;
    before_ms = spent_ms();
    assert_int_equal(sync_cancel(s, step("s1")), 1);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 0);
    print_message("  chain of %5u: submit %lld ms, cancel %lld ms\n", length, (long long)took,
                  (long long)(spent_ms() - before_ms));
    return took + spent_ms() - before_ms;
}

/* Four times as many: not sixteen times the work. */
static void in_proportion(int64_t few_ms, int64_t many_ms)
{
    if (many_ms > 10 * few_ms + 200)
        fail_msg("%lld ms, then %lld ms", (long long)few_ms, (long long)many_ms);
}

static void ten_thousand(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job, argosy.job_history");
    in_proportion(fan(2500, true), fan(10000 - 2, true));
    in_proportion(fan(2500, false), fan(10000 - 2, false));
    in_proportion(chain(2500), chain(10000));
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    w = sync_worker_register(s, "w", "{\"noop\":1}");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_policy, clean),
        cmocka_unit_test_setup(a_retry_afterwards, clean),
        cmocka_unit_test_setup(parents_that_have_ended, clean),
        cmocka_unit_test_setup(ten_thousand, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
