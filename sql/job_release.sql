-- SPDX-License-Identifier: Apache-2.0
-- Job $1, held by one that did not succeed, goes on without. One row: released, not_held, not_found.
SELECT argosy.job_release($1::bigint)
