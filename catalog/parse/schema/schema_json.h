/* SPDX-License-Identifier: Apache-2.0 */
/* schema_json.h - what schema_json.c asks of schema_json_type.c. Private to these two. */
#ifndef CATALOG_PARSE_SCHEMA_SCHEMA_JSON_H
#define CATALOG_PARSE_SCHEMA_SCHEMA_JSON_H

#include "catalog/parse/schema/schema_table.h"

bool schema_json_is(const struct schema_tree *s, const char *type); /* `type` is it, or has it */
bool schema_json_may_be_null(const struct schema_tree *s);
/* Of a schema that is neither object nor list; TYPE_OTHER: it says nothing. */
struct type schema_json_type(struct schema_work *w, const struct schema_tree *s, const char **ret_native);
const char *schema_json_check(struct schema_work *w, const struct schema_tree *s, const char *column); /* NULL: none */

#endif
