/* SPDX-License-Identifier: Apache-2.0 */
/*
 * default.h - a SQLite default as PostgreSQL says the same. Pure; private to this folder.
 *
 * Only what is provably the same is kept: literals that fit the chosen type, and the three words for now.
 */
#ifndef JOBS_MAPPING_DEFAULT_H
#define JOBS_MAPPING_DEFAULT_H

#include <stdbool.h>

#include "base/arena.h"
#include "catalog/type.h"

/* NULL: not kept. *ret_none: the default says NULL, so there is nothing to keep and nothing is lost. */
const char *default_to_postgresql(struct arena *arena, const char *text, const struct type *type, bool *ret_none);

#endif
