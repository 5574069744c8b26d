/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.c - the whole fleet in one process, from one seed: plays seeds until enough steps were made, replays a seed that
 * fails with its trace, finds out which faults it takes, and shows that planted defects are found.
 *
 *   sim --steps N [--seed S]     N events at least, from seed S on
 *   sim --seconds N [--seed S]   as many as fit
 *   sim --seed S --trace         one seed, told
 *   sim --mutants                each planted defect must be found
 *   --mutant NAME, --faults MASK  plants one; only these faults
 *
 * Exit: 0 all promises held (or: all mutants found), 1 not.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/fakes.h"

enum { END_WITHIN_S = 240, STEPS_MAX = 2000000, MUTANT_STEPS_MAX = 40000000, TRACE_LINES = 80 };
enum { FAULTS_ALL = (1 << FAULTS) - 1 };

struct outcome {
    bool broken;
    uint64_t steps, dice;
    int64_t us;
    char verdict[sizeof world.verdict];
};

static const char *const mutant_names[] = { "none",
#define X(id, name, what) name,
                                            MUTANTS(X)
#undef X
};

static const char *const fault_names[] = { "crash",    "slot",  "pause", "partition", "record", "answer",
                                           "doorbell", "flush", "clock", "target",    "people", "jobs" };

/* ---- one seed ---- */

static unsigned draw_faults(uint64_t seed)
{
    uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15;
    z ^= z >> 29;
    unsigned mask = (unsigned)(z * 0xbf58476d1ce4e5b9 >> 40) & FAULTS_ALL;
    return seed % 4 == 0 ? FAULTS_ALL : mask; /* a fault that is rare beside others shows alone */
}

static void take_apart(void)
{
    world.broken = true; /* nobody starts again */
    world.tracing = false;
    for (unsigned i = 0; i < WORKERS_MAX; i++)
        process_kill(&fleet.workers[i]);
    for (unsigned i = 0; i < SCHEDULERS_MAX; i++)
        process_kill(&fleet.schedulers[i]);
    child_finish_all();
    world_finish();
    for (unsigned i = 0; i < WORKERS_MAX; i++)
        actor_finish(&fleet.workers[i].actor);
    for (unsigned i = 0; i < SCHEDULERS_MAX; i++)
        actor_finish(&fleet.schedulers[i].actor);
    record_finish();
    doorbell_finish();
}

static struct outcome play(uint64_t seed, unsigned faults, int mutant, bool tracing)
{
    int64_t calm_us = 0, left = 0;
    world_start(seed, faults, mutant, tracing);
    weather_start();
    while (world_step()) {
        if (!world.calm || fleet.to_submit > 0)
            continue;
        if (calm_us == 0)
            calm_us = world.now_us;
        if (world.steps % 64 == 0 && promise_all_final(&left))
            break;
        if (world.now_us - calm_us > (int64_t)END_WITHIN_S * 1000000 || world.steps > STEPS_MAX)
            world_broken("job %" PRId64 " has not ended %d s after the last fault", left, (int)END_WITHIN_S);
    }
    struct outcome outcome = { .broken = world.broken, .steps = world.steps, .dice = world.dice, .us = world.now_us };
    memcpy(outcome.verdict, world.verdict, sizeof outcome.verdict);
    take_apart();
    return outcome;
}

/* ---- a seed that fails ---- */

static void explain(uint64_t seed, unsigned faults, int mutant, const struct outcome *first)
{
    unsigned needed = faults;
    for (unsigned i = 0; i < FAULTS; i++) {
        unsigned fewer = needed & ~(1u << i);
        if (fewer != needed && play(seed, fewer, mutant, false).broken)
            needed = fewer;
    }
    struct outcome again = play(seed, needed, mutant, true);
    world_print_trace(TRACE_LINES);
    printf("seed %" PRIu64 ": %s\n  after %" PRIu64 " steps, %.1f s; with fewer faults: %s, after %" PRIu64 " steps\n",
           seed, first->verdict, first->steps, (double)first->us / 1e6, again.verdict, again.steps);
    printf("  faults it takes:");
    for (unsigned i = 0; i < FAULTS; i++)
        if (needed & (1u << i))
            printf(" %s", fault_names[i]);
    printf("\n  again: sim --seed %" PRIu64 " --faults %u --trace\n", seed, needed);
}

static bool same(const struct outcome *a, const struct outcome *b)
{
    return a->broken == b->broken && a->steps == b->steps && a->dice == b->dice && a->us == b->us;
}

