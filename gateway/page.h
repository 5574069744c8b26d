/* SPDX-License-Identifier: Apache-2.0 */
/* page.h - which page of a list a client asks for: ?cursor=, the "next" of the page before, and ?limit=. */
#ifndef GATEWAY_PAGE_H
#define GATEWAY_PAGE_H

#include <stdbool.h>

#include "http/request.h"

enum { PAGE_ROWS_MAX = 500, PAGE_TEXT_SIZE = 96 };

enum page_cursor { PAGE_BY_ID, PAGE_BY_NAME };

struct page {
    char cursor[PAGE_TEXT_SIZE]; /* "" for the first page */
    char limit[PAGE_TEXT_SIZE];
};

/* usual: how many rows when the client names no limit. false: it asked for what can't be, and was answered. */
bool page_take(struct request *r, enum page_cursor by, unsigned usual, struct page *ret_page);

#endif
