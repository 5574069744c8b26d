/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/address.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char *const names[CARRIER_COUNT] = { "redis", "kafka", "postgres" };

enum carrier_kind carrier_from_name(const char *name)
{
    unsigned i = 0;
    while (i < CARRIER_COUNT && !(name && text_equal(name, names[i])))
        i++;
    return (enum carrier_kind)i;
}

const char *carrier_name(enum carrier_kind carrier)
{
    return names[carrier];
}

unsigned carrier_mask(const char *json)
{
    json_auto_t *list = json ? json_loads(json, 0, NULL) : NULL;
    unsigned mask = 0;
    size_t i;
    json_t *one;
    json_array_foreach(list, i, one)
    {
        enum carrier_kind carrier = carrier_from_name(json_string_value(one));
        if (carrier < CARRIER_COUNT)
            mask |= 1U << carrier;
    }
    return mask;
}

void address_book_init(struct address_book *book)
{
    *book = (struct address_book){ 0 };
}

void address_book_finish(struct address_book *book)
{
    free(book->entries);
    *book = (struct address_book){ 0 };
}

/* Where it is, or would be put. */
static size_t position(const struct address_book *book, int64_t incarnation)
{
    size_t low = 0, high = book->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (book->entries[middle].incarnation < incarnation)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct address *find(const struct address_book *book, int64_t incarnation)
{
    size_t at = position(book, incarnation);
    return at < book->count && book->entries[at].incarnation == incarnation ? &book->entries[at] : NULL;
}

void address_book_put(struct address_book *book, int64_t incarnation, const char *carrier, const char *reads)
{
    struct address *entry = find(book, incarnation);
    enum carrier_kind registered = carrier_from_name(carrier);
    if (!entry) {
        size_t at = position(book, incarnation);
        book->entries = mem_grow(book->entries, &book->capacity, book->count + 1, sizeof *book->entries);
        memmove(book->entries + at + 1, book->entries + at, (book->count - at) * sizeof *book->entries);
        book->count++;
        entry = &book->entries[at];
    }
    *entry = (struct address){ .incarnation = incarnation, .reads = carrier_mask(reads) };
    if (!reads && (registered == CARRIER_REDIS || registered == CARRIER_POSTGRES))
        entry->reads = 1U << registered;
}

void address_book_drop(struct address_book *book, int64_t incarnation)
{
    struct address *entry = find(book, incarnation);
    if (!entry)
        return;
    size_t at = (size_t)(entry - book->entries);
    book->count--;
    memmove(entry, entry + 1, (book->count - at) * sizeof *entry);
}

bool address_book_reads(const struct address_book *book, enum carrier_kind carrier)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->entries[i].reads & (1U << carrier))
            return true;
    return false;
}

enum carrier_kind address_book_pick(const struct address_book *book, int64_t incarnation, enum carrier_kind chosen,
                                    unsigned up)
{
    const struct address *entry = find(book, incarnation);
    unsigned common = up & (entry ? entry->reads : 1U << chosen);
    if (common & (1U << chosen))
        return chosen;
    for (unsigned carrier = 0; carrier < CARRIER_POSTGRES; carrier++)
        if (common & (1U << carrier))
            return (enum carrier_kind)carrier;
    return CARRIER_POSTGRES;
}
