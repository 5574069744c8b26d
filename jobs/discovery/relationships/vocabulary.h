/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vocabulary.h - the words of all names of a catalog, each once, in singular; and names as numbers of such words.
 *
 * "BillingAddresses_id" is {billing, address} with the key word id. Two words are alike when they are the same, when
 * one is an abbreviation of the other (same first letter, its letters in order), or when one ends in the other.
 * Private to this folder; everything lives in the arena it was made in.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_VOCABULARY_H
#define JOBS_DISCOVERY_RELATIONSHIPS_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "jobs/discovery/words.h"

/* What a word at the end of a name says about it. */
enum key_word { KEY_WORD_NONE, KEY_WORD_ID, KEY_WORD_CODE, KEY_WORD_NUMBER, KEY_WORD_NAME };

/* Kinds of words, from small lists of English in vocabulary_lists.c. */
enum {
    WORD_VALUE = 1,   /* date, amount, status: a column that ends so holds a value, not a reference */
    WORD_SELF = 2,    /* parent, manager, previous: hierarchy */
    WORD_PERSON = 4,  /* user, employee, member: a table of people */
    WORD_AGENT = 8,   /* by, owner, author, and words in -er, -or: somebody who did it */
    WORD_RECORD = 16, /* history, log, audit, archive */
    WORD_LINK = 32,   /* relationship, dependency: a table that ties rows of another one together */
    WORD_COUNT = 64,  /* number, total, max: how many there are of something, or which is the largest */
    WORD_SIDE = 128   /* source, subject: one side of what a table of WORD_LINK ties */
};

struct word {
    const char *text;
    unsigned size, flags, hash;
    enum key_word key;
};

struct vocabulary {
    struct arena *arena;
    struct word *words; /* 0 is no word */
    size_t count, capacity;
    unsigned *slots;
    size_t slot_count;
    uint64_t seed;     /* of the hash: nobody can prepare words that meet in one slot */
    size_t tables_end; /* words before it are of tables' names; 0: not known yet */
};

/* A name: words without the key word at the end. */
struct phrase {
    unsigned short count; /* of words; 0 when the name is only a key word, or not to be read */
    enum key_word key;
    bool plural; /* the last word was written in the plural, and no key word follows */
    unsigned words[WORDS_MAX];
    unsigned short joined_size;
    unsigned char starts[WORDS_MAX]; /* where each word begins in joined */
    const char *joined; /* all of it written together, key word and all: "billingaddressid"; "" when not to be read */
};

void vocabulary_init(struct vocabulary *v, struct arena *arena);
unsigned vocabulary_word(struct vocabulary *v, const char *text);       /* adds it */
unsigned vocabulary_find(const struct vocabulary *v, const char *text); /* 0: nobody uses it */

/* keyed: a column's name, whose key word at the end is taken off; a glued one as well ("userid") when the rest is a
 * word of a table. skip: so many words at the front are left out. */
void phrase_read(struct vocabulary *v, const char *name, size_t skip, bool keyed, struct phrase *ret_phrase);
/* The first letters of all words, when there are two or more; else false. */
bool phrase_initials(const struct vocabulary *v, const struct phrase *p, char ret_text[static WORDS_SIZE]);
/* Words [first, first + count) written together into ret_text; false when they don't fit. */
bool phrase_join(const struct vocabulary *v, const struct phrase *p, size_t first, size_t count,
                 char ret_text[static WORDS_SIZE]);

enum likeness { LIKE_NOT, LIKE_ABBREVIATED, LIKE_GLUED, LIKE_SAME };
enum likeness word_like(const struct vocabulary *v, unsigned a, unsigned b);
bool word_abbreviates(const char *abbreviation, const char *word);

/* vocabulary_lists.c */
unsigned word_flags(const char *text);
enum key_word word_key(const char *text);

#endif
