-- SPDX-License-Identifier: Apache-2.0
-- Takes the publishing of events to Kafka for as long as this session lives, if nobody has it. One row: true, or false.
-- The number is ours alone: "argosy" in ASCII, and four.
SELECT pg_try_advisory_lock(107092361147260)
