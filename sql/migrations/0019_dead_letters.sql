-- SPDX-License-Identifier: Apache-2.0
-- What is left of jobs for people: dead letters and logs.
INSERT INTO argosy.setting VALUES ('log_days', '7'); -- job logs are kept so long

-- ---- dead letters ----
-- Jobs that failed for good, until somebody replays or purges them or retention takes the job: a small table of its own, so that no list
-- reads history. n: the number of its end, which orders the list; a job that fails again stands anew.
CREATE TABLE argosy.dead_letter (
    job bigint PRIMARY KEY,
    n bigint NOT NULL,
    at timestamptz NOT NULL,
    lane int NOT NULL,
    kind text NOT NULL,
    error_code text NOT NULL,
    quarantined boolean NOT NULL
);
CREATE UNIQUE INDEX dead_letter_n ON argosy.dead_letter (n);
INSERT INTO argosy.dead_letter
SELECT DISTINCT ON (h.id) h.id, h.n, h.finished, h.lane, h.kind, coalesce(h.error ->> 'error_code', 'fatal'), coalesce(h.error ->> 'error_code', '') = 'quarantined'
FROM argosy.job_history h WHERE h.state = 6 AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = h.id)
     AND NOT EXISTS (SELECT FROM argosy.job_history x WHERE x.id = h.id AND x.n > h.n)
ORDER BY h.id, h.n DESC;

-- By trigger, so that every way into history counts; a success costs the comparison only.
CREATE FUNCTION argosy.dead_letter_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO argosy.dead_letter (job, n, at, lane, kind, error_code, quarantined)
    VALUES (NEW.id, NEW.n, NEW.finished, NEW.lane, NEW.kind, coalesce(NEW.error ->> 'error_code', 'fatal'), coalesce(NEW.error ->> 'error_code', '') = 'quarantined')
    ON CONFLICT (job) DO UPDATE SET (n, at, lane, kind, error_code, quarantined) =
        (excluded.n, excluded.at, excluded.lane, excluded.kind, excluded.error_code, excluded.quarantined);
    RETURN NULL;
END $$;
CREATE TRIGGER dead_letter AFTER INSERT ON argosy.job_history FOR EACH ROW WHEN (NEW.state = 6) EXECUTE FUNCTION argosy.dead_letter_add();

-- A page of them, the newest first ($p_down) or the oldest first: at most p_limit that pass the filter, of at most 20,000 looked at, so that no
-- filter makes it a scan. p_filter: kind, queue, tenant, code, since, before, quarantined. next: where to go on, NULL after the last.
CREATE FUNCTION argosy.dlq_page(p_filter json, p_after bigint, p_upto bigint, p_limit int, p_down boolean, OUT jobs bigint[], OUT next bigint)
LANGUAGE plpgsql STABLE SET jit = off SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_looked bigint;
    v_last bigint;
BEGIN
    WITH seen AS MATERIALIZED (
        (SELECT d.* FROM argosy.dead_letter d WHERE p_down AND d.n < coalesce(p_after, 9223372036854775807) ORDER BY d.n DESC LIMIT 20000)
        UNION ALL
        (SELECT d.* FROM argosy.dead_letter d WHERE NOT p_down AND d.n > coalesce(p_after, 0) AND d.n <= coalesce(p_upto, 9223372036854775807)
         ORDER BY d.n LIMIT 20000)
    ), passed AS (
        SELECT s.job, s.n FROM seen s JOIN argosy.lane l ON l.id = s.lane
        WHERE (p_filter ->> 'kind' IS NULL OR s.kind = p_filter ->> 'kind') AND (p_filter ->> 'queue' IS NULL OR l.queue = p_filter ->> 'queue')
          AND (p_filter ->> 'tenant' IS NULL OR l.tenant = p_filter ->> 'tenant') AND (p_filter ->> 'code' IS NULL OR s.error_code = p_filter ->> 'code')
          AND (p_filter ->> 'since' IS NULL OR s.at >= (p_filter ->> 'since')::timestamptz)
          AND (p_filter ->> 'before' IS NULL OR s.at < (p_filter ->> 'before')::timestamptz)
          AND (p_filter ->> 'quarantined' IS NULL OR s.quarantined = (p_filter ->> 'quarantined')::boolean)
        ORDER BY CASE WHEN p_down THEN -s.n ELSE s.n END LIMIT p_limit
    )
    SELECT (SELECT count(*) FROM seen), (SELECT CASE WHEN p_down THEN min(s.n) ELSE max(s.n) END FROM seen s),
           coalesce((SELECT array_agg(p.job ORDER BY CASE WHEN p_down THEN -p.n ELSE p.n END) FROM passed p), '{}'),
           (SELECT CASE WHEN p_down THEN min(p.n) ELSE max(p.n) END FROM passed p)
    INTO v_looked, v_last, jobs, next;
    next := CASE WHEN cardinality(jobs) = p_limit THEN next WHEN v_looked = 20000 THEN v_last END;
