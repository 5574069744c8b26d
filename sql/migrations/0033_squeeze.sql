-- SPDX-License-Identifier: Apache-2.0
-- Squeeze: dead tuples stay while any session holds an old snapshot, and every scan steps over them. squeeze() writes a hot table anew with
-- its few live rows, under a short exclusive lock: what no vacuum may remove is gone with the old file.

-- Writes a table anew with its rows and without anything dead. p_rows: NULL of its type. Who waits for the lock sees the new rows: a
-- statement takes its locks before its snapshot. False: somebody else is at it.
CREATE FUNCTION argosy.squeeze_table(p_table text, p_rows anyarray) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '20ms' AS $$
BEGIN
    EXECUTE format('LOCK TABLE argosy.%I IN ACCESS EXCLUSIVE MODE', p_table);
    EXECUTE format('SELECT array_agg(t) FROM argosy.%I t', p_table) INTO p_rows;
    EXECUTE format('TRUNCATE argosy.%I', p_table);
    EXECUTE format('INSERT INTO argosy.%I OVERRIDING SYSTEM VALUE SELECT u.* FROM unnest($1) u', p_table) USING p_rows;
    PERFORM pg_stat_force_next_flush(); -- so that the next look knows
    RETURN true;
EXCEPTION WHEN lock_not_available OR query_canceled THEN
    RETURN false;
END $$;

-- The hot table that needs it most, if any does: many more dead than live. Its lock lasts about 10 us for each live row, so up to 25,000 of them are
-- written anew for twice as many dead ones, which nobody notices; more only for ten times as many, when stepping over these costs more than waiting:
-- a wait of 1 us for each dead row, up to half a million live ones. For the leading scheduler, every second or two. Not while pg_dump is
-- at work: it takes its locks after its snapshot, and TRUNCATE empties a table for older snapshots. No foreign key may refer to these tables.
-- Returns the table; NULL: there was nothing to do, or its lock was not to be had.
CREATE FUNCTION argosy.squeeze() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_table text;
    v_done boolean;
BEGIN
    SELECT t.name INTO v_table
    FROM (VALUES ('job_live', 25000), ('job_bulk', 2000), ('worker', 200), ('scheduler', 200), ('cancel_notice', 2000), ('batch_delta', 2000)) t(name, most),
         LATERAL (SELECT to_regclass('argosy.' || t.name) AS o) c,
         LATERAL (SELECT pg_stat_get_dead_tuples(c.o) AS dead, pg_stat_get_live_tuples(c.o) AS live) s
    WHERE s.dead > t.most + CASE WHEN s.live <= 25000 THEN 2 ELSE 10 END * s.live AND s.live < 500000 ORDER BY s.dead::float8 / t.most DESC LIMIT 1;
    IF NOT FOUND OR EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name = 'pg_dump') THEN
        RETURN NULL;
    END IF;
    v_done := CASE v_table WHEN 'job_live' THEN argosy.squeeze_table(v_table, NULL::argosy.job_live[])
                           WHEN 'job_bulk' THEN argosy.squeeze_table(v_table, NULL::argosy.job_bulk[])
                           WHEN 'worker' THEN argosy.squeeze_table(v_table, NULL::argosy.worker[])
                           WHEN 'scheduler' THEN argosy.squeeze_table(v_table, NULL::argosy.scheduler[])
                           WHEN 'batch_delta' THEN argosy.squeeze_table(v_table, NULL::argosy.batch_delta[])
                           ELSE argosy.squeeze_table(v_table, NULL::argosy.cancel_notice[]) END;
    RETURN CASE WHEN v_done THEN v_table END;
END $$;
