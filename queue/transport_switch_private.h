/* SPDX-License-Identifier: Apache-2.0 */
/* transport_switch_private.h - what transport_switch.c (the contract) and transport_lines.c (which carriers are in use)
 * share. */
#ifndef QUEUE_TRANSPORT_SWITCH_PRIVATE_H
#define QUEUE_TRANSPORT_SWITCH_PRIVATE_H

#include "queue/address.h"
#include "queue/transport.h"

struct crossing;

struct line { /* one carrier */
    struct crossing *crossing;
    struct transport *t; /* NULL: not in use */
    bool up, subscribed, following;
    int64_t until_ms; /* kept so long at least though another one was chosen; 0: not kept */
    int64_t retry_ms; /* could not be opened: not before */
};

struct crossing {
    struct transport base; /* first */
    uv_loop_t *loop;
    char *redis_url, *redis_prefix;
    struct kafka_config kafka;
    struct line lines[CARRIER_COUNT];
    enum carrier_kind own, chosen; /* by the program's setting; now */
    struct address_book book;
    int64_t incarnation, heard_seq, given_seq; /* subscribed to; last seq that came; that the record said last time */
    int64_t stand_until_ms, subscribed_ms;
    bool known; /* what we read: at first the carriers only come up, and nothing follows from that */
    bool following, up, asking, closing;
    uv_timer_t poll;
    unsigned open; /* carriers, handles and answers that are to come before all can be freed */
    char reads[64], told_reads[64];
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

/* Opens, closes, subscribes and follows whatever the choice, the states and the time ask for. */
void lines_settle(struct crossing *s);
void lines_close(struct crossing *s); /* all of them */
bool lines_is_possible(const struct crossing *s, enum carrier_kind carrier);
void lines_watch(struct crossing *s); /* asks the record from now on */
void lines_open_record(struct crossing *s, const char *database_url);
const char *lines_reads(struct crossing *s); /* NULL: not known yet */
void lines_piece_closed(void *arg);          /* arg: the crossing, freed with the last piece */

#endif
