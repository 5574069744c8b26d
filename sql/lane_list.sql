-- SPDX-License-Identifier: Apache-2.0
-- Lanes with available jobs: lane, queue, tenant, available (counted up to 5,000), paused.
SELECT lane, queue, tenant, available, paused FROM argosy.lanes()
