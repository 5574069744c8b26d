/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet.pml - the protocol of record, doorbell, workers and targets, for spin. README.md says what is checked, what is
 * left out and how many states that takes; check runs it.
 *
 * One atomic block is one transaction, of the record or of a target, or one step of a worker's loop. Time is left out:
 * whatever may happen may happen at any moment, also much later, so a pause of any length is the default. How often
 * something goes wrong is bounded by budgets, so each run ends, and "every job ends" is that nothing is left undone
 * when nothing can move (proctype Watch).
 *
 * Sizes: NJ jobs, NW workers, C chunks a job writes into its target (0: it has none), TRIES attempts.
 * Budgets: DEATHS of workers that live (stopped, cut off, late), CRASHES, LOSSES and DOUBLES of messages, FAILS of
 * attempts, BACKS given back, CANCELS, RETRIES by hand, AWAYS of the target, SWITCHES of the doorbell's carrier.
 * Shape: job 1 waits for job 0 with CHAIN, job 2 for 0 and 1 with FANIN.
 * Broken on purpose, must fail: the #ifdefs BAD_*.
 */
#ifndef NJ
#define NJ 1
#endif
#ifndef NW
#define NW 2
#endif
#ifndef C
#define C 2
#endif
#ifndef TRIES
#define TRIES 2
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef LOSSES
#define LOSSES 1
#endif
#ifndef DOUBLES
#define DOUBLES 1
#endif
#ifndef FAILS
#define FAILS 1
#endif
#ifndef BACKS
#define BACKS 0
#endif
#ifndef CANCELS
#define CANCELS 1
#endif
#ifndef RETRIES
#define RETRIES 0
#endif
#ifndef AWAYS
#define AWAYS 0
#endif
#ifndef SWITCHES
#define SWITCHES 0
#endif

#define NI (NW + DEATHS + CRASHES) /* incarnations: each worker's first, and one more for each death */
#define EPOCHS 13                  /* at most 12: a message is a bit of a short */
#define ORPHANS 2
#define BIT(e) (1 << (e))
#define AT(i, j) ((i) * NJ + (j))

#ifdef FANIN
#define WAITS(k, j) ((k) == 2 && (j) < 2)
#else
#ifdef CHAIN
#define WAITS(k, j) ((k) == (j) + 1)
#else
#define WAITS(k, j) (0)
#endif
#endif

mtype = { BLOCKED, AVAILABLE, DISPATCHED, SUCCEEDED, FAILED, CANCELLED };
#define final(s) ((s) == SUCCEEDED || (s) == FAILED || (s) == CANCELLED)

/* ---- the record: jobs ---- */
mtype state[NJ], sealing[NJ];                     /* sealing: how it ends once the target knows; 0: it does not */
byte epoch[NJ], worker[NJ], tries[NJ], waits[NJ]; /* worker: the incarnation it is dispatched to */
bit touched[NJ];                                  /* an attempt may have been to the target */
bit doomed[NJ];                                   /* cancelled because of a job it waited for */
short seals[NJ];                                  /* ghost: epochs whose dispatch says "seal" */

/* ---- the record: workers. Of the count of beats only matters whether it has moved since a scheduler looked. ---- */
bit dead[NI + 5], looked[NI + 1], moved[NI + 1];
byte incarnations = NW;
#define alive(i) ((i) <= incarnations && !dead[i])
#define alive_above(i) (alive((i) + 1) || alive((i) + 2) || alive((i) + 3) || alive((i) + 4))

/* ---- the doorbell: for each incarnation and job the epochs under way. Two carriers, for the switch. ---- */
#define CARRIERS (1 + SWITCHES)
short bell[CARRIERS * (NI + 1) * NJ];
#define BELL(c, i, j) bell[((c) * (NI + 1) + (i)) * NJ + (j)]
byte carrier = 0;         /* what the record says is to be used */
byte rings_by = 0;        /* what the scheduler has read of that */
byte hears[NI + 1];       /* the newest carrier that a worker reads; the older one as well, while anything is in it */

