/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_pii_value.c - any bytes as a value and as the name of a column: every matcher, every mask, in bounds. */
#include "tests/fuzz/fuzz.h" /* fuzz: words values */

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "jobs/discovery/values/pii_fold.h"
#include "jobs/discovery/pii/pii_mask.h"
#include "jobs/discovery/pii/pii_name.h"
#include "jobs/discovery/values/pii_value.h"

enum { INPUT_MAX = 4096, ARENA_MAX = 4 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pii_people *people;
    static struct pii_vocabulary *vocabulary;
    if (people == NULL) {
        people = pii_people_create();
        vocabulary = pii_vocabulary_create();
    }
    if (size > INPUT_MAX)
        return 0;
    struct pii_value value;
    pii_value_read(people, (const char *)data, size, &value);
    if (value.year < 0 || value.year > 9999)
        abort();
    char folded[64];
    if (pii_fold((const char *)data, size, folded, sizeof folded) >= sizeof folded)
        abort();
    struct arena *arena = arena_create(ARENA_MAX);
    const char *text = arena_text_n(arena, (const char *)data, size);
    struct pii_name name;
    pii_name_read(vocabulary, text, &name);
    pii_name_read_table(vocabulary, text, &name);
    for (int class = 0; class < PII_CLASS_COUNT; class ++) {
        const char *masked = pii_mask(arena, (enum pii_class) class, text);
        bool clean = !text_utf8_valid(text, strlen(text)) || text_utf8_valid(masked, strlen(masked));
        if (!clean ||
            (class != PII_NONE && strlen(text) > 24 && strcmp(masked, text) == 0 && strpbrk(text, "*") == NULL))
            abort();
    }
    pii_mask_inside(arena, text);
    arena_destroy(arena);
    return 0;
}
