-- SPDX-License-Identifier: Apache-2.0
-- Is $1 (version) with the text $2 applied? One row: applied boolean, same text boolean, the newest version of all.
SELECT m.version IS NOT NULL, m.sha IS NOT DISTINCT FROM encode(sha256(convert_to($2, 'UTF8')), 'hex'),
       coalesce((SELECT max(version) FROM argosy.migration), 0)
FROM (SELECT $1::int AS version) asked LEFT JOIN argosy.migration m USING (version)
