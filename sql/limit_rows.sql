-- SPDX-License-Identifier: Apache-2.0
-- What is left of each limit: id, running_max or NULL, running, rate_per_s or NULL, burst, tokens.
SELECT id, running_max, running, rate_per_s, burst, tokens FROM argosy.limit_rows()
