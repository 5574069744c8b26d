/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
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
    unsigned char bytes[32]; /* each byte is two digits: a call of the kernel a text, not a digit */
    for (size_t i = 0; i + 1 < size; i++) {
        size_t at = i % (2 * sizeof bytes);
        if (at == 0)
            random_bytes(bytes, sizeof bytes);
        ret_text[i] = digits[(at % 2 == 0 ? bytes[at / 2] >> 4 : bytes[at / 2]) & 15];
    }
    explicit_bzero(bytes, sizeof bytes); /* the text may be a key */
    if (size > 0)
        ret_text[size - 1] = '\0';
}
