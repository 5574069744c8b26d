/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/servers.h"

#include <stddef.h>

#include "queue/redis_check.h"
#include "sql/client.h"

enum { CONNECT_TIMEOUT_S = 3, TEXT_SIZE = 160 };

static enum error_class refuse_record(const char *url, struct error *e)
{
    struct client *client = NULL;
    struct error why = ERROR_NONE;
    if (client_open(url, "argosy start", CONNECT_TIMEOUT_S, &client, &why) == ERROR_OK)
        (void)(client_listens(client, &why) == ERROR_OK && client_check_schema(client, &why) == ERROR_OK);
    client = client_close(client);
    if (why.class == ERROR_REFUSED || why.class == ERROR_INCOMPATIBLE)
        *e = why;
    return e->class;
}

static enum error_class refuse_redis(const char *url, struct error *e)
{
    char text[TEXT_SIZE];
    struct error why = ERROR_NONE;
    enum error_class class = redis_check(url, text, sizeof text, &why);
    if (class == ERROR_REFUSED)
        *e = why;
    return e->class;
}

enum error_class servers_refuse(const char *listen_url, const char *redis_url, struct error *e)
{
    if (redis_url != NULL && refuse_redis(redis_url, e) != ERROR_OK)
        return e->class;
    return listen_url != NULL ? refuse_record(listen_url, e) : ERROR_OK;
}
