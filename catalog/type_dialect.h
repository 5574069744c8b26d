/* SPDX-License-Identifier: Apache-2.0 */
/* type_dialect.h - what type_DIALECT.c gives to type.c, and the words of a native type that it reads. This room only.
 */
#ifndef CATALOG_TYPE_DIALECT_H
#define CATALOG_TYPE_DIALECT_H

#include "catalog/type.h"

struct type_dialect {
    const char *name;
    struct type (*from_native)(const char *native_type);
    /* NULL: types of this dialect are only read */
    bool (*to_native)(const struct type *type, const char *native_type, char *ret_text, size_t size,
                      const char **ret_loss);
};

extern const struct type_dialect type_sqlite, type_postgresql, type_mysql, type_oracle, type_sqlserver;

/* "Timestamp (3)  WITH Time Zone" is words "timestamp with time zone", numbers 3. */
struct type_words {
    char words[128]; /* lower case, one blank between; what stands in brackets is cut out */
    long numbers[2];
    int number_count;
    bool odd; /* brackets that hold something else than one or two numbers */
};

/* false: longer than any type we know. */
bool type_words_read(const char *native_type, struct type_words *ret_words);
/* Drops the word from words; false when it was not there. */
bool type_words_drop(struct type_words *words, const char *word);

/* One spelling a row; the first that equals the words. */
struct type_row {
    const char *words;
    enum type_name name;
};
const struct type_row *type_row_find(const struct type_row *rows, size_t count, const char *words);

/* The type of a row with the numbers where that type takes them. */
struct type type_of_words(enum type_name name, const struct type_words *words);

#endif
