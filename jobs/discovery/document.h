/* SPDX-License-Identifier: Apache-2.0 */
/* document.h - each table in sentences, for whoever searches by meaning. No value of a person is in it. Private to this
 * folder. */
#ifndef JOBS_DISCOVERY_DOCUMENT_H
#define JOBS_DISCOVERY_DOCUMENT_H

#include "catalog/catalog.h"

enum { DOCUMENT_MAX = 16 * 1024, DOCUMENT_COLUMNS_MAX = 200 };

/* Sets indexing of the columns (profile_index.h) and table->document, at most DOCUMENT_MAX bytes each. After
 * pii_find(); before or after profile_mask(). */
void document_write(struct catalog *c);

#endif
