/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pii_mask.h - values of personal data as they may be shown. Private to this folder.
 *
 * What is left tells the kind of a value and not whose it is: "a***@***.com", "A*** N***", "************1111".
 */
#ifndef JOBS_DISCOVERY_PII_PII_MASK_H
#define JOBS_DISCOVERY_PII_PII_MASK_H

#include "base/arena.h"
#include "jobs/discovery/pii/pii.h"

/* In the arena; "" and NULL stay what they are. */
const char *pii_mask(struct arena *arena, enum pii_class class, const char *value);
/* Free text: e-mail addresses, card numbers and IBANs inside it become "[email]", "[card]", "[iban]". The text itself
 * when there are none. */
const char *pii_mask_inside(struct arena *arena, const char *text);

/* The last step: samples, common values, min and max of all columns that hold personal data are masked. */
void profile_mask(struct catalog *c);

#endif
