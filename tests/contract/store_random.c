/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_random.c - the same random calls on record and model; after each one both must say and hold the same.
 *
 * A failure prints the seed, the number of steps and the last calls: ARGOSY_SEED=… ARGOSY_STEPS=… plays just them
 * again.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"
#include "tests/support/store_model.h"
#include "tests/support/store_model_private.h"
#include "tests/support/sync.h"

enum { SEEDS = 8, STEPS = 600, TRACE = 30, DISPATCHES_MAX = 4000 };

static struct record record;
static struct sync real, model; /* big: not on the stack */
static struct dispatch seen[DISPATCHES_MAX];
static int64_t seen_worker[DISPATCHES_MAX];
static unsigned seen_count, step;
static int64_t jobs, workers, beats[400], seqs[400];
static uint64_t seed, dice;
static char trace[TRACE][256];
static int32_t lanes[2]; /* of quick jobs, of those with a target */

static unsigned roll(unsigned sides) /* xorshift: the same on every machine */
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)((dice >> 11) % sides);
}

static __attribute__((format(printf, 1, 2))) void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(trace[step % TRACE], sizeof trace[0], format, args);
    va_end(args);
}

static _Noreturn void differ(const char *what, const char *of_record, const char *of_model)
{
    print_error("ARGOSY_SEED=%" PRIu64 " ARGOSY_STEPS=%u: %s differ\n", seed, step + 1, what);
    for (unsigned i = step < TRACE ? 0 : step - TRACE + 1; i <= step; i++)
        print_error("  %u %s\n", i, trace[i % TRACE]);
    const char *a = of_record, *b = of_model; /* the first lines that differ */
    while (*a && *b && strcspn(a, "\n") == strcspn(b, "\n") && strncmp(a, b, strcspn(a, "\n")) == 0) {
        a += strcspn(a, "\n") + (a[strcspn(a, "\n")] == '\n');
        b += strcspn(b, "\n") + (b[strcspn(b, "\n")] == '\n');
    }
    print_error("record: %.*s\nmodel:  %.*s\n", (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
    fail();
    abort();
}

static void same_int(const char *what, int64_t a, int64_t b)
{
    char x[64];
    snprintf(x, sizeof x, "%" PRId64 " and %" PRId64, a, b);
    if (a != b)
        differ(what, x, "");
}

static void same_jobs(bool remember, int64_t worker)
{
    same_int("the numbers of dispatches", real.count, model.count);
    for (unsigned i = 0; i < real.count; i++) {
        const struct dispatch *a = &real.jobs[i], *b = &model.jobs[i];
        char x[128], y[128];
        snprintf(x, sizeof x, "%" PRId64 " epoch %" PRId64 " seq %" PRId64 " %s attempt %d seal %d", a->id, a->epoch,
                 a->seq, a->kind, a->id ? a->attempt : 0, a->seal);
        snprintf(y, sizeof y, "%" PRId64 " epoch %" PRId64 " seq %" PRId64 " %s attempt %d seal %d", b->id, b->epoch,
                 b->seq, b->kind, b->id ? b->attempt : 0, b->seal);
        if (strcmp(x, y) != 0)
            differ("dispatches", x, y);
        if (remember && seen_count < DISPATCHES_MAX) {
            seen[seen_count] = *a;
            seen_worker[seen_count++] = worker;
        }
    }
}

static void same_tables(void)
{
    static const char query[] =
        "SELECT string_agg(line, E'\\n' ORDER BY id, place, epoch, n) || E'\\n' FROM ("
        "SELECT id, 0 AS place, epoch, n, format('%s ended %s epoch %s attempts %s lost %s', id, state, epoch, "
        "attempts, lost) "
        "AS line FROM argosy.job_history UNION ALL "
        "SELECT id, 1, epoch, 0, format('%s live %s epoch %s attempts %s lost %s waits %s sealing %s worker %s seq "
        "%s%s', id, "
        "state, epoch, attempts, lost, waits, coalesce(sealing, 0), coalesce(worker, 0), coalesce(seq, 0), "
        "CASE WHEN depended THEN ' depended' END) FROM argosy.job_live) x";
    PGresult *result = PQexec(record.direct, query);
    char *held = store_model_dump(model.store);
    if (strcmp(PQgetvalue(result, 0, 0), held) != 0)
        differ("the tables", PQgetvalue(result, 0, 0), held);
    free(held);
    PQclear(result);
}

/* ---- the calls ---- */

/* Mostly one of the last few: an old one is dead and has nothing. */
static int64_t any_worker(void)
{
    unsigned recent = workers < 4 || roll(20) == 0 ? (unsigned)workers : 4;
    return workers - roll(recent);
}

static void do_submit(void)
{
    static const char *const kinds[] = { "quick", "quick", "target" };
    const char *kind = kinds[roll(3)];
    int priority = 1 + (int)roll(3);
    int64_t after[2];
    unsigned count = jobs > 0 ? roll(3) : 0;
    char list[64] = "";
    for (unsigned i = 0; i < count; i++) {
        after[i] = 1 + roll((unsigned)jobs);
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%" PRId64, i ? "," : "", after[i]);
    }
    enum model_policy policy = (enum model_policy)roll(3);
    say("submit %s priority %d after {%s} by %s", kind, priority, list, model_policy_names[policy]);
    int64_t id = record_int(&record,
                            "SELECT argosy.submit('%s', args => '{\"target\":1}', priority => %d, after => '{%s}', "
                            "on_failure => '%s')",
                            kind, priority, list, model_policy_names[policy]);
    same_int("ids", id, store_model_submit(model.store, kind, priority, after, count, policy));
    jobs = id;
}

static void do_unique(void)
{
    static const char *const modes[] = { "waiting", "live", "successful", "always" };
    struct submit_row rows[2];
    char unique[2][80];
    unsigned count = 1 + roll(2);
    for (unsigned i = 0; i < count; i++) {
        unsigned key = roll(6);
        snprintf(unique[i], sizeof unique[i], "{\"key\":\"k%u\",\"while\":\"%s\",\"period_s\":1000000}", key,
                 modes[key % 4]);
        rows[i] =
            (struct submit_row){ .kind = roll(4) ? "quick" : "target", .args = "{\"target\":1}", .unique = unique[i] };
    }
    say("unique %s, %u", unique[0], count);
    if (sync_submit(&real, rows, count) != ERROR_OK || sync_submit(&model, rows, count) != ERROR_OK)
        differ("submits", real.error.message, "");
    for (unsigned i = 0; i < count; i++) {
        same_int("ids", real.ids[i] * 2 + real.existing[i], model.ids[i] * 2 + model.existing[i]);
        jobs = real.ids[i] > jobs ? real.ids[i] : jobs;
    }
}

static void do_dispatch(void)
{
    int64_t worker = any_worker();
    unsigned count = 1 + roll(4), lane = (unsigned)lanes[roll(2)];
    for (int64_t id = 1; id <= model_of(model.store)->job_count; id++)
        model_of(model.store)->jobs[id].lane = lanes[model_of(model.store)->jobs[id].target];
    say("dispatch %u of lane %u to %" PRId64, count, lane, worker);
    sync_dispatch(&real, (int32_t)lane, count, worker);
    sync_dispatch(&model, (int32_t)lane, count, worker);
    same_jobs(true, worker);
    seqs[worker] += real.count;
}

/* Mostly the latest dispatches, sometimes an old one or another worker. */
static const struct dispatch *any_dispatch(int64_t *ret_worker)
{
    unsigned i = roll(4) ? seen_count - 1 - roll(seen_count < 10 ? seen_count : 10) : roll(seen_count);
    *ret_worker = roll(20) ? seen_worker[i] : any_worker();
    return &seen[i];
}

static void do_finish(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    say("finish %" PRId64 " epoch %" PRId64 " by %" PRId64, d->id, d->epoch, worker);
    same_int("finishes", sync_finish_one(&real, worker, d->id, d->epoch),
             sync_finish_one(&model, worker, d->id, d->epoch));
}

static void do_finish_whole(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    unsigned count = roll(4);
    char children[512] = "[";
    for (unsigned i = 0; i < count; i++) {
        bool waits = i > 0 && roll(2);
        char after[32] = "";
        if (waits)
            snprintf(after, sizeof after, "\"%u-%u\"", step, i - 1);
        snprintf(children + strlen(children), sizeof children - strlen(children),
                 "%s{\"step\":\"%u-%u\",\"kind\":\"quick\",\"after\":[%s],\"on_failure\":\"%s\"}", i ? "," : "", step,
                 i, after, model_policy_names[roll(3)]);
    }
    strncat(children, "]", sizeof children - strlen(children) - 1);
    say("finish whole %" PRId64 " epoch %" PRId64 " by %" PRId64 " %s", d->id, d->epoch, worker, children);
    bool a = sync_finish_whole(&real, worker, d->id, d->epoch, children);
    if (real.error.class != ERROR_OK)
        differ("finish whole", real.error.message, "");
    same_int("finishes", a, sync_finish_whole(&model, worker, d->id, d->epoch, children));
    jobs = record_int(&record, "SELECT max(id) FROM argosy.job");
}

static void do_fail(void)
{
    static const enum error_class classes[] = { ERROR_RETRY, ERROR_UNAVAILABLE, ERROR_TIMED_OUT, ERROR_FATAL,
                                                ERROR_INVALID };
    static const enum fail_cause causes[] = { FAIL_FAILED, FAIL_TIMED_OUT, FAIL_STALLED, FAIL_CRASHED,
                                              FAIL_INTERRUPTED };
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    enum error_class class = classes[roll(5)];
    enum fail_cause cause = d->seal ? FAIL_SEAL : causes[roll(5)];
    say("fail %" PRId64 " epoch %" PRId64 " by %" PRId64 " %d %s", d->id, d->epoch, worker, cause,
        error_class_name(class));
    const struct fail_row row = { .id = d->id,
                                  .epoch = d->epoch,
                                  .cause = cause,
                                  .class = class,
                                  .code = "broken",
                                  .message = "it broke",
                                  .details = roll(2) == 0 ? "{\"target\":\"untouched\"}" : NULL };
    same_int("failures", sync_fail_row(&real, worker, &row), sync_fail_row(&model, worker, &row));
}

static void do_sealed(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    for (unsigned i = seen_count; i > 0 && i + 10 > seen_count && !d->seal; i--)
        if (seen[i - 1].seal) {
            d = &seen[i - 1];
            worker = seen_worker[i - 1];
        }
    say("sealed %" PRId64 " epoch %" PRId64 " by %" PRId64, d->id, d->epoch, worker);
    same_int("seals", sync_sealed(&real, worker, d->id, d->epoch), sync_sealed(&model, worker, d->id, d->epoch));
}

static void do_give_back(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    say("give back %" PRId64 " epoch %" PRId64 " by %" PRId64, d->id, d->epoch, worker);
    same_int("given back", sync_give_back(&real, worker, d->id, d->epoch),
             sync_give_back(&model, worker, d->id, d->epoch));
}

static void do_people(void)
{
    int64_t id = 1 + roll((unsigned)jobs + 1);
    bool again = roll(2);
    say("%s %" PRId64, again ? "retry" : "cancel", id);
    if (again)
        same_int("retries", sync_retry(&real, id), sync_retry(&model, id));
    else
        same_int("cancels", sync_cancel(&real, id), sync_cancel(&model, id));
}

static void do_release(void)
{
    int64_t id =
        record_int(&record, "SELECT coalesce((SELECT min(d.job) FROM argosy.job_dependency d JOIN argosy.job_live l ON "
                            "l.id = d.job WHERE d.policy = 2 AND argosy.fell_short(d.parent)), 1)");
    say("release %" PRId64, id);
    if (strcmp(record_text(&record, "SELECT argosy.job_release(%" PRId64 ")", id),
               store_model_release(model.store, id)) != 0)
        differ("releases", "", "");
}

static void do_register(void)
{
    const char *kinds = roll(3) ? "{\"quick\":1,\"target\":1}" : "{\"quick\":1}";
    say("register %s", kinds);
    workers = sync_worker_register(&real, "w", kinds);
    same_int("incarnations", workers, sync_worker_register(&model, "w", kinds));
    beats[workers] = seqs[workers] = 0;
}

static void do_beat(void)
{
    int64_t worker = any_worker(), got = roll((unsigned)seqs[worker] + 1);
    char gaps[32] = "[]";
    if (got > 2 && roll(2))
        snprintf(gaps, sizeof gaps, "[%u]", 1 + roll((unsigned)got - 1));
    say("beat of %" PRId64 " got %" PRId64 " gaps %s", worker, got, gaps);
    bool alive = sync_beat(&real, worker, got, 0, gaps);
    same_int("beats", alive, sync_beat(&model, worker, got, 0, gaps));
    beats[worker] += alive;
}

static void do_dead(void)
{
    int64_t worker = any_worker(), beat = beats[worker] - (roll(4) == 0);
    say("dead %" PRId64 " at %" PRId64, worker, beat);
    same_int("deaths", sync_worker_dead(&real, worker, beat), sync_worker_dead(&model, worker, beat));
}

static void do_expire(void)
{
    int64_t worker = any_worker();
    say("expire %" PRId64, worker);
    same_int("expired", sync_expire(&real, worker, 3), sync_expire(&model, worker, 3));
}

static void do_unreceived(void)
{
    int64_t worker = any_worker();
    say("unreceived %" PRId64, worker);
    sync_unreceived(&real, worker, seqs[worker]);
    sync_unreceived(&model, worker, seqs[worker]);
    same_jobs(false, worker);
}

static void do_due(void)
{
    say("due");
    record_run(&record, "SELECT argosy.unique_sweep('', 1000)");
    store_model_sweep(model.store);
    same_int("due", sync_due(&real), sync_due(&model));
}

static void do_step(void)
{
    static void (*const calls[])(
        void) = { do_submit, do_submit,       do_submit, do_dispatch, do_dispatch, do_dispatch,   do_finish,
                  do_finish, do_finish_whole, do_fail,   do_fail,     do_sealed,   do_give_back,  do_people,
                  do_people, do_beat,         do_beat,   do_dead,     do_expire,   do_unreceived, do_due,
                  do_due,    do_register,     do_unique, do_unique,   do_release };
    void (*call)(void) = calls[roll(sizeof calls / sizeof calls[0])];
    if (call == do_register && workers > 0 && roll(4))
        call = do_due;
    bool needs_jobs = call != do_submit && call != do_unique && call != do_register;
    if (workers == 0)
        call = do_register;
    else if (needs_jobs && jobs == 0)
        call = do_submit;
    else if (needs_jobs && seen_count == 0)
        call = do_dispatch;
    call();
    same_tables();
}

static void play(uint64_t with_seed, unsigned steps)
{
    seed = with_seed;
    dice = seed * 0x9E3779B97F4A7C15ULL + 1;
    jobs = workers = seen_count = 0;
    record_run(&record,
               "TRUNCATE argosy.job, argosy.job_live, argosy.job_history, argosy.event, argosy.job_dependency, "
               "argosy.worker, argosy.pipeline, argosy.cancel_notice, argosy.unique_claim RESTART IDENTITY; "
               "ALTER SEQUENCE argosy.job_id RESTART");
    lanes[0] = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'quick')");
    lanes[1] = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'target', 1)");
    model.store = store_model_create();
    for (step = 0; step < steps; step++)
        do_step();
    const char *bad =
        record_text(&record, "SELECT string_agg(format('%%s %%s', \"check\", sample), ', ') FROM argosy.fsck() "
                             "WHERE violations > 0 AND \"check\" <> 'dispatched_to_dead'");
    if (bad[0] != '\0')
        differ("fsck and the empty list", bad, "");
    model.store = store_model_destroy(model.store);
}

static void record_and_model_agree(void **state)
{
    (void)state;
    const char *one = getenv("ARGOSY_SEED"), *steps = getenv("ARGOSY_STEPS");
    unsigned count = steps ? (unsigned)strtoul(steps, NULL, 10) : STEPS;
    if (one != NULL)
        play(strtoull(one, NULL, 10), count);
    for (uint64_t i = 1; one == NULL && i <= SEEDS; i++)
        play(i, count);
}

int main(void)
{
    record_start(&record);
    real = (struct sync){ .store = record.store, .loop = &record.loop };
    const struct CMUnitTest tests[] = { cmocka_unit_test(record_and_model_agree) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
