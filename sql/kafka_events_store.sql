-- SPDX-License-Identifier: Apache-2.0
-- So far events are in Kafka: $1 base, $2 seen, $3 upto or NULL, $4 n.
INSERT INTO argosy.kafka_events (base, seen, upto, n) VALUES ($1, $2::pg_snapshot, $3::pg_snapshot, $4::bigint)
ON CONFLICT (one) DO UPDATE SET (base, seen, upto, n) = (excluded.base, excluded.seen, excluded.upto, excluded.n)
