-- SPDX-License-Identifier: Apache-2.0
-- Arguments of job $1 that were too large for the doorbell. Column: args.
SELECT args::text FROM argosy.job WHERE id = $1::bigint
