/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_encoding.c - any bytes as a text: whatever encoding is guessed or named, what comes out is UTF-8, and is the
 * same read byte by byte. The first byte says which: 0 guesses, others are names.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words csv xml */

#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/parse/input/encoding.h"

enum { INPUT_MAX = 64 * 1024, OUT_MAX = 16 * INPUT_MAX, PIECE = 1000 };

/* false: nobody knows that encoding. */
static bool decode(const uint8_t *data, size_t size, const char *name, size_t piece, struct buffer *ret_text)
{
    struct input *in = input_of_memory(data, size), *decoded = NULL;
    struct error e = ERROR_NONE;
    char part[PIECE];
    size_t taken = 1;
    buffer_init(ret_text, OUT_MAX);
    bool known = encoding_decode(in, name, &decoded, &e) == ERROR_OK;
    while (known && taken > 0) {
        if (input_read(decoded, part, piece, &taken, &e) != ERROR_OK)
            abort();
        buffer_add(ret_text, part, taken);
    }
    if (!known && e.message[0] == '\0')
        abort();
    input_close(decoded);
    input_close(in);
    return known;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { NULL,          "UTF-32BE",     "UTF-16",  "UTF-16LE",   "UTF-16BE",
                                         "UTF-32LE",    "SHIFT_JIS",    "GB18030", "EUC-KR",     "BIG5",
                                         "ISO-2022-JP", "WINDOWS-1252", "KOI8-R",  "ISO-8859-1", "no-such-one" };
    char guessed[ENCODING_NAME_SIZE];
    if (size == 0 || size > INPUT_MAX)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)];
    data++, size--;
    const char *guess = encoding_guess((const char *)data, size, true, guessed);
    if (guess == NULL || *guess == '\0')
        abort();
    (void)encoding_guess((const char *)data, size, false, guessed);
    name = name != NULL ? name : guess;
    if (encoding_is_utf8(name)) /* which nobody decodes */
        return 0;
    struct buffer whole, pieces;
    bool known = decode(data, size, name, PIECE, &whole);
    (void)decode(data, size, name, 1, &pieces);
    if (known && (whole.overflow || !text_utf8_valid(buffer_view(&whole), whole.size)))
        abort();
    if (whole.size != pieces.size || (whole.size > 0 && memcmp(whole.data, pieces.data, whole.size) != 0))
        abort();
    buffer_finish(&whole);
    buffer_finish(&pieces);
    return 0;
}
