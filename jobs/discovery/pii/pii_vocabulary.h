/* SPDX-License-Identifier: Apache-2.0 */
/* pii_vocabulary.h - the words of names, as rows: what they are and a line of them. Private to pii_name.c. */
#ifndef JOBS_DISCOVERY_PII_PII_VOCABULARY_H
#define JOBS_DISCOVERY_PII_PII_VOCABULARY_H

#include <stdint.h>

/* The bits of a word: a class in the low byte, its strength in percent in the next, then what else it is. */
enum {
    WORD_SENSITIVE_SHIFT = 16, /* 4 bits */
    WORD_GENERIC = 1 << 20,    /* "name" */
    WORD_PERSON = 1 << 21,     /* a role of people */
    WORD_CREDIT = 1 << 22,     /* a public one */
    WORD_THING = 1 << 23,      /* its name is nobody's */
    WORD_TAKES_BACK = 1 << 24, /* behind a class: it is about the data, not the data ("verified") */
    WORD_ASKS = 1 << 25,       /* before a class: "is", "has", "count" */
    WORD_NEUTRAL = 1 << 26,    /* changes nothing: "primary", "nr", "of" */
    WORD_EXPIRY = 1 << 27,     /* with a card: of the card */
    WORD_DATE = 1 << 28,       /* "date", "datum" */
};

struct pii_vocabulary_row {
    uint32_t bits;
    const char *words;
};

extern const struct pii_vocabulary_row pii_vocabulary_rows[]; /* words NULL ends it */

#endif
