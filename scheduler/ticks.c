/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticks.c - see ticks.h.
 *
 * Happy path: since_ms is a moment ago, one or two steps of the cron expression reach now_ms. After a long downtime of
 * a schedule that comes often the walk would take millions of steps: after TICKS_COUNTED_MAX it looks by bisection for
 * the time from which on TICKS_MAX ticks are left, and walks from there.
 *
 * A clock that was set back: now_ms lies before since_ms, nothing is due, and the next tick is that after now_ms; the
 * record knows by their keys which ticks were fired before.
 */
#include "scheduler/ticks.h"

#include <string.h>

#include "bridge/bridge.h"

enum { SECOND_MS = 1000 };

bool ticks_catch_up(const char *name, enum ticks_catch_up *ret_policy)
{
    static const char *const names[] = { "none", "latest", "all" };
    for (int i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0) {
            *ret_policy = (enum ticks_catch_up)i;
            return true;
        }
    return false;
}

static enum error_class next_after(const struct ticks_asked *asked, int64_t after_ms, int64_t *ret_ms, struct error *e)
{
    char *problem;
    long long next_ms;
    if (bridge_cron_next(asked->cron, asked->zone, after_ms, &next_ms, &problem) != 0) {
        (void)error_code(e, ERROR_INVALID, "invalid_schedule", "%s", problem);
        bridge_text_free(problem);
        return ERROR_INVALID;
    }
    *ret_ms = next_ms;
    return ERROR_OK;
}

/* How many ticks lie after from_ms up to now; counts no further than max. */
static enum error_class count_from(const struct ticks_asked *asked, int64_t from_ms, unsigned max, unsigned *ret_count,
                                   struct error *e)
{
    unsigned count = 0;
    for (int64_t at_ms = from_ms; count < max; count++)
        if (next_after(asked, at_ms, &at_ms, e) != ERROR_OK)
            return e->class;
        else if (at_ms > asked->now_ms)
            break;
    *ret_count = count;
    return ERROR_OK;
}

/* How many of the newest ticks the policy may ask for. */
static enum error_class wanted(const struct ticks_asked *asked, unsigned *ret_count, struct error *e)
{
    unsigned on_time = 0;
    if (count_from(asked, asked->now_ms - asked->grace_ms - SECOND_MS, TICKS_MAX, &on_time, e) != ERROR_OK)
        return e->class;
    unsigned count = on_time + (asked->catch_up == TICKS_ALL ? asked->catch_up_max : 1);
    *ret_count = count < TICKS_MAX / 3 * 2 ? count : TICKS_MAX / 3 * 2;
    return ERROR_OK;
}

/* More than TICKS_MAX ticks lie after from_ms: a later time from which on as many are left as are wanted, and not more
 * than TICKS_MAX. First in doubling steps from the end, then between the last two of them. */
static enum error_class shorten(const struct ticks_asked *asked, int64_t from_ms, int64_t *ret_ms, struct error *e)
{
    int64_t many_ms = from_ms, few_ms = asked->now_ms, step_ms = SECOND_MS;
    unsigned want = 0, count = 0;
    if (wanted(asked, &want, e) != ERROR_OK)
        return e->class;
    while (count < want && few_ms - many_ms > SECOND_MS) {
        bool doubles = step_ms > 0 && asked->now_ms - step_ms > many_ms;
        int64_t try_ms = doubles ? asked->now_ms - step_ms : many_ms + (few_ms - many_ms) / 2;
        unsigned found = 0;
        if (count_from(asked, try_ms, TICKS_MAX + 1, &found, e) != ERROR_OK)
            return e->class;
        step_ms = doubles && found <= TICKS_MAX ? step_ms * 2 : 0;
        if (found > TICKS_MAX)
            many_ms = try_ms;
        else
            few_ms = try_ms, count = found;
    }
    *ret_ms = few_ms;
    return ERROR_OK;
}

/* Walks from at_ms on; *ret_all: up to now, with no more than TICKS_MAX on the way. */
static enum error_class fill(const struct ticks_asked *asked, int64_t at_ms, struct ticks *ret, bool *ret_all,
                             struct error *e)
{
    for (ret->count = 0; ret->count <= TICKS_MAX; ret->at_ms[ret->count++] = at_ms) {
        if (next_after(asked, at_ms, &at_ms, e) != ERROR_OK)
            return e->class;
        *ret_all = at_ms > asked->now_ms;
        if (*ret_all || ret->count == TICKS_MAX)
            break;
    }
    return ERROR_OK;
}

/* The ticks after since_ms up to now, oldest first; if there are too many only the newest, the others count as skipped.
 */
static enum error_class collect(const struct ticks_asked *asked, struct ticks *ret, struct error *e)
{
    bool all = true;
    int64_t from_ms = 0;
    if (asked->since_ms < asked->now_ms && fill(asked, asked->since_ms, ret, &all, e) != ERROR_OK)
        return e->class;
    if (!all) {
        ret->skipped = TICKS_MAX;
        if (shorten(asked, asked->since_ms, &from_ms, e) != ERROR_OK || fill(asked, from_ms, ret, &all, e) != ERROR_OK)
            return e->class;
    }
    return next_after(asked, asked->now_ms, &ret->next_ms, e);
}

/* Keeps `late` of those before the first that is on time, and all from there on. */
static void choose(const struct ticks_asked *asked, struct ticks *t)
{
    unsigned on_time = 0, late = 0;
    while (on_time < t->count && asked->now_ms - t->at_ms[on_time] > asked->grace_ms)
        on_time++;
    if (asked->catch_up == TICKS_LATEST)
        late = on_time == t->count;
    else if (asked->catch_up == TICKS_ALL)
        late = asked->catch_up_max;
    unsigned from = late < on_time ? on_time - late : 0;
    if (asked->one && t->count - from > 1)
        from = t->count - 1;
    memmove(t->at_ms, t->at_ms + from, (t->count - from) * sizeof *t->at_ms);
    t->count -= from;
    t->skipped += from;
}

enum error_class ticks_due(const struct ticks_asked *asked, struct ticks *ret, struct error *e)
{
    ret->count = ret->skipped = 0;
    ret->next_ms = 0;
    enum error_class class = collect(asked, ret, e);
    if (class == ERROR_OK)
        choose(asked, ret);
    else
        ret->count = ret->skipped = 0;
    return class;
}
