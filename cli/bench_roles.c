/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_roles.c - walks /proc from `argosy up` downwards. What can't be read (a process that just ended) is not there.
 */
#include "cli/bench_roles.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { DEPTH_MAX = 4, TEXT_MAX = 8192 };

static const char *const names[ROLE_COUNT] = {
    [ROLE_SCHEDULER] = "scheduler", [ROLE_WORKER] = "worker",     [ROLE_SLOT] = "slot",
    [ROLE_GATEWAY] = "gateway",     [ROLE_POSTGRES] = "postgres", [ROLE_REDIS] = "redis",
};

/* The beginning of a file of /proc/PID; false when it is not there. ret_text ends with two NULs. */
static bool read_proc(pid_t pid, const char *name, char ret_text[static TEXT_MAX])
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, ret_text, TEXT_MAX - 2) : -1;
    if (fd >= 0)
        (void)close(fd);
    if (size < 0)
        return false;
    ret_text[size] = ret_text[size + 1] = '\0';
    return true;
}

/* By what it was started as; ROLE_COUNT: none of those that count. */
static enum bench_role role_of(pid_t pid, enum bench_role parent)
{
    char text[TEXT_MAX];
    if (parent == ROLE_POSTGRES)
        return ROLE_POSTGRES; /* its own children have titles of their own */
    if (!read_proc(pid, "cmdline", text))
        return ROLE_COUNT;
    if (strstr(text, "redis-server") != NULL)
        return ROLE_REDIS;
    const char *slash = strrchr(text, '/'), *second = text + strlen(text) + 1;
    if (strcmp(slash != NULL ? slash + 1 : text, "postgres") == 0)
        return ROLE_POSTGRES;
    for (enum bench_role role = ROLE_SCHEDULER; role <= ROLE_GATEWAY; role++)
        if (strcmp(second, names[role]) == 0)
            return role;
    return ROLE_COUNT;
}

static int64_t cpu_us(pid_t pid)
{
    char text[TEXT_MAX];
    return read_proc(pid, "schedstat", text) ? (int64_t)(strtoull(text, NULL, 10) / 1000) : 0; /* ns on a CPU */
}

static int64_t pss_kib(pid_t pid)
{
    char text[TEXT_MAX];
    const char *line = read_proc(pid, "smaps_rollup", text) ? strstr(text, "\nPss:") : NULL;
    return line != NULL ? strtoll(line + strlen("\nPss:"), NULL, 10) : 0;
}

static void walk(pid_t pid, enum bench_role parent, bool memory, unsigned depth, struct bench_roles *roles)
{
    char path[64], text[TEXT_MAX];
    (void)snprintf(path, sizeof path, "task/%d/children", (int)pid);
    if (depth > DEPTH_MAX || !read_proc(pid, path, text))
        return;
    for (char *at = text, *end; *at != '\0'; at = end) {
        pid_t child = (pid_t)strtol(at, &end, 10);
        if (end == at)
            return;
        enum bench_role role = role_of(child, parent);
        if (role != ROLE_COUNT) {
            struct bench_role_sample *sample = &roles->of[role];
            int64_t pss = memory ? pss_kib(child) : 0;
            sample->processes++;
            sample->cpu_us += cpu_us(child);
            sample->pss_kib_max = pss > sample->pss_kib_max ? pss : sample->pss_kib_max;
        }
        walk(child, role, memory, depth + 1, roles);
    }
}

struct bench_roles bench_roles_sample(pid_t up, bool memory)
{
    struct bench_roles roles = { 0 };
    walk(up, ROLE_COUNT, memory, 0, &roles);
    return roles;
}

json_t *bench_roles_cpu(const struct bench_roles *from, const struct bench_roles *to, int64_t jobs)
{
    json_t *cpu = json_object();
    double ours = 0;
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        double s = (double)(to->of[i].cpu_us - from->of[i].cpu_us) / 1e6 * 1000.0 / (double)jobs;
        ours += i <= ROLE_GATEWAY ? s : 0;
        if (to->of[i].processes > 0)
            (void)json_object_set_new(cpu, names[i], json_real(s));
    }
    (void)json_object_set_new(cpu, "ours", json_real(ours));
    return cpu;
}

json_t *bench_roles_memory(const struct bench_roles *sample)
{
    json_t *memory = json_object();
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        if (sample->of[i].processes > 0)
            (void)json_object_set_new(memory, names[i], json_integer(sample->of[i].pss_kib_max));
    return memory;
}
