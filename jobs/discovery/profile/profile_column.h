/* SPDX-License-Identifier: Apache-2.0 */
/* profile_column.h - one column while its rows go by; memory is bounded by the limits. Private to this folder. */
#ifndef JOBS_DISCOVERY_PROFILE_PROFILE_COLUMN_H
#define JOBS_DISCOVERY_PROFILE_PROFILE_COLUMN_H

#include "catalog/profile.h"
#include "jobs/discovery/values/pii_people.h"
#include "jobs/discovery/profile/profile_evidence.h"
#include "jobs/discovery/profile/profile_sketch.h"

struct profile_limits {
    size_t distinct_exact; /* hashes kept before a sketch takes over */
    size_t common_slots;   /* a power of 2 */
    size_t sample;         /* values looked at for shapes; the samples shown come from them */
    size_t samples;        /* shown, at most PROFILE_SAMPLES_MAX */
};

/* Bytes that a column may need in the arena at its end, and what must stay free for those who come after. */
enum { PROFILE_COLUMN_ROOM = 256 * 1024, PROFILE_ARENA_SPARE = 4 << 20 };

struct profile_column;

uint64_t profile_hash(const char *text, size_t size); /* of a value; text NULL: of NULL */

/* binary: bytes that are no text: counted, not looked at. */
struct profile_column *profile_column_create(const struct profile_limits *limits, bool binary, uint64_t seed);
struct profile_column *profile_column_destroy(struct profile_column *column); /* NULL is fine; returns NULL */
/* text NULL: a NULL. Returns the value's hash. */
uint64_t profile_column_add(struct profile_column *column, const char *text, size_t size);
size_t profile_column_bytes(const struct profile_column *column);
/* Into the profile: statistics, samples and evidence, in the arena. */
void profile_column_end(struct profile_column *column, const struct pii_people *people, struct arena *arena,
                        struct catalog_profile *profile, const struct profile_table *table);

#endif
