-- SPDX-License-Identifier: Apache-2.0
-- Cancels what has not ended of batch $1. One row: how many that were; NULL: there is no such batch.
SELECT argosy.batch_cancel($1::bigint)
