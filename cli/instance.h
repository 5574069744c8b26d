/* SPDX-License-Identifier: Apache-2.0 */
/*
 * instance.h - the data folder of one `argosy up`, and how commands find what runs there.
 *
 *   postgres/ redis/   the private servers          uploads/   files that were uploaded
 *   run/               unix sockets (or a short path under the temp folder, when this one is too long for a socket)
 *   log/               one file a child              up.json    written when ready: pid, url, database_url, redis_url
 *   secret.key         the fleet's key for secrets   api.key    the key that `argosy up` printed     lock
 */
#ifndef CLI_INSTANCE_H
#define CLI_INSTANCE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/settings.h"

/* The data folder by the settings; made (0700) when `make` is set. free(). */
enum error_class instance_folder(const struct settings *settings, bool make, char **ret_path, struct error *e);

/* mkdir that is content when the folder is there. */
enum error_class instance_make(const char *path, struct error *e);

/* Holds the folder against a second `up`. *ret_fd stays open for the life of the process. ERROR_REFUSED: somebody has
 * it. */
enum error_class instance_lock(const char *folder, int *ret_fd, struct error *e);
/* Does somebody hold that lock? It goes with its process, however that ends; up.json of a killed one stays. */
bool instance_is_locked(const char *folder);

/* up.json; written under another name first and renamed. ERROR_UNAVAILABLE when nothing runs there. */
enum error_class instance_write(const char *folder, const json_t *state, struct error *e);
enum error_class instance_read(const char *folder, json_t **ret_state, struct error *e);
void instance_remove(const char *folder);

/* A setting, else that member of up.json. free(). what: "database", "gateway", ... for the error. */
/* The setting database-direct-url, or NULL; without a database-url beside it it is about another fleet. */
const char *instance_direct(const struct settings *settings);
/* Of the record, past a pooler if one is named: --database-direct-url, else --database-url. free() it. */
enum error_class instance_direct_url(const struct settings *settings, char **ret_url, struct error *e);
enum error_class instance_setting(const struct settings *settings, enum setting id, const char *member,
                                  char **ret_value, struct error *e);

/* First line of a small file of the folder (api.key). free(). */
enum error_class instance_line(const char *folder, const char *name, char **ret_line, struct error *e);
/* Writes such a file, 0600, whole or not at all. */
enum error_class instance_line_write(const char *folder, const char *name, const char *line, struct error *e);

/* Removes a folder below the data folder with all that is in it. */
enum error_class instance_erase(const char *folder, const char *name, struct error *e);

#endif
