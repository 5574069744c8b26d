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

#include "tests/support/duel.h"
#include "tests/support/store_model.h"
#include "tests/support/store_model_private.h"

enum { SEEDS = 8, STEPS = 600, BATCHES_MAX = 200 };

static int64_t jobs, workers, beats[400], seqs[400], batches[BATCHES_MAX];
static unsigned batch_count, saw_bulk, saw_ended,
    saw_tagged;          /* the last three: so that the dice can't leave them out */
static int32_t lanes[3]; /* of quick jobs, of those with a target, of those with a tag */

/* ---- the calls ---- */

/* Mostly one of the last few: an old one is dead and has nothing. */
static int64_t any_worker(void)
{
    unsigned recent = workers < 4 || duel_roll(20) == 0 ? (unsigned)workers : 4;
    return workers - duel_roll(recent);
}

static void do_submit(void)
{
    static const char *const kinds[] = { "quick", "quick", "target" };
    const char *kind = kinds[duel_roll(3)];
    int priority = 1 + (int)duel_roll(3);
    int64_t after[2];
    unsigned count = jobs > 0 ? duel_roll(3) : 0;
    char list[64] = "";
    for (unsigned i = 0; i < count; i++) {
        after[i] = 1 + duel_roll((unsigned)jobs);
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%" PRId64, i ? "," : "", after[i]);
    }
    enum model_policy policy = (enum model_policy)duel_roll(3);
    duel_say("submit %s priority %d after {%s} by %s", kind, priority, list, model_policy_names[policy]);
    int64_t id = record_int(&duel.record,
                            "SELECT argosy.submit('%s', args => '{\"target\":1}', priority => %d, after => '{%s}', "
                            "on_failure => '%s')",
                            kind, priority, list, model_policy_names[policy]);
    duel_same_int("ids", id, store_model_submit(duel.model.store, kind, priority, after, count, policy));
    jobs = id;
}

static void do_unique(void)
{
    static const char *const modes[] = { "waiting", "live", "successful", "always" };
    struct submit_row rows[2];
    char unique[2][80];
    unsigned count = 1 + duel_roll(2);
    for (unsigned i = 0; i < count; i++) {
        unsigned key = duel_roll(6);
        snprintf(unique[i], sizeof unique[i], "{\"key\":\"k%u\",\"while\":\"%s\",\"period_s\":1000000}", key,
                 modes[key % 4]);
        rows[i] = (struct submit_row){ .kind = duel_roll(4) ? "quick" : "target",
                                       .args = "{\"target\":1}",
                                       .unique = unique[i] };
    }
    duel_say("unique %s, %u", unique[0], count);
    if (sync_submit(&duel.real, rows, count) != ERROR_OK || sync_submit(&duel.model, rows, count) != ERROR_OK)
        duel_differ("submits", duel.real.error.message, "");
    for (unsigned i = 0; i < count; i++) {
        duel_same_int("ids", duel.real.ids[i] * 2 + duel.real.existing[i],
                      duel.model.ids[i] * 2 + duel.model.existing[i]);
        jobs = duel.real.ids[i] > jobs ? duel.real.ids[i] : jobs;
    }
}

/* Some alike, so that they are bulk, or almost. */
static void do_bulk(void)
{
    struct submit_row rows[12];
    const char *tags = duel_roll(2) ? NULL : "gpu";
    unsigned count = 2 + duel_roll(10);
    int priority = 1 + (int)duel_roll(3);
    for (unsigned i = 0; i < count; i++)
        rows[i] = (struct submit_row){ .kind = "quick", .args = "{}", .priority = priority, .tags = tags };
    if (duel_roll(6) == 0)
        rows[0].kind = "target", rows[0].args = "{\"target\":1}", rows[0].tags = NULL;
    duel_say("bulk of %u, priority %d, tags %s", count, priority, tags ? tags : "-");
    if (sync_submit(&duel.real, rows, count) != ERROR_OK || sync_submit(&duel.model, rows, count) != ERROR_OK)
        duel_differ("submits", duel.real.error.message, "");
    for (unsigned i = 0; i < count; i++)
        duel_same_int("ids", duel.real.ids[i], duel.model.ids[i]);
    jobs = duel.real.ids[count - 1];
    saw_bulk += record_int(&duel.record, "SELECT count(*) FROM argosy.job_bulk WHERE last >= %" PRId64, jobs) > 0;
}

