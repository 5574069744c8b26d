-- SPDX-License-Identifier: Apache-2.0
-- Retention: how long jobs that succeeded, failed or were cancelled are kept, each for itself.
--
-- History is partitioned by day. When a day is past the time of some ends and not of others, what stays of it is copied into a table beside it,
-- which then takes its place; when nothing stays, the day is dropped. So nothing is deleted row by row, no end pays for it as it is recorded, and there
-- are no more partitions than days. Of history is kept, whatever its age, what somebody may still need: results that a job reads which is live or may
-- be run again, ends behind which an older one would come to light, successes that hold a unique claim.
-- Jobs (their arguments) follow: a job of which nothing is live, in bulk or in history is gone for everybody; a partition of them is dropped when
-- all are gone, and written anew when half of them are.
--
-- Each in two steps, at least retention_wait_s apart. The first one copies, without any lock, and raises events_floor, so that a reader of events
-- whose cursor reaches back to there is told to look anew; the second one, when no read that has not seen this is left, puts the copy in place,
-- under a lock of milliseconds.

INSERT INTO argosy.setting VALUES
    ('history_floor', '-infinity'),    -- ends before this may have been dropped
    ('retention_wait_s', '60');        -- longer than any read of events takes
-- retention_succeeded_s, retention_failed_s, retention_cancelled_s: what the leading scheduler was told; without one, retention_days holds.

CREATE TABLE argosy.partition_work (
    name text PRIMARY KEY,             -- a partition of job_history or job that was looked at
    gone text NOT NULL DEFAULT '',     -- which ends were taken out of a day: of s, f, c
    looked timestamptz NOT NULL,
    kept text,                         -- the table that is to take its place; NULL: none, it is to be dropped
    due timestamptz,                   -- when; NULL: nothing is to be done
    seen xid8,                         -- transactions below had ended when it was copied
    last_job bigint                    -- and this was the last id given out
);

-- Midnights (UTC): ends before them have been kept long enough.
CREATE TYPE argosy.cutoffs AS (succeeded timestamptz, failed timestamptz, cancelled timestamptz);

CREATE FUNCTION argosy.retention_cutoffs() RETURNS argosy.cutoffs LANGUAGE plpgsql STABLE SET timezone = 'UTC' AS $$
DECLARE
    c argosy.cutoffs;
    v_days bigint := argosy.setting_int('retention_days') * 86400;
BEGIN
    c.succeeded := date_trunc('day', now() - make_interval(secs => coalesce(argosy.setting_int('retention_succeeded_s'), v_days)));
    c.failed := date_trunc('day', now() - make_interval(secs => coalesce(argosy.setting_int('retention_failed_s'), v_days)));
    c.cancelled := date_trunc('day', now() - make_interval(secs => coalesce(argosy.setting_int('retention_cancelled_s'), v_days)));
    RETURN c;
END $$;

