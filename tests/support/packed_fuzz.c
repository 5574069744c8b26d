/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/packed_fuzz.h"

#include <string.h>

#include "tests/support/parse_fuzz.h"

enum { PART_END = 0x1d };

size_t packed_fuzz_split(const uint8_t *data, size_t size, struct packed_part *ret_parts, size_t max)
{
    size_t count = 0;
    while (count < max) {
        const uint8_t *end = size > 0 ? memchr(data, PART_END, size) : NULL;
        size_t taken = end != NULL ? (size_t)(end - data) : size;
        ret_parts[count++] = (struct packed_part){ .data = data, .size = taken };
        if (end == NULL)
            break;
        data += taken + 1;
        size -= taken + 1;
    }
    return count;
}

bool packed_fuzz_name(struct packed_part *part, char *ret_name, size_t room)
{
    size_t used = 0, at = 0;
    for (; at < part->size && part->data[at] != '\n'; at++)
        if (used + 1 < room && part->data[at] >= 0x20 && part->data[at] < 0x7f)
            ret_name[used++] = (char)part->data[at];
    while (used > 0 && ret_name[used - 1] == '/')
        used--;
    ret_name[used] = '\0';
    if (at < part->size) {
        part->data += at + 1;
        part->size -= at + 1;
    } else {
        part->size = 0;
    }
    return used > 0;
}

const char *packed_fuzz_path(void)
{
    return parse_fuzz_file("", 0);
}
