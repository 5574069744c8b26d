/* SPDX-License-Identifier: Apache-2.0 */
/* store_plan.c - what a scheduler reads from the record: lanes, limits, workers, what holds slots for long. */
#include <stdlib.h>

#include "base/mem.h"
#include "queue/store_postgres_private.h"
#include "sql/array.h"

static const char *optional(const struct result *r, unsigned row, unsigned column)
{
    return result_is_null(r, row, column) ? NULL : result_text(r, row, column);
}

static int32_t id_or_0(const struct result *r, unsigned row, unsigned column)
{
    return result_is_null(r, row, column) ? 0 : (int32_t)result_int(r, row, column);
}

static void on_lanes(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    unsigned count = r != NULL ? result_rows(r) : 0;
    struct lane_row *rows = mem_zero(count, sizeof *rows);
    for (unsigned i = 0; i < count; i++)
        rows[i] = (struct lane_row){ .lane = (int32_t)result_int(r, i, 0),
                                     .queue = result_text(r, i, 1),
                                     .tenant = result_text(r, i, 2),
                                     .available = (int32_t)result_int(r, i, 3),
                                     .paused = result_bool(r, i, 4),
                                     .kind = result_text(r, i, 5),
                                     .version = (int32_t)result_int(r, i, 6),
                                     .prefetch_max = (int32_t)result_int(r, i, 7),
                                     .tags = optional(r, i, 8),
                                     .weight = (int32_t)result_int(r, i, 9),
                                     .priority = (int32_t)result_int(r, i, 10),
                                     .limits = { id_or_0(r, i, 11), id_or_0(r, i, 12), id_or_0(r, i, 13),
                                                 id_or_0(r, i, 14) } };
    ask->callback.lanes(ask->arg, rows, count, e);
    free(rows);
    free(ask);
}

void store_lanes(struct store *store, store_on_lanes *callback, void *arg)
{
    struct ask *ask = store_ask(arg);
    ask->callback.lanes = callback;
    store_run(store, "lane_list", NULL, 0, on_lanes, ask);
}

static double real_or_0(const struct result *r, unsigned row, unsigned column)
{
    return result_is_null(r, row, column) ? 0 : strtod(result_text(r, row, column), NULL);
}

static void on_limits(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    unsigned count = r != NULL ? result_rows(r) : 0;
    struct limit_row *rows = mem_zero(count, sizeof *rows);
    for (unsigned i = 0; i < count; i++)
        rows[i] = (struct limit_row){ .id = (int32_t)result_int(r, i, 0),
                                      .running_max = result_is_null(r, i, 1) ? -1 : (int32_t)result_int(r, i, 1),
                                      .running = id_or_0(r, i, 2),
                                      .rate_per_s = real_or_0(r, i, 3),
                                      .burst = real_or_0(r, i, 4),
                                      .tokens = real_or_0(r, i, 5) };
    ask->callback.limits(ask->arg, rows, count, e);
    free(rows);
    free(ask);
}

void store_limits(struct store *store, store_on_limits *callback, void *arg)
{
    struct ask *ask = store_ask(arg);
    ask->callback.limits = callback;
    store_run(store, "limit_rows", NULL, 0, on_limits, ask);
}

static void on_slow(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    unsigned count = r != NULL ? result_rows(r) : 0;
    struct slow_row *rows = mem_zero(count, sizeof *rows);
    for (unsigned i = 0; i < count; i++)
        rows[i] = (struct slow_row){ .worker = result_int(r, i, 0),
                                     .lane = (int32_t)result_int(r, i, 1),
                                     .count = (int32_t)result_int(r, i, 2) };
    ask->callback.slow(ask->arg, rows, count, e);
    free(rows);
    free(ask);
}

void store_slow(struct store *store, const char *const *kinds, unsigned count, store_on_slow *callback, void *arg)
{
    struct array names;
    struct sql_param param;
    array_init(&names, ARRAY_TEXT, STORE_ARRAY_MAX);
    for (unsigned i = 0; i < count; i++)
        array_text(&names, kinds[i]);
    (void)array_param(&names, &param); /* names are short */
    struct ask *ask = store_ask(arg);
    ask->callback.slow = callback;
    store_run(store, "slow_rows", &param, 1, on_slow, ask);
    array_finish(&names);
}

static void on_workers(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    unsigned count = r != NULL ? result_rows(r) : 0;
    struct worker_row *rows = mem_zero(count, sizeof *rows);
    for (unsigned i = 0; i < count; i++)
        rows[i] = (struct worker_row){ .incarnation = result_int(r, i, 0),
                                       .beat = result_int(r, i, 1),
                                       .seq = result_int(r, i, 2),
                                       .got = result_int(r, i, 3),
                                       .done = result_int(r, i, 4),
                                       .name = result_text(r, i, 5),
                                       .kinds = result_text(r, i, 6),
                                       .transport = result_text(r, i, 7),
                                       .slots = (int32_t)result_int(r, i, 8),
                                       .quiet = result_bool(r, i, 9),
                                       .mean_us = result_text(r, i, 10),
                                       .reads = optional(r, i, 11),
                                       .tags = optional(r, i, 12) };
    ask->callback.workers(ask->arg, rows, count, e);
    free(rows);
    free(ask);
}

void store_workers(struct store *store, store_on_workers *callback, void *arg)
{
    struct ask *ask = store_ask(arg);
    ask->callback.workers = callback;
    store_run(store, "worker_alive", NULL, 0, on_workers, ask);
}
