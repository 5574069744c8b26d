-- SPDX-License-Identifier: Apache-2.0
-- What is dispatched of kinds $1: worker, lane, how many.
SELECT worker, lane, count FROM argosy.slow_rows($1::text[])
