/* SPDX-License-Identifier: Apache-2.0 */
/* wake.c - who follows jobs is told that the record holds something new. */
#include "gateway/inside.h"

enum { WAKE_EVERY_MS = 5 };

static void on_wake(uv_timer_t *timer)
{
    struct gateway *g = timer->data;
    const struct message message = { .type = MESSAGE_WAKE };
    g->transport->ops->send(g->transport, 0, &message);
}

void gateway_wake(struct gateway *g)
{
    if (!uv_is_active((uv_handle_t *)&g->wake_timer) && !g->closing)
        uv_timer_start(&g->wake_timer, on_wake, WAKE_EVERY_MS, 0);
}
