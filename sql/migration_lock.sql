-- SPDX-License-Identifier: Apache-2.0
-- One migrator at a time; held until its connection ends or migration_unlock. The number is ours alone: "argosy" in ASCII.
SELECT pg_advisory_lock(107092361147257)
