/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_storage.c - the scenarios that ask whether the record stays as fast as it was.
 *
 * pinned: single jobs at a rate, first as they come, then while another session holds an old snapshot, so that no
 * vacuum may remove what is dead; both with their pickup, and the dead rows of the hot tables by the second. backlog: a
 * large one is worked off, with the rate of each tenth.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/bench.h"
#include "sql/array.h"

enum { TICK_US = 5000, SECOND_US = 1000000, CONNECT_TIMEOUT_S = 10, ARRAY_MAX = 1 << 20 };

struct dead {
    int64_t most, live; /* dead rows when there were the most, and live ones then */
    double excess;      /* the most over three times the live ones */
};

static enum error_class look(struct bench *b, struct dead *dead, struct error *e)
{
    struct result *r = NULL;
    if (client_run(b->client, "bench_dead", NULL, 0, &r, e) != ERROR_OK)
        return e->class;
    int64_t now = result_int(r, 0, 0), live = result_int(r, 0, 1);
    r = result_destroy(r);
    if (now > dead->most) {
        dead->most = now;
        dead->live = live;
    }
    if ((double)(now - 3 * live) > dead->excess)
        dead->excess = (double)(now - 3 * live);
    return ERROR_OK;
}

/* The jobs of one tick, each a single one. */
static enum error_class submit_some(struct bench *b, int64_t count, struct error *e)
{
    struct array args;
    struct sql_param param;
    char text[64];
    array_init(&args, ARRAY_TEXT, ARRAY_MAX);
    for (int64_t i = 0; i < count; i++) {
        (void)snprintf(text, sizeof text, "{\"submitted_us\":%lld}", (long long)clock_wall_us());
        array_text(&args, text);
    }
    if (!array_param(&args, &param))
        (void)error_set(e, ERROR_FATAL, "a batch is too large");
    else
        (void)client_run(b->client, "bench_submit_single", &param, 1, NULL, e);
    array_finish(&args);
    return e->class;
}

/* b->rate jobs a second for so many seconds. *ret_part: jobs, pickup, dead rows. */
static enum error_class at_rate(struct bench *b, int64_t seconds, json_t **ret_part, struct error *e)
{
    struct dead dead = { 0 };
    struct result *r = NULL;
    char id[32];
    int64_t after, began_us = clock_monotonic_us(), next_us = began_us, looked_us = began_us, jobs = 0;
    if (bench_ask(b, "bench_last", NULL, &after, e) != ERROR_OK)
        return e->class;
    while (clock_monotonic_us() - began_us < seconds * SECOND_US) {
        int64_t due = (clock_monotonic_us() - began_us) * b->rate / SECOND_US + 1;
        if (submit_some(b, due - jobs < b->rate ? due - jobs : b->rate, e) != ERROR_OK)
            return e->class;
        jobs += due - jobs < b->rate ? due - jobs : b->rate;
        if (clock_monotonic_us() - looked_us > SECOND_US) {
            looked_us = clock_monotonic_us();
            if (look(b, &dead, e) != ERROR_OK)
                return e->class;
        }
        next_us += TICK_US;
        bench_sleep_us(next_us - clock_monotonic_us());
    }
    (void)snprintf(id, sizeof id, "%lld", (long long)after);
    if (bench_wait(b, "bench_left", NULL, false, e) != ERROR_OK ||
        client_run(b->client, "bench_pickup", &SQL_TEXT(id), 1, &r, e) != ERROR_OK)
        return e->class;
    if (result_int(r, 0, 0) != jobs)
        (void)error_code(e, ERROR_FATAL, "bench_lost", "%lld of %lld jobs succeeded", (long long)result_int(r, 0, 0),
                         (long long)jobs);
    *ret_part = json_pack("{s:I, s:f, s:f, s:I, s:I, s:f}", "jobs", (json_int_t)jobs, "p50",
                          strtod(result_text(r, 0, 1), NULL), "p99", strtod(result_text(r, 0, 2), NULL), "dead_most",
                          (json_int_t)dead.most, "live_then", (json_int_t)dead.live, "dead_above_3_live", dead.excess);
    r = result_destroy(r);
    return e->class;
}

enum error_class bench_pinned(struct bench *b, struct error *e)
{
    json_t *usual = NULL, *pinned = NULL;
    struct client *pin = NULL;
    if (at_rate(b, b->usual_s, &usual, e) == ERROR_OK &&
        client_open(json_string_value(json_object_get(b->fleet.state, "database_url")), "argosy bench pin",
                    CONNECT_TIMEOUT_S, &pin, e) == ERROR_OK &&
        client_run(pin, "bench_pin_begin", NULL, 0, NULL, e) == ERROR_OK &&
        client_run(pin, "bench_pin", NULL, 0, NULL, e) == ERROR_OK)
        (void)at_rate(b, b->pickup_s, &pinned, e);
    pin = client_close(pin);
    if (e->class == ERROR_OK)
        (void)json_object_set_new(b->report, "pinned",
                                  json_pack("{s:I, s:I, s:O, s:O}", "rate", (json_int_t)b->rate, "seconds",
                                            (json_int_t)b->pickup_s, "usual", usual, "pinned", pinned));
    json_decref(usual);
    json_decref(pinned);
    return e->class;
}

enum error_class bench_backlog(struct bench *b, struct error *e)
{
    int64_t after;
    double seconds;
    char id[32];
    struct result *r = NULL;
    if (bench_ask(b, "bench_last", NULL, &after, e) != ERROR_OK || bench_hold(b, true, e) != ERROR_OK ||
        bench_submit(b, b->jobs, e) != ERROR_OK || bench_hold(b, false, e) != ERROR_OK ||
        bench_wait(b, "bench_left", NULL, false, e) != ERROR_OK ||
        bench_check(b, after, b->jobs, &seconds, e) != ERROR_OK)
        return e->class;
    (void)snprintf(id, sizeof id, "%lld", (long long)after);
    if (client_run(b->client, "bench_tenths", &SQL_TEXT(id), 1, &r, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(b->report, "backlog",
                              json_pack("{s:I, s:f, s:o}", "jobs", (json_int_t)b->jobs, "jobs_per_s",
                                        seconds > 0 ? (double)b->jobs / seconds : 0.0, "by_tenth",
                                        json_loads(result_text(r, 0, 0), 0, NULL)));
    r = result_destroy(r);
    return ERROR_OK;
}
