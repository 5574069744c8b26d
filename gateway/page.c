/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/page.h"

#include <stdio.h>

#include "base/text.h"
#include "http/reply.h"

bool page_take(struct request *r, enum page_cursor by, unsigned usual, struct page *ret_page)
{
    int64_t number;
    enum request_query from = request_query(r, "cursor", ret_page->cursor, sizeof ret_page->cursor),
                       most = request_query(r, "limit", ret_page->limit, sizeof ret_page->limit);
    if (from == REQUEST_BAD || most == REQUEST_BAD ||
        (from == REQUEST_GIVEN && by == PAGE_BY_ID && !text_to_int64(ret_page->cursor, 1, INT64_MAX, &number)) ||
        (most == REQUEST_GIVEN && !text_to_int64(ret_page->limit, 1, PAGE_ROWS_MAX, &number))) {
        reply_problem(r, 400, "invalid_filter", "cursor is a list's \"next\", limit a number from 1 to 500.", NULL);
        return false;
    }
    if (most == REQUEST_ABSENT)
        (void)snprintf(ret_page->limit, sizeof ret_page->limit, "%u", usual);
    return true;
}