-- What the leader was told, in seconds; NULL: nothing, so that retention_days holds.
CREATE FUNCTION argosy.retention_set(p_succeeded_s bigint, p_failed_s bigint, p_cancelled_s bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM argosy.setting s USING (VALUES ('retention_succeeded_s', p_succeeded_s), ('retention_failed_s', p_failed_s),
                                               ('retention_cancelled_s', p_cancelled_s)) v(name, value)
    WHERE s.name = v.name AND s.value IS DISTINCT FROM v.value::text;
    INSERT INTO argosy.setting (name, value)
    SELECT v.name, v.value::text FROM (VALUES ('retention_succeeded_s', p_succeeded_s), ('retention_failed_s', p_failed_s),
                                              ('retention_cancelled_s', p_cancelled_s)) v(name, value)
    WHERE v.value IS NOT NULL ON CONFLICT DO NOTHING;
END $$;

-- Whether an end is young enough. Who was cancelled because another job failed comes back with that one, so is kept as long.
CREATE FUNCTION argosy.history_keeps(p_state smallint, p_error json, p_finished timestamptz, p_succeeded timestamptz, p_failed timestamptz,
                                     p_cancelled timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN p_finished >= CASE WHEN p_state = 5 THEN p_succeeded WHEN p_state = 6 THEN p_failed
                          WHEN p_error ->> 'error_code' = 'dependency_failed' THEN least(p_failed, p_cancelled) ELSE p_cancelled END;

-- Jobs whose ends are needed whatever their age.
CREATE FUNCTION argosy.history_needed(c argosy.cutoffs) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SET jit = off SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN QUERY
    WITH short AS MATERIALIZED ( -- may be run again
        SELECT h.id, h.pipeline FROM argosy.job_history h
        WHERE h.state IN (6, 7) AND argosy.history_keeps(h.state, h.error, h.finished, c.succeeded, c.failed, c.cancelled)
    ), open AS MATERIALIZED (
        SELECT s.id, s.pipeline FROM short s UNION ALL SELECT l.id, l.pipeline FROM argosy.job_live l
    )
    SELECT s.id FROM short s
    UNION
    SELECT d.parent FROM argosy.job_dependency d WHERE d.job IN (SELECT o.id FROM open o)
    UNION
    SELECT j.id FROM argosy.job j WHERE j.step IS NOT NULL -- a job may read the result of any step of its pipeline
    AND j.pipeline IN (SELECT o.pipeline FROM open o WHERE o.pipeline IS NOT NULL AND NOT EXISTS (SELECT FROM argosy.batch b WHERE b.id = o.pipeline))
    UNION
    SELECT u.job FROM argosy.unique_claim u WHERE u.mode = 2 AND u.until > now();
END $$;

-- The letters of the ends of which nothing is kept any more of a day that ends at p_end, needed ones apart.
CREATE FUNCTION argosy.history_past(p_end timestamptz, c argosy.cutoffs) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN p_end <= c.succeeded THEN 's' ELSE '' END || CASE WHEN p_end <= c.failed THEN 'f' ELSE '' END
       || CASE WHEN p_end <= c.cancelled THEN 'c' ELSE '' END;

CREATE FUNCTION argosy.partition_mark(p_name text, p_gone text, p_kept text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_xid text;
BEGIN
    EXECUTE format('SELECT xid::text FROM argosy.%I ORDER BY xid DESC LIMIT 1', p_name) INTO v_xid;
    UPDATE argosy.setting SET value = v_xid WHERE name = 'events_floor' AND value::numeric < v_xid::numeric;
    INSERT INTO argosy.partition_work AS w (name, gone, looked, kept, due, seen, last_job)
    VALUES (p_name, p_gone, now(), p_kept, clock_timestamp() + make_interval(secs => argosy.setting_int('retention_wait_s')),
            pg_snapshot_xmin(pg_current_snapshot()), (SELECT last_value FROM argosy.job_id))
    ON CONFLICT (name) DO UPDATE SET (gone, looked, kept, due, seen, last_job) =
        (excluded.gone, excluded.looked, excluded.kept, excluded.due, excluded.seen, excluded.last_job);
END $$;

-- A table like a partition, to take its place: with a check that spares ATTACH a scan.
CREATE FUNCTION argosy.partition_beside(p_parent text, p_name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_kept text := p_name || '_kept';
BEGIN
    EXECUTE format('CREATE TABLE argosy.%I (LIKE argosy.%I INCLUDING ALL)', v_kept, p_parent);
    EXECUTE format('ALTER TABLE argosy.%I ADD CONSTRAINT bounds CHECK (%s)', v_kept,
                   (SELECT pg_get_partition_constraintdef(to_regclass('argosy.' || p_name))));
    RETURN v_kept;
END $$;

-- The first step for a day of history that is past p_past. p_copy false: only when nothing has to be copied. False: nothing was done.
CREATE FUNCTION argosy.history_prepare(p_name text, p_past text, c argosy.cutoffs, p_copy boolean) RETURNS boolean LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_stays boolean;
    v_kept text;
BEGIN
    IF p_past = 'sfc' THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM argosy.%I h WHERE h.id IN (SELECT n.id FROM argosy.history_needed($1) n))', p_name) INTO v_stays USING c;
    ELSE
        v_stays := true;
    END IF;
    IF v_stays AND (NOT p_copy OR (SELECT w.gone = p_past FROM argosy.partition_work w WHERE w.name = p_name)) THEN
        UPDATE argosy.partition_work w SET looked = now() WHERE w.name = p_name;
        RETURN false;
    END IF;
    UPDATE argosy.setting SET value = greatest(value::timestamptz, right(p_name, 8)::timestamptz + interval '1 day')::text WHERE name = 'history_floor';
    IF v_stays THEN
        v_kept := argosy.partition_beside('job_history', p_name);
        EXECUTE format('INSERT INTO argosy.%I SELECT h.* FROM argosy.%I h LEFT JOIN argosy.history_needed($1) n ON n.id = h.id '
                       'WHERE n.id IS NOT NULL OR argosy.history_keeps(h.state, h.error, h.finished, $2, $3, $4)', v_kept, p_name)
            USING c, c.succeeded, c.failed, c.cancelled;
        EXECUTE format('ANALYZE argosy.%I', v_kept);
    END IF;
    PERFORM argosy.partition_mark(p_name, p_past, v_kept);
    RETURN true;
END $$;

-- Which jobs of a range of ids are not gone.
CREATE FUNCTION argosy.jobs_kept(p_from bigint, p_end bigint) RETURNS TABLE (id bigint) LANGUAGE plpgsql STABLE SET jit = off
SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    RETURN QUERY
    SELECT h.id FROM argosy.job_history h WHERE h.id >= p_from AND h.id < p_end UNION SELECT l.id FROM argosy.job_live l WHERE l.id >= p_from AND l.id < p_end;
END $$;

-- The first step for a partition of jobs.
CREATE FUNCTION argosy.jobs_prepare(p_name text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_from bigint := substring(p_name FROM '\d+$')::bigint;
    v_end bigint := argosy.partition_end(p_name);
    v_all bigint;
    v_stay bigint;
    v_kept text;
BEGIN
    SELECT count(*) INTO v_stay FROM argosy.jobs_kept(v_from, v_end);
    EXECUTE format('SELECT count(*) FROM argosy.%I', p_name) INTO v_all;
    IF v_stay > v_all / 2 THEN
        INSERT INTO argosy.partition_work AS w (name, looked) VALUES (p_name, now()) ON CONFLICT (name) DO UPDATE SET looked = excluded.looked;
        RETURN false;
    END IF;
    -- what hangs on jobs that are gone: nobody can bring them back
    DELETE FROM argosy.job_dependency d WHERE d.job >= v_from AND d.job < v_end AND NOT EXISTS (SELECT FROM argosy.jobs_kept(v_from, v_end) k WHERE k.id = d.job);
    DELETE FROM argosy.artifact a WHERE a.job >= v_from AND a.job < v_end AND NOT EXISTS (SELECT FROM argosy.jobs_kept(v_from, v_end) k WHERE k.id = a.job);
    DELETE FROM argosy.idempotency i WHERE i.job >= v_from AND i.job < v_end AND NOT EXISTS (SELECT FROM argosy.jobs_kept(v_from, v_end) k WHERE k.id = i.job)
    AND NOT EXISTS (SELECT FROM argosy.batch b WHERE b.key_job = i.job);
    IF v_stay > 0 THEN
        v_kept := argosy.partition_beside('job', p_name);
        EXECUTE format('INSERT INTO argosy.%I SELECT j.* FROM argosy.%I j WHERE j.id IN (SELECT k.id FROM argosy.jobs_kept($1, $2) k)', v_kept, p_name)
            USING v_from, v_end;
        EXECUTE format('ANALYZE argosy.%I', v_kept);
    END IF;
    PERFORM argosy.partition_mark(p_name, '', v_kept);
    RETURN true;
END $$;

-- Rows of jobs that may have changed since they were copied: those that are live or have ended since. The partition is locked.
CREATE FUNCTION argosy.jobs_catch_up(w argosy.partition_work) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_from bigint := substring(w.name FROM '\d+$')::bigint;
    v_end bigint := argosy.partition_end(w.name);
    v_ids bigint[];
BEGIN
    v_ids := ARRAY(SELECT l.id FROM argosy.job_live l WHERE l.id >= v_from AND l.id < v_end
                   UNION SELECT h.id FROM argosy.job_history h WHERE h.finished >= w.looked - interval '1 day' AND h.id >= v_from AND h.id < v_end LIMIT 20001);
    IF cardinality(v_ids) > 20000 OR w.kept IS NULL AND cardinality(v_ids) > 0
       OR EXISTS (SELECT FROM argosy.job_bulk b WHERE b.first < v_end AND b.last >= v_from) THEN
        RETURN false;
    ELSIF cardinality(v_ids) > 0 THEN
        EXECUTE format('DELETE FROM argosy.%I k WHERE k.id = ANY ($1)', w.kept) USING v_ids;
        EXECUTE format('INSERT INTO argosy.%I SELECT j.* FROM argosy.%I j WHERE j.id = ANY ($1)', w.kept, w.name) USING v_ids;
    END IF;
    RETURN true;
END $$;

-- Has somebody come who needs what is to go, or has something been added, since it was copied? History, locked.
CREATE FUNCTION argosy.history_overtaken(w argosy.partition_work) RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE
    v_parents bigint[];
    v_max bigint;
    v_yes boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM argosy.%I h WHERE h.xid >= $1), (SELECT max(h.id) FROM argosy.%I h)', w.name, w.name) INTO v_yes, v_max USING w.seen;
    v_parents := ARRAY(SELECT DISTINCT d.parent FROM argosy.job_dependency d WHERE d.job > w.last_job AND d.parent <= v_max);
    IF NOT v_yes AND v_parents <> '{}' THEN
        EXECUTE format('SELECT EXISTS (SELECT FROM argosy.%I h WHERE h.id = ANY ($1) %s)', w.name,
                       CASE WHEN w.kept IS NOT NULL THEN format('AND NOT EXISTS (SELECT FROM argosy.%I k WHERE k.id = h.id)', w.kept) ELSE '' END)
            INTO v_yes USING v_parents;
    END IF;
    RETURN v_yes;
END $$;

-- The second step. False: somebody else is at it, or it has to begin anew.
CREATE FUNCTION argosy.partition_replace(w argosy.partition_work) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '100ms' SET timezone = 'UTC' AS $$
DECLARE
    v_parent text := regexp_replace(w.name, '_\d+$', '');
    v_bounds text;
BEGIN
    EXECUTE format('LOCK TABLE ONLY argosy.%I IN ACCESS EXCLUSIVE MODE', v_parent);
    EXECUTE format('LOCK TABLE argosy.%I IN ACCESS EXCLUSIVE MODE', w.name);
    IF (CASE v_parent WHEN 'job' THEN NOT argosy.jobs_catch_up(w) WHEN 'job_history' THEN argosy.history_overtaken(w) ELSE false END) THEN
        UPDATE argosy.partition_work x SET gone = '', due = NULL, kept = NULL WHERE x.name = w.name;
        IF w.kept IS NOT NULL THEN
            EXECUTE format('DROP TABLE argosy.%I', w.kept);
        END IF;
        RETURN false;
    END IF;
    SELECT pg_get_expr(relpartbound, oid) INTO v_bounds FROM pg_class WHERE oid = to_regclass('argosy.' || w.name);
    EXECUTE format('ALTER TABLE argosy.%I DETACH PARTITION argosy.%I', v_parent, w.name);
    EXECUTE format('DROP TABLE argosy.%I', w.name);
    IF w.kept IS NULL THEN
        DELETE FROM argosy.partition_work x WHERE x.name = w.name;
    ELSE
        EXECUTE format('ALTER TABLE argosy.%I ATTACH PARTITION argosy.%I %s', v_parent, w.kept, v_bounds);
        EXECUTE format('ALTER TABLE argosy.%I DROP CONSTRAINT bounds', w.kept);
        EXECUTE format('ALTER TABLE argosy.%I RENAME TO %I', w.kept, w.name);
        UPDATE argosy.partition_work x SET due = NULL, kept = NULL WHERE x.name = w.name;
    END IF;
    RETURN true;
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
    RETURN false;
END $$;

-- What is small: rows that found no partition, events, dead letters, pipelines, workers, sessions.
CREATE FUNCTION argosy.retention_rest(c argosy.cutoffs) RETURNS void LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_longest timestamptz := least(c.succeeded, c.failed, c.cancelled);
    v_name text;
    v_xid xid8;
BEGIN
    WITH gone AS (
        DELETE FROM argosy.job_history_rest h
        WHERE h.ctid = ANY (ARRAY(SELECT x.ctid FROM argosy.job_history_rest x LIMIT 20000))
          AND NOT argosy.history_keeps(h.state, h.error, h.finished, c.succeeded, c.failed, c.cancelled)
          AND NOT EXISTS (SELECT FROM argosy.history_needed(c) n WHERE n.id = h.id) RETURNING h.xid, h.finished
    ), floor AS (
        UPDATE argosy.setting s SET value = greatest(s.value::timestamptz, (SELECT max(finished) FROM gone))::text
        WHERE s.name = 'history_floor' AND EXISTS (SELECT FROM gone)
    ) SELECT max(xid) INTO v_xid FROM gone;
    UPDATE argosy.setting SET value = v_xid::text WHERE name = 'events_floor' AND value::numeric < v_xid::text::numeric;
    FOR v_name IN SELECT p FROM argosy.partitions_of('event') p WHERE right(p, 8) < to_char(v_longest, 'YYYYMMDD') -- as text: other names may be looked at, too
                  AND NOT EXISTS (SELECT FROM argosy.partition_work w WHERE w.name = p AND w.due IS NOT NULL) LOOP
        PERFORM argosy.partition_mark(v_name, '', NULL);
        UPDATE argosy.setting SET value = greatest(value::timestamptz, v_longest)::text WHERE name = 'history_floor';
    END LOOP;
    DELETE FROM argosy.dead_letter d WHERE d.at < c.failed AND NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = d.job AND h.n = d.n);
    WITH gone AS (
        DELETE FROM argosy.batch b WHERE b.ended < v_longest AND NOT EXISTS (SELECT FROM argosy.job j WHERE j.pipeline = b.id) RETURNING b.key_job
    ) DELETE FROM argosy.idempotency i USING gone g WHERE i.job = g.key_job;
    DELETE FROM argosy.pipeline p WHERE p.created < v_longest AND NOT EXISTS (SELECT FROM argosy.job j WHERE j.pipeline = p.id);
    DELETE FROM argosy.worker w WHERE w.dead AND w.seen < v_longest AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.worker = w.incarnation);
    DELETE FROM argosy.session WHERE expires < now();
END $$;

-- One piece of the work, in a transaction of its own. done: partitions dropped or replaced; again_s: there is more to do after so long, NULL: not soon.
-- Not while pg_dump is at work: it takes its locks after its snapshot. p_copy false: nothing that takes long.
CREATE FUNCTION argosy.retention_step(p_copy boolean, OUT done int, OUT again_s int) LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    c argosy.cutoffs := argosy.retention_cutoffs();
    w argosy.partition_work;
    v_past text;
    v_name text;
    v_submitted timestamptz;
    v_copy boolean := p_copy;
BEGIN
    done := 0;
    IF NOT pg_try_advisory_xact_lock(107092361147260) -- "argosy" in ASCII, and four: a second leader, or somebody by hand
       OR EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = current_database() AND a.application_name = 'pg_dump') THEN
        again_s := 60;
        RETURN;
    END IF;
    SELECT * INTO w FROM argosy.partition_work x WHERE x.due <= clock_timestamp() ORDER BY x.due, x.name LIMIT 1;
    IF FOUND THEN
        done := argosy.partition_replace(w)::int;
        again_s := CASE WHEN done = 1 THEN 0 ELSE 10 END;
        RETURN;
    END IF;
    DELETE FROM argosy.partition_work x WHERE to_regclass('argosy.' || x.name) IS NULL;
    FOR v_name IN SELECT p FROM argosy.partitions_of('job_history') p ORDER BY p LOOP
        v_past := argosy.history_past(right(v_name, 8)::timestamptz + interval '1 day', c);
        EXIT WHEN v_past = '';
        SELECT * INTO w FROM argosy.partition_work x WHERE x.name = v_name;
        CONTINUE WHEN w.due IS NOT NULL OR w.gone = v_past AND (v_past <> 'sfc' OR w.looked > now() - interval '1 day');
        PERFORM argosy.history_prepare(v_name, v_past, c, v_copy);
        v_copy := v_copy AND NOT EXISTS (SELECT FROM argosy.partition_work x WHERE x.name = v_name AND x.kept IS NOT NULL); -- one in a transaction
    END LOOP;
    PERFORM argosy.retention_rest(c);
    FOR v_name IN SELECT p FROM argosy.partitions_of('job') p WHERE NOT EXISTS (SELECT FROM argosy.partition_work x WHERE x.due IS NOT NULL) LOOP -- first history
        EXIT WHEN NOT v_copy OR argosy.partition_end(v_name) > (SELECT last_value FROM argosy.job_id);
        EXECUTE format('SELECT j.submitted FROM argosy.%I j ORDER BY j.id DESC LIMIT 1', v_name) INTO v_submitted;
        EXIT WHEN v_submitted >= greatest(c.succeeded, c.failed, c.cancelled);
        SELECT * INTO w FROM argosy.partition_work x WHERE x.name = v_name;
        CONTINUE WHEN w.due IS NOT NULL OR w.looked > now() - interval '1 day'
                 OR EXISTS (SELECT FROM argosy.job_bulk b WHERE b.first < argosy.partition_end(v_name) AND b.last >= substring(v_name FROM '\d+$')::bigint);
        v_copy := NOT argosy.jobs_prepare(v_name);
    END LOOP;
    SELECT ceil(extract(epoch FROM greatest(min(x.due) - clock_timestamp(), interval '0'))) INTO again_s
    FROM argosy.partition_work x HAVING min(x.due) IS NOT NULL;
    IF p_copy AND NOT v_copy THEN
        again_s := least(again_s, 1); -- there may be more to prepare
    END IF;
END $$;

-- As schedulers of before call it, in one transaction with partitions_ensure(): so nothing is copied. Returns how many partitions went.
CREATE OR REPLACE FUNCTION argosy.retention() RETURNS int LANGUAGE sql AS $$
    SELECT s.done FROM argosy.retention_step(false) s;
$$;