/* ---- workers ---- */
byte is[NW];                /* a worker's incarnation now */
bit gone[NI + 1];           /* crashed: never beats again */
short seen[(NI + 1) * NJ];  /* by seq in truth; one seq is one epoch of one job */

/* ---- the target: row "" and the part's row of argosy_fence, for each job; and transactions without a client ---- */
byte row_seal[NJ], row_epoch[NJ], row_chunk[NJ];
byte orphan_epoch[ORPHANS], orphan_chunk[ORPHANS], orphan_job[ORPHANS];

/* ---- ghosts: what is true, whoever knows ---- */
#if C > 0
byte applied[NJ * C];
#endif
byte highest[NJ];  /* the highest epoch that was at the target */
byte ends[NJ];     /* of this life: a retry by hand begins another */
short begun[NJ];   /* epochs that were run */
bit unfair = 0;    /* a worker was declared dead though its beat had moved */
byte checkpoint[NJ]; /* only for BAD_CHECKPOINT */

byte deaths = DEATHS, crashes = CRASHES, losses = LOSSES, doubles = DOUBLES, fails = FAILS, backs = BACKS,
     cancels = CANCELS, retries = RETRIES, aways = AWAYS;
bit rollbacks = 1;
#ifdef BAD_BY_QUERY
bit pending[NJ]; /* finished in a transaction that has not committed */
#endif
byte at; /* scratch of inlines, 0 between the steps */

#define held(j, e, i) (state[j] == DISPATCHED && epoch[j] == (e) && worker[j] == (i))

/* ---- the record's functions, each inside somebody's transaction ---- */

inline leave_worker(j, next)
{
    state[j] = next;
    worker[j] = 0
}

/* Whoever waits for it and can't run any more ends with it (children of children: see README). */
inline end_dependants(j)
{
    at = j + 1;
    do
    :: at < NJ ->
        if
        :: WAITS(at, j) && state[at] == BLOCKED ->
            state[at] = CANCELLED; doomed[at] = 1; waits[at] = 0; ends[at]++; assert(ends[at] <= 1)
        :: else
        fi;
        at++
    :: else -> break
    od;
    at = 0
}

/* One less to wait for, on their rows. */
inline free_dependants(j)
{
    at = j + 1;
    do
    :: at < NJ ->
        if
        :: WAITS(at, j) && state[at] == BLOCKED ->
            waits[at]--;
            if
            :: waits[at] == 0 -> state[at] = AVAILABLE
            :: else
            fi
        :: else
        fi;
        at++
    :: else -> break
    od;
    at = 0
}

inline record_end(j, how)
{
    leave_worker(j, how);
    sealing[j] = 0;
    ends[j]++;
    assert(ends[j] <= 1); /* E: one final state a life */
    end_dependants(j)
}

/* It ends other than by success: at once, or through a seal. */
inline job_end(j, how)
{
    if
#ifndef BAD_NO_SEAL
#ifdef BAD_CANCEL_AT_ONCE
    :: C > 0 && touched[j] && state[j] != AVAILABLE ->
#else
    :: C > 0 && touched[j] ->
#endif
        leave_worker(j, AVAILABLE);
        sealing[j] = how;
        epoch[j]++
#endif
    :: else -> record_end(j, how)
    fi
}

inline mark_touched(j)
{
#ifndef BAD_NOT_TOUCHED
    touched[j] = 1
#else
    skip
#endif
}

/* A failed attempt, told by the worker that holds it; was_there: the slot can't say that it was not at its target. */
inline record_failure(j, e, i, was_there)
{
    if
    :: held(j, e, i) ->
        if
        :: was_there -> touched[j] = 1
        :: else
        fi;
        if
        :: sealing[j] != 0 -> leave_worker(j, AVAILABLE) /* for ever */
        :: sealing[j] == 0 && tries[j] + 1 < TRIES -> tries[j]++; leave_worker(j, AVAILABLE)
        :: else -> tries[j]++; job_end(j, FAILED)
        fi
    :: else
    fi
}

