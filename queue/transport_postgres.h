/* SPDX-License-Identifier: Apache-2.0 */
/* transport_postgres.h - what the carriers beside it borrow from the postgres carrier. */
#ifndef QUEUE_TRANSPORT_POSTGRES_H
#define QUEUE_TRANSPORT_POSTGRES_H

#include "queue/transport.h"
#include "sql/session.h"

/* Its session with the record: as long-lived as the carrier. */
struct session *transport_postgres_session(struct transport *postgres);

#endif
