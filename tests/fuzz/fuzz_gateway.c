/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_gateway.c - what clients write beside JSON: times, file names, cursors. The first byte says which gets the rest.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/filename.h"
#include "gateway/moment.h"
#include "notifier/cursor.h"

static void ask_cursor(const char *text)
{
    static struct cursor first, again;
    static char written[CURSOR_SIZE];
    if (!cursor_parse(text, &first))
        return;
    /* what is read can be written and read again, and is the same */
    bool inside = first.upto[0] != '\0';
    assert(cursor_format(first.base, first.seen, inside ? first.upto : first.seen, first.n, written, sizeof written));
    assert(cursor_parse(written, &again));
    assert(strcmp(first.base, again.base) == 0 && strcmp(first.seen, again.seen) == 0);
    assert(strcmp(first.upto, again.upto) == 0 && first.n == again.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = mem_text_n((const char *)data + 1, size - 1), name[64];
    int64_t ms;
    switch (data[0] % 3) {
    case 0:
        if (moment_parse(text, &ms))
            assert(ms >= 0 && ms < INT64_C(253402387200000));
        break;
    case 1:
        if (filename_parse(text, name, sizeof name))
            assert(name[0] && !strpbrk(name, "/\\") && text_utf8_valid(name, strlen(name)));
        break;
    default:
        ask_cursor(text);
    }
    free(text);
    return 0;
}
