/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/filename.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool copy_name(const char *at, char *ret_name, size_t ret_size)
{
    size_t used = 0;
    bool quoted = *at == '"';
    for (at += quoted; *at && *at != (quoted ? '"' : ';'); at++) {
        if (quoted && *at == '\\' && at[1])
            at++;
        if ((unsigned char)*at < 0x20 || *at == 0x7F || used + 1 >= ret_size)
            return false;
        if (*at == '/' || *at == '\\')
            used = 0; /* only the last part is the name */
        else
            ret_name[used++] = *at;
    }
    while (!quoted && used && ret_name[used - 1] == ' ')
        used--;
    ret_name[used] = '\0';
    return used > 0 && (!quoted || *at == '"') && text_utf8_valid(ret_name, used);
}

bool filename_parse(const char *field, char *ret_name, size_t ret_size)
{
    for (const char *at = strchr(field, ';'); at; at = strchr(at, ';')) {
        at += 1 + strspn(at + 1, " \t");
        if (strncasecmp(at, "filename=", 9) == 0)
            return ret_size > 0 && copy_name(at + 9, ret_name, ret_size);
    }
    return false;
}
