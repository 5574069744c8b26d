/* SPDX-License-Identifier: Apache-2.0 */
/* pulse.c - see pulse.h. Every job of the backlog is counted by a look, so looks while something is known are rare. */
#include "scheduler/pulse.h"

enum { WINDOW_MS = 100, WAKES_BUSY = 100, MOVED_QUIET = 200, QUIET_AFTER_MS = 500, SETTLE_LOOKS = 3, GAP_LOOKS = 4 };

void pulse_init(struct pulse *p, int64_t now_ms)
{
    *p = (struct pulse){ .woken = true, .looked_ms = now_ms - PULSE_QUIET_MS, .window_ms = now_ms };
}

void pulse_wake(struct pulse *p)
{
    p->woken = true;
    p->wakes++;
}

void pulse_hint(struct pulse *p)
{
    p->wakes++;
}

void pulse_moved(struct pulse *p, unsigned jobs, bool all)
{
    p->moved += jobs;
    p->woken = p->woken || (all && jobs > 0);
}

void pulse_looked(struct pulse *p, unsigned found, int64_t now_ms)
{
    int64_t gap_ms = (now_ms - p->looked_ms) * GAP_LOOKS;
    p->gap_ms = gap_ms < PULSE_GLANCE_MS ? gap_ms : PULSE_GLANCE_MS;
    p->looking = false;
    p->found = found;
}

void pulse_turn(struct pulse *p, int64_t now_ms)
{
    int64_t passed_ms = now_ms - p->window_ms;
    if (passed_ms < (p->busy ? QUIET_AFTER_MS : WINDOW_MS))
        return;
    if (p->busy && p->moved < MOVED_QUIET && p->found == 0) {
        p->busy = false;
        p->settling = SETTLE_LOOKS;
    } else if (!p->busy && p->wakes * WINDOW_MS >= WAKES_BUSY * passed_ms) {
        p->busy = true;
    }
    p->wakes = p->moved = 0;
    p->window_ms = now_ms;
}

static int64_t rhythm_ms(const struct pulse *p, unsigned available)
{
    if (available > 0)
        return PULSE_GLANCE_MS; /* new lanes and priorities, while an old backlog is worked off */
    return p->busy || p->settling > 0 ? PULSE_BUSY_MS : PULSE_QUIET_MS;
}

bool pulse_look(struct pulse *p, bool credit, unsigned available, int64_t now_ms)
{
    int64_t since_ms = now_ms - p->looked_ms;
    bool rhythm = since_ms >= rhythm_ms(p, available) && since_ms >= p->gap_ms;
    bool wanted = (p->woken && since_ms >= p->gap_ms) || (p->found > 0 && available == 0);
    bool backstop = since_ms >= PULSE_QUIET_MS;
    if (p->looking || !((credit && (wanted || rhythm)) || backstop))
        return false;
    p->woken = false;
    p->looking = true;
    p->looked_ms = now_ms;
    if (p->settling > 0)
        p->settling--;
    return true;
}

int64_t pulse_wait_ms(const struct pulse *p, int64_t now_ms)
{
    int64_t rest_ms = p->busy || p->settling > 0 ? PULSE_BUSY_MS : PULSE_QUIET_MS;
    int64_t gap_ends_ms = p->looked_ms + p->gap_ms, due_ms = p->looked_ms + rest_ms;
    if (due_ms < gap_ends_ms || (p->woken && gap_ends_ms > now_ms)) /* over, it is credit that a wake waits for */
        due_ms = gap_ends_ms;
    return due_ms > now_ms ? due_ms - now_ms : 0;
}
