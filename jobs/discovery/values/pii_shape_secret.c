/* SPDX-License-Identifier: Apache-2.0 */
/* pii_shape_secret.c - hashes of passwords, tokens of known makers, and what looks like a password itself. */
#include "jobs/discovery/values/pii_shape.h"

#include <string.h>

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool starts(const char *text, size_t size, const char *prefix)
{
    size_t length = strlen(prefix);
    return size > length && memcmp(text, prefix, length) == 0;
}

bool pii_shape_uuid(const char *text, size_t size)
{
    if (size == 38 && text[0] == '{' && text[37] == '}')
        text++, size -= 2;
    if (size != 36)
        return false;
    for (size_t i = 0; i < size; i++)
        if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !is_hex(text[i]))
            return false;
    return true;
}

bool pii_shape_hex(const char *text, size_t size)
{
    if (size > 2 && text[0] == '\\' && text[1] == 'x') /* PostgreSQL's bytea */
        text += 2, size -= 2;
    if (size != 32 && size != 40 && size != 56 && size != 64 && size != 96 && size != 128)
        return false;
    bool letter = false;
    for (size_t i = 0; i < size; i++) {
        if (!is_hex(text[i]))
            return false;
        letter = letter || text[i] > '9';
    }
    return letter;
}

bool pii_shape_hash(const char *text, size_t size)
{
    static const char *const begins[] = { "$2a$",          "$2b$",
                                          "$2y$",          "$2x$",
                                          "$argon2",       "$scrypt$",
                                          "$pbkdf2",       "$5$",
                                          "$6$",           "$y$",
                                          "$7$",           "$apr1$",
                                          "$P$",           "$H$",
                                          "$1$",           "pbkdf2_sha256$",
                                          "pbkdf2_sha1$",  "bcrypt_sha256$",
                                          "bcrypt$",       "argon2$",
                                          "sha1$",         "sha256$",
                                          "{SSHA}",        "{SHA}",
                                          "{SSHA512}",     "{BCRYPT}",
                                          "md5$",          "scrypt:",
                                          "pbkdf2:sha256:" };
    if (size < 20 || memchr(text, ' ', size) != NULL)
        return false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (starts(text, size, begins[i]))
            return true;
    return false;
}

static bool is_token(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
              c == '.'))
            return false;
    }
    return true;
}

bool pii_shape_secret(const char *text, size_t size)
{
    static const char *const begins[] = { "AKIA",   "ASIA",     "ghp_",     "gho_",     "ghs_",           "github_pat_",
                                          "glpat-", "sk_live_", "sk_test_", "rk_live_", "pk_live_",       "whsec_",
                                          "xoxb-",  "xoxp-",    "xoxa-",    "sk-",      "AIza",           "SG.",
                                          "npm_",   "dop_v1_",  "shpat_",   "ya29.",    "EAACEdEose0cBA", "hvs.",
                                          "pypi-" };
    if (starts(text, size, "-----BEGIN "))
        return true;
    if (size < 16 || size > 4096 || !is_token(text, size))
        return false;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (starts(text, size, begins[i]))
            return true;
    if (!starts(text, size, "eyJ"))
        return false;
    const char *first = memchr(text, '.', size); /* a JWT: three parts */
    return first != NULL && memchr(first + 1, '.', size - (size_t)(first + 1 - text)) != NULL;
}

/* Small and large letters and digits or signs without a boundary between them that a code would have. */
bool pii_shape_password(const char *text, size_t size)
{
    if (size < 6 || size > 24 || text[size - 1] == '=' || pii_shape_domain(text, size))
        return false; /* what ends with = is base64 */
    size_t small = 0, large = 0, digits = 0, signs = 0, changes = 0;
    int last = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        int sort;
        if (c >= 'a' && c <= 'z')
            small++, sort = 1;
        else if (c >= 'A' && c <= 'Z')
            large++, sort = 2;
        else if (c >= '0' && c <= '9')
            digits++, sort = 3;
        else if (c > ' ' && c < 0x7F && strchr("!@#$%^&*()_+=?<>[]{}|~", c) != NULL)
            signs++, sort = 4;
        else
            return false;
        changes += last != 0 && sort != last;
        last = sort;
    }
    if (signs > 0)
        return (small > 0) + (large > 0) + (digits > 0) >= 2 && small + large + digits >= 4 && changes >= 2;
    return small >= 2 && large > 0 && digits > 0 && changes >= 2;
}

/* One word that a program made: a path, an identifier with underscores, the name of a file. */
bool pii_shape_path(const char *text, size_t size)
{
    size_t point = 0, letters = 0;
    bool sign = false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == ' ' || text[i] == '@')
            return false;
        letters += (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z';
        sign = sign || text[i] == '_' || text[i] == '\\' || text[i] == '/';
        point = text[i] == '.' ? i : point;
    }
    bool ending = point > 0 && size - point >= 3 && size - point <= 5;
    for (size_t i = point + 1; ending && i < size; i++)
        ending = (text[i] >= 'a' && text[i] <= 'z') || (text[i] >= '0' && text[i] <= '9');
    return letters >= 2 && (sign || ending);
}

bool pii_shape_masked(const char *text, size_t size)
{
    size_t stars = 0;
    for (size_t i = 0; i < size; i++)
        stars += text[i] == '*' || text[i] == 'X' || text[i] == 'x' || text[i] == '#';
    return size >= 4 && stars >= 4 && stars * 2 >= size && memchr(text, ' ', size) == NULL;
}
