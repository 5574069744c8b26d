-- SPDX-License-Identifier: Apache-2.0
-- What to tell whoever is about to submit jobs: $1 the queue of each, $2 its kind. One row for each queue whose window they would pass: queue, warning.
SELECT queue, warning FROM argosy.submit_warnings($1::text[], $2::text[])
