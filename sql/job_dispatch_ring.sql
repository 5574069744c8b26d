-- SPDX-License-Identifier: Apache-2.0
-- job_dispatch.sql that rings: up to $2 jobs of lane $1 to worker $3, and the NOTIFY of the postgres carrier (docs/protocol.md, Doorbell)
-- leaves with this very commit: the jobs themselves if they are few and small, else where to read from. Columns as in job_dispatch.sql.
WITH d AS MATERIALIZED (
    SELECT id, epoch, seq, kind, args, attempt, timeout_s, seal, alone FROM argosy.dispatch($1::int, $2::int, $3::bigint)
), few AS (
    SELECT format(E'd1 %s\n', count(*)) || string_agg(
               format(E'%s %s %s %s %s %s %s %s\n%s\n', id, epoch, seq, attempt, timeout_s, seal::int, kind, coalesce(octet_length(args)::text, '-'), args),
               '' ORDER BY seq) AS payload
    FROM d WHERE (SELECT count(*) FROM d) <= 16
), rung AS MATERIALIZED (
    SELECT pg_notify('argosy_w_' || $3, coalesce((SELECT payload FROM few WHERE octet_length(payload) <= 7900), 'r1 ' || (SELECT min(seq) FROM d)))
    FROM d LIMIT 1
)
SELECT id, epoch, seq, kind, args, attempt, timeout_s, seal, alone FROM d WHERE (SELECT count(*) FROM rung) >= 0 ORDER BY seq
