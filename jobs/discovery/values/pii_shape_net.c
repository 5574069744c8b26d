/* SPDX-License-Identifier: Apache-2.0 */
/* pii_shape_net.c - e-mail addresses, IP and MAC addresses, URLs and domain names. */
#include "jobs/discovery/values/pii_shape.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Labels of letters, digits and hyphens (bytes above 0x7F as in written-out international names), the last of two
 * letters or more. */
static bool host(const char *text, size_t size)
{
    size_t label = 0, labels = 1, last = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '.') {
            if (label == 0 || text[i - 1] == '-')
                return false;
            labels++;
            label = last = 0;
            continue;
        }
        bool high = (unsigned char)text[i] >= 0x80;
        if (!is_digit(text[i]) && !is_letter(text[i]) && !high && (text[i] != '-' || label == 0))
            return false;
        label++;
        last += is_letter(text[i]) || high;
    }
    return labels >= 2 && label >= 2 && last == label && label <= 24 && size <= 253;
}

static bool local_sign(char c)
{
    return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80 ||
           (c != '\0' && strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL);
}

bool pii_shape_email(const char *text, size_t size)
{
    const char *at = memchr(text, '@', size);
    if (at == NULL || at == text || at - text > 64 || size > 254)
        return false;
    for (const char *c = text; c < at; c++)
        if (!local_sign(*c))
            return false;
    return text[0] != '.' && at[-1] != '.' && host(at + 1, size - (size_t)(at + 1 - text));
}

bool pii_shape_email_inside(const char *text, size_t size)
{
    const char *end = text + size;
    for (const char *at = text; (at = memchr(at, '@', (size_t)(end - at))) != NULL; at++) {
        const char *from = at, *upto = at + 1;
        while (from > text && at - from < 64 && local_sign(from[-1]))
            from--;
        while (upto < end && upto - at < 254 && (is_letter(*upto) || is_digit(*upto) || *upto == '.' || *upto == '-'))
            upto++;
        while (upto > at && !is_letter(upto[-1]))
            upto--;
        if (from < at && upto > at + 1 && pii_shape_email(from, (size_t)(upto - from)))
            return true;
    }
    return false;
}

bool pii_shape_ipv4(const char *text, size_t size, bool *ret_version)
{
    size_t i = 0;
    int numbers = 0;
    bool small = true;
    int first = 0;
    while (numbers < 4) {
        int value = 0;
        size_t digits = 0;
        for (; i < size && is_digit(text[i]) && digits < 4; i++, digits++)
            value = value * 10 + text[i] - '0';
        if (digits == 0 || digits > 3 || value > 255 || (digits > 1 && text[i - digits] == '0'))
            return false;
        first = numbers == 0 ? value : first;
        small = small && value < 30;
        if (++numbers < 4 && (i == size || text[i++] != '.'))
            return false;
    }
    *ret_version = first < 30 && (first != 10 || small); /* most private networks begin with 10 */
    if (i == size)
        return true;
    size_t rest = size - i - 1;
    if ((text[i] != ':' && text[i] != '/') || rest == 0 || rest > 5)
        return false;
    for (i++; i < size; i++)
        if (!is_digit(text[i]))
            return false;
    return true;
}

bool pii_shape_ipv6(const char *text, size_t size)
{
    const char *slash = memchr(text, '/', size), *zone = memchr(text, '%', size);
    if (zone != NULL)
        size = (size_t)(zone - text);
    else if (slash != NULL && size - (size_t)(slash - text) <= 4)
        size = (size_t)(slash - text);
    if (size < 3 || size > 45)
        return false;
    size_t groups = 0, digits = 0;
    bool gap = false, version;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == ':') {
            if (i + 1 < size && text[i + 1] == ':') {
                if (gap)
                    return false;
                gap = true;
                i++;
            } else if (i == 0 || i + 1 == size) {
                return false;
            }
            digits = 0;
        } else if (is_hex(text[i])) {
            groups += digits == 0;
            if (++digits > 4)
                return false;
        } else if (text[i] == '.' && groups > 0 && pii_shape_ipv4(text + i - digits, size - i + digits, &version)) {
            groups++; /* the last 32 bits as an IPv4 address: two groups, one of them counted */
            break;
        } else {
            return false;
        }
    }
    return gap ? groups >= 1 && groups <= 7 : groups == 8;
}

bool pii_shape_mac(const char *text, size_t size)
{
    if (size == 14 && text[4] == '.' && text[9] == '.') {
        for (size_t i = 0; i < size; i++)
            if (i != 4 && i != 9 && !is_hex(text[i]))
                return false;
        return true;
    }
    if (size != 17 || (text[2] != ':' && text[2] != '-'))
        return false;
    for (size_t i = 0; i < size; i++)
        if (i % 3 == 2 ? text[i] != text[2] : !is_hex(text[i]))
            return false;
    return true;
}

bool pii_shape_url(const char *text, size_t size)
{
    if (size > 4 && (memcmp(text, "www.", 4) == 0 || memcmp(text, "WWW.", 4) == 0))
        return true;
    size_t i = 0;
    while (i < size && i < 12 && (is_letter(text[i]) || (i > 0 && (is_digit(text[i]) || text[i] == '+'))))
        i++;
    return i >= 2 && size > i + 3 && memcmp(text + i, "://", 3) == 0;
}

bool pii_shape_domain(const char *text, size_t size)
{
    return host(text, size) && memchr(text, '_', size) == NULL;
}
