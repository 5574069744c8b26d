/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reading.h - long lists in bodies are read and checked a slice a turn of the loop, so that others are answered
 * meanwhile. What fits into one slice is done at once.
 */
#ifndef GATEWAY_READING_H
#define GATEWAY_READING_H

#include "http/body_list.h"

struct gateway;
struct request;
struct readings;

struct reading_what {
    const char *member; /* the list; a constant */
    unsigned count_max;
    bool headless; /* NDJSON: elements from the first line on */
    void *arg;
    /* at: where it stands, "/jobs/3". The element is not the callee's. Its error ends the reading. */
    enum error_class (*on_element)(void *arg, json_t *element, const char *at, json_t **ret_details, struct error *e);
    /* Once; e NULL: all was read and taken. The list is gone afterwards, details are the callee's. */
    void (*on_end)(void *arg, const struct body_list *list, const struct error *e, json_t *details);
};

struct readings *readings_create(struct gateway *g);
void readings_close(struct readings *all, void (*on_closed)(void *arg), void *arg); /* none is left; frees itself */

void reading_start(struct readings *all, struct request *r, const struct reading_what *what);

#endif
