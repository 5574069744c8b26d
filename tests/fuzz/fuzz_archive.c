/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_archive.c - any bytes as a file for the one door: archives, workbooks, packed files, whatever is guessed.
 * tests/support/parse_fuzz.h says what must hold.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words archive xml csv json */

#include "tests/support/parse_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)parse_fuzz_path(parse_fuzz_file(data, size), NULL);
    return 0;
}
