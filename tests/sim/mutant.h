/* SPDX-License-Identifier: Apache-2.0 */
/* mutant.h - defects that can be planted in a run; each breaks a promise, which the run must notice. */
#ifndef TESTS_SIM_MUTANT_H
#define TESTS_SIM_MUTANT_H

/* X(ENUM, name, what is wrong) */
#define MUTANTS(X)                                                                                          \
    X(MUTANT_NO_EPOCH_CHECK, "no_epoch_check", "finish and fail are taken whatever epoch they are of")      \
    X(MUTANT_EPOCH_REUSED, "epoch_reused", "dispatch does not raise the epoch")                             \
    X(MUTANT_ROLLBACK, "rollback", "a restart of the record forgets dispatches it had acknowledged")        \
    X(MUTANT_SEAL_TOO_LOW, "seal_too_low", "a seal raises the fence to the attempt's own epoch only")       \
    X(MUTANT_NO_SEAL, "no_seal", "a final state is recorded before the target has heard of it")             \
    X(MUTANT_SEAL_OF_PARTS, "seal_of_parts", "a seal raises the parts that are there, and leaves no row")   \
    X(MUTANT_NEVER_TOUCHED, "never_touched", "a slot says that it was not at its target, and it was")       \
    X(MUTANT_NO_FENCE, "no_fence", "a chunk is written without looking at the fence's epoch")               \
    X(MUTANT_NO_CHUNK_CHECK, "no_chunk_check", "the fence compares the epoch and not the chunk")            \
    X(MUTANT_OWN_CHECKPOINT, "own_checkpoint", "how far a job came is read from our record")                \
    X(MUTANT_SEQ_UNCHECKED, "seq_unchecked", "a worker runs what comes twice twice")                        \
    X(MUTANT_EXPIRY_BY_CLOCK, "expiry_by_clock", "a worker is dead when its last beat is old by the clock") \
    X(MUTANT_DEAD_UNSEEN, "dead_unseen", "a worker is declared dead though its beat has moved")             \
    X(MUTANT_NEVER_RUNG_AGAIN, "never_rung_again", "what the doorbell lost is not rung again")              \
    X(MUTANT_GAPS_FORGOTTEN, "gaps_forgotten", "what was lost between others that came is not rung again")  \
    X(MUTANT_NO_ORPHANS, "no_orphans", "a new leader does not look for a dead worker's jobs")               \
    X(MUTANT_NO_UNBLOCK, "no_unblock", "a finish forgets who waits for the job")                            \
    X(MUTANT_LOST_ON_TAKING_BACK, "lost_on_taking_back", "a dead worker's job leaves the record")           \
    X(MUTANT_DONE_TWICE, "done_twice", "a finish after a lost COMMIT answer is recorded again")

enum mutant {
    MUTANT_NONE,
#define X(id, name, what) id,
    MUTANTS(X)
#undef X
        MUTANTS_END
};

#endif
