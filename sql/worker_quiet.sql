-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 takes no more jobs.
UPDATE argosy.worker SET quiet = true WHERE incarnation = $1::bigint AND NOT dead
