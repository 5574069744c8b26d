-- SPDX-License-Identifier: Apache-2.0
-- First statement on every connection of ours. $1 statement timeout ms, $2 lock timeout ms, $3 idle in transaction ms,
-- $4 idle session ms (0: none). UTC, so that a timestamp reads the same everywhere.
SELECT set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
       set_config('idle_in_transaction_session_timeout', $3, false), set_config('idle_session_timeout', $4, false),
       set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false),
       set_config('intervalstyle', 'postgres', false), set_config('jit', 'off', false),
       set_config('default_transaction_isolation', 'read committed', false)
