-- SPDX-License-Identifier: Apache-2.0
-- Pipeline $1. One row: how many of its jobs have not ended.
SELECT count(*) FROM argosy.job_live WHERE pipeline = $1::bigint
