-- SPDX-License-Identifier: Apache-2.0
-- What the $1 jobs took that ended last, by lane. One row each: lane, how many of them, mean in us.
SELECT lane, jobs, mean_us FROM argosy.lane_costs($1::int)