/* Every promise held, in this many steps or seconds? */
static bool play_on(uint64_t seed, uint64_t steps_min, int64_t seconds, unsigned faults, int mutant)
{
    uint64_t steps = 0, seeds = 0;
    double virtual_s = 0;
    time_t until = time(NULL) + seconds;
    for (; seconds > 0 ? time(NULL) < until : steps < steps_min; seed++, seeds++) {
        unsigned mask = draw_faults(seed) & faults;
        struct outcome outcome = play(seed, mask, mutant, false);
        steps += outcome.steps;
        virtual_s += (double)outcome.us / 1e6;
        if (outcome.broken) {
            explain(seed, mask, mutant, &outcome);
            return false;
        }
        struct outcome again = seeds % 50 == 0 ? play(seed, mask, mutant, false) : outcome;
        if (!same(&outcome, &again)) {
            printf("seed %" PRIu64 " does not play the same run twice\n", seed);
            return false;
        }
    }
    printf("%" PRIu64 " steps of %" PRIu64 " seeds, %.0f s of virtual time: every promise held\n", steps, seeds,
           virtual_s);
    return true;
}

static bool find_mutant(int mutant)
{
    uint64_t steps = 0;
    for (uint64_t seed = 1; steps < MUTANT_STEPS_MAX; seed++) {
        struct outcome outcome = play(seed, draw_faults(seed), mutant, false);
        steps += outcome.steps;
        if (!outcome.broken)
            continue;
        printf("%-20s found after %8" PRIu64 " steps: %s\n", mutant_names[mutant], steps, outcome.verdict);
        return true;
    }
    printf("%-20s NOT FOUND in %" PRIu64 " steps\n", mutant_names[mutant], steps);
    return false;
}

static bool find_mutants(void)
{
    bool all = true;
    for (int mutant = 1; mutant < MUTANTS_END; mutant++)
        all = find_mutant(mutant) && all;
    return all;
}

static bool trace_one(uint64_t seed, unsigned faults, int mutant)
{
    struct outcome outcome = play(seed, faults, mutant, true);
    world_print_trace(100000);
    printf("seed %" PRIu64 ": %s\n", seed, outcome.broken ? outcome.verdict : "every promise held");
    return !outcome.broken;
}

/* ---- the command line ---- */

struct choice {
    uint64_t seed, steps;
    int64_t seconds;
    unsigned faults;
    int mutant;
    bool masked, trace, mutants;
};

static _Noreturn void misused(const char *what)
{
    fprintf(stderr, "sim: %s (tests/sim/sim.c says how it is called)\n", what);
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    uint64_t value = text != NULL ? strtoull(text, &end, 10) : 0;
    if (text == NULL || *text == '\0' || *end != '\0')
        misused("a number is missing");
    return value;
}

static int mutant_named(const char *name)
{
    for (int i = 1; i < MUTANTS_END; i++)
        if (name != NULL && strcmp(mutant_names[i], name) == 0)
            return i;
    misused("there is no such mutant");
}

/* Returns how many words it took. */
static int choose(struct choice *c, const char *word, const char *next)
{
    if (strcmp(word, "--trace") == 0 || strcmp(word, "--mutants") == 0) {
        c->trace |= strcmp(word, "--trace") == 0;
        c->mutants |= strcmp(word, "--mutants") == 0;
        return 1;
    }
    if (strcmp(word, "--seed") == 0)
        c->seed = number(next);
    else if (strcmp(word, "--steps") == 0)
        c->steps = number(next);
    else if (strcmp(word, "--seconds") == 0)
        c->seconds = (int64_t)number(next);
    else if (strcmp(word, "--faults") == 0)
        c->faults = (unsigned)number(next) & FAULTS_ALL, c->masked = true;
    else if (strcmp(word, "--mutant") == 0)
        c->mutant = mutant_named(next);
    else
        misused("unknown option");
    return 2;
}

int main(int argc, char **argv)
{
    struct choice c = { .seed = 1, .steps = 100000, .faults = FAULTS_ALL };
    for (int i = 1; i < argc;)
        i += choose(&c, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (c.mutants)
        return !find_mutants();
    if (c.trace)
        return !trace_one(c.seed, c.masked ? c.faults : draw_faults(c.seed), c.mutant);
    return !play_on(c.seed, c.steps, c.seconds, c.faults, c.mutant);
}
