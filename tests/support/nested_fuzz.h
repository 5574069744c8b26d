/* SPDX-License-Identifier: Apache-2.0 */
/* nested_fuzz.h - what must hold of any bytes as a nested document; aborts when it does not. */
#ifndef TESTS_SUPPORT_NESTED_FUZZ_H
#define TESTS_SUPPORT_NESTED_FUZZ_H

#include "catalog/parse/nested/nested.h"

/* An error with a reason; or a catalog that is one, and rows as many as it says (unless the document breaks off). */
void nested_fuzz_one(enum nested_format format, const uint8_t *data, size_t size);

#endif
