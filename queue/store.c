/* SPDX-License-Identifier: Apache-2.0 */
#include "queue/store.h"

const char *job_state_name(enum job_state state)
{
    static const char *const names[] = { "blocked", "scheduled", "available", "dispatched",
                                         "",        "succeeded", "failed",    "cancelled" };
    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "";
}
