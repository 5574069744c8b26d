/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: copy, hide. A moment remains between the start of the program and this. Hides rather too much than too
 * little: what is overwritten is only looked at by ps.
 */
#include "cli/arguments.h"

#include <string.h>

#include "base/mem.h"

static void hide(char *from, const char *upto)
{
    if (from < upto)
        memset(from, '*', (size_t)(upto - from));
}

static void hide_passwords(char *word)
{
    char *scheme = strstr(word, "://"), *colon = scheme != NULL ? strchr(scheme + 3, ':') : NULL;
    char *at = colon != NULL ? strrchr(colon, '@') : NULL;
    if (at != NULL)
        hide(colon + 1, at);
    for (char *value = word; (value = strstr(value, "password=")) != NULL;) {
        value += strlen("password=");
        hide(value, value + strcspn(value, "& "));
    }
}

char **arguments_take(int argc, char **argv)
{
    size_t count = argc > 0 ? (size_t)argc : 0, size = (count + 1) * sizeof(char *);
    for (size_t i = 0; i < count; i++)
        size += strlen(argv[i]) + 1;
    char **list = mem_alloc(size), *text = (char *)(list + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(argv[i]) + 1;
        list[i] = memcpy(text, argv[i], length);
        text += length;
        hide_passwords(argv[i]);
    }
    list[count] = NULL;
    return list;
}
