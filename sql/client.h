/* SPDX-License-Identifier: Apache-2.0 */
/* client.h - one blocking connection to our own PostgreSQL: for slots and the CLI, never in a loop. Same statements as
 * session.h. */
#ifndef SQL_CLIENT_H
#define SQL_CLIENT_H

#include <stdbool.h>

#include "base/error.h"
#include "sql/result.h"

struct client;

enum error_class client_open(const char *url, const char *application, int connect_timeout_s,
                             struct client **ret_client, struct error *e);
struct client *client_close(struct client *c); /* NULL is fine; returns NULL */

/* Does a pooler stand in between? Then what needs a server of its own (LISTEN, locks of a session, client_migrate()) is
 * not to be trusted there; client_listens() tries it out: ERROR_REFUSED "database_pooled" when nothing is heard. */
bool client_is_pooled(const struct client *c);
enum error_class client_listens(struct client *c, struct error *e);

/* *ret_result: result_destroy() it. NULL is allowed for ret_result. Reconnects once when the connection was found dead
 * before sending. */
enum error_class client_run(struct client *c, const char *statement, const struct sql_param *params, unsigned count,
                            struct result **ret_result, struct error *e);
struct result *result_destroy(struct result *r);

/* Brings the schema to this program's version (sql/migrations), one transaction a migration under an advisory lock.
 * A database ahead of this program is left as it is when its compatible_from allows this program, else
 * ERROR_INCOMPATIBLE "schema_too_new"; "schema_changed" when a migration was applied with another text. */
enum error_class client_migrate(struct client *c, int *ret_from, int *ret_to, struct error *e);
/* May this program work with it? ERROR_INCOMPATIBLE "schema_too_old", "schema_too_new" or "schema_changed" if not. */
enum error_class client_check_schema(struct client *c, struct error *e);

#endif
