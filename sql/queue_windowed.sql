-- SPDX-License-Identifier: Apache-2.0
-- The queues that have windows. One row each: name.
SELECT name FROM argosy.queue WHERE windowed
