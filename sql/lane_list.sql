-- SPDX-License-Identifier: Apache-2.0
-- Lanes with available jobs: lane, queue, tenant, available (counted up to 5,000), paused, kind, version, prefetch_max, tags or NULL, weight, priority,
-- limits (up to four ids: queue, tenant, kind, connection; NULL: none).
SELECT lane, queue, tenant, available, paused, kind, version, prefetch_max, tags, weight, priority, limits[1], limits[2], limits[3], limits[4] FROM argosy.lanes()
