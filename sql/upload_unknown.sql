-- SPDX-License-Identifier: Apache-2.0
-- Which of the ids $1 (bigint[]) no upload has. Column: id, in order.
SELECT i.id FROM unnest($1::bigint[]) i(id) WHERE NOT EXISTS (SELECT FROM argosy.upload u WHERE u.id = i.id) ORDER BY i.id
