/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what each tests/fuzz/fuzz_NAME.c defines; called once an input, by libFuzzer or by replay.c. Returns 0. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
