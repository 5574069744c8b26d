-- SPDX-License-Identifier: Apache-2.0
-- Chooses carrier $1 for the whole fleet.
INSERT INTO argosy.setting VALUES ('transport', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value
