/* SPDX-License-Identifier: Apache-2.0 */
/* header.c - see header.h. Every loop moves forward over a NUL-terminated or sized text and writes at most ret_size
 * bytes. */
#include "http/header.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool header_percent_decode(const char *text, size_t size, char *ret_text, size_t ret_size)
{
    size_t used = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '%') {
            if (size - i < 3)
                return false;
            int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (unsigned char)(high * 16 + low);
            i += 2;
        }
        if (c < 0x20 || c == 0x7F || used + 1 >= ret_size)
            return false;
        ret_text[used++] = (char)c;
    }
    if (ret_size == 0)
        return false;
    ret_text[used] = '\0';
    return text_utf8_valid(ret_text, used);
}

bool header_cookie(const char *field, const char *name, char *ret_value, size_t ret_size)
{
    size_t name_size = strlen(name);
    unsigned found = 0;
    while (*field) {
        field += strspn(field, " \t;");
        size_t pair = strcspn(field, ";");
        if (pair > name_size && strncmp(field, name, name_size) == 0 && field[name_size] == '=') {
            const char *value = field + name_size + 1;
            size_t size = pair - name_size - 1;
            while (size && (value[size - 1] == ' ' || value[size - 1] == '\t'))
                size--;
            if (++found > 1 || size == 0 || size >= ret_size)
                return false;
            memcpy(ret_value, value, size);
            ret_value[size] = '\0';
        }
        field += pair;
    }
    return found == 1;
}

bool header_bearer(const char *field, char *ret_key, size_t ret_size)
{
    if (strncasecmp(field, "Bearer ", 7) != 0)
        return false;
    const char *key = field + 7;
    key += strspn(key, " ");
    size_t size = strlen(key);
    while (size && key[size - 1] == ' ')
        size--;
    if (size == 0 || size >= ret_size)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_alnum(key[i]) && !strchr("-._~+/=", key[i]))
            return false;
    memcpy(ret_key, key, size);
    ret_key[size] = '\0';
    return true;
}

/* count lower-case hex digits at text, not all of them 0. */
static bool trace_part(const char *text, size_t count, bool zero_allowed)
{
    bool nonzero = zero_allowed;
    for (size_t i = 0; i < count; i++) {
        if (hex_value(text[i]) < 0 || (text[i] >= 'A' && text[i] <= 'F'))
            return false;
        nonzero |= text[i] != '0';
    }
    return nonzero;
}

bool header_traceparent_valid(const char *field)
{
    return strlen(field) == 55 && text_starts(field, "00-") && trace_part(field + 3, 32, false) && field[35] == '-' &&
           trace_part(field + 36, 16, false) && field[52] == '-' && trace_part(field + 53, 2, true);
}

bool header_request_id_valid(const char *field)
{
    size_t size = strlen(field);
    if (size == 0 || size > 64)
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_alnum(field[i]) && !strchr("._-", field[i]))
            return false;
    return true;
}

bool header_same_origin(const char *fetch_site, const char *origin, const char *host)
{
    if (fetch_site)
        return strcmp(fetch_site, "same-origin") == 0 || strcmp(fetch_site, "none") == 0;
    if (!origin || !host)
        return false;
    const char *authority = strstr(origin, "://");
    return authority && strcasecmp(authority + 3, host) == 0;
}

bool header_etag_matches(const char *field, const char *etag)
{
    size_t size = strlen(etag);
    for (const char *at = field; (at = strchr(at, '"')) != NULL; at++)
        if (strncmp(at + 1, etag, size) == 0 && at[1 + size] == '"')
            return true;
    return field[strspn(field, " ")] == '*';
}
