-- SPDX-License-Identifier: Apache-2.0
-- What a job of each kind takes, as it was measured last. One row, one column: JSON {"noop": 12} in us.
SELECT coalesce(json_object_agg(kind, mean_us), '{}') FROM argosy.kind_cost
