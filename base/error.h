/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error.h - how a call says that the world refused.
 *
 * A function that can fail returns the class and fills the caller's struct error. The class alone drives what
 * happens next (retry, dead letter, exit code, HTTP status); the code names the case for programs
 * (`error_code` in JSON), the message is for people and says what to do. assert() is for bugs of ours.
 *
 * Rooms below the programs never log: they wrap with context and return.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

/* X(ENUM, name in JSON and SQL, exit code, HTTP status) */
#define ERROR_CLASSES(X)                                                                                 \
    X(ERROR_OK, "ok", 0, 200)                                                                            \
    X(ERROR_RETRY, "retry", 1, 503)     /* may pass by itself: try again later */                        \
    X(ERROR_FATAL, "fatal", 1, 500)     /* trying again can't help: a bug of ours or a broken thing */   \
    X(ERROR_INVALID, "invalid", 2, 400) /* the input is wrong: say what and where */                     \
    X(ERROR_NOT_FOUND, "not_found", 3, 404)                                                              \
    X(ERROR_REFUSED, "refused", 4, 409)          /* understood, not allowed as things stand */           \
    X(ERROR_DENIED, "denied", 4, 401)            /* who are you? */                                      \
    X(ERROR_TOO_LARGE, "too_large", 2, 413)      /* over a limit; the message names limit and setting */ \
    X(ERROR_UNAVAILABLE, "unavailable", 69, 503) /* a server we need is away */                          \
    X(ERROR_CANCELLED, "cancelled", 1, 409)      /* somebody asked to stop */                            \
    X(ERROR_TIMED_OUT, "timed_out", 1, 504)                                                              \
    X(ERROR_FENCED, "fenced_out", 1, 409)          /* a newer epoch owns this job: write nothing more */ \
    X(ERROR_INTERRUPTED, "interrupted", 1, 503)    /* drain or deploy: counts no attempt */              \
    X(ERROR_INCOMPATIBLE, "incompatible", 76, 500) /* program and database are too far apart: not this one */

enum error_class {
#define X(id, name, exit_code, http) id,
    ERROR_CLASSES(X)
#undef X
};

enum { ERROR_CODE_SIZE = 48, ERROR_MESSAGE_SIZE = 1024 };

/* Plain value, no ownership. Start with ERROR_NONE. */
struct error {
    enum error_class class;
    char code[ERROR_CODE_SIZE];       /* snake_case; the class's name when not set by error_code() */
    char message[ERROR_MESSAGE_SIZE]; /* UTF-8, cut at the size, never with a secret in it */
};

#define ERROR_NONE ((struct error){ .class = ERROR_OK })

/* Sets *e (NULL is fine) and returns the class, so that a failing line is `return error_set(e, ...)`. */
enum error_class error_set(struct error *e, enum error_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same with a code of its own, e.g. "connection_refused". */
enum error_class error_code(struct error *e, enum error_class class, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "context: " before the message; class and code stay. Returns the class. e must hold an error. */
enum error_class error_wrap(struct error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *error_class_name(enum error_class class);
/* ERROR_FATAL for a name that is not known. */
enum error_class error_class_from_name(const char *name);
int error_exit_code(enum error_class class);
int error_http_status(enum error_class class);

#endif
