-- SPDX-License-Identifier: Apache-2.0
-- Submits rows, all or none. Arrays of one length: $1 kinds, $2 args, $3 queues, $4 tenants, $5 priorities, $6 run_at in ms, $7 idempotency
-- keys, $8 attempts_max, $9 timeout_s, $10 origins, $11 correlations, $12 tags (NULL: none has any). One row each: id, in order.
SELECT unnest(argosy.submit_rows($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],
                                 $10::text[], $11::text[], p_tags => $12::text[]))