static void do_batch(void)
{
    unsigned count = 1 + duel_roll(3), follows = duel_roll(4);
    if (batch_count == BATCHES_MAX)
        return;
    batches[batch_count] = record_int(&duel.record,
                                      "SELECT (argosy.batch_submit('b', (SELECT json_agg(json_build_object('kind', "
                                      "'quick')) FROM generate_series(1, %u)), "
                                      "%s, %s) ->> 'batch')::bigint",
                                      count, follows & 1 ? "'{\"kind\":\"quick\"}'" : "NULL",
                                      follows & 2 ? "'{\"kind\":\"quick\"}'" : "NULL");
    duel_say("batch %" PRId64 " of %u, follows %u", batches[batch_count], count, follows);
    store_model_batch(duel.model.store, batches[batch_count++], count, follows & 1, follows & 2);
    jobs = model_of(duel.model.store)->job_count;
}

/* Counts are folded, what follows is submitted; now and then a batch is cancelled. */
static void do_batches(void)
{
    if (batch_count > 0 && duel_roll(3) == 0) {
        int64_t batch = batches[batch_count - 1 - duel_roll(batch_count < 4 ? batch_count : 4)];
        duel_say("cancel batch %" PRId64, batch);
        duel_same_int("cancelled", record_int(&duel.record, "SELECT argosy.batch_cancel(%" PRId64 ")", batch),
                      store_model_batch_cancel(duel.model.store, batch));
        return;
    }
    duel_say("step of the batches");
    int64_t ended = record_int(&duel.record, "SELECT argosy.batches_step()");
    duel_same_int("ended batches", ended, store_model_batches_step(duel.model.store));
    saw_ended += (unsigned)ended;
    jobs = model_of(duel.model.store)->job_count;
}

static void do_dispatch(void)
{
    int64_t worker = any_worker();
    unsigned count = 1 + duel_roll(4), lane = (unsigned)lanes[duel_roll(3)];
    for (int64_t id = 1; id <= model_of(duel.model.store)->job_count; id++) {
        struct model_job *job = &model_of(duel.model.store)->jobs[id];
        job->lane = lanes[job->tagged ? 2 : job->target];
    }
    duel_say("dispatch %u of lane %u to %" PRId64, count, lane, worker);
    sync_dispatch(&duel.real, (int32_t)lane, count, worker);
    sync_dispatch(&duel.model, (int32_t)lane, count, worker);
    duel_same_jobs(true, worker);
    saw_tagged += (int32_t)lane == lanes[2] ? duel.real.count : 0;
    seqs[worker] += duel.real.count;
}

/* Mostly the latest dispatches, sometimes an old one or another worker. */
static const struct dispatch *any_dispatch(int64_t *ret_worker)
{
    unsigned i = duel_roll(4) ? duel.seen_count - 1 - duel_roll(duel.seen_count < 10 ? duel.seen_count : 10)
                              : duel_roll(duel.seen_count);
    *ret_worker = duel_roll(20) ? duel.seen_worker[i] : any_worker();
    return &duel.seen[i];
}

static void do_finish(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    duel_say("finish %" PRId64 " epoch %" PRId64 " by %" PRId64, d->id, d->epoch, worker);
    duel_same_int("finishes", sync_finish_one(&duel.real, worker, d->id, d->epoch),
                  sync_finish_one(&duel.model, worker, d->id, d->epoch));
}

static void do_finish_whole(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    unsigned count = duel_roll(4);
    char children[512] = "[";
    for (unsigned i = 0; i < count; i++) {
        bool waits = i > 0 && duel_roll(2);
        char after[32] = "";
        if (waits)
            snprintf(after, sizeof after, "\"%u-%u\"", duel.step, i - 1);
        snprintf(children + strlen(children), sizeof children - strlen(children),
                 "%s{\"step\":\"%u-%u\",\"kind\":\"quick\",\"after\":[%s],\"on_failure\":\"%s\"}", i ? "," : "",
                 duel.step, i, after, model_policy_names[duel_roll(3)]);
    }
    strncat(children, "]", sizeof children - strlen(children) - 1);
    duel_say("finish whole %" PRId64 " epoch %" PRId64 " by %" PRId64 " %s", d->id, d->epoch, worker, children);
    bool a = sync_finish_whole(&duel.real, worker, d->id, d->epoch, children);
    if (duel.real.error.class != ERROR_OK)
        duel_differ("finish whole", duel.real.error.message, "");
    duel_same_int("finishes", a, sync_finish_whole(&duel.model, worker, d->id, d->epoch, children));
    jobs = record_int(&duel.record, "SELECT max(id) FROM argosy.job");
}

