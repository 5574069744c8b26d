-- SPDX-License-Identifier: Apache-2.0
-- Lets the next migrator in.
SELECT pg_advisory_unlock(107092361147257)
