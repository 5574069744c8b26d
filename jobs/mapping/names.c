/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/mapping/names.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* Columns that every PostgreSQL table has already, and the table that our fence needs. */
static const char *const reserved[] = { "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid", "argosy_fence" };

void names_init(struct names *names)
{
    names->taken = json_object();
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        json_object_set_new(names->taken, reserved[i], json_true());
}

void names_finish(struct names *names)
{
    json_decref(names->taken);
    names->taken = NULL;
}

/* FNV-1a: the same name is cut the same way everywhere. */
static uint32_t hash(const char *text)
{
    uint32_t value = 2166136261u;
    for (; *text != '\0'; text++)
        value = (value ^ (unsigned char)*text) * 16777619u;
    return value;
}

/* name cut between characters to leave room for the tail, and the tail. */
static const char *with_tail(struct arena *arena, const char *name, const char *tail)
{
    size_t size = strlen(name), room = NAMES_POSTGRESQL_MAX - strlen(tail);
    if (size > room) {
        size = room;
        while (size > 0 && ((unsigned char)name[size] & 0xC0) == 0x80)
            size--;
    }
    return arena_format(arena, "%.*s%s", (int)size, name, tail);
}

const char *names_take(struct names *names, struct arena *arena, const char *name)
{
    const char *used = name;
    if (strlen(name) > NAMES_POSTGRESQL_MAX)
        used = with_tail(arena, name, arena_format(arena, "_%08x", hash(name)));
    for (unsigned n = 2; json_object_get(names->taken, used) != NULL; n++)
        used = with_tail(arena, name, arena_format(arena, "_%u", n));
    json_object_set_new(names->taken, used, json_true());
    return used;
}
