-- SPDX-License-Identifier: Apache-2.0
-- Where reading of events begins. One row: system identifier and timeline as text, the snapshot of now.
SELECT (SELECT system_identifier FROM pg_control_system())::text || '-' ||
       substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), pg_current_snapshot()::text
