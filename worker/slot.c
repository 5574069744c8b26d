/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: hello, ready, then start frames one after the other until the worker closes the socket. Answers of short
 * jobs are gathered: they leave when no further job is at hand, after a millisecond, or when there is a good deal.
 * Failure modes: the worker is gone (the kernel kills us; before that is arranged, getppid() tells); SIGTERM asks the
 * running job to stop, and the slot ends after it; memory runs out (said on the board, then exit); anything else a job
 * does to this process ends it with a status or a signal, and costs that one attempt.
 */
#include "worker/slot.h"

#include <jansson.h>
#include <signal.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/turns.h"
#include "base/version.h"
#include "jobs/kinds.h"
#include "worker/slot_run.h"

enum { GATHER_US = 1000, GATHER_BYTES = 32 << 10, LONG_US = 10000 };

static volatile sig_atomic_t stop; /* set by SIGTERM */
static struct board *board;        /* here for out_of_memory() only */

static void on_term(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

static void out_of_memory(size_t size)
{
    atomic_store(&board->out_of_memory, size > 0 ? size : 1);
    _exit(SLOT_EXIT_MEMORY);
}

/* Before anything else that a job could be hurt by. */
static void settle(void)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)close_range(SLOT_OUTPUT_FD + 1, ~0U, 0);
    (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);            /* a pipe: what is printed becomes log lines */
    (void)setpgid(0, 0);                                    /* a Ctrl-C on the terminal is for the worker */
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }); /* secrets are opened here */
    struct sigaction action = { .sa_handler = on_term };    /* no SA_RESTART: what blocks returns with EINTR */
    (void)sigaction(SIGTERM, &action, NULL);
    static const int ignored[] = { SIGINT, SIGHUP, SIGPIPE, SIGUSR1, SIGTSTP, SIGTTIN, SIGTTOU };
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        (void)signal(ignored[i], SIG_IGN);
}

static const char *member(const json_t *hello, const char *key)
{
    const char *text = json_string_value(json_object_get(hello, key));
    return text != NULL ? text : "";
}

/* hello keeps what settings point to. */
static bool read_hello(const struct frame *frame, json_t **ret_hello, struct slot_settings *ret_settings)
{
    json_t *hello = frame->type == FRAME_HELLO ? json_loadb(frame->payload, frame->size, 0, NULL) : NULL;
    if (hello == NULL || strcmp(member(hello, "version"), ARGOSY_VERSION) != 0) {
        json_decref(hello);
        return false;
    }
    if (json_integer_value(json_object_get(hello, "parent")) != getppid())
        _exit(SLOT_EXIT_ORPHAN); /* died before PR_SET_PDEATHSIG */
    *ret_settings = (struct slot_settings){ .database_url = member(hello, "database_url"),
                                            .key_file = member(hello, "key_file"),
                                            .uploads = member(hello, "uploads"),
                                            .memory_max = json_integer_value(json_object_get(hello, "memory_max")),
                                            .kind_defaults = json_object_get(hello, "kind_defaults") };
    *ret_hello = hello;
    return true;
}

/* Short turns, unless the last job of this kind took long. */
static void run(struct slot_port *port, const struct frame *start)
{
    static struct turns turns;
    static int64_t *took_us; /* by the kind's place in kinds[]; as long as the process lives */
    const struct kind *kind = kinds_find(start->payload);
    int64_t *took = NULL, began_us = clock_monotonic_us();
    if (took_us == NULL)
        took_us = mem_zero(kinds_count + 1, sizeof *took_us);
    if (kind != NULL)
        took = &took_us[kind - kinds];
    turns_note(&turns, 1, began_us / 1000);
    if (took != NULL && *took >= LONG_US)
        turns_long(&turns);
    slot_run(port, start);
    int64_t ended_us = clock_monotonic_us();
    if (took != NULL)
        *took = ended_us - began_us;
    if (ended_us - began_us >= LONG_US)
        turns_note(&turns, 0, ended_us / 1000); /* for the next wait */
}

static void serve(struct slot_channel *channel, struct slot_port *port)
{
    struct frame frame;
    (void)slot_channel_add(channel, &(struct frame){ .type = FRAME_READY }, (const char *[]){ ARGOSY_VERSION }, 1);
    while (slot_channel_next(channel, &frame)) {
        if (frame.type != FRAME_START)
            _exit(SLOT_EXIT_SETUP);
        run(port, &frame);
        if (channel->out.size >= GATHER_BYTES || clock_monotonic_us() - channel->gathering_us >= GATHER_US)
            slot_channel_flush(channel);
    }
    slot_channel_flush(channel);
}

int slot_main(int argc, char **argv)
{
    (void)argv;
    struct error e = ERROR_NONE;
    int type;
    if (argc != 1 || getsockopt(SLOT_SOCKET_FD, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){ sizeof type }) != 0) {
        (void)fprintf(stderr, "argosy slot: is started by a worker only\n");
        return SLOT_EXIT_USAGE;
    }
    settle();
    if (board_map(SLOT_BOARD_FD, &board, &e) != ERROR_OK)
        return SLOT_EXIT_SETUP;
    mem_on_out_of_memory(out_of_memory);
    struct slot_channel channel;
    struct slot_settings settings;
    struct slot_port port;
    struct frame frame;
    json_t *hello = NULL;
    slot_channel_init(&channel, SLOT_SOCKET_FD, board, &stop);
    bool greeted = slot_channel_next(&channel, &frame) && read_hello(&frame, &hello, &settings);
    if (greeted) {
        slot_port_init(&port, &settings, &channel, board, &stop);
        serve(&channel, &port);
        slot_port_finish(&port);
    }
    slot_channel_finish(&channel);
    json_decref(hello);
    board_unmap(board);
    return greeted || stop ? SLOT_EXIT_OK : SLOT_EXIT_SETUP;
}
