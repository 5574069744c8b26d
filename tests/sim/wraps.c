/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wraps.c - functions of the real code that come here first (link option --wrap): what the programs log becomes part
 * of the trace, and the worker's inbox can be given a defect.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "tests/sim/fleet.h"
#include "worker/inbox.h"

bool __real_inbox_take(struct inbox *inbox, int64_t seq);
bool __wrap_inbox_take(struct inbox *inbox, int64_t seq);
bool __wrap_log_enabled(enum log_level level);
void __wrap_log_fields(enum log_level level, const char *message, const struct log_field *fields, unsigned count);
void __wrap_log_failure(enum log_level level, const char *message, const struct error *e);

bool __wrap_inbox_take(struct inbox *inbox, int64_t seq)
{
    bool fresh = __real_inbox_take(inbox, seq);
    return fresh || world.mutant == MUTANT_SEQ_UNCHECKED;
}

bool __wrap_log_enabled(enum log_level level)
{
    return world.tracing && level >= LOG_INFO;
}

void __wrap_log_fields(enum log_level level, const char *message, const struct log_field *fields, unsigned count)
{
    char line[160];
    int size = snprintf(line, sizeof line, "%s:", message);
    if (!__wrap_log_enabled(level))
        return;
    for (unsigned i = 0; i < count && size > 0 && (size_t)size < sizeof line; i++)
        size +=
            fields[i].type == LOG_TEXT
                ? snprintf(line + size, sizeof line - (size_t)size, " %s=%s", fields[i].key, fields[i].text)
                : snprintf(line + size, sizeof line - (size_t)size, " %s=%" PRId64, fields[i].key, fields[i].integer);
    world_tell("  %s says: %s", process_now != NULL ? process_now->name : "?", line);
}

void __wrap_log_failure(enum log_level level, const char *message, const struct error *e)
{
    __wrap_log_fields(level, message, (const struct log_field[]){ LOG_T("error_code", e->code) }, 1);
}
