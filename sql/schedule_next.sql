-- SPDX-License-Identifier: Apache-2.0
-- ms until the next schedule is due, 0 or less: now; NULL: none. One row.
SELECT CASE WHEN isfinite(min(next_run)) THEN greatest(least(ceil(extract(epoch FROM min(next_run) - clock_timestamp()) * 1000), 86400000), 0)::bigint
            WHEN min(next_run) = '-infinity' THEN 0 END
FROM argosy.schedule WHERE NOT paused
