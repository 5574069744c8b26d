/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.c - the distance of Damerau and Levenshtein, with neighbours swapped at most once. One slip in three letters
 * is near enough; a word of one or two letters is no hint. */
#include "cli/suggest.h"

#include <string.h>

enum { WORD_MAX = 40, LETTERS_A_SLIP = 3 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    unsigned rows[3][WORD_MAX + 1]; /* before the last, the last, this one */
    for (size_t j = 0; j <= b_size; j++)
        rows[1][j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        rows[2][0] = (unsigned)i;
        for (size_t j = 1; j <= b_size; j++) {
            unsigned best = least(rows[1][j] + 1, rows[2][j - 1] + 1);
            best = least(best, rows[1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, rows[0][j - 2] + 1);
            rows[2][j] = best;
        }
        memcpy(rows[0], rows[1], sizeof rows[0]);
        memcpy(rows[1], rows[2], sizeof rows[1]);
    }
    return rows[1][b_size];
}

struct suggest suggest_for(const char *written, size_t size)
{
    return (struct suggest){ .written = written, .written_size = size, .slips = (unsigned)size / LETTERS_A_SLIP + 1 };
}

void suggest_try(struct suggest *s, const char *word, size_t size)
{
    if (s->written_size > WORD_MAX || size > WORD_MAX)
        return;
    unsigned slips = distance(s->written, s->written_size, word, size);
    if (slips < s->slips) {
        s->nearest = word;
        s->nearest_size = size;
        s->slips = slips;
    }
}
