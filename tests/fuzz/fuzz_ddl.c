/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ddl.c - any bytes as SQL whose dialect is guessed: tests/support/ddl_fuzz.h says what must hold. */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql postgresql mysql sqlite oracle sqlserver */

#include "tests/support/ddl_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= DDL_FUZZ_MAX)
        (void)ddl_fuzz_one(DDL_GUESS, data, size);
    return 0;
}
