/* SPDX-License-Identifier: Apache-2.0 */
/* A list of findings, bounded: a table that differs everywhere is one problem, not a million. */
#include "jobs/validation/findings.h"

#include <stdarg.h>
#include <stdio.h>

enum { MESSAGE_SIZE = 700 };

void findings_init(struct findings *f)
{
    *f = (struct findings){ .list = json_array() };
}

void findings_finish(struct findings *f)
{
    json_decref(f->list);
    f->list = NULL;
}

void findings_add(struct findings *f, const char *check, const char *table, const char *column, const char *key,
                  const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list args;
    if (json_array_size(f->list) >= FINDINGS_MAX) {
        f->dropped++;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    /* A cut or a strange key may leave bytes that are no UTF-8: then the message stays out, the finding never. */
    json_t *text = json_string(message);
    json_t *shown = key ? json_string(key) : NULL;
    json_array_append_new(f->list, json_pack("{s:s, s:s, s:s?, s:o*, s:o*}", "check", check, "table", table, "column",
                                             column, "key", shown, "message", text));
}
