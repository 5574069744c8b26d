/* SPDX-License-Identifier: Apache-2.0 */
/* connection_list.c - connections as they are shown: never with a secret. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "gateway/inside.h"

enum { LIST_USUAL = 200, LIST_MAX = 500, NUMBER_SIZE = 24 };

void connections_on_show(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    int64_t id;
    if (request_param_id(r, 0, &id, &e) == ERROR_OK)
        answer_statement(g->read, r, 200, "connection_show", &SQL_TEXT(request_param(r, 0)), 1,
                         "There is no such connection.");
    else
        reply_error(r, &e, NULL);
}

void connections_on_list(void *arg, struct request *r)
{
    static const char statuses[] = " pending analyzing indexing ready error updating ";
    struct gateway *g = arg;
    char cursor[NUMBER_SIZE], limit[NUMBER_SIZE], status[NUMBER_SIZE], word[NUMBER_SIZE + 2];
    int64_t id, count = LIST_USUAL;
    enum request_query at = request_query(r, "cursor", cursor, sizeof cursor),
                       most = request_query(r, "limit", limit, sizeof limit),
                       only = request_query(r, "status", status, sizeof status);
    snprintf(word, sizeof word, " %s ", status);
    if (at == REQUEST_BAD || (at == REQUEST_GIVEN && !text_to_int64(cursor, 1, INT64_MAX, &id))) {
        reply_problem(r, 400, "invalid_cursor", "cursor must be a \"next\" of the page before.", NULL);
        return;
    }
    if (most == REQUEST_BAD || (most == REQUEST_GIVEN && !text_to_int64(limit, 1, LIST_MAX, &count)) ||
        only == REQUEST_BAD || (only == REQUEST_GIVEN && (strchr(status, ' ') || !strstr(statuses, word)))) {
        reply_problem(r, 400, "invalid_filter",
                      "limit is a number from 1 to 500; status one of pending, analyzing, indexing, ready, error, "
                      "updating.",
                      NULL);
        return;
    }
    snprintf(limit, sizeof limit, "%lld", (long long)count);
    const struct sql_param params[] = { SQL_TEXT(at == REQUEST_GIVEN ? cursor : NULL), SQL_TEXT(limit),
                                        SQL_TEXT(only == REQUEST_GIVEN ? status : NULL) };
    answer_statement(g->read, r, 200, "connection_list", params, 3, "");
}
