-- SPDX-License-Identifier: Apache-2.0
-- Submits the work of schedule $1 now, beside its ticks. One row: JSON {"job"} or {"pipeline"}.
SELECT argosy.schedule_run($1)