inline record_success(j, e, i)
{
    if
#ifdef BAD_NO_EPOCH
    :: state[j] == DISPATCHED && sealing[j] == 0 ->
#else
#ifdef BAD_NO_STATE
    :: epoch[j] == e && state[j] != SUCCEEDED ->
#else
    :: held(j, e, i) && sealing[j] == 0 ->
#endif
#endif
        assert(epoch[j] == e); /* R: what is recorded is of the epoch that holds the job */
        leave_worker(j, SUCCEEDED);
        ends[j]++;
        assert(ends[j] <= 1);
#if C > 0
        assert(applied[j * C] == 1 && applied[j * C + C - 1] == 1); /* X: succeeded is exactly once */
#endif
#ifdef BAD_DROPS_FENCE
        row_epoch[j] = 0; row_chunk[j] = 0; row_seal[j] = 0;
#endif
#ifndef BAD_BY_QUERY
        free_dependants(j)
#endif
    :: else
    fi
}

/* ---- the target ---- */

/* The part is claimed for e. */
inline target_advance(j, e, ret_ok, ret_chunk)
{
    if
    :: row_seal[j] <= e && row_epoch[j] <= e ->
        row_epoch[j] = e;
        if
        :: highest[j] < e -> highest[j] = e
        :: else
        fi;
#ifdef BAD_CHECKPOINT
        ret_chunk = checkpoint[j];
#else
        ret_chunk = row_chunk[j];
#endif
        ret_ok = 1
    :: else -> ret_ok = 0
    fi
}

inline target_write(j, e, k)
{
    assert(e >= highest[j]);        /* Z: never below an epoch that was there */
    assert(!final(state[j]));       /* F: never after a final state */
#if C > 0
    applied[j * C + k - 1]++;
    assert(applied[j * C + k - 1] == 1); /* O: at most once */
#endif
    row_epoch[j] = e;
    highest[j] = e;
    if
    :: row_chunk[j] < k -> row_chunk[j] = k
    :: else
    fi
}

inline target_chunk(j, e, k, ret_ok)
{
    if
#ifdef BAD_NO_CHUNK_CHECK
    :: row_epoch[j] <= e ->
#else
    :: row_epoch[j] <= e && row_chunk[j] == k - 1 ->
#endif
        target_write(j, e, k);
        ret_ok = 1
    :: else -> ret_ok = 0
    fi
}

inline target_seal(j, e)
{
#ifdef BAD_SEAL_OF_PARTS
    if
    :: row_epoch[j] > 0 && row_epoch[j] < e -> row_epoch[j] = e; highest[j] = e
    :: else
    fi
#else
    if
    :: row_seal[j] < e -> row_seal[j] = e
    :: else
    fi;
    if
    :: row_epoch[j] < e -> row_epoch[j] = e
    :: else
    fi;
    if
    :: highest[j] < e -> highest[j] = e
    :: else
    fi
#endif
}

/* The client is gone or has given up; the backend has not. */
inline orphan(j, e, k)
{
    if
    :: orphan_epoch[0] == 0 -> orphan_epoch[0] = e; orphan_chunk[0] = k; orphan_job[0] = j
    :: else -> orphan_epoch[1] = e; orphan_chunk[1] = k; orphan_job[1] = j
    fi
}

/* ---- a worker's slot. It is never killed here: one that should be dead goes on for as long as it likes. ---- */

#define reads(c, i, j) (BELL(c, i, j) != 0 && c <= hears[i])

inline worker_crash(p, i)
{
    crashes--;
    gone[i] = 1;
    if
    :: is[p] == i -> incarnations++; is[p] = incarnations; hears[incarnations] = carrier
    :: else
    fi
}

