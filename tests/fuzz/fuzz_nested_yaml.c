/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_nested_yaml.c - any bytes as YAML: tests/support/nested_fuzz.h says what must hold. */
#include "tests/fuzz/fuzz.h" /* fuzz: words yaml values */

#include "tests/support/nested_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nested_fuzz_one(NESTED_YAML, data, size);
    return 0;
}
