-- SPDX-License-Identifier: Apache-2.0
-- Is there a record at all? One row: boolean.
SELECT to_regclass('argosy.migration') IS NOT NULL
