/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h - one process that `argosy up` keeps alive.
 *
 *   IDLE ──start──▶ RUNNING ──exits──▶ WAITING (backoff 0.2 s doubling to 10 s, reset after 10 s of life) ──▶ RUNNING
 *                      └──stop──▶ STOPPING ──exits, or KILL after its patience──▶ STOPPED
 *
 * A child dies with us even when we are killed: it is started through `argosy exec-child`, which asks the kernel for
 * its own stop signal at our death (PR_SET_PDEATHSIG) before it becomes the program. Loop only.
 */
#ifndef CLI_CHILD_H
#define CLI_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"

enum child_state { CHILD_IDLE, CHILD_RUNNING, CHILD_WAITING, CHILD_STOPPING, CHILD_STOPPED };

struct child {
    char name[32];
    enum child_state state;
    uv_loop_t *loop;
    uv_process_t process;
    uv_timer_t timer;
    char **argv;        /* owned */
    char **environment; /* not owned */
    char *log_path;     /* owned; NULL: our stderr */
    int stop_signal, stop_patience_ms;
    bool once;  /* not started again: a step such as initdb */
    bool again; /* STOPPING only until its failed start is cleared away */
    int64_t started_ms, exit_status;
    int term_signal;
    unsigned restarts;
    int backoff_ms;
    void *arg;
    void (*on_exit)(struct child *child); /* after each exit; state tells what follows */
};

/* argv: NULL-terminated, copied; argv[0] is a path. */
void child_init(struct child *c, uv_loop_t *loop, const char *name, const char *const *argv, char **environment,
                const char *log_path, int stop_signal, int stop_patience_ms);
enum error_class child_start(struct child *c, struct error *e);
void child_stop(struct child *c); /* asks; on_exit tells the end */
void child_kill(struct child *c);
void child_finish(struct child *c); /* closes the timer; only when it does not run */

#endif
