/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_name.h - what the name of a column, or of a table, says. Private to this folder.
 *
 * A name is parted into words ("custEmailAddr" cust, email, addr; "strassenname" strasse, name), and the words are
 * looked for in a vocabulary of a dozen languages. The last class wins unless words behind it take it back
 * ("email_verified", "phone_type"); "name" alone means nothing until the words before it or the table say whose.
 */
#ifndef JOBS_DISCOVERY_PII_PII_NAME_H
#define JOBS_DISCOVERY_PII_PII_NAME_H

#include <stdbool.h>

#include "jobs/discovery/pii/pii.h"

struct pii_vocabulary;

struct pii_vocabulary *pii_vocabulary_create(void);
struct pii_vocabulary *pii_vocabulary_destroy(struct pii_vocabulary *v); /* NULL is fine; returns NULL */

struct pii_name {
    enum pii_class class; /* PII_NONE: the name gives none */
    double strength;      /* of the class, 0 to 1 */
    enum pii_sensitive sensitive;
    bool generic; /* a name of something, and nothing says of what */
    bool person;  /* speaks of a role of people: customer, author */
    bool credit;  /* of a public one: artist, composer */
    bool other;   /* says plainly that it is something else: "product_name", "created_at" */
    bool part;    /* "first", "last" and no other word */
    bool unread;  /* none of its words is known: "col7" */
    bool expiry;  /* of a card: when it ends, its check value */
};

void pii_name_read(const struct pii_vocabulary *v, const char *name, struct pii_name *ret_name);
/* person, credit and other are what matter of a table's name. */
void pii_name_read_table(const struct pii_vocabulary *v, const char *name, struct pii_name *ret_name);

#endif