proctype Slot(byte p)
{
    byte i, j, e, k, c, before; /* before: chunks that were in, the last time it looked, + 1 */
    bit ok;
#ifdef BAD_BY_QUERY
    byte unfinished = 0;
#endif
idle:
end_idle:
    atomic {
        /* a message of any carrier that is read, any job, any epoch: late, out of order; perhaps not for the last time */
        if
        :: reads(0, is[p], 0) -> c = 0; j = 0
#if NJ > 1
        :: reads(0, is[p], 1) -> c = 0; j = 1
#endif
#if NJ > 2
        :: reads(0, is[p], 2) -> c = 0; j = 2
#endif
#if SWITCHES > 0
        :: reads(1, is[p], 0) -> c = 1; j = 0
#if NJ > 1
        :: reads(1, is[p], 1) -> c = 1; j = 1
#endif
#endif
        fi;
        i = is[p];
        e = 1;
        do
        :: (BELL(c, i, j) & BIT(e)) -> break
        :: e < EPOCHS && (BELL(c, i, j) >> (e + 1)) != 0 -> e++
        od;
        if
        :: BELL(c, i, j) = BELL(c, i, j) & ~BIT(e)
        :: doubles > 0 -> doubles--
        fi;
#ifndef BAD_SEEN
        if
        :: (seen[AT(i, j)] & BIT(e)) -> i = 0; j = 0; e = 0; c = 0; goto idle
        :: else
        fi;
#endif
        seen[AT(i, j)] = seen[AT(i, j)] | BIT(e);
        c = 0
    };
    if
    :: atomic { backs > 0 -> /* not begun: goes back without an attempt */
           backs--;
           if
           :: held(j, e, i) -> mark_touched(j); leave_worker(j, AVAILABLE)
           :: else
           fi } ;
       goto left
    :: atomic { crashes > 0 -> worker_crash(p, i) }; goto left
    :: atomic { true ->
           assert((begun[j] & BIT(e)) == 0); /* D: an epoch is run at most once */
           begun[j] = begun[j] | BIT(e) }
    fi;

    if
    :: atomic { aways > 0 && C > 0 -> aways--; record_failure(j, e, i, 0) }; goto left /* it can't be reached */
    :: (seals[j] & BIT(e)) ->
        atomic { target_seal(j, e) };
        if
        :: atomic { crashes > 0 -> worker_crash(p, i) }
        :: atomic { held(j, e, i) && sealing[j] != 0 -> record_end(j, sealing[j]) }
        :: atomic { !(held(j, e, i) && sealing[j] != 0) -> skip }
        fi;
        goto left
    :: !(seals[j] & BIT(e)) -> skip
    fi;

#if C > 0
look:
    atomic {
        target_advance(j, e, ok, k);
        if
        :: !ok -> assert(!held(j, e, i)); goto left /* W: who is fenced out no longer holds the job */
        :: else -> ok = 0; assert(k + 1 > before); before = 0 /* G: who looks again learns something */
        fi
    };
    do
    :: k < C ->
        if
#ifdef BAD_PLAIN_FENCE
        :: atomic { ok = (row_epoch[j] <= e && row_chunk[j] == k) }; /* read, and not locked */
           if
           :: atomic { ok -> target_write(j, e, k + 1) }
           :: else
           fi
#else
        :: atomic { target_chunk(j, e, k + 1, ok) }
#endif
        :: atomic { crashes > 0 && orphan_epoch[1] == 0 -> orphan(j, e, k + 1); worker_crash(p, i) }; goto left
        :: atomic { losses > 0 && orphan_epoch[1] == 0 -> losses--; orphan(j, e, k + 1) }; goto look /* no answer */
        :: atomic { fails > 0 -> fails--; record_failure(j, e, i, 1) }; goto left
        :: atomic { fails > 0 && orphan_epoch[1] == 0 -> fails--; orphan(j, e, k + 1); record_failure(j, e, i, 1) };
           goto left
        fi;
        if
        :: ok -> atomic { ok = 0; k++; checkpoint[j] = (checkpoint[j] < k && epoch[j] == e -> k : checkpoint[j]) }
        :: else -> before = k + 1; goto look
        fi
    :: else -> break
    od;
#endif

    if
    :: atomic { crashes > 0 -> worker_crash(p, i) } /* the target has it all, the record does not know */
    :: atomic { fails > 0 -> fails--; record_failure(j, e, i, 1) }
    :: atomic { true -> record_success(j, e, i) }
#ifdef BAD_BY_QUERY
;
       atomic { /* READ COMMITTED: another finish that has not committed yet looks unfinished */
           if
           :: state[j] == SUCCEEDED && NJ == 3 && j < 2 -> unfinished = (state[1 - j] != SUCCEEDED || pending[1 - j]);
               pending[j] = 1
           :: else -> unfinished = 2
           fi };
       atomic {
           pending[j] = 0;
           if
           :: unfinished == 0 && state[2] == BLOCKED -> waits[2] = 0; state[2] = AVAILABLE
           :: else
           fi;
           unfinished = 0 }
#endif
    fi;
left:
    atomic { i = 0; j = 0; e = 0; k = 0; before = 0; ok = 0; goto idle }
}

