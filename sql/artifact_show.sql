-- SPDX-License-Identifier: Apache-2.0
-- Artifact $2 of job $1. No row: there is none. Columns: media_type, content.
SELECT media_type, content FROM argosy.artifact
WHERE job = $1::bigint AND name = $2 ORDER BY epoch DESC LIMIT 1
