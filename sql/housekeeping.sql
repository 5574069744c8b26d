-- SPDX-License-Identifier: Apache-2.0
-- Partitions ahead of time; for the leading scheduler, about once an hour. One row: partitions made, dropped of job logs.
SELECT argosy.partitions_ensure(), argosy.ends_housekeeping()
