-- SPDX-License-Identifier: Apache-2.0
-- Folds the counts of batches and submits what follows those that have ended; for the leading scheduler. One row: how many have.
SELECT argosy.batches_step()
