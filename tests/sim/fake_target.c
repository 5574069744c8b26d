/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_target.c - a customer's database: for each job the seal's row and one part's row of argosy_fence, and chunks.
 *
 * A transaction is one moment. What was sent arrives whether its client lives on or not, soon or much later, so a slot
 * that was killed may still write; that is what fence and seal are for.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "tests/sim/fakes.h"

struct transaction {
    struct child *child;
    struct actor *actor; /* of the child */
    unsigned life;
    enum target_step step;
    int64_t job, epoch, asked;
    int chunk;
    enum target_answer answer;
};

static void transaction_free(void *arg, int64_t value)
{
    (void)value;
    free(arg);
}

static void comes_back(void *arg, int64_t value)
{
    struct transaction t = *(struct transaction *)arg;
    transaction_free(arg, value);
    child_answered(t.child, t.answer, t.chunk, t.asked);
}

/* A new epoch claims the part and learns how far it is. */
static enum target_answer advance(struct target_row *row, struct transaction *t)
{
    if (row->sealed > t->epoch || row->epoch > t->epoch)
        return TARGET_NO;
    row->epoch = t->epoch;
    if (t->epoch > row->touched)
        row->touched = t->epoch;
    t->chunk = world.mutant == MUTANT_OWN_CHECKPOINT ? fleet.checkpoints[t->job] : row->chunk;
    return TARGET_YES;
}

/* UPDATE argosy_fence SET epoch, chunk WHERE epoch <= mine AND chunk = mine - 1; the rows; COMMIT */
static enum target_answer write_chunk(struct target_row *row, struct transaction *t)
{
    bool epoch_fits = row->epoch <= t->epoch || world.mutant == MUTANT_NO_FENCE;
    bool chunk_fits =
        row->chunk == t->chunk - 1 || world.mutant == MUTANT_NO_CHUNK_CHECK || world.mutant == MUTANT_OWN_CHECKPOINT;
    if (!epoch_fits || !chunk_fits)
        return TARGET_NO;
    row->epoch = t->epoch;
    if (t->chunk > row->chunk)
        row->chunk = t->chunk;
    row->applied[t->chunk - 1]++;
    promise_written(t->job, t->epoch, t->chunk);
    if (t->epoch > row->touched)
        row->touched = t->epoch;
    return TARGET_YES;
}

static enum target_answer seal(struct target_row *row, const struct transaction *t)
{
    int64_t epoch = world.mutant == MUTANT_SEAL_TOO_LOW ? row->touched : t->epoch;
    if (row->sealed < epoch && world.mutant != MUTANT_SEAL_OF_PARTS)
        row->sealed = epoch;
    if (row->epoch > 0 && row->epoch < epoch)
        row->epoch = epoch;
    return TARGET_YES;
}

static void arrives(void *arg, int64_t value)
{
    struct transaction *t = arg;
    struct target_row *row = &fleet.rows[t->job];
    (void)value;
    if (!fleet.target_up)
        t->answer = t->step == TARGET_CONNECT ? TARGET_AWAY : TARGET_LOST;
    else if (t->step == TARGET_CONNECT)
        t->answer = TARGET_YES;
    else if (t->step == TARGET_ADVANCE)
        t->answer = advance(row, t);
    else if (t->step == TARGET_CHUNK)
        t->answer = write_chunk(row, t);
    else
        t->answer = seal(row, t);
    static const char *const steps[] = { "connect", "advance", "chunk", "seal" };
    static const char *const answers[] = { "yes", "no", "lost", "away" };
    if (t->step != TARGET_CONNECT)
        world_trace("target: job %lld epoch %lld %s %d: %s", (long long)t->job, (long long)t->epoch, steps[t->step],
                    t->chunk, answers[t->answer]);
    if (t->answer == TARGET_YES && world_fault(FAULT_TARGET, fleet.chances[FAULT_TARGET]))
        t->answer = TARGET_LOST; /* done, and nobody told */
    if (t->actor->life != t->life) {
        transaction_free(t, 0);
        return; /* nobody waits for it any more */
    }
    world_at(t->actor, t->answer == TARGET_LOST ? world_between(1000, 2000000) : world_between(50, 3000), comes_back,
             transaction_free, t, 0);
}

void target_ask(struct child *child, enum target_step step, int64_t job, int64_t epoch, int chunk, int64_t asked)
{
    struct transaction *t = mem_zero(1, sizeof *t);
    *t = (struct transaction){ .child = child,
                               .actor = child_actor(child),
                               .life = child_actor(child)->life,
                               .step = step,
                               .job = job,
                               .epoch = epoch,
                               .chunk = chunk,
                               .asked = asked };
    int64_t delay_us = world_between(50, 3000);
    if (world_fault(FAULT_TARGET, 80))
        delay_us = world_between(0, 15000000); /* a lock, a slow disk, a cut line */
    world_at(NULL, delay_us, arrives, transaction_free, t, 0);
}
