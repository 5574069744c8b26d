/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.h - where a customer's database is, as a client wrote it: {"url", "password"}. The password is held no longer
 * than until it is sealed. Nothing here opens anything.
 */
#ifndef GATEWAY_ADDRESS_H
#define GATEWAY_ADDRESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/secretbox.h"

struct address {
    char *url, *key;     /* public form; spelt the one way (connect_probe.h). NULL: none was given */
    const char *dialect; /* constant; NULL: none */
    char *secret;        /* wiped as soon as it is sealed; NULL: there is none */
    bool secret_given;   /* also as "there is none" */
};

/* Out of members "url" and "password" (text, or null: none). A url that is given says all: without a password in either
 * place there is none. needed: without a url it is an error. Finish it in any case. */
enum error_class address_take(struct address *a, const json_t *body, bool needed, struct error *e);
void address_finish(struct address *a);

/* The secret for that row; *ret_sealed NULL: there is none. free() it. The secret itself is gone then. */
enum error_class address_seal(struct address *a, const struct secretbox *box, int64_t row, unsigned char **ret_sealed,
                              size_t *ret_size, struct error *e);

/* What people would call it: "DATABASE at HOST"; at most max bytes. free() it. */
char *address_name(const char *url, size_t max);

#endif
