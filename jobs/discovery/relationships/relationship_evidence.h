/* SPDX-License-Identifier: Apache-2.0 */
/* relationship_evidence.h - why a reference is believed, as a sentence for people. Private to this folder. */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_EVIDENCE_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_EVIDENCE_H

#include "jobs/discovery/relationships/relationship_candidates.h"

/* Lives in the catalog's arena. items: all candidates that competed with `best`, itself among them. */
const char *related_evidence(const struct related_model *m, const struct related_candidate *items, size_t count,
                             const struct related_candidate *best);

#endif
