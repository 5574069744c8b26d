/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.h - which carriers each worker reads, as it said in its last beat, and which of them to take. Pure.
 */
#ifndef QUEUE_ADDRESS_H
#define QUEUE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum carrier_kind { CARRIER_REDIS, CARRIER_KAFKA, CARRIER_POSTGRES, CARRIER_COUNT };

/* CARRIER_COUNT for a name that is none; NULL is fine. */
enum carrier_kind carrier_from_name(const char *name);
const char *carrier_name(enum carrier_kind carrier);

/* JSON list of names -> a bit for each; anything else in it is ignored. NULL or no list: 0. */
unsigned carrier_mask(const char *json);

struct address_book {
    struct address {
        int64_t incarnation;
        unsigned reads; /* bits */
    } * entries;        /* owned; sorted by incarnation */
    size_t count, capacity;
};

void address_book_init(struct address_book *book);
void address_book_finish(struct address_book *book);

/*
 * carrier: the one that the worker registered with; reads: what its last beat said, NULL when it said nothing: it is of
 * a version that reads one carrier all its life, or has not beaten yet, and then a partition may not be leased yet.
 */
void address_book_put(struct address_book *book, int64_t incarnation, const char *carrier, const char *reads);
void address_book_drop(struct address_book *book, int64_t incarnation);

/* Does anybody read it? */
bool address_book_reads(const struct address_book *book, enum carrier_kind carrier);

/* up: bits of what works here. The chosen carrier if both sides have it, else another one that they have in common,
 * else PostgreSQL, whose rows are there in any case. A worker that is not in the book reads what was chosen. */
enum carrier_kind address_book_pick(const struct address_book *book, int64_t incarnation, enum carrier_kind chosen,
                                    unsigned up);

#endif
