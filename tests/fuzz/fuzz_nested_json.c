/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_nested_json.c - any bytes as JSON and as lines of JSON: tests/support/nested_fuzz.h says what must hold. */
#include "tests/fuzz/fuzz.h" /* fuzz: words json */

#include "tests/support/nested_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nested_fuzz_one(NESTED_JSON, data, size);
    nested_fuzz_one(NESTED_NDJSON, data, size);
    return 0;
}