END $$;

-- Why a job is no dead letter.
CREATE FUNCTION argosy.dlq_missing(p_job bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_state int := argosy.state_of(p_job);
BEGIN
    RETURN CASE WHEN v_state IS NOT NULL THEN 'it is no dead letter: it is ' || argosy.state_name(v_state)
                WHEN p_job BETWEEN 1 AND (SELECT last_value FROM argosy.job_id)
                THEN 'it ended longer ago than such jobs are kept (setting retention-failed): submit it anew'
                ELSE 'there is no such job' END;
END $$;

-- Replays one dead job: it, and whoever is revived with it. reason: why it was not.
CREATE FUNCTION argosy.dlq_replay_one(p_job bigint, p_dry boolean, OUT along bigint[], OUT reason text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM argosy.dead_letter d WHERE d.job = p_job FOR UPDATE;
    IF NOT FOUND THEN
        reason := argosy.dlq_missing(p_job);
        RETURN;
    END IF;
    along := argosy.retry_all(p_job);
    IF along IS NULL THEN
        reason := 'it has not ended';
        RETURN;
    END IF;
    IF cardinality(along) = 0 THEN
        reason := 'there is no such job any more';
        RETURN;
    END IF;
    along := along[2:];
    IF p_dry THEN
        RAISE EXCEPTION 'dry run' USING ERRCODE = 'AG099';
    END IF;
EXCEPTION
    WHEN SQLSTATE 'AG099' THEN NULL; -- it was done as it would be, and is undone by this
    WHEN SQLSTATE 'AG009' OR SQLSTATE 'AG012' THEN
        along := NULL;
        reason := SQLERRM;
END $$;

-- Public. p_action: 'replay', 'purge'; p_jobs names them, NULL: by p_filter, oldest first, from p_after on and not beyond p_upto, so that what
-- fails again meanwhile is not taken twice. At most p_limit in this transaction. {"jobs": [{"job", "along"}], "refused": [{"job", "reason"}],
-- "next", "upto"}; with p_dry exactly what would be done, and nothing is.
CREATE FUNCTION argosy.dlq_act(p_action text, p_jobs bigint[], p_filter json, p_after bigint, p_upto bigint, p_limit int, p_dry boolean)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_upto bigint := coalesce(p_upto, (SELECT max(n) FROM argosy.dead_letter), 0);
    v_jobs bigint[] := p_jobs;
    v_next bigint;
    v_done jsonb := '[]';
    v_refused jsonb := '[]';
    v_job bigint;
    v_gone boolean;
    one record;
BEGIN
    IF p_jobs IS NULL THEN
        SELECT p.jobs, p.next INTO v_jobs, v_next FROM argosy.dlq_page(p_filter, p_after, v_upto, p_limit, false) p;
    END IF;
    FOREACH v_job IN ARRAY v_jobs LOOP
        IF p_action = 'purge' THEN
            IF p_dry THEN
                v_gone := EXISTS (SELECT FROM argosy.dead_letter d WHERE d.job = v_job);
            ELSE
                DELETE FROM argosy.dead_letter d WHERE d.job = v_job;
                v_gone := FOUND;
            END IF;
            SELECT '{}'::bigint[] AS along, CASE WHEN NOT v_gone THEN argosy.dlq_missing(v_job) END AS reason INTO one;
        ELSE
            SELECT * INTO one FROM argosy.dlq_replay_one(v_job, p_dry);
        END IF;
        IF one.reason IS NULL THEN
            v_done := v_done || jsonb_build_object('job', v_job, 'along', coalesce(one.along, '{}'));
        ELSE
            v_refused := v_refused || jsonb_build_object('job', v_job, 'reason', one.reason);
        END IF;
    END LOOP;
    RETURN json_build_object('jobs', v_done, 'refused', v_refused, 'next', v_next, 'upto', v_upto, 'dry_run', p_dry);
END $$;

-- A job that has ended goes back into the live table under its id, above its last epoch. The lock on its row of argosy.job keeps two
-- retries apart.
CREATE OR REPLACE FUNCTION argosy.revive(p_job bigint, p_type text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_waits int;
    h argosy.job_history;
    j argosy.job;
    v_epoch bigint;
BEGIN
    SELECT * INTO j FROM argosy.job WHERE id = p_job FOR UPDATE;
    SELECT * INTO h FROM argosy.job_history WHERE id = p_job ORDER BY epoch DESC, n DESC LIMIT 1;
    IF EXISTS (SELECT FROM argosy.job_live WHERE id = p_job) THEN
        RETURN false;
    END IF;
    DELETE FROM argosy.dead_letter WHERE job = p_job;
    v_epoch := argosy.next_epoch(h.epoch); -- so that it never ends twice under one epoch
    PERFORM FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.parent WHERE d.job = p_job ORDER BY l.id FOR UPDATE OF l;
    UPDATE argosy.job_dependency d SET settled = false FROM argosy.job_live l WHERE d.job = p_job AND d.settled AND l.id = d.parent; -- they count again
    SELECT count(*) INTO v_waits FROM argosy.job_dependency d
    WHERE d.job = p_job AND (EXISTS (SELECT FROM argosy.job_live l WHERE l.id = d.parent) OR d.policy = 2 AND NOT d.settled AND argosy.fell_short(d.parent));
    UPDATE argosy.job_live l SET depended = true FROM argosy.job_dependency d WHERE d.job = p_job AND l.id = d.parent AND NOT l.depended;
    INSERT INTO argosy.job_live (id, epoch, lane, state, priority, waits, depended, kind, pipeline)
    VALUES (p_job, v_epoch, argosy.lane_like(j.lane, j.kind, j.target), CASE WHEN v_waits > 0 THEN 0 ELSE 2 END, j.priority, v_waits,
            EXISTS (SELECT FROM argosy.job_dependency WHERE parent = p_job), j.kind, j.pipeline);
    INSERT INTO argosy.event (job, epoch, type) VALUES (p_job, v_epoch, p_type);
    IF j.pipeline IS NOT NULL THEN
        PERFORM argosy.batch_count(ARRAY[j.pipeline], h.state, -1);
    END IF;
    RETURN true;
END $$;

-- The job and whoever was cancelled because it did not succeed, as soon as none of its other parents stands in the way. NULL: it has not
-- ended; {}: there is none. The first is the job itself.
CREATE FUNCTION argosy.retry_all(p_job bigint) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_parent bigint;
    v_all bigint[] := ARRAY[p_job];
    v_level bigint[] := ARRAY[p_job];
    v_next bigint[];
    v_child bigint;
BEGIN
    PERFORM FROM argosy.job j WHERE j.id = p_job FOR UPDATE;
    IF argosy.bulk_has(p_job) OR EXISTS (SELECT FROM argosy.job_live l WHERE l.id = p_job) THEN
        RETURN NULL;
    ELSIF argosy.last_state(p_job) IS NULL THEN
        RETURN '{}';
    ELSIF argosy.last_state(p_job) = 5 THEN
        RAISE EXCEPTION 'job % has succeeded', p_job USING ERRCODE = 'AG012', HINT = 'a result is recorded once: submit a new job';
    END IF;
    v_parent := argosy.parent_in_the_way(p_job);
    IF v_parent IS NOT NULL THEN
        RAISE EXCEPTION 'job % waits for job %, which did not succeed', p_job, v_parent USING ERRCODE = 'AG009', HINT = format('retry job %s first', v_parent);
    END IF;
    PERFORM argosy.revive(p_job, 'retried');
    WHILE v_level IS NOT NULL LOOP
        v_next := NULL;
        FOR v_child IN SELECT DISTINCT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (v_level) ORDER BY 1 LOOP
            -- never NULL: AND would go on, and revive one that has succeeded
            IF argosy.last_error(v_child) IS NOT DISTINCT FROM 'dependency_failed' AND argosy.parent_in_the_way(v_child) IS NULL
               AND argosy.revive(v_child, 'revived') THEN
                v_next := v_next || v_child;
            END IF;
        END LOOP;
        v_level := v_next;
        v_all := v_all || v_next;
    END LOOP;
    PERFORM argosy.wake();
    RETURN v_all;
END $$;

-- Public. 'not_found', 'again', 'not_final'.
CREATE OR REPLACE FUNCTION argosy.retry(job bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_all bigint[] := argosy.retry_all(job);
BEGIN
    RETURN CASE WHEN v_all IS NULL THEN 'not_final' WHEN cardinality(v_all) = 0 THEN 'not_found' ELSE 'again' END;
END $$;

-- ---- why ----

-- How a job ended, and what a person may do.
CREATE FUNCTION argosy.why_ended(p_job bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN h.state = 5 THEN 'It has ended: succeeded.'
        WHEN h.error ->> 'error_code' = 'quarantined' THEN 'It is in quarantine: ' || (h.error ->> 'message')
            || '. It never runs again by itself; when the cause is gone: `argosy dlq replay ' || p_job || '`.'
        WHEN h.state = 6 THEN 'It has ended: failed after ' || h.attempts || CASE h.attempts WHEN 1 THEN ' attempt' ELSE ' attempts' END || ', with '
            || (h.error ->> 'error_code') || ': ' || (h.error ->> 'message') || '. It runs again by `argosy dlq replay ' || p_job || '`.'
        WHEN h.error ->> 'error_code' = 'dependency_failed' THEN 'It has ended: cancelled, because it ' || (h.error ->> 'message')
            || '. It comes back with that job: `argosy job retry ' || (h.error -> 'details' ->> 'job') || '`.'
        ELSE 'It has ended: ' || argosy.state_name(h.state) || '. It runs again by `argosy job retry ' || p_job || '`.' END
    FROM argosy.job_history h WHERE h.id = p_job ORDER BY h.epoch DESC, h.n DESC LIMIT 1;
$$;

-- What a scheduled job waits for: its time, or the next try after a failure.
CREATE FUNCTION argosy.why_scheduled(p_job bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN l.sealing IS NOT NULL
        THEN (l.fate ->> 'seal_tries') || ' time(s) so far (' || coalesce(l.fate -> 'seal_error' ->> 'message', 'no reason was given') || '); again at ' || t.due || '.'
        WHEN l.attempts = 0 THEN 'It is scheduled for ' || t.due || '.'
        ELSE 'It backs off until ' || t.due || ': attempt ' || l.attempts || ' (of ' || j.attempts_max || ') failed with ' || (l.fate ->> 'error_code') || ': '
             || (l.fate ->> 'message') || CASE WHEN q.queue <> o.queue THEN '; it is tried again in queue ' || q.queue || '.' ELSE '.' END END
    FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id JOIN argosy.lane q ON q.id = l.lane JOIN argosy.lane o ON o.id = j.lane,
         LATERAL (SELECT to_char(l.run_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' AS due) t
    WHERE l.id = p_job;
$$;

-- ---- job logs ----
-- What a job says while it runs. A line's number counts within its attempt, so that a batch may be written twice.
CREATE TABLE argosy.job_log (
    job bigint NOT NULL,
    epoch bigint NOT NULL,
    line int NOT NULL,
    at timestamptz NOT NULL,           -- by the worker's clock
    level smallint NOT NULL,           -- 0 debug 1 info 2 warn 3 error
    message text NOT NULL,
    PRIMARY KEY (job, epoch, line, at)
) PARTITION BY RANGE (at);
CREATE TABLE argosy.job_log_rest PARTITION OF argosy.job_log DEFAULT;

-- A batch of a worker. What a crash of the server loses of it is a pity, no more: it does not wait for the disk.
CREATE FUNCTION argosy.job_log_add(p_jobs bigint[], p_epochs bigint[], p_lines bigint[], p_at_ms bigint[], p_levels bigint[], p_messages text[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO argosy.job_log (job, epoch, line, at, level, message)
    SELECT job, epoch, line, to_timestamp(at_ms / 1000.0), level, message
    FROM unnest(p_jobs, p_epochs, p_lines, p_at_ms, p_levels, p_messages) u(job, epoch, line, at_ms, level, message)
    ON CONFLICT DO NOTHING;
END $$;

-- For the leader, with retention: log partitions ahead of time and past their time, dead letters whose job retention took. How many went.
CREATE FUNCTION argosy.ends_housekeeping() RETURNS int LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_dropped int := 0;
    v_name text;
BEGIN
    FOR i IN 0 .. argosy.setting_int('partition_days')::int LOOP
        PERFORM argosy.partition_make('job_log', 'job_log_' || to_char(current_date + i, 'YYYYMMDD'), 'at', (current_date + i)::text, (current_date + i + 1)::text);
    END LOOP;
    FOR v_name IN SELECT p FROM argosy.partitions_of('job_log') p
                  WHERE right(p, 8) < to_char(current_date - argosy.setting_int('log_days')::int, 'YYYYMMDD') LOOP
        EXECUTE format('DROP TABLE argosy.%I', v_name);
        v_dropped := v_dropped + 1;
    END LOOP;
    DELETE FROM argosy.job_log_rest WHERE at < now() - make_interval(days => argosy.setting_int('log_days')::int);
    DELETE FROM argosy.dead_letter WHERE job < coalesce((SELECT min(id) FROM argosy.job), (SELECT last_value FROM argosy.job_id));
    RETURN v_dropped;
END $$;
SELECT argosy.ends_housekeeping();
