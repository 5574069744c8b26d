/* SPDX-License-Identifier: Apache-2.0 */
/* mysql_type.c - COLUMN_TYPE as a canonical type; the members of an enum as the JSON text that a catalog holds. */
#include <string.h>

#include "base/buffer.h"
#include "catalog/connect/mysql/mysql.h"

enum { MEMBERS_MAX = 1 << 20 };

static char unescaped(char c)
{
    return c == 'n' ? '\n' : c == 'r' ? '\r' : c;
}

/* ('a','it''s'): the server doubles quotes, and escapes backslashes and ends of lines, in every session. */
static const char *members_of(struct arena *arena, const char *at)
{
    struct buffer members, member;
    buffer_init(&members, MEMBERS_MAX);
    buffer_init(&member, MEMBERS_MAX);
    buffer_char(&members, '[');
    while ((at = strchr(at, '\'')) != NULL) {
        buffer_clear(&member);
        for (at++; *at != '\0' && (*at != '\'' || at[1] == '\''); at++) {
            bool escaped = *at == '\\' && at[1] != '\0';
            at += *at == '\'' || escaped;
            buffer_char(&member, escaped ? unescaped(*at) : *at);
        }
        if (members.size > 1)
            buffer_char(&members, ',');
        buffer_json_string(&members, buffer_view(&member), member.size);
        at += *at == '\'';
    }
    buffer_char(&members, ']');
    const char *kept =
        members.overflow || member.overflow ? NULL : arena_text_n(arena, buffer_view(&members), members.size);
    buffer_finish(&members);
    buffer_finish(&member);
    return kept;
}

struct type mysql_type(struct arena *arena, const char *native_type)
{
    struct type type = type_from_native("mysql", native_type != NULL ? native_type : "");
    if (type.name == TYPE_ENUM)
        type.element = members_of(arena, native_type);
    return type;
}
