/* SPDX-License-Identifier: Apache-2.0 */
/* pii_judge.h - a column judged by its values, alone or against what its name says. Pure. Private to this folder. */
#ifndef JOBS_DISCOVERY_PII_PII_JUDGE_H
#define JOBS_DISCOVERY_PII_PII_JUDGE_H

#include "jobs/discovery/pii/pii.h"
#include "jobs/discovery/pii/pii_name.h"
#include "jobs/discovery/profile/profile_evidence.h"

struct pii_verdict {
    enum pii_class class;
    double confidence;
    const char *why; /* of the values, in words: "are e-mail addresses" */
    double share;    /* of the values */
};

/* What stands in the other columns of the table. */
struct pii_neighbours {
    int people;        /* columns of names, e-mail, phones, birth dates, user names, national ids */
    int places;        /* addresses and cities */
    int codes;         /* those of the places that are postal codes by their values */
    bool place_beside; /* the column before or behind is one of places */
    bool contact;      /* an e-mail, a user name or a phone is among them */
    bool person_table, thing_table, credit_table;
};

/* Do the values fit the class that the name says? 1: they do; 0: they can't be it; between: they may be. */
double pii_judge_fits(enum pii_class class, const struct pii_name *name, const struct profile_evidence *v);

/* From values alone; `strict` when the name speaks of something else. PII_NONE when nothing is told. */
struct pii_verdict pii_judge_values(const struct pii_name *name, const struct profile_evidence *v, bool strict,
                                    const struct pii_neighbours *n);

#endif
