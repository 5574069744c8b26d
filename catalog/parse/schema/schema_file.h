/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schema_file.h - documents that describe data instead of holding it: JSON Schema (draft 4 to 2020-12), OpenAPI and
 * Swagger (as JSON or YAML), XSD. Rules: README.md of this folder.
 *
 * The text is read as a whole, with limits; references outside of it are never fetched but said in a diagnostic.
 */
#ifndef CATALOG_PARSE_SCHEMA_SCHEMA_FILE_H
#define CATALOG_PARSE_SCHEMA_SCHEMA_FILE_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "catalog/catalog.h"

enum schema_format { SCHEMA_JSON, SCHEMA_OPENAPI, SCHEMA_XSD };

enum { SCHEMA_FILE_MAX = 32 << 20 };

/* name: of the file, without folder; a schema without a title is called after it. */
enum error_class schema_file_parse(struct arena *arena, const char *text, size_t size, enum schema_format format,
                                   const char *name, struct catalog **ret_catalog, struct error *e);

#endif
