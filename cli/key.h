/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - API keys: "argosy_" and 256 random bits in hex; the record holds only their digest. */
#ifndef CLI_KEY_H
#define CLI_KEY_H

#include "base/error.h"

struct client;

/* Makes a key, records its digest under `name`; *ret_key is shown once: free(). */
enum error_class key_create(struct client *client, const char *name, char **ret_key, struct error *e);

/* The data folder's api.key: made when it is missing, recorded again when the record does not know it (a fresh
 * database). */
enum error_class key_ensure(struct client *client, const char *folder, struct error *e);

#endif
