/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - see limits.h. */
#include "jobs/discovery/limits.h"

struct discover_limits discover_limits_default(void)
{
    struct discover_limits limits = { 0 };
#define X(name, fallback, least, most) limits.name = fallback;
    DISCOVER_LIMITS(X)
#undef X
    return limits;
}

static void take(int64_t *limit, const json_t *value, int64_t least, int64_t most)
{
    int64_t number = json_integer_value(value);
    if (json_is_integer(value))
        *limit = number < least ? least : number > most ? most : number;
}

void discover_limits_read(struct discover_limits *limits, const json_t *object)
{
#define X(name, fallback, least, most) take(&limits->name, json_object_get(object, #name), least, most);
    DISCOVER_LIMITS(X)
#undef X
}
