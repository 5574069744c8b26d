/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_reader.c - see odbc_reader.h. */
#include "tests/support/odbc_reader.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/child.h"

enum rule { DOUBLED, FIRST, BEFORE_SEMICOLON };

/* Where the enclosed value that begins at `at` (behind its brace) ends: at its closing brace, or the text's end. */
static const char *end_of(const char *at, enum rule rule)
{
    for (; *at != '\0'; at++) {
        if (*at != '}')
            continue;
        if (rule == FIRST || (rule == BEFORE_SEMICOLON && at[1] == ';'))
            return at;
        if (rule == DOUBLED && at[1] != '}')
            return at;
        if (rule == DOUBLED)
            at++;
    }
    return at;
}

/* A value without doubled braces. */
static char *value_of(const char *from, size_t size, enum rule rule)
{
    char *value = mem_text_n(from, size), *to = value;
    for (const char *at = value; *at != '\0'; at++) {
        *to++ = *at;
        if (rule == DOUBLED && at[0] == '}' && at[1] == '}')
            at++;
    }
    *to = '\0';
    return value;
}

static bool reads(const char *at, const char *const *wanted, enum rule rule)
{
    for (; *at == ';'; at++)
        ;
    for (; *at != '\0'; wanted += 2) {
        size_t key = strcspn(at, "=");
        if (wanted[0] == NULL || at[key] != '=' || strlen(wanted[0]) != key || memcmp(at, wanted[0], key) != 0)
            return false;
        const char *from = at + key + 1;
        bool enclosed = *from == '{';
        from += enclosed;
        const char *end = enclosed ? end_of(from, rule) : from + strcspn(from, ";");
        mem_auto char *value =
            enclosed ? value_of(from, (size_t)(end - from), rule) : mem_text_n(from, (size_t)(end - from));
        if (strcmp(value, wanted[1]) != 0)
            return false;
        at = end + (enclosed && *end == '}');
        if (*at != ';' && *at != '\0')
            return false;
        at += *at == ';';
    }
    return wanted[0] == NULL;
}

bool odbc_reader_agrees(const char *text, const char *const *wanted)
{
    return reads(text, wanted, DOUBLED) && reads(text, wanted, FIRST) && reads(text, wanted, BEFORE_SEMICOLON);
}

void odbc_reader_agree(const char *text, const char *const *wanted)
{
    if (!odbc_reader_agrees(text, wanted))
        child_fail("read otherwise than meant: %s", text);
}
