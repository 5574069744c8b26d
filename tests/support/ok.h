/* SPDX-License-Identifier: Apache-2.0 */
/* ok.h - a call that must succeed; it fills a `struct error e` of the test, and the test fails with its message. */
#ifndef TESTS_SUPPORT_OK_H
#define TESTS_SUPPORT_OK_H

#define OK(call)                                  \
    do {                                          \
        e = ERROR_NONE;                           \
        if ((call) != ERROR_OK)                   \
            fail_msg("%s: %s", #call, e.message); \
    } while (0)

#endif
