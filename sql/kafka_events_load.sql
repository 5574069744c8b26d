-- SPDX-License-Identifier: Apache-2.0
-- Where publishing of events goes on. One row: this system and its timeline, the snapshot of now, and the base, seen, upto and n that were
-- stored (NULL: nothing was yet).
SELECT (SELECT system_identifier FROM pg_control_system())::text || '-' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
       pg_current_snapshot()::text, k.base, k.seen::text, k.upto::text, k.n
FROM (SELECT) one LEFT JOIN argosy.kafka_events k ON true
