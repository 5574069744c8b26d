/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/random.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "sql/client.h"

enum { KEY_HEX_SIZE = 64 + 1, CONNECT_TIMEOUT_S = 10 };

static enum error_class record(struct client *client, const char *name, const char *key, struct error *e)
{
    char digest[DIGEST_BYTEA_SIZE];
    digest_key(key, digest);
    const struct sql_param params[] = { SQL_TEXT(name), SQL_TEXT(digest) };
    return client_run(client, "api_key_add", params, 2, NULL, e);
}

enum error_class key_create(struct client *client, const char *name, char **ret_key, struct error *e)
{
    char hex[KEY_HEX_SIZE];
    random_hex(hex, sizeof hex);
    char *key = mem_format("argosy_%s", hex);
    explicit_bzero(hex, sizeof hex);
    if (record(client, name, key, e) != ERROR_OK) {
        free(key);
        return e->class;
    }
    *ret_key = key;
    return ERROR_OK;
}

enum error_class key_ensure(struct client *client, const char *folder, struct error *e)
{
    char *key_text = NULL;
    if (instance_line(folder, "api.key", &key_text, e) == ERROR_OK) {
        mem_auto char *key = key_text;
        return record(client, "up", key, e);
    }
    if (e->class != ERROR_NOT_FOUND || key_create(client, "up", &key_text, e) != ERROR_OK)
        return e->class;
    mem_auto char *key = key_text;
    return instance_line_write(folder, "api.key", key, e);
}

enum error_class api_key_create_run(struct context *context, struct error *e)
{
    char *url_text;
    struct client *client = NULL;
    if (instance_setting(context->settings, SETTING_DATABASE_URL, "database_url", &url_text, e) != ERROR_OK)
        return e->class;
    mem_auto char *url = url_text, *key = NULL;
    if (client_open(url, "argosy api-key", CONNECT_TIMEOUT_S, &client, e) != ERROR_OK)
        return e->class;
    const char *name = context->argument_count > 0 ? context->arguments[0] : "cli";
    enum error_class class = key_create(client, name, &key, e);
    client = client_close(client);
    if (class == ERROR_OK)
        (void)printf(context->json ? "{\"api_key\":\"%s\"}\n" : "%s\n", key);
    return class;
}
