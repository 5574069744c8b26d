/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_beats.c - what workers say of themselves: the scheduler's plan reads their kinds, tags, means and carriers, the
 * notifier their progress. A line each: kinds, tags, mean_us, reads, "SLOTS SEQ GOT DONE", progress.
 *
 * Whatever they say, the plan gives a worker only kinds and versions that it named, never more than was available, and
 * nobody's lies cost somebody else a dispatch: the honest worker beside it is given all of its slots.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "notifier/inside.h"
#include "queue/address.h"
#include "scheduler/plan.h"

enum { LIAR = 7, HONEST = 8, ACTIONS = 64, AVAILABLE = 5000 };

static void numbers(char *text, struct worker_row *row)
{
    long long n[4] = { 4, 0, 0, 0 };
    (void)sscanf(text, "%18lld %18lld %18lld %18lld", &n[0], &n[1], &n[2], &n[3]); /* a failing one stays */
    row->slots = n[0] < -1000 ? -1000 : n[0] > 1000 ? 1000 : (int32_t)n[0];
    row->seq = n[1];
    row->got = n[2];
    row->done = n[3];
}

/* The version that its list names. */
static json_int_t version_of(const char *kinds, const char *kind)
{
    json_auto_t *known = json_loads(kinds, JSON_REJECT_DUPLICATES, NULL);
    return json_integer_value(json_object_get(known, kind));
}

static void plan_hears(struct worker_row *liar)
{
    static const struct lane_row lanes[] = {
        { .lane = 1, .queue = "q", .tenant = "a", .kind = "noop", .available = AVAILABLE, .version = 2, .weight = 1 },
        { .lane = 2, .queue = "q", .tenant = "b", .kind = "copy", .available = AVAILABLE, .version = 1, .weight = 1 },
        { .lane = 3, .queue = "q", .tenant = "b", .kind = "own", .available = 3, .version = 1, .weight = 1 },
    };
    const struct worker_row honest = {
        .incarnation = HONEST, .beat = 1, .name = "h", .kinds = "{\"own\":1}", .slots = 3
    };
    struct worker_row rows[2] = { *liar, honest };
    struct plan_action actions[ACTIONS];
    struct plan *plan = plan_create(&plan_limits_default);
    unsigned own = 0;
    for (int round = 0; round < 3; round++) {
        int64_t now_ms = 1000 + round * 500;
        rows[0].beat = rows[1].beat = round + 1;
        plan_workers(plan, rows, 2, now_ms);
        plan_lanes(plan, lanes, round == 0 ? 3 : 2);
        plan_done(plan, LIAR, liar->done, liar->mean_us);
        unsigned count = plan_step(plan, now_ms, actions, ACTIONS);
        for (unsigned i = 0; i < count; i++) {
            const struct plan_action *a = &actions[i];
            if (a->type != PLAN_DISPATCH)
                continue;
            const struct lane_row *lane = &lanes[a->lane - 1];
            assert(a->count > 0 && a->count <= AVAILABLE);
            if (a->worker == LIAR)
                assert(liar->slots > 0 && !liar->quiet && version_of(liar->kinds, lane->kind) >= lane->version);
            else
                assert(a->lane == 3);
            own += a->lane == 3 ? a->count : 0;
            plan_dispatch_failed(plan, a->lane, a->worker, a->count);
        }
        assert(round > 0 || own == 3 || count == ACTIONS);
    }
    plan_destroy(plan);
}

static void on_closed(void *arg)
{
    *(bool *)arg = true;
}

/* With somebody who would watch, but is not live yet: everything is read, nothing sent. */
static void notifier_hears(const char *progress)
{
    uv_loop_t loop;
    struct watcher watcher = { 0 };
    struct notifier notifier = { .loop = &loop, .watchers = &watcher };
    bool closed = false;
    int result = uv_loop_init(&loop);
    assert(result == 0);
    notifier.progress = progress_create(&notifier);
    progress_learn(notifier.progress, &(struct subject){ .job = 1, .pipeline = 2, .kind = "noop", .queue = "q" });
    progress_take(notifier.progress, progress);
    progress_take(notifier.progress, progress);
    progress_close(notifier.progress, on_closed, &closed);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    result = uv_loop_close(&loop);
    assert(result == 0 && closed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_text_n((const char *)data, size), *rest = text;
    struct worker_row liar = { .incarnation = LIAR, .beat = 1, .name = "l" };
    liar.kinds = fuzz_line(&rest);
    liar.tags = fuzz_line(&rest);
    liar.mean_us = fuzz_line(&rest);
    liar.reads = fuzz_line(&rest);
    numbers(fuzz_line(&rest), &liar);
    assert(carrier_mask(liar.reads) < 1u << CARRIER_COUNT);
    plan_hears(&liar);
    notifier_hears(rest);
    free(text);
    return 0;
}
