-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 has given everything back and goes: dead at once, without anybody waiting for its beat to stand still.
SELECT argosy.worker_dead(incarnation, beat) FROM argosy.worker WHERE incarnation = $1::bigint AND NOT dead
