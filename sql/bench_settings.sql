-- SPDX-License-Identifier: Apache-2.0
-- What was in force, read back from the server and the workers. No parameters. Column: JSON text.
SELECT json_build_object(
    'postgresql', current_setting('server_version'), 'fsync', current_setting('fsync'),
    'synchronous_commit', current_setting('synchronous_commit'), 'shared_buffers', current_setting('shared_buffers'),
    'unlogged_tables', (SELECT count(*) FROM pg_class WHERE relpersistence = 'u' AND relnamespace = 'argosy'::regnamespace),
    'workers', (SELECT count(*) FROM argosy.worker WHERE NOT dead),
    'slots', (SELECT sum(slots) FROM argosy.worker WHERE NOT dead),
    'transport', (SELECT string_agg(DISTINCT transport, ',') FROM argosy.worker WHERE NOT dead))::text;
