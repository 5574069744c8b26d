/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_word.c - finding a word of SQL without looking at all of its bytes first.
 *
 * The slot is made of length, first, second, middle and last byte; only a word that sits in that slot is compared
 * whole.
 */
#include "catalog/parse/ddl/ddl_word.h"

#include <stdbool.h>
#include <string.h>

static const struct {
    const char *text;
    size_t size;
} words[WORD_COUNT] = { { "", 0 },
#define X(name) { #name, sizeof #name - 1 },
                        DDL_WORDS(X)
#undef X
};

enum { WORD_SIZE_MIN = 2, WORD_SIZE_MAX = 16, UPPER = 0xDF };

static unsigned slot_of(const char *text, size_t size)
{
    const unsigned char *t = (const unsigned char *)text;
    unsigned hash = (t[0] & UPPER) * 3u + (t[1] & UPPER) * 61u + (t[size / 2] & UPPER) * 271u +
                    (t[size - 1] & UPPER) * 1201u + (unsigned)size * 577u;
    return hash % DDL_WORD_SLOTS;
}

void ddl_word_table_init(struct ddl_word_table *table)
{
    memset(table, 0, sizeof *table);
    for (unsigned word = 1; word < WORD_COUNT; word++) {
        unsigned slot = slot_of(words[word].text, words[word].size);
        while (table->slots[slot] != WORD_NONE)
            slot = (slot + 1) % DDL_WORD_SLOTS;
        table->slots[slot] = (uint16_t)word;
    }
}

/* `upper` has capitals and '_' only, and so do other bytes once bit 5 is gone: '_' stays itself, DEL becomes it. */
static bool same(const char *text, const char *upper, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (((unsigned char)text[i] & UPPER) != (unsigned char)upper[i] || (unsigned char)text[i] == 0x7F)
            return false;
    return true;
}

enum ddl_word ddl_word_find(const struct ddl_word_table *table, const char *text, size_t size)
{
    if (size < WORD_SIZE_MIN || size > WORD_SIZE_MAX)
        return WORD_NONE;
    for (unsigned slot = slot_of(text, size); table->slots[slot] != WORD_NONE; slot = (slot + 1) % DDL_WORD_SLOTS) {
        unsigned word = table->slots[slot];
        if (words[word].size == size && same(text, words[word].text, size))
            return (enum ddl_word)word;
    }
    return WORD_NONE;
}

const char *ddl_word_text(enum ddl_word word)
{
    return word < WORD_COUNT ? words[word].text : "";
}
