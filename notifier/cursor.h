/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor.h - Last-Event-ID: where a client stands in the events. Pure.
 *
 * Text: BASE;SEEN or BASE;SEEN;UPTO;N. BASE names the system and its timeline. Without UPTO everything that snapshot
 * SEEN saw was delivered; with it also those of the events between SEEN and UPTO whose number is at most N.
 */
#ifndef NOTIFIER_CURSOR_H
#define NOTIFIER_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CURSOR_BASE_SIZE = 48, CURSOR_SNAPSHOT_SIZE = 3072, CURSOR_SIZE = 2 * CURSOR_SNAPSHOT_SIZE + 128 };

struct cursor {
    char base[CURSOR_BASE_SIZE];
    char seen[CURSOR_SNAPSHOT_SIZE];
    char upto[CURSOR_SNAPSHOT_SIZE]; /* "": nothing after seen was delivered */
    int64_t n;
};

/* False when it is none: not ours, damaged, or longer than can be. Snapshots have the shape of PostgreSQL's
 * ("10:20:10,14"). */
bool cursor_parse(const char *text, struct cursor *ret_cursor);

/* Of the event n in the batch seen -> upto; n 0: of its end. */
bool cursor_format(const char *base, const char *seen, const char *upto, int64_t n, char *ret_text, size_t ret_size);

#endif
