/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int exit_code;
    int http_status;
} classes[] = {
#define X(id, name, exit_code, http) [id] = { name, exit_code, http },
    ERROR_CLASSES(X)
#undef X
};

enum { CLASS_COUNT = sizeof classes / sizeof classes[0] };

/* Cutting may split a UTF-8 sequence: drop the incomplete tail, or the message is refused by PostgreSQL and JSON. */
static void trim_utf8_tail(char *text)
{
    size_t size = strlen(text), back = 0;
    while (back < size && back < 3 && ((unsigned char)text[size - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back >= size)
        return;
    unsigned char lead = (unsigned char)text[size - 1 - back];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (need != back + 1 && lead >= 0x80)
        text[size - 1 - back] = '\0';
}

static enum error_class set_va(struct error *e, enum error_class class, const char *code, const char *format,
                               va_list args)
{
    assert(class != ERROR_OK);
    if (e == NULL)
        return class;
    struct error made = { .class = class }; /* format's arguments may point into *e */
    (void)snprintf(made.code, sizeof made.code, "%s", code);
    if (vsnprintf(made.message, sizeof made.message, format, args) >= (int)sizeof made.message)
        trim_utf8_tail(made.message);
    *e = made;
    return class;
}

enum error_class error_set(struct error *e, enum error_class class, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)set_va(e, class, error_class_name(class), format, args);
    va_end(args);
    return class;
}

enum error_class error_code(struct error *e, enum error_class class, const char *code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)set_va(e, class, code, format, args);
    va_end(args);
    return class;
}

enum error_class error_wrap(struct error *e, const char *format, ...)
{
    if (e == NULL)
        return ERROR_FATAL;
    assert(e->class != ERROR_OK);
    char context[ERROR_MESSAGE_SIZE], whole[ERROR_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(context, sizeof context, format, args);
    va_end(args);
    int size = snprintf(whole, sizeof whole, "%s: %s", context, e->message);
    if (size >= (int)sizeof whole)
        trim_utf8_tail(whole);
    memcpy(e->message, whole, sizeof whole);
    return e->class;
}

const char *error_class_name(enum error_class class)
{
    return (unsigned)class < CLASS_COUNT ? classes[class].name : "fatal";
}

enum error_class error_class_from_name(const char *name)
{
    for (unsigned i = 0; i < CLASS_COUNT; i++)
        if (strcmp(classes[i].name, name) == 0)
            return (enum error_class)i;
    return ERROR_FATAL;
}

int error_exit_code(enum error_class class)
{
    return (unsigned)class < CLASS_COUNT ? classes[class].exit_code : 1;
}

int error_http_status(enum error_class class)
{
    return (unsigned)class < CLASS_COUNT ? classes[class].http_status : 500;
}