static void do_fail(void)
{
    static const enum error_class classes[] = { ERROR_RETRY, ERROR_UNAVAILABLE, ERROR_TIMED_OUT, ERROR_FATAL,
                                                ERROR_INVALID };
    static const enum fail_cause causes[] = { FAIL_FAILED, FAIL_TIMED_OUT, FAIL_STALLED, FAIL_CRASHED,
                                              FAIL_INTERRUPTED };
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    enum error_class class = classes[duel_roll(5)];
    enum fail_cause cause = d->seal ? FAIL_SEAL : causes[duel_roll(5)];
    duel_say("fail %" PRId64 " epoch %" PRId64 " by %" PRId64 " %d %s", d->id, d->epoch, worker, cause,
             error_class_name(class));
    const struct fail_row row = { .id = d->id,
                                  .epoch = d->epoch,
                                  .cause = cause,
                                  .class = class,
                                  .code = "broken",
                                  .message = "it broke",
                                  .details = duel_roll(2) == 0 ? "{\"target\":\"untouched\"}" : NULL };
    duel_same_int("failures", sync_fail_row(&duel.real, worker, &row), sync_fail_row(&duel.model, worker, &row));
}

static void do_sealed(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    for (unsigned i = duel.seen_count; i > 0 && i + 10 > duel.seen_count && !d->seal; i--)
        if (duel.seen[i - 1].seal) {
            d = &duel.seen[i - 1];
            worker = duel.seen_worker[i - 1];
        }
    duel_say("sealed %" PRId64 " epoch %" PRId64 " by %" PRId64, d->id, d->epoch, worker);
    duel_same_int("seals", sync_sealed(&duel.real, worker, d->id, d->epoch),
                  sync_sealed(&duel.model, worker, d->id, d->epoch));
}

static void do_give_back(void)
{
    int64_t worker;
    const struct dispatch *d = any_dispatch(&worker);
    duel_say("give back %" PRId64 " epoch %" PRId64 " by %" PRId64, d->id, d->epoch, worker);
    duel_same_int("given back", sync_give_back(&duel.real, worker, d->id, d->epoch),
                  sync_give_back(&duel.model, worker, d->id, d->epoch));
}

static void do_people(void)
{
    int64_t id = 1 + duel_roll((unsigned)jobs + 1);
    bool again = duel_roll(2);
    duel_say("%s %" PRId64, again ? "retry" : "cancel", id);
    if (again)
        duel_same_int("retries", sync_retry(&duel.real, id), sync_retry(&duel.model, id));
    else
        duel_same_int("cancels", sync_cancel(&duel.real, id), sync_cancel(&duel.model, id));
}

static void do_release(void)
{
    int64_t id = record_int(&duel.record,
                            "SELECT coalesce((SELECT min(d.job) FROM argosy.job_dependency d JOIN argosy.job_live l ON "
                            "l.id = d.job WHERE d.policy = 2 AND argosy.fell_short(d.parent)), 1)");
    duel_say("release %" PRId64, id);
    if (strcmp(record_text(&duel.record, "SELECT argosy.job_release(%" PRId64 ")", id),
               store_model_release(duel.model.store, id)) != 0)
        duel_differ("releases", "", "");
}

static void do_register(void)
{
    const char *kinds = duel_roll(3) ? "{\"quick\":1,\"target\":1}" : "{\"quick\":1}";
    duel.real.tags = duel.model.tags = duel_roll(4) ? "gpu" : NULL;
    duel_say("register %s tags %s", kinds, duel.real.tags ? duel.real.tags : "-");
    workers = sync_worker_register(&duel.real, "w", kinds);
    duel_same_int("incarnations", workers, sync_worker_register(&duel.model, "w", kinds));
    beats[workers] = seqs[workers] = 0;
}

static void do_beat(void)
{
    int64_t worker = any_worker(), got = duel_roll((unsigned)seqs[worker] + 1);
    char gaps[32] = "[]";
    if (got > 2 && duel_roll(2))
        snprintf(gaps, sizeof gaps, "[%u]", 1 + duel_roll((unsigned)got - 1));
    duel_say("beat of %" PRId64 " got %" PRId64 " gaps %s", worker, got, gaps);
    bool alive = sync_beat(&duel.real, worker, got, 0, gaps);
    duel_same_int("beats", alive, sync_beat(&duel.model, worker, got, 0, gaps));
    beats[worker] += alive;
}

