/* SPDX-License-Identifier: Apache-2.0 */
/* document_say.c - what all readers say, in the same words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "catalog/parse/nested/document.h"
#include "catalog/parse/nested/nested_events.h"

enum error_class document_watch(const struct document_ask *ask, struct error *e)
{
    const struct nested_watch *watch = ask->watch;
    if (watch == NULL)
        return ERROR_OK;
    if (watch->cancelled != NULL && watch->cancelled(watch->context))
        return error_set(e, ERROR_CANCELLED, "reading the document: cancelled");
    if (watch->progress != NULL)
        watch->progress(watch->context, input_percent(ask->in));
    return ERROR_OK;
}

enum error_class document_too_deep(const struct document_ask *ask, uint64_t line, struct error *e)
{
    return error_code(e, ERROR_TOO_LARGE, "too_deep",
                      "line %llu: objects and lists are nested more than %u deep (limit depth_max)",
                      (unsigned long long)line, ask->limits->depth_max);
}

enum error_class document_too_long(const struct document_ask *ask, uint64_t line, struct error *e)
{
    return error_code(e, ERROR_TOO_LARGE, "value_too_long",
                      "line %llu: one value or name is longer than %zu bytes (limit value_max)",
                      (unsigned long long)line, ask->limits->value_max);
}

void document_broken(struct document_end *end, uint64_t line, uint64_t column, const char *format, ...)
{
    if (end->message[0] != '\0')
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(end->message, sizeof end->message, format, args);
    va_end(args);
    end->message[strcspn(end->message, "\n")] = '\0';
    end->line = line;
    end->column = column;
}
