/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ddl_oracle.c - any bytes as SQL of Oracle: tests/support/ddl_fuzz.h says what must hold. */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql oracle */

#include "tests/support/ddl_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= DDL_FUZZ_MAX)
        (void)ddl_fuzz_one(DDL_ORACLE, data, size);
    return 0;
}
