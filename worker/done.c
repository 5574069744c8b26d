/* SPDX-License-Identifier: Apache-2.0 */
/* done.c - dispatches that have ended: how many, and how long their kinds take; credit and shares are made of both. */
#include "worker/worker_private.h"

enum { MEAN_WEIGHT = 8 };

int64_t done_mean_us(const struct worker *w, const struct kind *kind)
{
    return w->kind_mean_us[kind - kinds];
}

/* A moving average, so that a kind that was long once is not taken for short right away. */
void done_measure(struct worker *w, const struct kind *kind, int64_t run_us)
{
    int64_t *mean_us = &w->kind_mean_us[kind - kinds];
    if (*mean_us < 0)
        *mean_us = run_us;
    else
        *mean_us += (run_us - *mean_us) / MEAN_WEIGHT;
    w->last_mean_us = *mean_us;
}

void done_forget(struct worker *w, struct task *task)
{
    w->done++;
    task_destroy(task);
}
