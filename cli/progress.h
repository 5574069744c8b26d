/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.h - one bar a step of a pipeline, drawn while it runs.
 *
 * On a terminal the block of lines is drawn anew in place, at most 10 times a second, each cut to the terminal's width;
 * elsewhere a line is printed when a step changes its state. Children (`rows/…`, `keys`) count into the bar of the step
 * that made them. Writes to stderr. What the server says is bounded, cleaned and never trusted.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { PROGRESS_LINES_MAX = 16, PROGRESS_JOBS_MAX = 20000 };

struct progress {
    bool terminal, colours, blocks; /* blocks: the terminal's characters have █ */
    int drawn;                      /* lines on the screen */
    int64_t drawn_ms;
    struct progress_line {
        char step[64], state[16], message[160];
        unsigned jobs, ended;
        double percent;
        bool told_running;
    } lines[PROGRESS_LINES_MAX];
    unsigned line_count;
    struct progress_job {
        int64_t id;
        unsigned line;
        int percent;
        bool ended;
    } * jobs;                                 /* owned */
    size_t job_count, job_capacity, job_next; /* where the next row of an answer most likely is */
};

void progress_init(struct progress *p);
void progress_finish(struct progress *p);

/* The pipeline's jobs as GET /api/v1/pipelines/ID tells them. */
void progress_update(struct progress *p, const json_t *jobs);
/* One progress event: {"job","percent","message"}. */
void progress_event(struct progress *p, const json_t *event);
void progress_draw(struct progress *p, bool now);

#endif
