/* SPDX-License-Identifier: Apache-2.0 */
/*
 * board.h - one page that worker and slot share beside their socket, for what must work while a job runs and answers
 * nothing (blocked, looping, stopped).
 *
 * Jobs handed to a slot are numbered 1, 2, 3, ... over its life and begun in that order. `begun` is the highest number
 * that was begun or taken back, and whoever moves it first has the job: the slot by one, the worker over all that it
 * sent. Numbers are never used twice. The page is sealed against shrinking, so a slot can't make the worker fault, and
 * the worker believes nothing on it that it can't check.
 */
#ifndef WORKER_BOARD_H
#define WORKER_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { BOARD_TAIL_MAX = 36 << 10 };

struct board {
    _Atomic uint64_t begun;         /* highest number begun or taken back */
    _Atomic uint64_t cancel;        /* jobs up to this number are asked to stop */
    _Atomic uint64_t out_of_memory; /* bytes of the allocation that failed; the slot ended because of it */
    _Atomic uint64_t secrets;       /* not 0: it may hold some, so what it printed last is not shown unmasked */
    /* Answers that were gathered and are not sent yet, a copy: they count when the process dies with them. Bytes
     * `tail_from` to `tail_from + tail_size` of all that the slot ever wrote to its socket. */
    _Atomic uint64_t tail_from, tail_size;
    char tail[BOARD_TAIL_MAX];
};

/* *ret_fd is for the slot to inherit (close it after the spawn); *ret_board: board_unmap() it. */
enum error_class board_create(int *ret_fd, struct board **ret_board, struct error *e);
enum error_class board_map(int fd, struct board **ret_board, struct error *e);
struct board *board_unmap(struct board *board); /* NULL is fine; returns NULL */

/* Slot: may job `number` begin? false: it was taken back. */
bool board_begin(struct board *board, uint64_t number);
/* Slot: is job `number` asked to stop? One load. */
bool board_cancelled(const struct board *board, uint64_t number);

/* Slot: so many bytes have left; those that follow them were gathered. */
void board_tail_sent(struct board *board, uint64_t upto);
void board_tail_add(struct board *board, const char *bytes, size_t size);
/* Worker: what it has gathered behind the first `got` bytes of all it ever wrote. 0: nothing that can be relied on. */
size_t board_tail(const struct board *board, uint64_t got, char ret_bytes[static BOARD_TAIL_MAX]);

/* Worker: takes back all jobs up to `sent` that were not begun. Returns the highest number that was. */
uint64_t board_take_back(struct board *board, uint64_t sent);
/* Worker: asks job `number` to stop. */
void board_cancel(struct board *board, uint64_t number);
/* Worker: the highest number begun or taken back, at most `sent`. */
uint64_t board_begun(const struct board *board, uint64_t sent);

#endif
