/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_schema_file.c - any text as a schema file; the first byte says of which kind. A catalog that comes must be one.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words schema json xml */

#include <stdlib.h>

#include "catalog/parse/schema/schema_file.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 512 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > INPUT_MAX)
        return 0;
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL, *again = NULL;
    struct error e = ERROR_NONE;
    enum schema_format format = data[0] == '<' ? SCHEMA_XSD : data[0] == '{' ? SCHEMA_JSON : SCHEMA_OPENAPI;
    if (schema_file_parse(arena, (const char *)data, size, format, "doc", &c, &e) == ERROR_OK) {
        json_t *json = catalog_to_json(c);
        if (json == NULL || catalog_from_json(arena, json, &again, &e) != ERROR_OK)
            abort();
        json_decref(json);
    } else if (e.message[0] == '\0') {
        abort();
    }
    arena_destroy(arena);
    return 0;
}
