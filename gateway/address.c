/* SPDX-License-Identifier: Apache-2.0 */
/* address.c - see address.h. Pure but for the sealing. */
#include "gateway/address.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/connect.h"
#include "catalog/connect/connect_probe.h"

enum { URL_MAX = 4096, PASSWORD_MAX = 4096, PART_MAX = 90 };

static enum error_class take_url(struct address *a, const char *url, struct error *e)
{
    if (strlen(url) > URL_MAX)
        return error_code(e, ERROR_INVALID, "invalid_url", "The url is longer than %d bytes.", URL_MAX);
    if (connect_dialect_of(url, &a->dialect, e) != ERROR_OK)
        return e->class;
    if (strcmp(a->dialect, "sqlite") == 0)
        return error_code(e, ERROR_INVALID, "upload_needed",
                          "A file is not reached by its path: send it to /api/v1/files and name its id as \"upload\".");
    if (connect_url_split(url, &a->url, &a->secret, e) != ERROR_OK)
        return e->class;
    a->key = connect_url_key(a->url);
    a->secret_given = true;
    return ERROR_OK;
}

enum error_class address_take(struct address *a, const json_t *body, bool needed, struct error *e)
{
    const json_t *url = json_object_get(body, "url"), *password = json_object_get(body, "password");
    const char *text = json_string_value(password);
    if (url ? !json_is_string(url) : needed)
        return error_code(e, ERROR_INVALID, "invalid_url", "\"url\" must be text, as postgres://USER@HOST/DATABASE.");
    if (password && !json_is_null(password) && (!text || strlen(text) > PASSWORD_MAX))
        return error_code(e, ERROR_INVALID, "invalid_option",
                          "\"password\" must be text of at most %d bytes, or null for none.", PASSWORD_MAX);
    if (url && take_url(a, json_string_value(url), e) != ERROR_OK)
        return e->class;
    if (password) {
        secretbox_wipe(a->secret);
        a->secret = text && *text ? mem_text(text) : NULL;
        a->secret_given = true;
    }
    return ERROR_OK;
}

void address_finish(struct address *a)
{
    free(a->url);
    free(a->key);
    secretbox_wipe(a->secret);
    *a = (struct address){ 0 };
}

enum error_class address_seal(struct address *a, const struct secretbox *box, int64_t row, unsigned char **ret_sealed,
                              size_t *ret_size, struct error *e)
{
    *ret_sealed = NULL;
    *ret_size = 0;
    enum error_class class =
        a->secret ? secretbox_seal(box, row, a->secret, strlen(a->secret), ret_sealed, ret_size, e) : ERROR_OK;
    secretbox_wipe(a->secret);
    a->secret = NULL;
    return class;
}

char *address_name(const char *url, size_t max)
{
    const char *authority = strstr(url, "://");
    authority = authority ? authority + 3 : url;
    size_t size = strcspn(authority, "/?");
    const char *at = memchr(authority, '@', size), *rest = authority + size;
    const char *host = at ? at + 1 : authority, *database = *rest == '/' ? rest + 1 : "";
    int host_size = (int)(rest - host), database_size = (int)strcspn(database, "?");
    host_size = host_size < PART_MAX ? host_size : PART_MAX;
    database_size = database_size < PART_MAX ? database_size : PART_MAX;
    char *name = mem_format("%.*s%s%.*s", database_size, database, host_size > 0 && database_size > 0 ? " at " : "",
                            host_size, host);
    if (*name != '\0' && strlen(name) <= max && text_utf8_valid(name, strlen(name)))
        return name;
    free(name);
    return mem_text("database");
}
