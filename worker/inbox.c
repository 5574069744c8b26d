/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/inbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void inbox_init(struct inbox *inbox)
{
    *inbox = (struct inbox){ 0 };
}

void inbox_finish(struct inbox *inbox)
{
    free(inbox->ranges);
    *inbox = (struct inbox){ 0 };
}

/* Index of the first range that ends at or after seq - 1, looking from the end: what arrives is nearly always new. */
static size_t place_of(const struct inbox *inbox, int64_t seq)
{
    size_t at = inbox->count;
    while (at > 0 && inbox->ranges[at - 1].last >= seq - 1)
        at--;
    return at;
}

bool inbox_take(struct inbox *inbox, int64_t seq)
{
    if (seq < 1)
        return false;
    size_t at = place_of(inbox, seq);
    struct inbox_range *here = at < inbox->count ? &inbox->ranges[at] : NULL;
    if (here != NULL && seq >= here->first && seq <= here->last)
        return false;
    if (here != NULL && seq - 1 == here->last) {
        here->last = seq;
        if (at + 1 < inbox->count && here[1].first - 1 == seq) {
            here->last = here[1].last;
            inbox->count--;
            memmove(here + 1, here + 2, (inbox->count - at - 1) * sizeof *here);
        }
        return true;
    }
    if (here != NULL && seq == here->first - 1) {
        here->first = seq;
        return true;
    }
    if (inbox->count >= INBOX_RANGES_MAX)
        return false;
    inbox->ranges = mem_grow(inbox->ranges, &inbox->capacity, inbox->count + 1, sizeof *inbox->ranges);
    memmove(inbox->ranges + at + 1, inbox->ranges + at, (inbox->count - at) * sizeof *inbox->ranges);
    inbox->ranges[at] = (struct inbox_range){ seq, seq };
    inbox->count++;
    return true;
}

int64_t inbox_report(const struct inbox *inbox, struct buffer *gaps)
{
    unsigned listed = 0;
    int64_t got = 0;
    (void)buffer_char(gaps, '[');
    for (size_t i = 0; i < inbox->count; i++) {
        for (int64_t seq = got + 1; seq < inbox->ranges[i].first; seq++) {
            if (listed == INBOX_GAPS_MAX) {
                (void)buffer_char(gaps, ']');
                return got;
            }
            (void)buffer_format(gaps, listed++ == 0 ? "%lld" : ",%lld", (long long)seq);
            got = seq;
        }
        got = inbox->ranges[i].last;
    }
    (void)buffer_char(gaps, ']');
    return got;
}
