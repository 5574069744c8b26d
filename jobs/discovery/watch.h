/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h - who looks on while discovery works: a job on the fleet, or the command line. The parts of discovery take
 * one, so that they run in a slot and without servers alike.
 */
#ifndef JOBS_DISCOVERY_WATCH_H
#define JOBS_DISCOVERY_WATCH_H

#include <stdbool.h>

struct watch {
    bool (*cancelled)(void *context);                                /* asked every few thousand rows, and a table */
    void (*progress)(void *context, int percent, const char *doing); /* may be called often: the watcher thins out */
    void *context;
};

static inline bool watch_cancelled(const struct watch *w)
{
    return w != NULL && w->cancelled != NULL && w->cancelled(w->context);
}

static inline void watch_progress(const struct watch *w, int percent, const char *doing)
{
    if (w != NULL && w->progress != NULL)
        w->progress(w->context, percent, doing);
}

#endif
