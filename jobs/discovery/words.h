/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.h - the words of a name: "artist_id", "ArtistID" and "artistId" are artist, id. Pure. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_WORDS_H
#define JOBS_DISCOVERY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { WORDS_MAX = 12, WORDS_SIZE = 128 };

/* Points into itself: not to be copied. */
struct words {
    char text[WORDS_SIZE]; /* lower case, each word NUL-terminated */
    const char *items[WORDS_MAX];
    size_t count; /* 0: too long or not to be read */
};

/* ASCII letters and digits; everything else parts words. Bytes above 0x7F count as letters. */
void words_read(const char *name, struct words *ret_words);

/* The last word to singular: tracks, boxes, categories; left alone: status, class, address. */
void words_singular(struct words *w);
void words_stem(char *word); /* the same for one word, in place */

/* The words from `first` on, written together: "playlisttrack". false when they don't fit. */
bool words_join(const struct words *w, size_t first, size_t count, char ret_text[static WORDS_SIZE]);

#endif