/* ---- schedulers: between two statements one holds nothing but whose beat it has looked at, so any number of them is
 * one process whose statements may come at any time. ---- */

inline dispatch(j, i)
{
    epoch[j]++;
    state[j] = DISPATCHED;
    worker[j] = i;
    if
    :: sealing[j] != 0 -> seals[j] = seals[j] | BIT(epoch[j])
    :: else
    fi;
    if
    :: BELL(rings_by, i, j) = BELL(rings_by, i, j) | BIT(epoch[j])
    :: losses > 0 -> losses-- /* between the commit and the bell; or the bell lost it */
    fi
}

/* Under way where the worker reads, or will read. */
#define rings(i, j) ((BELL(0, i, j) & BIT(epoch[j])) || (BELL(CARRIERS - 1, i, j) & BIT(epoch[j])))

#ifdef BAD_ONLY_RECEIVED
#define goes_back(j) (seen[AT(worker[j], j)] & BIT(epoch[j]))
#else
#define goes_back(j) (1)
#endif

proctype Scheduler(byte j)
{
    byte i, stale;
end_turn:
    do
    :: atomic {
           state[j] == AVAILABLE && alive_above(0) ->
           i = 1;
           do
           :: alive(i) -> break
           :: alive_above(i) -> i++
           od;
#ifdef BAD_RACY_DISPATCH
           stale = epoch[j] };
       atomic {
           if
           :: alive(i) && !final(state[j]) -> epoch[j] = stale; dispatch(j, i)
           :: else
           fi;
           stale = 0;
#else
           dispatch(j, i);
#endif
           i = 0 }
    :: atomic { /* what a dead worker held goes back */
           state[j] == DISPATCHED && dead[worker[j]] && goes_back(j) -> mark_touched(j); leave_worker(j, AVAILABLE) }
#ifndef BAD_NO_RING
    :: atomic { /* alive, beats, and has never got it: again, the same epoch */
           state[j] == DISPATCHED && !dead[worker[j]] && !gone[worker[j]] && !rings(worker[j], j) &&
           !(seen[AT(worker[j], j)] & BIT(epoch[j])) ->
           BELL(rings_by, worker[j], j) = BELL(rings_by, worker[j], j) | BIT(epoch[j]) }
#endif
#ifdef BAD_ROLLBACK
    :: atomic { rollbacks > 0 && state[j] == DISPATCHED -> rollbacks--; epoch[j]--; leave_worker(j, AVAILABLE) }
#endif
    od
}

/* ---- beats and deaths ---- */

#ifdef BAD_DEAD_UNSEEN
#define stands_still(i) (1)
#else
#define stands_still(i) (!moved[i])
#endif

proctype Lives(byte i)
{
end_turn:
    do
    :: atomic { looked[i] && !moved[i] && !dead[i] && !gone[i] -> moved[i] = 1 } /* it beats */
    :: atomic { !looked[i] && deaths > 0 && !dead[i] && i <= incarnations -> looked[i] = 1; moved[i] = 0 }
    :: atomic { looked[i] && moved[i] -> looked[i] = 0; moved[i] = 0 } /* it has moved: the observation begins anew */
    :: atomic { /* UPDATE worker SET dead WHERE beat = what I saw */
           looked[i] && deaths > 0 && !dead[i] && stands_still(i) -> deaths--; unfair = unfair || moved[i]; dead[i] = 1; looked[i] = 0; moved[i] = 0; assert(!unfair) } /* H */
    :: atomic { gone[i] && !dead[i] -> dead[i] = 1; looked[i] = 0; moved[i] = 0 }
    od
}

/* ---- everybody else: each step whole in itself ---- */

