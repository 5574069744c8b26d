/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ticks.h - which ticks of a schedule are to be fired now. Pure: the time is an argument; it is the record's.
 *
 * A tick is a time of the cron expression in its zone. Those after since_ms up to now_ms are not dealt with yet. One
 * that is at most grace_ms old is on time and fires whatever the policy; of those that are older, catch_up says which
 * still fire.
 */
#ifndef SCHEDULER_TICKS_H
#define SCHEDULER_TICKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum { TICKS_MAX = 3000 };

enum ticks_catch_up {
    TICKS_NONE,   /* what is too late is passed over */
    TICKS_LATEST, /* the newest late one, unless one is on time */
    TICKS_ALL     /* the newest catch_up_max late ones, too */
};
/* False: no policy of that name. */
bool ticks_catch_up(const char *name, enum ticks_catch_up *ret_policy);

struct ticks_asked {
    const char *cron, *zone;
    int64_t since_ms, now_ms;
    int64_t grace_ms;
    enum ticks_catch_up catch_up;
    unsigned catch_up_max;
    bool one; /* at most one tick at a time: the newest (overlap skip) */
};

struct ticks {
    int64_t at_ms[TICKS_MAX]; /* oldest first */
    unsigned count;
    unsigned skipped; /* passed over; of more than TICKS_MAX only so many are counted */
    int64_t next_ms;  /* the first after now_ms */
};

/* ERROR_INVALID: the expression or the zone can't be read, or it never comes again; *ret then holds no tick. */
enum error_class ticks_due(const struct ticks_asked *asked, struct ticks *ret, struct error *e);

#endif
