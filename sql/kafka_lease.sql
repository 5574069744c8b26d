-- SPDX-License-Identifier: Apache-2.0
-- Leases a partition of Kafka's dispatch topic to incarnation $1. One row: its number; NULL when the incarnation is dead.
SELECT argosy.kafka_lease($1::bigint)
