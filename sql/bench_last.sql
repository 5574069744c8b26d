-- SPDX-License-Identifier: Apache-2.0
-- The highest job id given out so far. No parameters. Column: bigint.
SELECT coalesce(max(id), 0) FROM argosy.job;
