/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules.c - fires schedules: reads those that are due, works out their ticks (ticks.c), and has the record submit
 * them, one call for all. On the session that holds the lead, so whoever lost the lead fires nothing.
 *
 * Nothing is kept here: when the answer is lost, the same schedules are read again, with a new revision if the call was
 * done. An expression that can't be read (only plain SQL gets one past the door) is noted in the schedule and not
 * looked at again.
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "scheduler/scheduler_private.h"
#include "scheduler/ticks.h"

enum { WORK_MS = 100 }; /* in one go; the others are due still */

/* schedule_due: name, cron, zone, catch_up, catch_up_max, grace in ms, overlap skip, revision, since in ms, now in ms.
 */
static json_t *work_out(const struct result *result, unsigned i)
{
    static struct ticks t; /* large */
    struct error e = ERROR_NONE;
    struct ticks_asked asked = { .cron = result_text(result, i, 1),
                                 .zone = result_text(result, i, 2),
                                 .catch_up_max = (unsigned)result_int(result, i, 4),
                                 .grace_ms = result_int(result, i, 5),
                                 .one = result_bool(result, i, 6),
                                 .since_ms = result_int(result, i, 8),
                                 .now_ms = result_int(result, i, 9) };
    if (!ticks_catch_up(result_text(result, i, 3), &asked.catch_up))
        (void)error_set(&e, ERROR_INVALID, "this program knows no catch-up policy \"%s\"", result_text(result, i, 3));
    else
        (void)ticks_due(&asked, &t, &e);
    json_t *ticks = json_array(), *problem = NULL;
    for (unsigned k = 0; e.class == ERROR_OK && k < t.count; k++)
        json_array_append_new(ticks, json_integer(t.at_ms[k]));
    if (e.class != ERROR_OK)
        problem = json_pack("{s:s, s:s}", "error_code", e.code, "message", e.message);
    return json_pack("{s:s, s:I, s:o, s:i, s:I, s:o, s:o*}", "name", result_text(result, i, 0), "revision",
                     (json_int_t)result_int(result, i, 7), "ticks", ticks, "skipped",
                     e.class == ERROR_OK ? (int)t.skipped : 0, "upto", (json_int_t)asked.now_ms, "next",
                     e.class == ERROR_OK ? json_integer(t.next_ms) : json_null(), "error", problem);
}

static void on_fired(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->schedules.running = false;
    if (e) {
        complain(s, "firing schedules failed", e);
        return;
    }
    s->schedules.due_ms = 0; /* for when the next one comes */
    if (result_int(result, 0, 0) > 0) {
        log_event(LOG_DEBUG, "schedules fired", LOG_I("count", result_int(result, 0, 0)));
        pulse_wake(&s->pulse);
    }
}

static void on_next(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->schedules.running = false;
    if (e) {
        complain(s, "looking for the next schedule failed", e);
        return;
    }
    int64_t now_ms = clock_monotonic_ms();
    if (!result_is_null(result, 0, 0) && now_ms + result_int(result, 0, 0) < s->schedules.due_ms)
        s->schedules.due_ms = now_ms + (result_int(result, 0, 0) > 1 ? result_int(result, 0, 0) : 1);
}

static void on_due(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    if (e) {
        s->schedules.running = false;
        complain(s, "looking for due schedules failed", e);
        return;
    }
    if (result_rows(result) == 0) {
        session_run(s->session, "schedule_next", NULL, 0, 0, on_next, s);
        return;
    }
    json_auto_t *fires = json_array();
    int64_t until_ms = clock_monotonic_ms() + WORK_MS; /* after a long downtime a schedule may take 20 ms */
    for (unsigned i = 0; i < result_rows(result) && (i == 0 || clock_monotonic_ms() < until_ms); i++)
        json_array_append_new(fires, work_out(result, i));
    mem_auto char *text = json_dumps(fires, JSON_COMPACT);
    const struct sql_param params[] = { SQL_TEXT(text) };
    session_run(s->session, "schedule_fire", params, 1, 0, on_fired, s);
}

void schedules_look(struct scheduler *s)
{
    session_run(s->session, "schedule_due", NULL, 0, 0, on_due, s);
}
