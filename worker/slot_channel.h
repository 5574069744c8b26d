/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slot_channel.h - the slot's end of the socket pair: blocking reads, gathered writes.
 *
 * Frames to the worker are gathered and leave with flush (waits until the worker takes them) or push (what goes without
 * waiting). Slot only. A worker that is gone ends the process: nobody is left to report to.
 */
#ifndef WORKER_SLOT_CHANNEL_H
#define WORKER_SLOT_CHANNEL_H

#include <signal.h>

#include "worker/board.h"
#include "worker/frame.h"

struct slot_channel {
    int fd; /* borrowed */
    struct frame_reader in;
    struct buffer out;
    size_t sent;                       /* bytes of out already taken by the kernel */
    uint64_t sent_ever;                /* bytes of all that came before out */
    struct board *board;               /* borrowed; holds a copy of what is gathered */
    int64_t gathering_us;              /* since when out holds something; 0: empty */
    const volatile sig_atomic_t *stop; /* ends the wait for a frame */
};

void slot_channel_init(struct slot_channel *channel, int fd, struct board *board, const volatile sig_atomic_t *stop);
void slot_channel_finish(struct slot_channel *channel);

/* The next frame, valid until the next call; flushes before it waits. false: asked to stop. */
bool slot_channel_next(struct slot_channel *channel, struct frame *ret_frame);

/* false: over a limit, nothing was added. */
bool slot_channel_add(struct slot_channel *channel, const struct frame *head, const char *const *texts, unsigned count);
void slot_channel_flush(struct slot_channel *channel);
/* true: all has left. Never waits. */
bool slot_channel_push(struct slot_channel *channel);

#endif
