/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.h - what somebody may have meant who wrote a word that is none: the nearest of those that there are. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

struct suggest {
    const char *written;
    size_t written_size;
    const char *nearest; /* one of the words tried; NULL: none is near enough */
    size_t nearest_size;
    unsigned slips; /* letters too many, missing, wrong or swapped, between both */
};

struct suggest suggest_for(const char *written, size_t size);
void suggest_try(struct suggest *s, const char *word, size_t size);

#endif
