/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_reader.c - see odbc_reader.h. */
#include "tests/support/odbc_reader.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/child.h"

/* Where the enclosed value that begins at `at` (behind its brace) ends: at its closing brace, or the text's end. */
static const char *end_of(const char *at, enum odbc_reader rule)
{
    for (; *at != '\0'; at++) {
        if (*at != '}')
            continue;
        if (rule == ODBC_READER_MANAGER || (rule == ODBC_READER_FREETDS && at[1] == ';'))
            return at;
        if (rule == ODBC_READER_RULE && at[1] != '}')
            return at;
        if (rule == ODBC_READER_RULE)
            at++;
    }
    return at;
}

/* A value without doubled braces. */
static char *value_of(const char *from, size_t size, enum odbc_reader rule)
{
    char *value = mem_text_n(from, size), *to = value;
    for (const char *at = value; *at != '\0'; at++) {
        *to++ = *at;
        if (rule == ODBC_READER_RULE && at[0] == '}' && at[1] == '}')
            at++;
    }
    *to = '\0';
    return value;
}

bool odbc_reader_parts(const char *at, enum odbc_reader reader, struct odbc_reader_part *ret_parts, size_t *ret_count)
{
    *ret_count = 0;
    while (*at != '\0') {
        size_t key = strcspn(at, "=");
        if (at[key] != '=' || *ret_count == ODBC_READER_PARTS_MAX)
            return false;
        const char *from = at + key + 1;
        bool enclosed = *from == '{';
        from += enclosed;
        const char *end = enclosed ? end_of(from, reader) : from + strcspn(from, ";");
        ret_parts[(*ret_count)++] = (struct odbc_reader_part){
            .key = mem_text_n(at, key),
            .value = enclosed ? value_of(from, (size_t)(end - from), reader) : mem_text_n(from, (size_t)(end - from)),
        };
        at = end + (enclosed && *end == '}');
        if (*at != ';')
            return *at == '\0';
        at++;
    }
    return true;
}

static bool reads(const char *text, const char *const *wanted, enum odbc_reader reader)
{
    struct odbc_reader_part parts[ODBC_READER_PARTS_MAX];
    size_t count = 0;
    bool same = odbc_reader_parts(text, reader, parts, &count);
    for (size_t i = 0; i < count; i++) {
        same =
            same && wanted[0] != NULL && strcmp(wanted[0], parts[i].key) == 0 && strcmp(wanted[1], parts[i].value) == 0;
        wanted += same ? 2 : 0;
        free(parts[i].key);
        free(parts[i].value);
    }
    return same && wanted[0] == NULL;
}

bool odbc_reader_agrees(const char *text, const char *const *wanted)
{
    for (int reader = 0; reader < ODBC_READERS; reader++)
        if (!reads(text, wanted, (enum odbc_reader)reader))
            return false;
    return true;
}

void odbc_reader_agree(const char *text, const char *const *wanted)
{
    if (!odbc_reader_agrees(text, wanted))
        child_fail("read otherwise than meant: %s", text);
}
