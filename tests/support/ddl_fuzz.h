/* SPDX-License-Identifier: Apache-2.0 */
/* ddl_fuzz.h - what must hold of any bytes as SQL in a dialect; aborts when it does not. */
#ifndef TESTS_SUPPORT_DDL_FUZZ_H
#define TESTS_SUPPORT_DDL_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "catalog/parse/ddl/ddl.h"

enum { DDL_FUZZ_MAX = 64 * 1024 };

struct ddl_limits ddl_fuzz_limits(void); /* small enough that no single input takes long */

/* An error with a reason; or a catalog whose JSON is read back as the same catalog, and which a second reading gives
 * again, byte by byte. Returns how many tables, or -1. */
long ddl_fuzz_one(enum ddl_dialect dialect, const uint8_t *data, size_t size);

/* Says both figures and aborts when they are not the same. */
void ddl_fuzz_same_tables(const char *who, long theirs, long ours);

#endif
