/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_catalog_json.c - any JSON as a catalog: an error with a reason, or a catalog that comes back as the same bytes.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words json */

#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX)
        return 0;
    json_t *json = json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
    if (json == NULL)
        return 0;
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *first = NULL, *second = NULL;
    struct error e = ERROR_NONE;
    if (catalog_from_json(arena, json, &first, &e) == ERROR_OK) {
        json_t *out = catalog_to_json(first);
        if (catalog_from_json(arena, out, &second, &e) != ERROR_OK)
            abort();
        json_t *again = catalog_to_json(second);
        if (!json_equal(out, again))
            abort();
        json_decref(out);
        json_decref(again);
    } else if (e.message[0] == '\0') {
        abort();
    }
    json_decref(json);
    arena_destroy(arena);
    return 0;
}
