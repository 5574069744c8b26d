-- SPDX-License-Identifier: Apache-2.0
-- ms until the next scheduled job is due, 0 or less: now; NULL: none.
SELECT ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000)::bigint FROM argosy.job_live WHERE state = 1
