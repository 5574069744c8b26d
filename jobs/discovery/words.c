/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/discovery/words.h"

#include <string.h>

#include "base/text.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* A word begins behind a separator, at aB, and at the last capital of ABc. */
static bool begins(const char *name, size_t i)
{
    if (i == 0 || !is_word(name[i - 1]))
        return true;
    if (!is_upper(name[i]))
        return false;
    bool lower_follows = name[i + 1] >= 'a' && name[i + 1] <= 'z';
    return !is_upper(name[i - 1]) || lower_follows;
}

void words_read(const char *name, struct words *ret_words)
{
    struct words *w = ret_words;
    size_t used = 0;
    w->count = 0;
    for (size_t i = 0; name[i] != '\0'; i++) {
        if (!is_word(name[i]))
            continue;
        if (begins(name, i)) {
            used += used > 0; /* the NUL of the word before */
            if (w->count == WORDS_MAX || used + 2 > WORDS_SIZE) {
                w->count = 0;
                return;
            }
            w->items[w->count++] = w->text + used;
        }
        if (used + 2 > WORDS_SIZE) {
            w->count = 0;
            return;
        }
        w->text[used++] = (char)(is_upper(name[i]) ? name[i] | 0x20 : name[i]);
        w->text[used] = '\0';
    }
}

/* Words whose plural follows no rule. */
static bool stem_irregular(char *word)
{
    static const char *const pairs[][2] = { { "people", "person" },   { "children", "child" }, { "men", "man" },
                                            { "women", "woman" },     { "indices", "index" },  { "series", "series" },
                                            { "vertices", "vertex" }, { "lives", "life" },     { "news", "news" } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(word, pairs[i][0]) == 0) {
            memcpy(word, pairs[i][1], strlen(pairs[i][1]) + 1); /* never longer than the plural */
            return true;
        }
    return false;
}

void words_stem(char *word)
{
    size_t size = strlen(word);
    if (stem_irregular(word))
        return;
    if (size < 4 || word[size - 1] != 's' || text_ends(word, "ss") || text_ends(word, "us") || text_ends(word, "is"))
        return;
    if (text_ends(word, "ies") && size > 4) {
        word[size - 3] = 'y';
        word[size - 2] = '\0';
    } else if (text_ends(word, "sses") || text_ends(word, "xes") || text_ends(word, "ches") ||
               text_ends(word, "shes") || text_ends(word, "tuses")) {
        word[size - 2] = '\0';
    } else {
        word[size - 1] = '\0';
    }
}

void words_singular(struct words *w)
{
    if (w->count > 0)
        words_stem(w->text + (w->items[w->count - 1] - w->text));
}

bool words_join(const struct words *w, size_t first, size_t count, char ret_text[static WORDS_SIZE])
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = first; i < first + count; i++) {
        size_t size = strlen(w->items[i]);
        if (used + size + 1 > WORDS_SIZE)
            return false;
        memcpy(ret_text + used, w->items[i], size + 1);
        used += size;
    }
    return used > 0;
}
