-- SPDX-License-Identifier: Apache-2.0
-- What argosy.fsck finds: check, violations (0: it holds), up to five job ids as JSON.
SELECT "check", violations, coalesce(array_to_json(sample), '[]') FROM argosy.fsck()
