/* SPDX-License-Identifier: Apache-2.0 */
/* profile_index.h - how a column's values are best searched: by their list, by meaning, or not at all. Private to this
 * folder. */
#ifndef JOBS_DISCOVERY_PROFILE_PROFILE_INDEX_H
#define JOBS_DISCOVERY_PROFILE_PROFILE_INDEX_H

#include "catalog/catalog.h"

/* Gives every column `indexing` and its reason; after pii_find(). document_write() calls it. */
void profile_index(struct catalog *c);

#endif
