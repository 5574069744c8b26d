/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes each call on to the target's dialect; a dialect without a fence can't be a target, and a session that was
 * opened to read is not written to.
 */
#include "catalog/connect/fence.h"

#include <inttypes.h>
#include <stdio.h>

#include "catalog/connect/connect_dialect.h"

void fence_application(int64_t job, int64_t epoch, char ret_text[static FENCE_APPLICATION_SIZE])
{
    snprintf(ret_text, FENCE_APPLICATION_SIZE, "argosy job %" PRId64 " epoch %" PRId64, job, epoch);
}

static enum error_class check(const struct connect *target, struct error *e)
{
    if (!target->dialect->fence_step)
        return error_code(e, ERROR_INVALID, "not_a_target", "%s can't be a target: it has no fence",
                          target->dialect->name);
    if (target->read_only)
        return error_set(e, ERROR_REFUSED, "this session of %s was opened to read only", target->dialect->name);
    return ERROR_OK;
}

enum error_class fence_prepare(struct connect *target, struct error *e)
{
    enum error_class class = check(target, e);
    return class == ERROR_OK ? target->dialect->fence_prepare(target, e) : class;
}

enum error_class fence_advance(struct connect *target, struct arena *arena, const struct fence *f, int64_t *ret_chunk,
                               const char **ret_cursor, struct error *e)
{
    enum error_class class = check(target, e);
    return class == ERROR_OK ? target->dialect->fence_advance(target, arena, f, ret_chunk, ret_cursor, e) : class;
}

enum error_class fence_step(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                            struct error *e)
{
    enum error_class class = check(target, e);
    return class == ERROR_OK ? target->dialect->fence_step(target, f, chunk, cursor, e) : class;
}

enum error_class fence_cursor(struct connect *target, const struct fence *f, int64_t chunk, const char *cursor,
                              struct error *e)
{
    enum error_class class = check(target, e);
    return class == ERROR_OK ? target->dialect->fence_cursor(target, f, chunk, cursor, e) : class;
}

enum error_class fence_seal(struct connect *target, int64_t job, int64_t epoch, struct error *e)
{
    enum error_class class = check(target, e);
    return class == ERROR_OK ? target->dialect->fence_seal(target, job, epoch, e) : class;
}
