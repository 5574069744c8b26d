/* SPDX-License-Identifier: Apache-2.0 */
/*
 * document_yaml_scalar.c - what a YAML scalar means: the core schema of 1.2, with the booleans of 1.1 kept apart, since
 * `no` may be Norway. A number with a leading zero is a code, as it is in JSON.
 */
#include "catalog/parse/nested/document_yaml.h"

#include <string.h>

static bool is_one_of(const char *text, size_t size, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == size && memcmp(*words, text, size) == 0)
            return true;
    return false;
}

static size_t digits(const char *text, size_t size, size_t at)
{
    size_t from = at;
    while (at < size && text[at] >= '0' && text[at] <= '9')
        at++;
    return at - from;
}

static bool is_number(const char *text, size_t size)
{
    size_t at = size > 0 && (text[0] == '-' || text[0] == '+');
    size_t whole = digits(text, size, at), part = 0;
    if (whole > 1 && text[at] == '0')
        return false;
    at += whole;
    if (at < size && text[at] == '.') {
        part = digits(text, size, ++at);
        at += part;
    }
    if (whole + part == 0)
        return false;
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        at += at < size && (text[at] == '-' || text[at] == '+');
        size_t power = digits(text, size, at);
        if (power == 0)
            return false;
        at += power;
    }
    return at == size;
}

static enum document_kind plain_kind(const char *text, size_t size)
{
    static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
    static const char *const booleans[] = { "true", "True", "TRUE", "false", "False", "FALSE", NULL };
    static const char *const words[] = { "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON",
                                         "off", "Off", "OFF", "y",  "Y",  "n",  "N",  NULL };
    if (size <= 5) {
        if (is_one_of(text, size, nulls))
            return DOCUMENT_NULL;
        if (is_one_of(text, size, booleans))
            return DOCUMENT_BOOLEAN;
        if (is_one_of(text, size, words))
            return DOCUMENT_WORD;
    }
    return is_number(text, size) ? DOCUMENT_NUMBER : DOCUMENT_STRING;
}

enum document_kind document_yaml_kind(const char *text, size_t size, bool plain, const char *tag)
{
    static const char core[] = "tag:yaml.org,2002:";
    if (tag == NULL || strncmp(tag, core, sizeof core - 1) != 0)
        return plain && (tag == NULL || strcmp(tag, "!") != 0) ? plain_kind(text, size) : DOCUMENT_STRING;
    const char *name = tag + sizeof core - 1;
    if (strcmp(name, "null") == 0)
        return DOCUMENT_NULL;
    if (strcmp(name, "bool") == 0)
        return DOCUMENT_BOOLEAN;
    if (strcmp(name, "int") == 0 || strcmp(name, "float") == 0)
        return is_number(text, size) ? DOCUMENT_NUMBER : DOCUMENT_STRING;
    return DOCUMENT_STRING;
}
