-- SPDX-License-Identifier: Apache-2.0
-- Keeps a setting in the record: $1 its name, $2 its value. No row.
INSERT INTO argosy.setting AS s VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE s.value <> excluded.value
