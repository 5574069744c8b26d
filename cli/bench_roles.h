/* SPDX-License-Identifier: Apache-2.0 */
/* bench_roles.h - what the fleet's processes take, by role, as the kernel counts it. Blocking; for `argosy bench`. */
#ifndef CLI_BENCH_ROLES_H
#define CLI_BENCH_ROLES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum bench_role { ROLE_SCHEDULER, ROLE_WORKER, ROLE_SLOT, ROLE_GATEWAY, ROLE_POSTGRES, ROLE_REDIS, ROLE_COUNT };

struct bench_roles {
    struct bench_role_sample {
        unsigned processes;
        int64_t cpu_us;      /* of the processes that live now; those that ended are not in it */
        int64_t pss_kib_max; /* of the largest process: proportional set size */
    } of[ROLE_COUNT];
};

/* All descendants of `up`. memory: also look at what they hold, which takes milliseconds a process. */
struct bench_roles bench_roles_sample(pid_t up, bool memory);
/* CPU seconds for 1,000 jobs between two samples, by role; "ours": of all that are no servers. */
json_t *bench_roles_cpu(const struct bench_roles *from, const struct bench_roles *to, int64_t jobs);
/* {"scheduler", "worker", ...}: KiB of the largest process of each role that is there. */
json_t *bench_roles_memory(const struct bench_roles *sample);

#endif
