/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what each tests/fuzz/fuzz_NAME.c defines; called once an input, by libFuzzer or by replay.c. Returns 0. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The next line of *rest, cut off at its end; "" when there is none any more. */
static inline char *fuzz_line(char **rest)
{
    char *at = *rest;
    *rest += strcspn(at, "\n");
    if (**rest)
        *(*rest)++ = '\0';
    return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
