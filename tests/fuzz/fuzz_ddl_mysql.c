/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ddl_mysql.c - any bytes as SQL of MySQL: tests/support/ddl_fuzz.h says what must hold. */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql mysql */

#include "tests/support/ddl_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= DDL_FUZZ_MAX)
        (void)ddl_fuzz_one(DDL_MYSQL, data, size);
    return 0;
}
