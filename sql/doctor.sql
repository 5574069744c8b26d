-- SPDX-License-Identifier: Apache-2.0
-- What a server of the record must be for the promises to hold; one row a check.
-- Columns: check text, status text (ok, warning, error), message text.
WITH leads AS ( -- who holds the lock of scheduler_lead.sql; there are others
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted
       AND (classid::bigint << 32 | objid::bigint) = 107092361147258
)
SELECT 'server' AS "check",
       CASE WHEN current_setting('server_version_num')::int >= 150000 THEN 'ok' ELSE 'error' END AS status,
       'PostgreSQL ' || current_setting('server_version') || ' (15 or newer is needed)' AS message
UNION ALL
SELECT 'primary', CASE WHEN pg_is_in_recovery() THEN 'error' ELSE 'ok' END,
       CASE WHEN pg_is_in_recovery() THEN 'this is a standby: give the URL of the primary'
            ELSE 'takes writes' END
UNION ALL
SELECT 'fsync', CASE WHEN current_setting('fsync')::bool THEN 'ok' ELSE 'error' END,
       'fsync = ' || current_setting('fsync') || ': off, an accepted job can be lost with the machine'
UNION ALL
SELECT 'synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' THEN 'error' ELSE 'ok' END,
       'synchronous_commit = ' || current_setting('synchronous_commit')
UNION ALL
SELECT 'standby',
       CASE WHEN current_setting('synchronous_standby_names') = '' THEN 'warning' ELSE 'ok' END,
       CASE WHEN current_setting('synchronous_standby_names') = ''
            THEN 'no synchronous standby: a failover can lose what was accepted last' ELSE 'configured' END
UNION ALL
SELECT 'scheduler', CASE WHEN EXISTS (SELECT FROM leads) THEN 'ok' ELSE 'error' END,
       CASE WHEN EXISTS (SELECT FROM leads) THEN 'somebody leads'
            ELSE 'nobody leads: start `argosy scheduler`' END;
