/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare.c - argosy_bare: the raw limit that Argosy is measured against, on the same servers in the same run.
 *
 *     argosy_bare --database=CONNINFO --redis=PATH [--fleet] [--scenario=flow,drain,pickup] [--jobs=N] [--seconds=N]
 *                 [--rate=N] [--slots=N] [--output=json]
 *
 * With --fleet the same jobs are submitted to a fleet of Argosy that runs already; --pids=N,N... are its processes,
 * whose CPU is counted. README.md says what the bare loop keeps and what it lacks; tests/bench/fleet/fleet.py runs both
 * in turns.
 */
#include "tests/bench/bare/bare.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/text.h"

static const char usage[] =
    "usage: argosy_bare --database=CONNINFO --redis=PATH [--fleet] [--scenario=flow,drain,pickup]"
    " [--jobs=N] [--seconds=N] [--rate=N] [--slots=N] [--pids=N,N...] [--output=json]\n";

bool bare_wanted(const char *scenarios, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = scenarios; (at = strstr(at, name)) != NULL; at += size)
        if ((at == scenarios || at[-1] == ',') && (at[size] == ',' || at[size] == '\0'))
            return true;
    return false;
}

static int64_t number(const char *text, int64_t max)
{
    int64_t value;
    if (!text_to_int64(text, 1, max, &value))
        bare_die("\"%s\" is no number from 1 to %lld", text, (long long)max);
    return value;
}

int64_t bare_cpu_us(const struct bare *b)
{
    int64_t sum_us = 0;
    for (unsigned i = 0; i < BARE_PIDS_MAX && b->pids[i] != 0; i++) {
        clockid_t clock;
        struct timespec used;
        if (clock_getcpuclockid(b->pids[i], &clock) != 0 || clock_gettime(clock, &used) != 0)
            bare_die("process %d is gone", b->pids[i]);
        sum_us += used.tv_sec * INT64_C(1000000) + used.tv_nsec / 1000;
    }
    return sum_us;
}

json_t *bare_rate(const struct bare *b, int64_t jobs, double seconds, int64_t cpu_us)
{
    return json_pack("{s:f, s:I, s:f, s:f}", "jobs_per_s", (double)jobs / seconds, "jobs", (json_int_t)jobs, "seconds",
                     seconds, "cpu_s_per_1000", (double)(bare_cpu_us(b) - cpu_us) / 1000 / (double)jobs);
}

static void take_pids(struct bare *b, const char *text)
{
    unsigned count = 0;
    for (char *end; *text != '\0' && count < BARE_PIDS_MAX - 1; text = *end == ',' ? end + 1 : end) {
        b->pids[count++] = (int)strtol(text, &end, 10);
        if (end == text)
            bare_die("--pids takes numbers with commas between them");
    }
}

/* One line a figure, for people. */
static void print(const char *prefix, json_t *report)
{
    const char *name;
    json_t *value;
    json_object_foreach(report, name, value)
    {
        char path[200];
        (void)snprintf(path, sizeof path, "%s%s%s", prefix, *prefix != '\0' ? ": " : "", name);
        if (json_is_object(value))
            print(path, value); /* two levels deep: made here */
        else
            (void)printf("%-50s %.3f\n", path, json_number_value(value));
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "database", required_argument, NULL, 'd' },
        { "redis", required_argument, NULL, 'r' },
        { "fleet", no_argument, NULL, 'f' },
        { "scenario", required_argument, NULL, 's' },
        { "jobs", required_argument, NULL, 'j' },
        { "seconds", required_argument, NULL, 't' },
        { "rate", required_argument, NULL, 'p' },
        { "slots", required_argument, NULL, 'n' },
        { "output", required_argument, NULL, 'o' },
        { "pids", required_argument, NULL, 'c' },
        { 0 },
    };
    struct bare b = { .jobs = 100000, .seconds = 5, .rate = 200, .slots = 2 };
    const char *scenarios = "flow,drain,pickup", *output = "text";
    bool fleet = false;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        switch (option) {
        case 'd':
            b.database = optarg;
            break;
        case 'r':
            b.redis = optarg;
            break;
        case 'f':
            fleet = true;
            break;
        case 's':
            scenarios = optarg;
            break;
        case 'j':
            b.jobs = number(optarg, 10000000);
            break;
        case 't':
            b.seconds = number(optarg, 600);
            break;
        case 'p':
            b.rate = number(optarg, 20000);
            break;
        case 'n':
            b.slots = (unsigned)number(optarg, BARE_SLOTS_MAX);
            break;
        case 'c':
            take_pids(&b, optarg);
            break;
        case 'o':
            output = optarg;
            break;
        default:
            (void)fputs(usage, stderr);
            return 2;
        }
    if (b.database == NULL || (b.redis == NULL && !fleet) || optind < argc) {
        (void)fputs(usage, stderr);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    b.board = mmap(NULL, sizeof *b.board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (b.board == MAP_FAILED)
        bare_die("no shared memory");
    json_t *report = fleet ? bare_fleet(&b, scenarios) : bare_own(&b, scenarios);
    if (strcmp(output, "json") == 0)
        (void)json_dumpf(report, stdout, JSON_INDENT(2));
    else
        print("", report);
    (void)putchar('\n');
    json_decref(report);
    return 0;
}
