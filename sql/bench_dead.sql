-- SPDX-License-Identifier: Apache-2.0
-- Dead and live rows of the hot tables, as the statistics know them. No parameters. Columns: dead, live.
SELECT sum(pg_stat_get_dead_tuples(c.oid))::bigint, sum(pg_stat_get_live_tuples(c.oid))::bigint
FROM pg_class c WHERE c.relnamespace = 'argosy'::regnamespace AND c.relname IN ('job_live', 'job_bulk', 'worker', 'scheduler')
