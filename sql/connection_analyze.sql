-- SPDX-License-Identifier: Apache-2.0
-- Analyses connection $1 now; $2 origin. One row: the job, whether it was there before.
SELECT job, existing FROM argosy.connection_analyze($1::bigint, $2)
