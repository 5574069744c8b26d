-- SPDX-License-Identifier: Apache-2.0
-- As job_submit, for calls in which a row is to be the only one of its sort: $13 how, as JSON, or NULL. One row each, in order: id, whether it was
-- there before.
SELECT id, existing FROM argosy.submit_unique($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[],
                                              $9::bigint[], $10::text[], $11::text[], $13::text[], $12::text[])
