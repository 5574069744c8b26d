/* SPDX-License-Identifier: Apache-2.0 */
/* type_words.c - the words and numbers of a native type, as every dialect reads them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/type_dialect.h"

enum { NUMBER_MAX = 1000000000 };

/* Reads "(10, -2)" at *at, which stands behind the bracket when it returns. */
static void read_numbers(const char **at, struct type_words *ret)
{
    const char *p = *at + 1;
    do {
        p += strspn(p, " \t\r\n");
        char *end;
        long number = strtol(p, &end, 10);
        if (end == p || number > NUMBER_MAX || number < -NUMBER_MAX || ret->number_count == 2) {
            ret->odd = true;
            break;
        }
        ret->numbers[ret->number_count++] = number;
        p = end + strspn(end, " \t\r\n");
    } while (*p == ',' && *p++ != '\0');
    if (*p != ')')
        ret->odd = true;
    p += strcspn(p, ")");
    *at = *p == ')' ? p + 1 : p;
}

bool type_words_read(const char *native_type, struct type_words *ret_words)
{
    *ret_words = (struct type_words){ 0 };
    size_t used = 0;
    bool blank = false;
    for (const char *at = native_type; *at != '\0';) {
        if (*at == '(') {
            if (ret_words->number_count > 0 || ret_words->odd)
                ret_words->odd = true;
            read_numbers(&at, ret_words);
            blank = true;
        } else if (isspace((unsigned char)*at)) {
            blank = true;
            at++;
        } else {
            if (used + 3 > sizeof ret_words->words)
                return false;
            if (blank && used > 0)
                ret_words->words[used++] = ' ';
            blank = false;
            ret_words->words[used++] = (char)tolower((unsigned char)*at++);
        }
    }
    return true;
}

bool type_words_drop(struct type_words *words, const char *word)
{
    size_t size = strlen(word);
    for (char *at = words->words; (at = strstr(at, word)) != NULL; at += size) {
        bool begins = at == words->words || at[-1] == ' ', ends = at[size] == ' ' || at[size] == '\0';
        if (!begins || !ends)
            continue;
        char *from = at + size + (at[size] == ' ');
        memmove(at, from, strlen(from) + 1);
        size_t left = strlen(words->words);
        if (left > 0 && words->words[left - 1] == ' ')
            words->words[left - 1] = '\0';
        return true;
    }
    return false;
}

const struct type_row *type_row_find(const struct type_row *rows, size_t count, const char *words)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].words, words) == 0)
            return &rows[i];
    return NULL;
}

struct type type_of_words(enum type_name name, const struct type_words *words)
{
    struct type type = { .name = name };
    bool given = words->number_count > 0 && !words->odd;
    switch (name) {
    case TYPE_CHAR:
    case TYPE_VARCHAR:
    case TYPE_BINARY:
        type.length = given && words->numbers[0] > 0 ? words->numbers[0] : 0;
        break;
    case TYPE_DECIMAL:
        type.precision = given && words->numbers[0] > 0 ? (int)words->numbers[0] : 0;
        type.scale = type.precision > 0 && words->number_count == 2 ? (int)words->numbers[1] : 0;
        break;
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        type.precision = given && words->numbers[0] >= 0 ? (int)words->numbers[0] : -1;
        break;
    default:
        break;
    }
    return type;
}
