/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_string.c - see odbc_string.h. */
#include "catalog/connect/odbc/odbc_string.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

void odbc_string_init(struct odbc_string *s)
{
    *s = (struct odbc_string){ .refusal = ERROR_NONE };
    buffer_init(&s->text, ODBC_STRING_MAX);
    /* Grown once, so that no copy of the password stays behind in memory that was given back. */
    static const char room[ODBC_STRING_MAX - 1];
    (void)buffer_add(&s->text, room, sizeof room);
    buffer_clear(&s->text);
}

void odbc_string_finish(struct odbc_string *s)
{
    if (s->text.data != NULL)
        explicit_bzero(s->text.data, s->text.capacity);
    buffer_finish(&s->text);
}

static bool has_control(const char *value)
{
    for (; *value != '\0'; value++)
        if ((unsigned char)*value < 0x20 || *value == 0x7f)
            return true;
    return false;
}

static bool blank_at_an_end(const char *value, size_t size)
{
    return size > 0 && (value[0] == ' ' || value[size - 1] == ' ');
}

void odbc_string_add(struct odbc_string *s, const char *key, const char *value, const char *what)
{
    if (value == NULL || s->refusal.class != ERROR_OK)
        return;
    size_t size = strlen(value);
    bool closes = strchr(value, '}') != NULL;
    bool enclosed = strpbrk(value, "[]{(),;?*=!@\"'") != NULL || blank_at_an_end(value, size);
    if (has_control(value) || !text_utf8_valid(value, size))
        error_code(&s->refusal, ERROR_INVALID, "bad_url", "the %s holds control characters or bytes that are no UTF-8",
                   what);
    else if (closes && (strpbrk(value, ";{") != NULL || blank_at_an_end(value, size)))
        error_code(&s->refusal, ERROR_INVALID, "bad_url",
                   "the %s has a } together with a ;, a { or a blank at an end: no ODBC driver reads that safely; "
                   "another %s is needed",
                   what, what);
    else if (closes || !enclosed)
        (void)buffer_format(&s->text, "%s=%s;", key, value);
    else
        (void)buffer_format(&s->text, "%s={%s};", key, value);
    if (s->text.overflow && s->refusal.class == ERROR_OK)
        error_code(&s->refusal, ERROR_INVALID, "bad_url", "the address is too long");
}

enum error_class odbc_string_view(const struct odbc_string *s, const char **ret_text, struct error *e)
{
    if (s->refusal.class != ERROR_OK) {
        *e = s->refusal;
        return s->refusal.class;
    }
    *ret_text = buffer_view(&s->text);
    return ERROR_OK;
}
