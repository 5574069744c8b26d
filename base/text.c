/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool text_equal(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t size = strlen(text), tail = strlen(suffix);
    return tail <= size && strcmp(text + size - tail, suffix) == 0;
}

size_t text_utf8_size(const char *text, size_t size)
{
    const unsigned char *s = (const unsigned char *)text;
    if (size == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    size_t need = s[0] >= 0xF0 && s[0] <= 0xF4  ? 4
                  : s[0] >= 0xE0 && s[0] < 0xF0 ? 3
                  : s[0] >= 0xC2 && s[0] < 0xE0 ? 2
                                                : 0;
    if (need == 0 || need > size)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xF0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xED && s[1] >= 0xA0;
    bool beyond = s[0] == 0xF4 && s[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : need;
}

size_t text_utf8_ascii(const char *text, size_t size)
{
    size_t at = 0;
    for (uint64_t bytes; size - at >= sizeof bytes; at += sizeof bytes) {
        memcpy(&bytes, text + at, sizeof bytes);
        if ((bytes & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (at < size && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

bool text_utf8_valid(const char *text, size_t size)
{
    for (size_t at = text_utf8_ascii(text, size); at < size; at += text_utf8_ascii(text + at, size - at)) {
        size_t step = text_utf8_size(text + at, size - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

/* Reads the leading number; *ret_end is what follows it. */
static bool leading_int64(const char *text, int64_t *ret_value, const char **ret_end)
{
    char *end;
    if (text == NULL || (*text != '-' && (*text < '0' || *text > '9')))
        return false;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno != 0 || end == text)
        return false;
    *ret_value = value;
    *ret_end = end;
    return true;
}

bool text_to_int64(const char *text, int64_t min, int64_t max, int64_t *ret_value)
{
    int64_t value;
    const char *end;
    if (!leading_int64(text, &value, &end) || *end != '\0' || value < min || value > max)
        return false;
    *ret_value = value;
    return true;
}

struct unit {
    const char *name;
    int64_t factor;
};

static bool with_unit(const char *text, const struct unit *units, int64_t *ret_value)
{
    int64_t value;
    const char *end;
    if (!leading_int64(text, &value, &end) || value < 0)
        return false;
    for (const struct unit *u = units; u->name != NULL; u++)
        if (strcmp(end, u->name) == 0)
            return !__builtin_mul_overflow(value, u->factor, ret_value);
    return false;
}

bool text_to_bytes(const char *text, int64_t *ret_bytes)
{
    static const struct unit units[] = { { "", 1 },          { "B", 1 },           { "k", 1LL << 10 },
                                         { "K", 1LL << 10 }, { "KiB", 1LL << 10 }, { "m", 1LL << 20 },
                                         { "M", 1LL << 20 }, { "MiB", 1LL << 20 }, { "g", 1LL << 30 },
                                         { "G", 1LL << 30 }, { "GiB", 1LL << 30 }, { NULL, 0 } };
    return with_unit(text, units, ret_bytes);
}

bool text_to_ms(const char *text, int64_t *ret_ms)
{
    static const struct unit units[] = { { "", 1000 },     { "ms", 1 },       { "s", 1000 }, { "m", 60000 },
                                         { "h", 3600000 }, { "d", 86400000 }, { NULL, 0 } };
    return with_unit(text, units, ret_ms);
}

bool text_is_name(const char *text, size_t max)
{
    size_t size = text == NULL ? 0 : strnlen(text, max + 1);
    if (size == 0 || size > max || text[0] < 'a' || text[0] > 'z')
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-") == size;
}

bool text_copy(char *ret_text, size_t size, const char *text)
{
    size_t length = strlen(text);
    size_t fits = length < size ? length : size - 1;
    memcpy(ret_text, text, fits);
    ret_text[fits] = '\0';
    return fits == length;
}

bool text_equal_secret(const char *a, const char *b)
{
    size_t size_a = strlen(a), size_b = strlen(b);
    unsigned char differs = size_a != size_b;
    for (size_t i = 0; i < size_a; i++)
        differs |= (unsigned char)(a[i] ^ (size_b > 0 ? b[i % size_b] : 1));
    return differs == 0;
}
