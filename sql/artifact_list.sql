-- SPDX-License-Identifier: Apache-2.0
-- Artifacts of job $1, of the epoch that finished it. No row: there is no such job. One column: JSON
-- {"artifacts": [...]}.
SELECT json_build_object('artifacts', coalesce((
    SELECT json_agg(json_build_object('name', a.name, 'media_type', a.media_type, 'bytes', octet_length(a.content))
                    ORDER BY a.name)
    FROM argosy.artifact a
    WHERE a.job = j.id AND a.epoch = (SELECT max(epoch) FROM argosy.artifact WHERE job = j.id)), '[]'))
FROM argosy.job j WHERE j.id = $1::bigint AND argosy.state_of(j.id) IS NOT NULL
