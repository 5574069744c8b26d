-- SPDX-License-Identifier: Apache-2.0
-- Are that many workers alive that know the no-op? $1 workers int. Column: boolean.
SELECT count(*) >= $1::int AND EXISTS (SELECT FROM argosy.kind WHERE name = 'noop')
FROM argosy.worker WHERE NOT dead AND kinds ->> 'noop' IS NOT NULL;
