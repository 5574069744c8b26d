/* SPDX-License-Identifier: Apache-2.0 */
/* plan_story.c - see plan_story.h. */
#include "tests/support/plan_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

struct plan *story_plan;
static struct buffer trace;
int64_t story_ms;
int64_t story_seqs[8]; /* given out, by incarnation: our imitation of the record */
unsigned story_backlog[8]; /* by lane */
const char *story_kinds[8];

int story_begin(void **state)
{
    (void)state;
    story_plan = plan_create(&plan_limits_default);
    buffer_init(&trace, 1 << 20);
    memset(story_seqs, 0, sizeof story_seqs);
    memset(story_backlog, 0, sizeof story_backlog);
    for (int i = 0; i < 8; i++)
        story_kinds[i] = "noop";
    story_ms = 100;
    return 0;
}

int story_end(void **state)
{
    (void)state;
    story_plan = plan_destroy(story_plan);
    buffer_finish(&trace);
    return 0;
}

void story_tell(const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buffer_format(&trace, "[%5lld] %s\n", (long long)story_ms, line);
}

void story_is(const char *expected)
{
    assert_string_equal(buffer_view(&trace), expected);
    buffer_clear(&trace);
}

/* ---- the imitated record ---- */

void story_lanes(bool paused)
{
    static const char *const tenants[8] = { "none", "a", "b", "c" };
    struct lane_row rows[8];
    unsigned count = 0;
    for (int i = 1; i < 4; i++) {
        if (story_backlog[i] > 0)
            rows[count++] = (struct lane_row){ .lane = i, .queue = "default", .tenant = tenants[i],
                                               .kind = story_kinds[i], .prefetch_max = 2000,
                                               .available = (int32_t)story_backlog[i], .paused = paused };
    }
    plan_lanes(story_plan, rows, count);
}

struct worker_row story_worker(int64_t incarnation, int64_t beat, int64_t got, int64_t done)
{
    static const char *const names[8] = { "none", "w1", "w2", "w3" };
    return (struct worker_row){ .incarnation = incarnation,
                                .beat = beat,
                                .seq = story_seqs[incarnation],
                                .got = got,
                                .done = done,
                                .name = names[incarnation],
                                .kinds = "{\"noop\":1,\"migration\":1}",
                                .transport = "redis",
                                .slots = 16 };
}

void story_beat(int64_t beat, int64_t got, int64_t done)
{
    struct worker_row row = story_worker(1, beat, got, done);
    plan_workers(story_plan, &row, 1, story_ms);
}

void story_two_beats(int64_t beat)
{
    struct worker_row rows[] = { story_worker(1, beat, story_seqs[1], 0), story_worker(2, beat, story_seqs[2], 0) };
    plan_workers(story_plan, rows, 2, story_ms);
}

/* The record carries a dispatch out. */
void story_dispatch(const struct plan_action *a)
{
    static struct dispatch jobs[1000];
    unsigned count = a->count < story_backlog[a->lane] ? a->count : story_backlog[a->lane];
    for (unsigned i = 0; i < count; i++)
        jobs[i] = (struct dispatch){
            .id = 1, .epoch = 1, .seq = ++story_seqs[a->worker], .kind = story_kinds[a->lane]
        };
    story_backlog[a->lane] -= count;
    plan_dispatched(story_plan, a->lane, a->worker, a->count, jobs, count, story_ms);
}

/* Steps until nothing is left to do, telling each action; carried out at once or left under way. */
void story_step(bool carry_out)
{
    struct plan_action actions[8];
    unsigned count;
    while ((count = plan_step(story_plan, story_ms, actions, 8)) > 0) {
        for (unsigned i = 0; i < count; i++) {
            const struct plan_action *a = &actions[i];
            const char *name = a->type == PLAN_FORGET ? "" : plan_worker_name(story_plan, a->worker);
            if (a->type == PLAN_DISPATCH)
                story_tell("lane %s: %u -> %s", plan_lane_name(story_plan, a->lane), a->count, name);
            else if (a->type == PLAN_DEAD)
                story_tell("%s is dead, unless its beat is no longer %lld", name, (long long)a->beat);
            else if (a->type == PLAN_TAKE_BACK)
                story_tell("take back %u from %s", a->count, name);
            else if (a->type == PLAN_FORGET)
                story_tell("forget #%lld", (long long)a->worker);
            else
                story_tell("ring %s up to %lld", name, (long long)a->seq);
            if (a->type == PLAN_DISPATCH && carry_out)
                story_dispatch(a);
        }
    }
}
