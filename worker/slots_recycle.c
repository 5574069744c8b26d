/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A slot that has run many jobs, or holds much more memory than when it was ready, gets no more of them; once it is
 * idle it is asked to end, and a fresh one takes its place. No job is hurt: libraries leak, and this is cheaper than to
 * find out.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/worker_private.h"

enum { WEIGH_EVERY_MS = 1000 };

/* Resident memory of its own, in bytes; 0: not known. */
static int64_t weigh(const struct slot *s)
{
    char path[64], text[128];
    (void)snprintf(path, sizeof path, "/proc/%d/statm", s->process.pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        close(fd);
    if (size <= 0)
        return 0;
    text[size] = '\0';
    char *at = text;
    (void)strtoll(at, &at, 10);
    int64_t resident = strtoll(at, &at, 10), shared = strtoll(at, &at, 10);
    return (resident - shared) * sysconf(_SC_PAGESIZE);
}

/* Idle only: a job that runs may hold what it likes. */
static bool has_grown(struct slot *s, int64_t now_ms)
{
    int64_t max = s->worker->config.slot_growth_max;
    if (max == 0 || s->tasks.first != NULL || now_ms - s->weighed_ms < WEIGH_EVERY_MS)
        return false;
    int64_t bytes = weigh(s);
    s->weighed_ms = now_ms;
    if (s->born_bytes == 0)
        s->born_bytes = bytes;
    return bytes - s->born_bytes > max;
}

void slot_recycle_tick(struct slot *s, int64_t now_ms)
{
    unsigned jobs_max = s->worker->config.slot_jobs_max;
    if (s->state != SLOT_SERVING || s->termed || s->killed)
        return;
    s->retiring = s->retiring || (jobs_max > 0 && s->number >= jobs_max) || has_grown(s, now_ms);
    if (!s->retiring || s->tasks.first != NULL)
        return;
    log_event(LOG_INFO, "a slot is replaced by a fresh one", LOG_I("slot", s->index), LOG_I("jobs", s->number),
              LOG_I("bytes", weigh(s)));
    s->termed = true; /* it waits for a frame and ends by itself */
    s->stop_ms = now_ms;
    (void)uv_process_kill(&s->process, SIGTERM);
}
