/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot_port.h - what a running job is lent by the slot (jobs/port.h): frames to the worker, the board, and our
 * PostgreSQL, which is opened when a job first asks for something in it. Slot only; blocks.
 */
#ifndef WORKER_SLOT_PORT_H
#define WORKER_SLOT_PORT_H

#include "base/secretbox.h"
#include "jobs/port.h"
#include "sql/client.h"
#include "worker/board.h"
#include "worker/slot_channel.h"

struct slot_settings { /* from the hello frame; owned by slot.c */
    const char *database_url, *key_file, *uploads;
    int64_t memory_max;          /* bytes of data a job may take; 0: no limit */
    const json_t *kind_defaults; /* by kind; NULL: none */
};

struct slot_port {
    struct job_port port; /* lent to the job */
    const struct slot_settings *settings;
    struct slot_channel *channel;
    struct board *board;
    const volatile sig_atomic_t *stop;
    struct client *client; /* NULL until asked for */
    struct secretbox *box; /* the same */
    uint64_t number;       /* of the running job on the board */
    int64_t id, epoch;
    int64_t progress_us; /* when the last one left */
    bool progress_waits; /* below is one that has not left yet */
    int percent;
    char message[JOB_MESSAGE_MAX + 1];
    struct job *job;   /* the running one, for its masks; NULL: none yet */
    int64_t output_us; /* when the pipe was last looked into */
    bool reading;
    unsigned said;    /* lines of this job */
    size_t line_size; /* of an unfinished line of output */
    char line[JOB_MESSAGE_MAX + 1];
};

void slot_port_init(struct slot_port *p, const struct slot_settings *settings, struct slot_channel *channel,
                    struct board *board, const volatile sig_atomic_t *stop);
void slot_port_finish(struct slot_port *p);

void slot_port_begin(struct slot_port *p, uint64_t number, int64_t id, int64_t epoch);

/* What the process has printed becomes log lines of the running job; at its end also the last, unfinished one. */
void slot_port_output(struct slot_port *p, bool end);

/* Is the job in the queue for what ran out of memory? */
enum error_class slot_port_spacious(struct slot_port *p, int64_t id, bool *ret_spacious, struct error *e);

/* Arguments too large for a frame: *ret_text, free() it. */
enum error_class slot_port_args(struct slot_port *p, int64_t id, char **ret_text, struct error *e);

#endif
