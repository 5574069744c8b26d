/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_people.h - does a text read like a person, a place, or a thing? From lists and from endings of surnames.
 *
 * Made once for a run, from pii_lists.h; read-only after that. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_VALUES_PII_PEOPLE_H
#define JOBS_DISCOVERY_VALUES_PII_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pii_people;

struct pii_people *pii_people_create(void);
struct pii_people *pii_people_destroy(struct pii_people *people); /* NULL is fine; returns NULL */

/* What a folded word or phrase is in the lists, and what its ending says. */
enum {
    PII_GIVEN = 1,
    PII_SURNAME = 2,
    PII_CITY = 4,
    PII_COUNTRY = 8,
    PII_THING = 16,
    PII_SURNAME_ENDING = 32,
    PII_PLACE_FORM = 64,
};
unsigned pii_people_look(const struct pii_people *people, const char *folded, size_t size);

/* How a whole value reads; bits, none when it is no name of anything. */
enum {
    PII_READS_PERSON = 1,     /* two to five names, one of them known: "Anna M. Novak", "Novak, Anna" */
    PII_READS_GIVEN = 2,      /* one known given name (or two with a hyphen or blank) */
    PII_READS_SURNAME = 4,    /* one known surname, or one with the ending of surnames */
    PII_READS_CITY = 8,       /* a known city, or one with the form of a place */
    PII_READS_THING = 16,     /* has a word of things, companies, countries, states */
    PII_READS_NAME_LIKE = 32, /* one to four words of letters, each with a capital: could be a name of anything */
    PII_READS_INITIAL = 64,   /* one letter, maybe with a point */
    PII_READS_COUNTRY = 128,
    PII_READS_HANDLE = 256, /* no blank, and a known name with an initial, digits or another name: "jsmith", "anna.k" */
};
unsigned pii_people_read(const struct pii_people *people, const char *text, size_t size);

#endif
