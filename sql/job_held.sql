-- SPDX-License-Identifier: Apache-2.0
-- Which of the jobs $1 (bigint[]) does somebody else's transaction hold right now? Never waits. Column: id.
WITH free AS MATERIALIZED (SELECT l.id FROM argosy.job_live l WHERE l.id = ANY ($1::bigint[]) FOR UPDATE SKIP LOCKED)
SELECT l.id FROM argosy.job_live l WHERE l.id = ANY ($1::bigint[]) AND NOT EXISTS (SELECT FROM free f WHERE f.id = l.id)
