/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_text.c - see odbc_text.h. What comes from a driver is not trusted to be well-formed. */
#include "catalog/connect/odbc/odbc_text.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

_Static_assert(sizeof(SQLWCHAR) == 2, "unixODBC's wide characters are UTF-16");

enum { HIGH_FIRST = 0xd800, LOW_FIRST = 0xdc00, LOW_LAST = 0xdfff, PLANE = 0x10000 };

static uint32_t decode(const char *text, size_t size)
{
    static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t point = (unsigned char)text[0] & masks[size];
    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)text[i] & 0x3f);
    return point;
}

SQLWCHAR *odbc_text_wide(const char *text, size_t *ret_units)
{
    size_t size = strlen(text), units = 0;
    SQLWCHAR *wide = mem_zero(size + 1, sizeof *wide); /* never more units than bytes */
    for (size_t at = 0; at < size;) {
        size_t bytes = text_utf8_size(text + at, size - at);
        assert(bytes > 0);
        uint32_t point = decode(text + at, bytes);
        if (point >= PLANE) {
            wide[units++] = (SQLWCHAR)(HIGH_FIRST + ((point - PLANE) >> 10));
            point = LOW_FIRST + ((point - PLANE) & 0x3ff);
        }
        wide[units++] = (SQLWCHAR)point;
        at += bytes;
    }
    *ret_units = units;
    return wide;
}

static size_t encode(uint32_t point, char *at)
{
    if (point < 0x80) {
        at[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < PLANE ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        at[i] = (char)(0x80 | (point & 0x3f));
    static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    at[0] = (char)(leads[size] | point);
    return size;
}

size_t odbc_text_narrow(const SQLWCHAR *wide, size_t units, char *ret_text, bool *ret_unclean)
{
    size_t used = 0;
    for (size_t i = 0; i < units; i++) {
        uint32_t point = wide[i];
        bool high = point >= HIGH_FIRST && point < LOW_FIRST;
        if (high && i + 1 < units && wide[i + 1] >= LOW_FIRST && wide[i + 1] <= LOW_LAST)
            point = PLANE + ((point - HIGH_FIRST) << 10) + (uint32_t)(wide[++i] - LOW_FIRST);
        else if (point == 0 || (point >= HIGH_FIRST && point <= LOW_LAST))
            *ret_unclean = true;
        used += encode(point, ret_text + used);
    }
    ret_text[used] = '\0';
    return used;
}
