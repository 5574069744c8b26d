/* SPDX-License-Identifier: Apache-2.0 */
/* codewords.h - the short words of data files: yes and no, what stands for nothing, names of columns that hold codes.
 */
#ifndef CATALOG_PARSE_VALUE_CODEWORDS_H
#define CATALOG_PARSE_VALUE_CODEWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CODEWORDS_SIZE = 20 };

/* Bits of a word, one in each pair that it belongs to ("no" is of several); 0: none. In a pair yes comes first. */
enum { CODEWORDS_PAIRS = 16 };
uint32_t codewords_boolean(const char *text, size_t size);
/* One bit for each pair that a word with these bits belongs to. */
uint32_t codewords_pairs(uint32_t bits);
/* Is there a pair that has all the words, and do they say enough? "true" alone does, "N" alone could be anything. */
bool codewords_are_boolean(uint32_t bits, uint32_t pairs_not);
/* NA, n/a, NULL, none, nil, NaN, -, ?, ., 0000-00-00, ... */
bool codewords_marker(const char *text, size_t size);
/* Is it a column of codes by its name: zip, phone, ISBN, ...? */
bool codewords_code_name(const char *name);

#endif
