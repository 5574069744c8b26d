/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch.h - who looks on while discovery works: a job on the fleet, or the command line. The parts of discovery take
 * one, so that they run in a slot and without servers alike.
 */
#ifndef JOBS_DISCOVERY_WATCH_H
#define JOBS_DISCOVERY_WATCH_H

#include <stdbool.h>

struct watch {                                                       /* all zero: nobody */
    bool (*cancelled)(void *context);                                /* asked every few thousand rows, and a table */
    void (*progress)(void *context, int percent, const char *doing); /* may be called often: the watcher thins out */
    void *context;
    int from, to; /* where a part's 0 and 100 % are of the whole; both 0: it is the whole */
};

/* The same watcher for a part of the work. */
static inline struct watch watch_part(const struct watch *w, int from, int to)
{
    struct watch part = { 0 };
    if (w != NULL)
        part = *w;
    part.from = from;
    part.to = to;
    return part;
}

static inline bool watch_cancelled(const struct watch *w)
{
    return w != NULL && w->cancelled != NULL && w->cancelled(w->context);
}

static inline void watch_progress(const struct watch *w, int percent, const char *doing)
{
    if (w != NULL && w->progress != NULL)
        w->progress(w->context, w->to > 0 ? w->from + percent * (w->to - w->from) / 100 : percent, doing);
}

/* A struct watch as the two callbacks of rooms that do not know it; context is the watch. */
static inline bool watch_asked(void *watch)
{
    return watch_cancelled(watch);
}

static inline void watch_told(void *watch, int percent, const char *doing)
{
    watch_progress(watch, percent, doing);
}

#endif
