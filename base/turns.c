/* SPDX-License-Identifier: Apache-2.0 */
/* turns.c - see turns.h. A process under another policy than the usual one is left as it is. */
#include "base/turns.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WINDOW_MS = 100, MANY = 100, USUAL_MS = 1000, QUICK_NS = 100000 };

/* As the kernel has it; glibc 2.36 has no wrapper. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime_ns, deadline_ns, period_ns; /* runtime: of a turn; 0: the usual */
};

static void ask(struct turns *t, bool quick)
{
    struct attributes a = { .size = sizeof a };
    if (t->asked && t->quick == quick)
        return;
    t->asked = true;
    t->quick = quick;
    if (syscall(SYS_sched_getattr, 0, &a, sizeof a, 0) != 0 || a.policy != SCHED_OTHER)
        return;
    a.runtime_ns = quick ? QUICK_NS : 0;
    (void)syscall(SYS_sched_setattr, 0, &a, 0); /* refused: as it was */
}

bool turns_decide(struct turns *t, unsigned jobs, int64_t now_ms)
{
    if (now_ms - t->window_ms >= WINDOW_MS) {
        t->window_ms = now_ms;
        t->jobs = 0;
    }
    t->jobs += jobs;
    if (t->jobs >= MANY)
        t->usual_until_ms = now_ms + USUAL_MS;
    return now_ms >= t->usual_until_ms;
}

void turns_note(struct turns *t, unsigned jobs, int64_t now_ms)
{
    ask(t, turns_decide(t, jobs, now_ms));
}

void turns_long(struct turns *t)
{
    ask(t, false);
}
