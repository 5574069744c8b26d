/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slots.h - the worker's side of its slots: child processes that are started, fed, stopped and replaced. Loop only.
 *
 *   OFF --spawn--> STARTING --ready--> SERVING --TERM or broken--> ENDING --exit--> OFF (respawn, with backoff)
 */
#ifndef WORKER_SLOTS_H
#define WORKER_SLOTS_H

#include <uv.h>

#include "worker/board.h"
#include "worker/frame.h"
#include "worker/task.h"

struct worker;

enum {
    SLOT_GRACE_MS = 2000,  /* from asking on the board to SIGTERM */
    SLOT_KILL_MS = 5000,   /* from asking to SIGKILL */
    SLOT_ALONE_MS = 50,    /* a job that runs longer keeps nobody waiting behind it */
    SLOT_CLOSED_MS = 1000, /* a process that closed its socket and does not exit is killed */
    SLOT_BEGIN_MS = 5000,  /* a slot that does not begin what it was given is replaced: somebody has stopped it */
    SLOT_START_MS = 15000, /* a slot that is not ready by then is replaced */
    SLOT_BACKOFF_MIN_MS = 100,
    SLOT_BACKOFF_MAX_MS = 5000
};

struct slot {
    struct worker *worker;
    unsigned index;
    enum slot_state { SLOT_OFF, SLOT_STARTING, SLOT_SERVING, SLOT_ENDING } state;
    uv_process_t process;
    uv_poll_t poll;
    unsigned handles; /* of the two above, not yet closed */
    bool exited;
    int64_t exit_status;
    int exit_signal;
    int fd;
    bool wants_write;
    struct board *board;
    struct frame_reader in;
    struct buffer out;
    size_t sent;            /* bytes of out that the kernel has */
    uint64_t got;           /* bytes that were read, from the socket or the board's tail */
    uint64_t ahead;         /* of those, what the socket will bring once more */
    int output_fd;          /* what it prints; read here only once it is gone */
    uint64_t number;        /* of the last job sent */
    uint64_t taken, ran;    /* jobs up to `taken` were taken back, but for those up to `ran`, which had begun */
    struct task_list tasks; /* in order; the first one runs */
    int64_t work_us;        /* what they will take, as far as measured */
    /* stopping the first task */
    enum slot_stop { SLOT_STOP_NONE, SLOT_STOP_CANCEL, SLOT_STOP_TIMEOUT, SLOT_STOP_STALL, SLOT_STOP_DRAIN } stop;
    int64_t stop_ms; /* since when */
    bool termed, killed;
    int64_t closed_ms; /* when it closed its socket; 0: has not */
    /* life of the process */
    int64_t born_ms, respawn_ms;
    int backoff_ms;
    uint64_t oom_kills; /* of the machine, when it was born */
    unsigned logged;    /* lines this second */
    int64_t logged_ms;
    /* when it has run many jobs or has grown it is replaced (slots_recycle.c) */
    bool retiring;
    int64_t weighed_ms, born_bytes;
};

struct slot_pool {
    struct slot *slots; /* owned */
    unsigned count;
    unsigned alive; /* processes not yet reaped */
};

void slots_init(struct worker *w, unsigned count);
void slots_finish(struct worker *w);               /* all OFF */
void slots_tick(struct worker *w, int64_t now_ms); /* spawns, times, stops, writes */
void slots_kill_all(struct worker *w);
bool slots_idle(const struct worker *w); /* no slot holds a task */

/* slots_spawn.c */
void slot_spawn(struct slot *s, int64_t now_ms);
void slot_broken(struct slot *s, const char *why); /* kills it; what it ran ends as crashed */
void slot_reap(struct slot *s, int64_t now_ms);    /* the process has ended and its handles are closed */

/* slots_io.c */
void slot_send(struct slot *s, struct task *task, int64_t now_ms); /* gathers the start frame */
void slot_write(struct slot *s);
void slot_read(struct slot *s);
void slot_read_tail(struct slot *s); /* answers that it has gathered and not sent */
void slot_read_output(struct slot *s,
                      struct task *task); /* the last words of a process that is gone; task: who said them, or NULL */

/* slots_recycle.c */
void slot_recycle_tick(struct slot *s, int64_t now_ms);

/* slots_stop.c */
void slot_take_back(struct slot *s);       /* jobs not begun go to the front of what waits */
uint64_t slot_begun(const struct slot *s); /* highest number that was begun */
void slot_ask_stop(struct slot *s, enum slot_stop why, int64_t now_ms);
void slot_stop_tick(struct slot *s, int64_t now_ms);
void slot_settle_tasks(struct slot *s, const char *code, const char *message); /* of a process that has ended */

#endif
