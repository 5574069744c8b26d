/* SPDX-License-Identifier: Apache-2.0 */
/* route.c - a walk over a few dozen patterns; each is left at its first segment that differs. */
#include "http/route.h"

#include <string.h>

#include "base/text.h"
#include "http/header.h"

static bool match_pattern(const char *pattern, const char *path, struct route_match *m)
{
    m->count = 0;
    while (*pattern == '/' && *path == '/') {
        pattern++, path++;
        size_t want = strcspn(pattern, "/"), have = strcspn(path, "/");
        if (*pattern == '{') {
            if (have == 0 || m->count == ROUTE_PARAMS_MAX ||
                !header_percent_decode(path, have, m->params[m->count], ROUTE_PARAM_SIZE))
                return false;
            m->count++;
        } else if (want != have || memcmp(pattern, path, want) != 0) {
            return false;
        }
        pattern += want, path += have;
    }
    return *pattern == '\0' && *path == '\0';
}

static bool match_method(const char *route, const char *method)
{
    return strcmp(route, method) == 0 || (strcmp(method, "HEAD") == 0 && strcmp(route, "GET") == 0);
}

static void add_allowed(char *allow, const char *method)
{
    size_t used = strlen(allow);
    if (strstr(allow, method) || used + strlen(method) + 3 > ROUTE_ALLOW_SIZE)
        return;
    if (used) {
        memcpy(allow + used, ", ", 2);
        used += 2;
    }
    text_copy(allow + used, ROUTE_ALLOW_SIZE - used, method);
}

void route_find(const struct route_table *tables, unsigned count, const char *method, const char *path,
                struct route_match *ret_match)
{
    struct route_match *m = ret_match;
    m->route = NULL;
    m->arg = NULL;
    m->allow[0] = '\0';
    for (unsigned t = 0; t < count; t++)
        for (unsigned i = 0; i < tables[t].count; i++) {
            const struct route *route = &tables[t].routes[i];
            if (!match_pattern(route->pattern, path, m))
                continue;
            if (match_method(route->method, method)) {
                m->route = route;
                m->arg = tables[t].arg;
                return;
            }
            add_allowed(m->allow, route->method);
        }
    m->count = 0;
}
