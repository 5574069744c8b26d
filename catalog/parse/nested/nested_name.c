/* SPDX-License-Identifier: Apache-2.0 */
/* nested_name.c - small tables of words, and rules of English that are right for names of tables more often than not.
 */
#include "catalog/parse/nested/nested_name.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool is_among(const char *name, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcasecmp(name, *words) == 0)
            return true;
    return false;
}

bool nested_name_is_generic(const char *name)
{
    static const char *const words[] = {
        "row",  "rows",  "record", "records", "item",    "items",  "entry",   "entries",      "element",    "elements",
        "data", "root",  "doc",    "list",    "array",   "result", "results", "document",     "resultset",  "response",
        "body", "value", "values", "member",  "members", "object", "objects", "payload",      "collection", "content",
        "xml",  "json",  "export", "dump",    "table",   "hits",   "dataset", "records_list", "",           NULL
    };
    return is_among(name, words);
}

void nested_name_singular(const char *name, char ret_name[static NESTED_NAME_SIZE])
{
    static const char *const es[] = { "ses", "xes", "zes", "ches", "shes", NULL };
    text_copy(ret_name, NESTED_NAME_SIZE, name);
    for (char *c = ret_name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    size_t size = strlen(ret_name);
    if (text_ends(ret_name, "people")) {
        memcpy(ret_name + size - 6, "person", 6);
        return;
    }
    if (size > 5 && text_ends(ret_name, "children")) {
        ret_name[size - 3] = '\0';
        return;
    }
    if (size > 4 && text_ends(ret_name, "ies")) {
        memcpy(ret_name + size - 3, "y", 2);
        return;
    }
    if (size < 4 || ret_name[size - 1] != 's' || text_ends(ret_name, "ss") || text_ends(ret_name, "us") ||
        text_ends(ret_name, "is"))
        return;
    for (const char *const *ending = es; *ending != NULL; ending++)
        if (text_ends(ret_name, *ending)) {
            /* "boxes", "branches", "addresses"; but "cases", "releases" keep their e */
            bool keeps = strcmp(*ending, "ses") == 0 && !text_ends(ret_name, "sses") && !text_ends(ret_name, "uses");
            ret_name[size - (keeps ? 1 : 2)] = '\0';
            return;
        }
    ret_name[size - 1] = '\0';
}

bool nested_name_same_thing(const char *many, const char *one)
{
    char a[NESTED_NAME_SIZE], b[NESTED_NAME_SIZE];
    nested_name_singular(many, a);
    nested_name_singular(one, b);
    return a[0] != '\0' && strcmp(a, b) == 0;
}

/* The last word of a camelCase or snake_case name, in lower case. */
static void last_word(const char *name, char ret_word[static NESTED_NAME_SIZE])
{
    size_t end = strlen(name), start = end;
    while (start > 0) {
        char c = name[start - 1];
        if (!isalnum((unsigned char)c))
            break;
        start--;
        bool lower_before =
            start > 0 && (islower((unsigned char)name[start - 1]) || isdigit((unsigned char)name[start - 1]));
        if (isupper((unsigned char)c) && lower_before)
            break;
    }
    size_t size = end - start < NESTED_NAME_SIZE - 1 ? end - start : NESTED_NAME_SIZE - 1;
    for (size_t i = 0; i < size; i++)
        ret_word[i] = (char)tolower((unsigned char)name[start + i]);
    ret_word[size] = '\0';
}

bool nested_name_is_one_word(const char *name)
{
    char word[NESTED_NAME_SIZE];
    last_word(name, word);
    return strlen(word) >= strlen(name) - (name[0] == '_' ? 1 : 0);
}

int nested_name_key_rank(const char *name, const char *table)
{
    static const char *const ids[] = { "id", "uuid", "guid", "oid", "identifier", "pk", NULL };
    static const char *const codes[] = { "key", "code", "no",   "nr",  "num",  "number", "sku", "isbn",
                                         "ean", "gtin", "slug", "ref", "iata", "icao",   NULL };
    char word[NESTED_NAME_SIZE], own[NESTED_NAME_SIZE], whole[NESTED_NAME_SIZE];
    last_word(name, word);
    bool is_id = is_among(word, ids), is_code = is_among(word, codes);
    if (!is_id && !is_code)
        return 0;
    if (is_among(name, ids) || strcmp(name, "_id") == 0)
        return 5;
    nested_name_singular(table, own);
    text_copy(whole, sizeof whole, name);
    for (char *c = whole; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    if (own[0] != '\0' && strncmp(whole, own, strlen(own)) == 0)
        return is_id ? 4 : 3;
    return is_id ? 2 : 1;
}

void nested_name_of_file(const char *file, char ret_name[static NESTED_NAME_SIZE])
{
    static const char *const endings[] = { "json", "ndjson", "jsonl", "geojson", "yaml", "yml", "xml",
                                           "gz",   "zst",    "bz2",   "xz",      "txt",  "zip", NULL };
    const char *slash = strrchr(file, '/');
    text_copy(ret_name, NESTED_NAME_SIZE, slash != NULL ? slash + 1 : file);
    char *dot;
    while ((dot = strrchr(ret_name, '.')) != NULL && dot != ret_name && is_among(dot + 1, endings))
        *dot = '\0';
    if (ret_name[0] == '\0')
        text_copy(ret_name, NESTED_NAME_SIZE, "document");
}

bool nested_name_is_data(const char *key, size_t size)
{
    size_t digits = 0, hexes = 0, marks = 0, others = 0;
    for (size_t i = 0; i < size; i++) {
        if (isdigit((unsigned char)key[i]))
            digits++;
        else if (isxdigit((unsigned char)key[i]))
            hexes++;
        else if (strchr("-:./+_ T", key[i]) != NULL)
            marks++;
        else
            others++;
    }
    if (size == 0 || (memchr(key, '@', size) != NULL && memchr(key, '.', size) != NULL))
        return true;
    if (digits > 0 && hexes + others == 0) /* a number, a day, a time */
        return true;
    return digits > 0 && others == 0 && size >= 16; /* a UUID, a hash */
}
