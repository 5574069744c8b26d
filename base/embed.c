/* SPDX-License-Identifier: Apache-2.0 */
/* embed.c - looks a file up in a table that the build sorted by name. It can't fail, only find nothing. */
#include "base/embed.h"

#include <stdlib.h>
#include <string.h>

static int compare_name(const void *key, const void *row)
{
    const struct embed_file *file = row;
    return strcmp(key, file->name);
}

const struct embed_file *embed_find(const struct embed_file *table, size_t count, const char *name)
{
    return bsearch(name, table, count, sizeof *table, compare_name);
}
