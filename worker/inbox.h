/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox.h - which dispatches of this incarnation have arrived, by their seq (1, 2, 3, ...). Pure.
 *
 * The doorbell may double, lose and reorder. What is reported is exact: everything up to `got` has been received except
 * the listed gaps; what is above is unknown to the record even if a part of it is here.
 */
#ifndef WORKER_INBOX_H
#define WORKER_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

enum { INBOX_GAPS_MAX = 1000, INBOX_RANGES_MAX = 4096 };

struct inbox {
    struct inbox_range { /* received, ends included; sorted, never touching */
        int64_t first, last;
    } * ranges; /* owned */
    size_t count, capacity;
};

void inbox_init(struct inbox *inbox);
void inbox_finish(struct inbox *inbox);

/* true: was not there before. A seq that would make too many ranges is refused (false): the record rings it again. */
bool inbox_take(struct inbox *inbox, int64_t seq);
/* Appends the gaps as a JSON array to *gaps and returns got. */
int64_t inbox_report(const struct inbox *inbox, struct buffer *gaps);

#endif
