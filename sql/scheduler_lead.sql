-- SPDX-License-Identifier: Apache-2.0
-- Takes the lead for as long as this session lives, if nobody has it. $1 name. One row: true, or false.
-- The number is ours alone: "argosy" in ASCII, and one.
WITH lead AS MATERIALIZED (SELECT pg_try_advisory_lock(107092361147258) AS taken),
mark AS (UPDATE argosy.scheduler SET leader = $1, since = now() WHERE (SELECT taken FROM lead))
SELECT taken FROM lead