static void do_dead(void)
{
    int64_t worker = any_worker(), beat = beats[worker] - (duel_roll(4) == 0);
    duel_say("dead %" PRId64 " at %" PRId64, worker, beat);
    duel_same_int("deaths", sync_worker_dead(&duel.real, worker, beat), sync_worker_dead(&duel.model, worker, beat));
}

static void do_expire(void)
{
    int64_t worker = any_worker();
    duel_say("expire %" PRId64, worker);
    duel_same_int("expired", sync_expire(&duel.real, worker, 3), sync_expire(&duel.model, worker, 3));
}

static void do_unreceived(void)
{
    int64_t worker = any_worker();
    duel_say("unreceived %" PRId64, worker);
    sync_unreceived(&duel.real, worker, seqs[worker]);
    sync_unreceived(&duel.model, worker, seqs[worker]);
    duel_same_jobs(false, worker);
}

static void do_due(void)
{
    duel_say("due");
    record_run(&duel.record, "SELECT argosy.unique_sweep('', 1000)");
    store_model_sweep(duel.model.store);
    duel_same_int("due", sync_due(&duel.real), sync_due(&duel.model));
}

static void do_step(void)
{
    static void (*const calls[])(void) = { do_submit,   do_submit, do_submit,    do_dispatch,     do_dispatch,
                                           do_dispatch, do_finish, do_finish,    do_finish_whole, do_fail,
                                           do_fail,     do_sealed, do_give_back, do_people,       do_people,
                                           do_beat,     do_beat,   do_dead,      do_expire,       do_unreceived,
                                           do_due,      do_due,    do_register,  do_unique,       do_unique,
                                           do_release,  do_bulk,   do_batch,     do_batches,      do_batches };
    void (*call)(void) = calls[duel_roll(sizeof calls / sizeof calls[0])];
    if (call == do_register && workers > 0 && duel_roll(4))
        call = do_due;
    bool needs_jobs =
        call != do_submit && call != do_unique && call != do_register && call != do_bulk && call != do_batch;
    if (workers == 0)
        call = do_register;
    else if (needs_jobs && jobs == 0)
        call = do_submit;
    else if (needs_jobs && duel.seen_count == 0)
        call = do_dispatch;
    call();
    duel_same_tables();
}

static void play(uint64_t with_seed, unsigned steps)
{
    duel.seed = with_seed;
    duel.dice = duel.seed * 0x9E3779B97F4A7C15ULL + 1;
    jobs = workers = duel.seen_count = batch_count = 0;
    record_run(&duel.record,
               "TRUNCATE argosy.job, argosy.job_live, argosy.job_history, argosy.event, argosy.job_dependency, "
               "argosy.worker, argosy.pipeline, argosy.cancel_notice, argosy.unique_claim, argosy.job_bulk, "
               "argosy.batch, argosy.batch_delta, argosy.dead_letter, argosy.idempotency RESTART IDENTITY; "
               "ALTER SEQUENCE argosy.job_id RESTART");
    lanes[0] = (int32_t)record_int(&duel.record, "SELECT argosy.lane_make('default', 'default', 'quick')");
    lanes[1] = (int32_t)record_int(&duel.record, "SELECT argosy.lane_make('default', 'default', 'target', 1)");
    lanes[2] = (int32_t)record_int(&duel.record, "SELECT argosy.lane_make('default', 'default', 'quick', NULL, 'gpu')");
    duel.model.store = store_model_create();
    for (duel.step = 0; duel.step < steps; duel.step++)
        do_step();
    const char *bad =
        record_text(&duel.record, "SELECT string_agg(format('%%s %%s', \"check\", sample), ', ') FROM argosy.fsck() "
                                  "WHERE violations > 0 AND \"check\" <> 'dispatched_to_dead'");
    if (bad[0] != '\0')
        duel_differ("fsck and the empty list", bad, "");
    duel.model.store = store_model_destroy(duel.model.store);
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
    print_message("%u bulks, %u batches ended, %u dispatches by tags\n", saw_bulk, saw_ended, saw_tagged);
    assert_true(one != NULL || steps != NULL || (saw_bulk > 20 && saw_ended > 20 && saw_tagged > 10));
}

int main(void)
{
    record_start(&duel.record);
    record_run(&duel.record, "UPDATE argosy.setting SET value = '4' WHERE name = 'bulk_min'");
    duel.real = (struct sync){ .store = duel.record.store, .loop = &duel.record.loop };
    const struct CMUnitTest tests[] = { cmocka_unit_test(record_and_model_agree) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&duel.record);
    return failed;
}
