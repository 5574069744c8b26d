/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - what a program says about itself: one line an event, JSON for machines, text on a terminal.
 *
 * Only programs log (scheduler, worker, notifier, gateway, cli); rooms below return errors. Goes to stderr.
 * Use one vocabulary of keys: job, epoch, kind, queue, tenant, worker, incarnation, slot, seq, transport, error_code,
 * ms. Secrets never come here: values of keys named password, secret, token, key are masked, and so is the password
 * part of URLs.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* One key with its value; make it with the macros below. */
struct log_field {
    const char *key;
    enum { LOG_TEXT, LOG_INT, LOG_REAL } type;
    const char *text;
    int64_t integer;
    double real;
};

#define LOG_T(k, v) ((struct log_field){ .key = (k), .type = LOG_TEXT, .text = (v) })
#define LOG_I(k, v) ((struct log_field){ .key = (k), .type = LOG_INT, .integer = (int64_t)(v) })
#define LOG_R(k, v) ((struct log_field){ .key = (k), .type = LOG_REAL, .real = (v) })

/* role: "scheduler", "worker", ... appears in each line. format NULL: text when stderr is a terminal. */
void log_setup(const char *role, enum log_level level, const char *format);
bool log_level_from_name(const char *name, enum log_level *ret_level);
bool log_enabled(enum log_level level);

void log_fields(enum log_level level, const char *message, const struct log_field *fields, unsigned count);

#define log_event(level, message, ...)                                                                      \
    do {                                                                                                    \
        const struct log_field log_list[] = { { 0 }, ##__VA_ARGS__ };                                       \
        log_fields((level), (message), log_list + 1, (unsigned)(sizeof log_list / sizeof log_list[0]) - 1); \
    } while (0)

/* A failed operation: message, then error_code and error of *e. */
void log_failure(enum log_level level, const char *message, const struct error *e);

/* "postgresql://u:***@host/db": returns ret_text. Text that is no URL is copied as it is. */
const char *log_mask_url(const char *url, char *ret_text, unsigned size);

#endif
