/* SPDX-License-Identifier: Apache-2.0 */
/* random.h - bytes from the kernel (getrandom). For keys, tokens and jitter; a test that needs a seed has its own
 * generator. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *ret_data, size_t size); /* aborts when the kernel refuses: nothing sensible is left to do */
uint64_t random_u64(void);

/* size - 1 characters of [0-9a-f] and the NUL. */
void random_hex(char *ret_text, size_t size);

#endif
