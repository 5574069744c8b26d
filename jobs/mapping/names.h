/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - names that the target takes and that don't meet. Private to this folder.
 *
 * A name keeps the source's spelling. One that is too long is cut and gets a hash of the whole; one that is taken, or
 * that the target keeps for itself, gets a number.
 */
#ifndef JOBS_MAPPING_NAMES_H
#define JOBS_MAPPING_NAMES_H

#include <jansson.h>

#include "base/arena.h"

enum { NAMES_POSTGRESQL_MAX = 63 };

/* A set of names that share a space (the tables and indexes of a schema, the columns of a table). */
struct names {
    json_t *taken; /* owned */
};

void names_init(struct names *names);
void names_finish(struct names *names);

/* The name to use, in the arena or `name` itself; from now on taken. */
const char *names_take(struct names *names, struct arena *arena, const char *name);

#endif
