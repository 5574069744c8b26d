/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqltext.h - the one writer of SQL text for customers' databases.
 *
 * Names and values come from strangers: they only get into a statement through here, quoted as their dialect wants.
 * The first refusal (a NUL, bad UTF-8, a name too long for the server, a statement over the limit) sticks; whatever is
 * added after it is dropped, and sqltext_view() reports it, so callers check once, at the end.
 */
#ifndef CATALOG_CONNECT_SQLTEXT_H
#define CATALOG_CONNECT_SQLTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/connect/connect.h"

enum { SQLTEXT_MAX = 64 << 20, SQLTEXT_POSTGRESQL_NAME_MAX = 63 };

struct sqltext {
    struct buffer text;
    const char *dialect; /* "postgresql", "sqlite" */
    struct error refusal;
};

void sqltext_init(struct sqltext *s, const char *dialect);
void sqltext_finish(struct sqltext *s);
void sqltext_clear(struct sqltext *s); /* empty, no refusal */

void sqltext_raw(struct sqltext *s, const char *text); /* constant text of ours, never anything that arrived */
void sqltext_ident(struct sqltext *s, const char *name);
void sqltext_table(struct sqltext *s, const char *schema, const char *name); /* schema NULL or "": the name alone */
/* "a", "b"; with qualifier each is written as qualifier."a" (the qualifier is an alias of ours). */
void sqltext_idents(struct sqltext *s, const char *qualifier, const struct catalog_names *names);

void sqltext_literal(struct sqltext *s, const char *data, size_t size); /* text */
void sqltext_integer(struct sqltext *s, int64_t value);
void sqltext_value(struct sqltext *s, const struct connect_value *value); /* NULL, number, text or bytes */
void sqltext_values(struct sqltext *s, const struct connect_value *values, size_t count);

/* The statement, NUL-terminated, good until the next change; or the first refusal. */
enum error_class sqltext_view(struct sqltext *s, const char **ret_text, struct error *e);

#endif
