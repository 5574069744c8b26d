-- SPDX-License-Identifier: Apache-2.0
-- Submits a batch of no-op jobs in one transaction, through the same function as every door.
-- $1 arguments text[], one a job. Column: the ids.
SELECT argosy.submit_rows(array_fill('noop'::text, ARRAY[cardinality(a.args)]), a.args,
                          n.texts, n.texts, n.numbers, n.numbers, n.texts, n.numbers, n.numbers, array_fill('bench'::text, ARRAY[cardinality(n.numbers)]), NULL)
FROM (SELECT $1::text[] AS args) a,
     LATERAL (SELECT array_fill(NULL::text, ARRAY[cardinality(a.args)]) AS texts,
                     array_fill(NULL::bigint, ARRAY[cardinality(a.args)]) AS numbers) n;
