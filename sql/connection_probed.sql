-- SPDX-License-Identifier: Apache-2.0
-- How probe $1 ended. One row: its result, else its error, as JSON; no row: it has not.
SELECT coalesce(h.result, json_build_object('reachable', false, 'error', h.error))
FROM argosy.job_history h WHERE h.id = $1::bigint AND h.finished > now() - interval '1 day' ORDER BY h.epoch DESC, h.n DESC LIMIT 1
