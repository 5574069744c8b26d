-- SPDX-License-Identifier: Apache-2.0
-- What every statement of ours runs under. $1 statement timeout ms, $2 lock timeout ms, $3 idle in transaction ms, $4 idle session ms
-- (0: none), $5 the server process that the connection was told of at its start. One row: pooled - is that another one
-- than the one that answers? Then a pooler lends us a server for each transaction: all of this holds for this transaction only, and
-- stands before each statement. UTC, so that a timestamp reads the same everywhere.
SELECT h.pooled, set_config('statement_timeout', $1, h.pooled), set_config('lock_timeout', $2, h.pooled),
       set_config('idle_in_transaction_session_timeout', $3, h.pooled), set_config('idle_session_timeout', $4, h.pooled),
       set_config('timezone', 'UTC', h.pooled), set_config('datestyle', 'ISO', h.pooled),
       set_config('intervalstyle', 'postgres', h.pooled), set_config('jit', 'off', h.pooled),
       set_config('default_transaction_isolation', 'read committed', h.pooled)
FROM (SELECT pg_backend_pid() <> $5::int AS pooled) h
