/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void random_bytes(void *ret_data, size_t size)
{
    unsigned char *data = ret_data;
    while (size > 0) {
        ssize_t got = getrandom(data, size, 0);
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            data += got;
            size -= (size_t)got;
        }
    }
}

uint64_t random_u64(void)
{
    uint64_t value;
    random_bytes(&value, sizeof value);
    return value;
}

void random_hex(char *ret_text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i + 1 < size; i++) {
        unsigned char byte;
        random_bytes(&byte, 1);
        ret_text[i] = digits[byte & 15];
    }
    if (size > 0)
        ret_text[size - 1] = '\0';
}
