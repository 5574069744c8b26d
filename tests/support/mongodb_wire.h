/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_wire.h - a server that speaks MongoDB's wire protocol and answers from a list, for what no imitation has:
 * rights that are missing, validators, views, and servers that stall, hang up or talk rubbish.
 */
#ifndef TESTS_SUPPORT_MONGODB_WIRE_H
#define TESTS_SUPPORT_MONGODB_WIRE_H

#include <stddef.h>

enum wire_what { WIRE_ANSWER, WIRE_STALL, WIRE_HANG_UP, WIRE_RUBBISH };

struct wire_answer {
    const char *command; /* its name */
    const char *holds;   /* what its JSON holds as well; NULL: anything */
    const char *json;    /* extended JSON; "ok" is added when it is not there */
    enum wire_what what;
};

/* "mongodb://127.0.0.1:PORT"; good until wire_stop(). The first answer that fits is taken; what has none fails with
 * CommandNotFound. */
const char *wire_start(const struct wire_answer *answers, size_t count);
void wire_stop(void); /* once more is fine */
/* Each command that came, as a line of JSON; free(). */
char *wire_commands(void);

#endif
