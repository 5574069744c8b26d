/* SPDX-License-Identifier: Apache-2.0 */
/* packed_fuzz.h - makes a real archive of the parts of an input, so that what is inside is reached. */
#ifndef TESTS_SUPPORT_PACKED_FUZZ_H
#define TESTS_SUPPORT_PACKED_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packed_part {
    const uint8_t *data;
    size_t size;
};

/* Parts end at a byte 0x1d; at most `max` of them. */
size_t packed_fuzz_split(const uint8_t *data, size_t size, struct packed_part *ret_parts, size_t max);
/* Takes a first line off as a name that packers take: printable, no slash at its end; false: there is none. */
bool packed_fuzz_name(struct packed_part *part, char *ret_name, size_t room);
/* The path of an empty file in memory to pack into; always the same one. */
const char *packed_fuzz_path(void);

#endif
