/* SPDX-License-Identifier: Apache-2.0 */
/* fakes.h - what the simulated libuv, sessions, record, doorbell, slots and target offer one another. */
#ifndef TESTS_SIM_FAKES_H
#define TESTS_SIM_FAKES_H

#include <uv.h>

#include "queue/store.h"
#include "queue/transport.h"
#include "tests/sim/fleet.h"

struct call;
struct faulty_hub;

/* ---- fake_uv.c ---- */
void uv_signal_deliver(struct process *p, int number);
bool uv_prepare_run(struct process *p); /* false: it has none any more */
void uv_look_at_children(struct process *p);
void uv_settle(struct process *p); /* closes at once what is closing */
bool uv_all_closed(const struct process *p);
void uv_forget(struct process *p);
void uv_poll_readable(uv_handle_t *process_handle, struct process *p);

/* ---- fake_session.c ---- */
void session_lose(struct session *s);
void session_lose_all(struct process *p); /* NULL: everybody's */
void session_reap_idle(void);             /* idle_session_timeout */
void session_forget(struct process *p);
bool session_is_current(const struct call *call); /* its connection is the session's still */

/* One call on its way: to the record, where execute() runs, and back, where answer() runs in its process. */
struct call {
    struct session *session;
    struct process *process;
    struct call *next; /* in the session */
    unsigned life, references;
    bool sent, answered, lost;
    void (*execute)(struct call *call);
    void (*answer)(struct call *call, const struct error *e);
    void (*release)(struct call *call);
    int64_t given_us;
};
void session_call(struct session *s, struct call *call);

/* ---- fake_record.c ---- */
void record_start(void);
void record_finish(void);
struct store *record_store(void);
bool record_up(void);
void record_lead_lost(const struct session *s);
void record_cancel(int64_t job);
int record_retry(int64_t job);
int64_t record_submit(const char *kind, const int64_t *parents, unsigned count);
void record_pause(bool paused);
void record_worker_flag(int64_t incarnation, bool quiet, bool stop);
void record_restart(int64_t away_us);
int64_t record_beat_us(int64_t incarnation); /* when its beat moved last */

/* ---- fake_doorbell.c ---- */
extern struct faulty_hub *doorbell_hub;
void doorbell_start(void);
void doorbell_finish(void);
void doorbell_submitted(int32_t lane); /* NOTIFY argosy_submit; 0: look everywhere */
void doorbell_ring(int64_t incarnation, const struct dispatch *jobs, unsigned count); /* the record itself does */
void doorbell_cut(struct process *p, bool cut);
void doorbell_forget(struct process *p);

/* ---- fake_slot.c ---- */
struct child; /* lives to the end of the run, so that whoever still knows it may ask */
struct child *child_spawn(struct process *p, uv_process_t *handle, const uv_process_options_t *options);
void child_look(struct child *child); /* whether its worker has written */
void child_signal(struct child *child, int number);
bool child_alive(const struct child *child);
void child_bury(struct child *child);    /* its handle is closed */
void child_crash_one(struct process *p); /* one of its slots, if it has any */
void child_stop_all(struct process *p, bool stop);
void child_orphan_all(struct process *p); /* their worker is gone: told dead there, and they die soon after */
void child_finish_all(void);

/* ---- fake_target.c ---- */
enum target_step { TARGET_CONNECT, TARGET_ADVANCE, TARGET_CHUNK, TARGET_SEAL };
enum target_answer { TARGET_YES, TARGET_NO, TARGET_LOST, TARGET_AWAY };
/* The answer comes to the slot with child_answered(), if the slot still lives; it knows by `asked` what was asked. */
void target_ask(struct child *child, enum target_step step, int64_t job, int64_t epoch, int chunk, int64_t asked);
void child_answered(struct child *child, enum target_answer answer, int chunk, int64_t asked);
struct actor *child_actor(struct child *child);

#endif
