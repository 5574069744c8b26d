-- SPDX-License-Identifier: Apache-2.0
-- Takes the snapshot that the transaction keeps, and may be idle with it. No parameters. One row: the snapshot.
SELECT pg_current_snapshot()::text, set_config('idle_in_transaction_session_timeout', '0', true)
