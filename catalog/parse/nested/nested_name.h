/* SPDX-License-Identifier: Apache-2.0 */
/* nested_name.h - what the names in a nested document say: a key, a wrapper, one of many. Pure. This room only. */
#ifndef CATALOG_PARSE_NESTED_NESTED_NAME_H
#define CATALOG_PARSE_NESTED_NESTED_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { NESTED_NAME_SIZE = 256 };

/* 0: no name of a key. Higher: more likely the one key of `table`: its own id, an id, a code. */
int nested_name_key_rank(const char *name, const char *table);

/* "id", "_id", "code"; not "ArtistId", "order_no". */
bool nested_name_is_one_word(const char *name);

/* Names that say nothing of what they hold: row, item, data, results. */
bool nested_name_is_generic(const char *name);

/* Is it the same word but for plural and singular: categories, category. */
bool nested_name_same_thing(const char *many, const char *one);

/* "order_items" to "order_item"; lower case; cut at the size. */
void nested_name_singular(const char *name, char ret_name[static NESTED_NAME_SIZE]);

/* Without what JSON, XML, YAML and packed files end with, and without folder. */
void nested_name_of_file(const char *file, char ret_name[static NESTED_NAME_SIZE]);

/* Do most of the keys look like data: numbers, days, ids, addresses? */
bool nested_name_is_data(const char *key, size_t size);

#endif