proctype World()
{
    byte k, n;
    bit done;
end_turn:
    do
    /* a worker hears with its beat that it is dead, and registers anew; a slot of its goes on */
    :: atomic { dead[is[0]] && incarnations < NI -> incarnations++; is[0] = incarnations; hears[incarnations] = carrier }
#if NW > 1
    :: atomic { dead[is[1]] && incarnations < NI -> incarnations++; is[1] = incarnations; hears[incarnations] = carrier }
#endif
    /* what clients that are gone had sent */
#if C > 0
    :: atomic { orphan_epoch[0] > 0 -> target_chunk(orphan_job[0], orphan_epoch[0], orphan_chunk[0], done);
           orphan_epoch[0] = 0; orphan_chunk[0] = 0; orphan_job[0] = 0; done = 0 }
    :: atomic { orphan_epoch[1] > 0 -> target_chunk(orphan_job[1], orphan_epoch[1], orphan_chunk[1], done);
           orphan_epoch[1] = 0; orphan_chunk[1] = 0; orphan_job[1] = 0; done = 0 }
#endif
    /* FLUSHALL, XTRIM */
    :: atomic { losses > 0 -> losses--; n = 0;
           do
           :: n < CARRIERS * (NI + 1) * NJ -> bell[n] = 0; n++
           :: else -> break
           od;
           n = 0 }
    /* people */
    :: atomic { cancels > 0 -> cancels--;
           if
           :: k = 0
#if NJ > 1
           :: k = 1
#endif
           fi;
           if
           :: !final(state[k]) && sealing[k] == 0 ->
               if
               :: state[k] == DISPATCHED -> mark_touched(k)
               :: else
               fi;
               job_end(k, CANCELLED)
           :: else
           fi;
           k = 0 }
    :: atomic { retries > 0 && (state[0] == FAILED || state[0] == CANCELLED) -> retries--;
           state[0] = AVAILABLE; tries[0] = 0; touched[0] = 0; ends[0] = 0;
#ifdef BAD_RETRY_FROM_ZERO
           epoch[0] = 0;
#else
           epoch[0]++;
#endif
           n = 1; /* and whoever was cancelled with it */
           do
           :: n < NJ ->
               if
               :: WAITS(n, 0) && doomed[n] && state[n] == CANCELLED && (NJ < 3 || state[1] == SUCCEEDED || !final(state[1])) ->
                   state[n] = BLOCKED; doomed[n] = 0; ends[n] = 0; epoch[n]++;
                   waits[n] = 1 + (NJ == 3 && state[1] != SUCCEEDED && n == 2)
               :: else
               fi;
               n++
           :: else -> break
           od;
           n = 0 }
    /* the carrier is switched: the record first, then schedulers and workers read of it, each in its own time */
#if SWITCHES > 0
    :: atomic { carrier == 0 -> carrier = 1 }
    :: atomic { rings_by < carrier -> rings_by = carrier }
    :: atomic { hears[is[0]] < carrier -> hears[is[0]] = carrier }
#if NW > 1
    :: atomic { hears[is[1]] < carrier -> hears[is[1]] = carrier }
#endif
#endif
    od
}

proctype Watch()
{
    byte j;
    atomic {
        timeout -> /* L: nothing can move any more, and every job has ended */
        j = 0;
        do
        :: j < NJ -> assert(final(state[j])); j++
        :: else -> break
        od
    }
}

init {
    byte n;
    atomic {
        n = 0;
        do
        :: n < NJ ->
            state[n] = AVAILABLE;
#if NJ > 1
            if
            :: n > 0 && WAITS(n, n - 1) -> state[n] = BLOCKED; waits[n] = 1 + (NJ == 3 && n == 2 && WAITS(2, 0) && WAITS(2, 1))
            :: else
            fi;
#endif
            run Scheduler(n);
#ifdef BAD_RACY_DISPATCH
            run Scheduler(n);
#endif
            n++
        :: else -> break
        od;
        n = 0;
        do
        :: n < NW -> is[n] = n + 1; run Slot(n); n++
        :: else -> break
        od;
        n = 1;
        do
        :: n <= NI -> run Lives(n); n++
        :: else -> break
        od;
        n = 0;
        run World();
        run Watch()
    }
}
