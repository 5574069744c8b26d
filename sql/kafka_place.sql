-- SPDX-License-Identifier: Apache-2.0
-- The partition that incarnation $1 has leased: no row when it has none.
SELECT number FROM argosy.kafka_partition WHERE incarnation = $1::bigint
