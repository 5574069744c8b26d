/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_connect_url.c - the address of a customer's database: refused, or split so that the password is in the secret
 * and in nothing else. A public form has no password any more, so splitting it gives itself.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/connect_probe.h"

static void splits_to_itself(const char *public)
{
    char *again = NULL, *secret = NULL;
    struct error e = ERROR_NONE;
    enum error_class class = connect_url_split(public, &again, &secret, &e);
    assert(class == ERROR_OK && secret == NULL && strcmp(public, again) == 0);
    free(again);
}

/* The authority of what may be shown: nothing between a ':' and an '@'. */
static void has_no_login(const char *public)
{
    const char *from = strstr(public, "://");
    size_t size = from ? strcspn(from + 3, "/?") : 0;
    const char *at = from ? memchr(from + 3, '@', size) : NULL;
    assert(!at || !memchr(from + 3, ':', (size_t)(at - from - 3)));
}

/* Another spelling of it: text, of the same dialect, and no longer than its kind's name is longer. */
static void spells_the_one_way(const char *public, const char *dialect)
{
    char *key = connect_url_key(public);
    const char *again = NULL;
    struct error e = ERROR_NONE;
    assert(text_utf8_valid(key, strlen(key)) && strlen(key) <= strlen(public) + strlen(dialect));
    assert(connect_dialect_of(key, &again, &e) == ERROR_OK && strcmp(again, dialect) == 0);
    free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *url = mem_text_n((const char *)data, size), *public = NULL, *secret = NULL;
    const char *dialect = NULL;
    struct error e = ERROR_NONE, why = ERROR_NONE;
    enum error_class known = connect_dialect_of(url, &dialect, &why);
    if (connect_url_split(url, &public, &secret, &e) == ERROR_OK) {
        assert(known == ERROR_OK && dialect && public && text_utf8_valid(public, strlen(public)));
        spells_the_one_way(public, dialect);
        if (strcmp(dialect, "sqlite") != 0) {
            has_no_login(public);
            splits_to_itself(public);
        }
    } else {
        assert(e.class == ERROR_INVALID && !public && !secret && text_utf8_valid(e.message, strlen(e.message)));
        size_t scheme = strcspn(url, ":") + strlen("://"); /* what kinds there are may be told */
        assert(strlen(url) < 12 || strlen(url) <= scheme || !strstr(e.message, url));
    }
    free(public);
    free(secret);
    free(url);
    return 0;
}
