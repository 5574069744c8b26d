/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hide.h - which values of a job's arguments its kind's schema hides: "x-argosy-hidden" or "writeOnly" on a property,
 * or "hide_args" on the kind. The record masks them in every view (argosy.args_shown); here they become secrets of the
 * job, so that no message, log line or error of its own tells them.
 *
 * Slot only; a kind's schema is read at the first question and kept.
 */
#ifndef JOBS_HIDE_H
#define JOBS_HIDE_H

#include "jobs/job.h"

/* Texts and numbers of fewer than HIDE_SIZE_MIN characters are passed over: as stars they would make messages
 * unreadable and guard nothing. */
enum { HIDE_SIZE_MIN = 4 };

void hide_args(struct job *job, const char *kind, const json_t *args);

#endif
