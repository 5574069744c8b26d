/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/slot_channel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "worker/slot.h"

enum { OUT_MAX = 130 << 20, OUT_KEEP = 256 << 10 };

void slot_channel_init(struct slot_channel *channel, int fd, struct board *board, const volatile sig_atomic_t *stop)
{
    *channel = (struct slot_channel){ .fd = fd, .board = board, .stop = stop };
    frame_reader_init(&channel->in);
    buffer_init(&channel->out, OUT_MAX);
}

void slot_channel_finish(struct slot_channel *channel)
{
    frame_reader_finish(&channel->in);
    buffer_finish(&channel->out);
}

/* Sends what is there. false: the kernel takes no more and we are not to wait. */
static bool send_some(struct slot_channel *channel, int flags)
{
    while (channel->sent < channel->out.size) {
        ssize_t took = send(channel->fd, channel->out.data + channel->sent, channel->out.size - channel->sent,
                            MSG_NOSIGNAL | flags);
        if (took >= 0)
            channel->sent += (size_t)took;
        else if (errno == EAGAIN)
            return false;
        else if (errno != EINTR)
            _exit(SLOT_EXIT_ORPHAN);
    }
    channel->sent_ever += channel->out.size;
    board_tail_sent(channel->board, channel->sent_ever);
    channel->sent = 0;
    channel->gathering_us = 0;
    if (channel->out.capacity > OUT_KEEP) {
        buffer_finish(&channel->out);
        buffer_init(&channel->out, OUT_MAX);
    } else {
        buffer_clear(&channel->out);
    }
    return true;
}

void slot_channel_flush(struct slot_channel *channel)
{
    (void)send_some(channel, 0);
}

bool slot_channel_push(struct slot_channel *channel)
{
    return send_some(channel, MSG_DONTWAIT);
}

bool slot_channel_add(struct slot_channel *channel, const struct frame *head, const char *const *texts, unsigned count)
{
    if (channel->gathering_us == 0)
        channel->gathering_us = clock_monotonic_us();
    size_t before = channel->out.size;
    if (!frame_add(&channel->out, head, texts, count))
        return false;
    board_tail_add(channel->board, channel->out.data + before, channel->out.size - before);
    return true;
}

bool slot_channel_next(struct slot_channel *channel, struct frame *ret_frame)
{
    for (;;) {
        bool there;
        if (*channel->stop)
            return false;
        if (frame_reader_next(&channel->in, ret_frame, &there, NULL) != ERROR_OK)
            _exit(SLOT_EXIT_SETUP); /* the worker is another program than we are */
        if (there)
            return true;
        slot_channel_flush(channel);
        size_t space;
        char *to = frame_reader_space(&channel->in, &space);
        ssize_t got = recv(channel->fd, to, space, 0);
        if (got > 0)
            frame_reader_fed(&channel->in, (size_t)got);
        else if (got == 0 || errno != EINTR)
            _exit(SLOT_EXIT_ORPHAN);
    }
}
