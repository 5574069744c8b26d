/* SPDX-License-Identifier: Apache-2.0 */
/* target_warn.c - what of the source was changed or left out, as a diagnostic of the target's catalog. */
#include <stdarg.h>
#include <stdio.h>

#include "jobs/mapping/target.h"

void target_warn(struct target *target, const struct catalog_table *t, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct catalog_diagnostic *d = catalog_diagnostic_add(target->catalog, "warning", text);
    d->table = t->name;
}
