-- SPDX-License-Identifier: Apache-2.0
-- Artifact named $3 that step $2 in the pipeline of job $1 left; the newest epoch's. Column: content.
SELECT a.content
FROM argosy.job me
JOIN argosy.job j ON j.pipeline = me.pipeline AND j.step = $2
JOIN argosy.artifact a ON a.job = j.id AND a.name = $3
WHERE me.id = $1::bigint
ORDER BY a.epoch DESC
LIMIT 1
