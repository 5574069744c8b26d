-- SPDX-License-Identifier: Apache-2.0
-- Partitions ahead of time and retention; for the leading scheduler, about once an hour. One row: partitions made, dropped, dropped of job logs.
SELECT argosy.partitions_ensure(), argosy.retention(), argosy.ends_housekeeping()
