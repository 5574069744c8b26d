-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 has failures: $2 ids, $3 epochs, $4 causes, $5 classes, $6 codes, $7 messages, $8 details. One row each for what is recorded: id.
SELECT unnest(argosy.fail($1::bigint, $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]))
