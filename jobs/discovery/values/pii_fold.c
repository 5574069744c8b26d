/* SPDX-License-Identifier: Apache-2.0 */
/* pii_fold.c - folding by one table for the Latin letters and by arithmetic for Cyrillic and Greek. */
#include "jobs/discovery/values/pii_fold.h"

#include <string.h>

#include "base/text.h"

/* U+00C0 to U+017F in order; "" keeps nothing (signs among them). */
static const char *const latin[] = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",  /* C0 */
    "d", "n", "o",  "o",  "o", "o", "o",  "x", "o", "u", "u", "u", "u", "y", "th", "ss", /* D0 */
    "a", "a", "a",  "a",  "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",  /* E0 */
    "d", "n", "o",  "o",  "o", "o", "o",  "",  "o", "u", "u", "u", "u", "y", "th", "y",  /* F0 */
    "a", "a", "a",  "a",  "a", "a", "c",  "c", "c", "c", "c", "c", "c", "c", "d",  "d",  /* 100 */
    "d", "d", "e",  "e",  "e", "e", "e",  "e", "e", "e", "e", "e", "g", "g", "g",  "g",  /* 110 */
    "g", "g", "g",  "g",  "h", "h", "h",  "h", "i", "i", "i", "i", "i", "i", "i",  "i",  /* 120 */
    "i", "i", "ij", "ij", "j", "j", "k",  "k", "k", "l", "l", "l", "l", "l", "l",  "l",  /* 130 */
    "l", "l", "l",  "n",  "n", "n", "n",  "n", "n", "n", "n", "n", "o", "o", "o",  "o",  /* 140 */
    "o", "o", "oe", "oe", "r", "r", "r",  "r", "r", "r", "s", "s", "s", "s", "s",  "s",  /* 150 */
    "s", "s", "t",  "t",  "t", "t", "t",  "t", "u", "u", "u", "u", "u", "u", "u",  "u",  /* 160 */
    "u", "u", "u",  "u",  "w", "w", "y",  "y", "y", "z", "z", "z", "z", "z", "z",  "s",  /* 170 */
};

uint32_t pii_fold_point(const char *text, size_t size, size_t *ret_size)
{
    const unsigned char *b = (const unsigned char *)text;
    size_t length = text_utf8_size(text, size);
    *ret_size = length == 0 ? 1 : length;
    switch (length) {
    case 1:
        return b[0];
    case 2:
        return (uint32_t)(b[0] & 0x1F) << 6 | (b[1] & 0x3F);
    case 3:
        return (uint32_t)(b[0] & 0x0F) << 12 | (uint32_t)(b[1] & 0x3F) << 6 | (b[2] & 0x3F);
    case 4:
        return (uint32_t)(b[0] & 0x07) << 18 | (uint32_t)(b[1] & 0x3F) << 12 | (uint32_t)(b[2] & 0x3F) << 6 |
               (b[3] & 0x3F);
    default:
        return 0xFFFD;
    }
}

/* Greek vowels with an accent and the final sigma. */
static uint32_t greek(uint32_t point)
{
    static const uint16_t pairs[][2] = { { 0x386, 0x3B1 }, { 0x388, 0x3B5 }, { 0x389, 0x3B7 }, { 0x38A, 0x3B9 },
                                         { 0x38C, 0x3BF }, { 0x38E, 0x3C5 }, { 0x38F, 0x3C9 }, { 0x3AC, 0x3B1 },
                                         { 0x3AD, 0x3B5 }, { 0x3AE, 0x3B7 }, { 0x3AF, 0x3B9 }, { 0x3C2, 0x3C3 },
                                         { 0x3CC, 0x3BF }, { 0x3CD, 0x3C5 }, { 0x3CE, 0x3C9 }, { 0x390, 0x3B9 },
                                         { 0x3CA, 0x3B9 }, { 0x3CB, 0x3C5 }, { 0x3B0, 0x3C5 } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] == point)
            return pairs[i][1];
    return point >= 0x391 && point <= 0x3A9 ? point + 0x20 : point;
}

static uint32_t cyrillic(uint32_t point)
{
    if (point >= 0x410 && point <= 0x42F)
        point += 0x20;
    else if (point >= 0x400 && point <= 0x40F)
        point += 0x50;
    return point == 0x451 ? 0x435 : point; /* jo is often written as je */
}

size_t pii_fold(const char *text, size_t size, char *ret_text, size_t ret_size)
{
    size_t used = 0;
    for (size_t at = 0, step; at < size; at += step) {
        char small[5] = { 0 };
        const char *out = small;
        uint32_t point = pii_fold_point(text + at, size - at, &step);
        if (point < 0x80) {
            small[0] = (char)(point >= 'A' && point <= 'Z' ? point | 0x20 : point);
        } else if (point >= 0xC0 && point <= 0x17F) {
            out = latin[point - 0xC0];
        } else if (point >= 0x370 && point < 0x530) {
            point = point < 0x400 ? greek(point) : cyrillic(point);
            small[0] = (char)(0xC0 | point >> 6);
            small[1] = (char)(0x80 | (point & 0x3F));
        } else if (point == 0xFFFD && step == 1) {
            small[0] = '?';
        } else if (point == 0xA0 || point == 0x2019) { /* a blank that does not break; a curly apostrophe */
            small[0] = point == 0xA0 ? ' ' : '\'';
        } else {
            memcpy(small, text + at, step);
        }
        size_t length = small[0] == '\0' && out == small ? 1 : strlen(out); /* a NUL stays one: it is no letter */
        if (used + length + 1 > ret_size)
            break;
        memcpy(ret_text + used, out, length);
        used += length;
    }
    if (ret_size > 0)
        ret_text[used] = '\0';
    return used;
}
