/* SPDX-License-Identifier: Apache-2.0 */
/* discover_tree.h - what was discovered as people read it on a terminal: tables with their columns, keys and findings.
 */
#ifndef CLI_DISCOVER_TREE_H
#define CLI_DISCOVER_TREE_H

#include "jobs/discovery/discover.h"

void discover_tree_write(const struct discovered *d, struct buffer *b);

#endif
