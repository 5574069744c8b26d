/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/args.h"

#include <stdlib.h>

#include "base/mem.h"
#include "bridge/bridge.h"
#include "jobs/kinds.h"

static struct bridge_schema **compiled; /* by the kind's place in kinds[]; lives as long as the program */

static enum error_class schema_of(const char *name, const struct bridge_schema **ret_schema, struct error *e)
{
    const struct kind *kind = kinds_find(name);
    if (kind == NULL)
        return error_code(e, ERROR_INVALID, "unknown_kind", "there is no kind \"%.64s\" in this program", name);
    if (compiled == NULL)
        compiled = mem_zero(kinds_count, sizeof *compiled);
    struct bridge_schema **place = &compiled[kind - kinds];
    char *text = NULL;
    if (*place == NULL && bridge_schema_compile(kind->schema->data, place, &text) != 0) {
        (void)error_set(e, ERROR_FATAL, "schema of kind %s: %s", name, text);
        bridge_text_free(text);
        return ERROR_FATAL;
    }
    *ret_schema = *place;
    return ERROR_OK;
}

enum error_class args_read(const char *kind, const char *text, size_t size, json_t **ret_args, char **ret_details,
                           struct error *e)
{
    const struct bridge_schema *schema = NULL;
    *ret_details = NULL;
    enum error_class class = schema_of(kind, &schema, e);
    if (class != ERROR_OK)
        return class;
    char *said = NULL;
    int verdict = bridge_schema_check(schema, text, size, &said);
    if (verdict == BRIDGE_INVALID) {
        *ret_details = mem_format("{\"errors\":%s}", said);
        (void)error_code(e, ERROR_INVALID, "invalid_arguments", "the arguments miss the schema of kind %s: see details",
                         kind);
    } else if (verdict != BRIDGE_VALID) {
        (void)error_code(e, ERROR_INVALID, "invalid_arguments", "the arguments are no JSON: %s", said);
    }
    bridge_text_free(said);
    if (verdict != BRIDGE_VALID)
        return ERROR_INVALID;
    json_error_t where;
    json_t *args = json_loadb(text, size, 0, &where);
    if (args == NULL)
        return error_code(e, ERROR_INVALID, "invalid_arguments", "the arguments can't be read: %s", where.text);
    *ret_args = args;
    return ERROR_OK;
}
