/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compliance.h - which rules ask for care with which columns: GDPR, HIPAA, PCI DSS. Private to this folder.
 *
 * Made from the classes that pii_find() gave; README.md has the table. A help for who looks for personal data, no
 * legal advice, and it says so.
 */
#ifndef JOBS_DISCOVERY_PII_COMPLIANCE_H
#define JOBS_DISCOVERY_PII_COMPLIANCE_H

#include <jansson.h>

#include "catalog/catalog.h"

/* {"regimes": [{"regime", "name", "columns": [{"schema", "table", "column", "class", "confidence", "why", "do"}],
 * "tables"}], "columns", "note"}; a regime without a column has an empty list. New reference. */
json_t *compliance_report(const struct catalog *c);

#endif
