-- SPDX-License-Identifier: Apache-2.0
-- Schedule $1: cron, zone, the record's time in ms; no row: there is none.
SELECT cron, zone, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM argosy.schedule WHERE name = $1
