/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - the simulated world: one queue of events in virtual time, one source of chance, one verdict.
 *
 * All that happens is an event; which of two comes first when both are due is drawn from the seed, so a seed plays the
 * same run each time. An event belongs to an actor (a process, a slot) and does not reach one that has died; one that
 * is stopped gets it when it goes on. world_broken() ends the run with the promise that was broken.
 */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct actor;

typedef void event_run(void *arg, int64_t value);

struct event {
    int64_t due_us;
    uint64_t order;        /* among those due at once */
    struct actor *actor;   /* NULL: the world's own */
    unsigned life;         /* of the actor, when it was planned */
    event_run *run, *drop; /* drop (may be NULL): instead of run, when the actor has died */
    void *arg;
    int64_t value;
};

struct event_list {
    struct event *items; /* owned */
    size_t count, capacity;
};

struct actor {
    unsigned life; /* grows as it dies */
    bool stopped;
    bool ending; /* being taken apart: its events wait in `held` until they are asked for, and time stands still */
    struct event_list held;
};

/* What may go wrong in this run: each is switched on or off by the seed, and by --faults. */
enum fault {
    FAULT_CRASH,     /* a process is killed */
    FAULT_SLOT,      /* a slot is killed */
    FAULT_PAUSE,     /* a process is stopped for longer than any limit and goes on */
    FAULT_PARTITION, /* the record or the doorbell can't be reached by some */
    FAULT_RECORD,    /* the record restarts; backends go on with what they have */
    FAULT_ANSWER,    /* a COMMIT is done and its answer lost */
    FAULT_DOORBELL,  /* messages are lost, doubled, late, out of order */
    FAULT_FLUSH,     /* FLUSHALL, XTRIM 0 */
    FAULT_CLOCK,     /* wall clocks jump; machines sleep and their monotonic clock leaps */
    FAULT_TARGET,    /* the target can't be reached; its backends are slow and outlive their clients */
    FAULT_PEOPLE,    /* cancel, retry, pause, quiet, drain */
    FAULT_JOBS,      /* jobs fail, crash, hang, poison */
    FAULTS
};

struct world {
    uint64_t seed, dice, steps;
    int64_t now_us;
    unsigned faults; /* bits of enum fault */
    int mutant;      /* enum mutant of fleet.h; 0: none */
    bool calm;       /* the faults are over: from now on everything must end */
    bool broken;
    char verdict[512];
    bool tracing;
    struct event_list events; /* a heap */
    uint64_t planned;
};
extern struct world world;

void world_start(uint64_t seed, unsigned faults, int mutant, bool tracing);
void world_finish(void); /* drops what is left */

unsigned world_roll(unsigned sides); /* 0 .. sides - 1 */
bool world_chance(unsigned per_mille);
bool world_fault(enum fault fault, unsigned per_mille); /* never once it is calm */
int64_t world_between(int64_t low, int64_t high);

void world_at(struct actor *actor, int64_t delay_us, event_run *run, event_run *drop, void *arg, int64_t value);
/* The next event. false: there is none, or the run is broken. */
bool world_step(void);

void actor_stop(struct actor *actor);
void actor_go(struct actor *actor);  /* on with all that was held */
void actor_die(struct actor *actor); /* what is planned for it is dropped */
/* Of one that is ending: the next event that was held; false: there is none. */
bool actor_drain(struct actor *actor);
void actor_finish(struct actor *actor);

#define world_broken(...) world_break(__FILE__, __LINE__, __VA_ARGS__)
void world_break(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
void world_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
#define world_trace(...)             \
    do {                             \
        if (world.tracing)           \
            world_tell(__VA_ARGS__); \
    } while (0)
void world_print_trace(unsigned lines_max); /* the last of what was told */

#endif
