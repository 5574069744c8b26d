/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/instance.h"

/* --api-key, else the folder's api.key when the gateway is the folder's own; a foreign gateway never gets it. */
static enum error_class find_key(struct context *context, char **ret_key, struct error *e)
{
    const char *given = settings_text(context->settings, SETTING_API_KEY);
    char *folder = NULL;
    if (given != NULL) {
        *ret_key = mem_text(given);
        return ERROR_OK;
    }
    if (settings_text(context->settings, SETTING_URL) != NULL)
        return error_code(e, ERROR_INVALID, "no_api_key", "--url needs a key: give ARGOSY_API_KEY or --api-key");
    enum error_class class = instance_folder(context->settings, false, &folder, e);
    if (class == ERROR_OK)
        class = instance_line(folder, "api.key", ret_key, e);
    free(folder);
    return class;
}

enum error_class api_open(struct context *context, struct api *ret_api, struct error *e)
{
    char *url, *key = NULL;
    if (instance_setting(context->settings, SETTING_URL, "url", &url, e) != ERROR_OK)
        return e->class;
    enum error_class class = find_key(context, &key, e);
    struct http_client_config config = { .base_url = url, .bearer = key, .details = &context->details };
    if (class == ERROR_OK)
        class = http_client_create(&config, &ret_api->client, e);
    if (key != NULL)
        explicit_bzero(key, strlen(key));
    free(key);
    ret_api->url = url;
    if (class != ERROR_OK)
        free(url);
    return class;
}

void api_close(struct api *api)
{
    api->client = http_client_destroy(api->client);
    free(api->url);
    api->url = NULL;
}

enum error_class api_call(struct context *context, const char *method, const char *path, const json_t *body,
                          json_t **ret_answer, struct error *e)
{
    struct api api;
    if (api_open(context, &api, e) != ERROR_OK)
        return e->class;
    enum error_class class = http_client_call(api.client, method, path, body, NULL, ret_answer, e);
    api_close(&api);
    return class;
}

enum error_class api_submit(struct context *context, const char *path, const json_t *body, json_t **ret_answer,
                            struct error *e)
{
    struct api api;
    if (api_open(context, &api, e) != ERROR_OK)
        return e->class;
    const char *key = command_option(context, "idempotency-key");
    enum error_class class = http_client_call(api.client, "POST", path, body, key, ret_answer, e);
    api_close(&api);
    if (class != ERROR_OK)
        return class;
    api_show_id(context, *ret_answer, "id");
    print_warnings(*ret_answer);
    return ERROR_OK;
}

enum error_class api_id(const char *text, const char *of, int64_t *ret_id, struct error *e)
{
    if (!text_to_int64(text, 1, INT64_MAX, ret_id))
        return error_code(e, ERROR_INVALID, "invalid_id",
                          "\"%s\" is not a %s's id: it is a number, as `argosy %s list` shows it", text, of, of);
    return ERROR_OK;
}

void api_parameter(struct buffer *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    (void)buffer_format(path, "%c%s=", strchr(buffer_view(path), '?') == NULL ? '?' : '&', name);
    for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++)
        (void)buffer_format(
            path,
            strchr("-_.~", *p) != NULL || (*p >= '0' && *p <= '9') || ((*p | 32) >= 'a' && (*p | 32) <= 'z') ? "%c"
                                                                                                             : "%%%02X",
            *p);
}

void api_show_object(const struct context *context, const json_t *answer, const struct print_column *columns)
{
    if (context->json)
        print_json(answer);
    else
        print_object(answer, columns);
}

void api_show_id(const struct context *context, const json_t *answer, const char *member)
{
    if (context->json)
        print_json(answer);
    else
        (void)printf("%lld\n", (long long)json_integer_value(json_object_get(answer, member)));
}
