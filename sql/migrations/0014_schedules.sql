-- SPDX-License-Identifier: Apache-2.0
-- Schedules: work that comes by the clock; and checkpoints: where a job goes on after its attempt was interrupted.
--
-- A schedule's ticks are the times of its cron expression. The record keeps up to where they are dealt with (since); the leading scheduler
-- works out which ticks lie between there and now, what its catch-up policy makes of them, and when to look again (scheduler/ticks.c); this
-- file fires them. Only the record's clock counts, so leaders need not agree on theirs. A tick has one idempotency key for all time, and the
-- revision is compared and set: two leaders, a restart or a clock that was set back never fire one twice.
INSERT INTO argosy.setting VALUES ('schedules_max', '10000');

CREATE TABLE argosy.schedule (
    name text PRIMARY KEY,
    cron text NOT NULL,
    zone text NOT NULL,                -- IANA name
    kind text,                         -- one job ...
    args json,
    priority int,
    attempts_max int,
    timeout_s int,
    steps json,                        -- ... or a pipeline
    queue text NOT NULL,
    tenant text NOT NULL,
    tags text,                         -- of the one job
    catch_up text NOT NULL CHECK (catch_up IN ('none', 'latest', 'all')), -- what becomes of ticks that are later than grace_s
    catch_up_max int NOT NULL CHECK (catch_up_max BETWEEN 1 AND 1000),    -- of 'all': only the newest
    grace_s int NOT NULL CHECK (grace_s BETWEEN 1 AND 86400),
    overlap text NOT NULL CHECK (overlap IN ('allow', 'skip')),           -- while the last tick's work has not ended
    paused boolean NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    since timestamptz NOT NULL DEFAULT clock_timestamp(), -- every tick up to here is fired or passed over
    next_run timestamptz NOT NULL DEFAULT '-infinity',    -- when to look again: the next tick; -infinity: to be worked out
    last_tick timestamptz,
    last_job bigint,
    last_pipeline bigint,
    fired bigint NOT NULL DEFAULT 0,
    skipped bigint NOT NULL DEFAULT 0, -- passed over: too late or overlapping; of more than 3,000 at once only so many are counted
    error json,                        -- why the last tick gave no work; NULL: it did
    created timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind IS NULL) <> (steps IS NULL))
) WITH (fillfactor = 50);
CREATE INDEX schedule_next_run ON argosy.schedule (next_run) WHERE NOT paused;
CREATE INDEX schedule_since ON argosy.schedule (since) WHERE NOT paused;

-- Public. Makes the schedule, or with replace puts it in place of the one of that name, whose ticks go on unless cron or zone change. The
-- expression itself is read by the scheduler: what it can't read stands in the column error. True: it is new.
CREATE FUNCTION argosy.schedule_put(name text, cron text, kind text DEFAULT NULL, args json DEFAULT '{}', steps json DEFAULT NULL,
                                    zone text DEFAULT 'UTC', queue text DEFAULT 'default', tenant text DEFAULT 'default',
                                    priority int DEFAULT NULL, attempts_max int DEFAULT NULL, timeout_s int DEFAULT NULL,
                                    catch_up text DEFAULT 'latest', catch_up_max int DEFAULT 100, grace_s int DEFAULT 60,
                                    overlap text DEFAULT 'allow', paused boolean DEFAULT false, replace boolean DEFAULT false, tags text[] DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_old argosy.schedule;
    v_tags text := argosy.tags_of(array_to_string(schedule_put.tags, ','));
BEGIN
    PERFORM argosy.check_name('schedule', schedule_put.name), argosy.check_name('queue', schedule_put.queue),
            argosy.check_name('tenant', schedule_put.tenant);
    IF schedule_put.name IS NULL OR schedule_put.cron IS NULL OR length(schedule_put.cron) > 200 OR length(schedule_put.zone) > 64
       OR (schedule_put.kind IS NULL) = (schedule_put.steps IS NULL)
       OR schedule_put.kind IS NULL AND v_tags IS NOT NULL OR schedule_put.catch_up NOT IN ('none', 'latest', 'all')
       OR schedule_put.catch_up_max NOT BETWEEN 1 AND 1000 OR schedule_put.grace_s NOT BETWEEN 1 AND 86400
       OR schedule_put.overlap NOT IN ('allow', 'skip') OR schedule_put.priority NOT BETWEEN 1 AND 1000
       OR schedule_put.attempts_max NOT BETWEEN 1 AND 1000 OR schedule_put.timeout_s NOT BETWEEN 1 AND 604800 THEN
        RAISE EXCEPTION 'a schedule has a name, cron (200 characters), either kind or steps, catch_up none, latest or all, catch_up_max 1 to 1000, '
                        'grace_s 1 to 86400, overlap allow or skip' USING ERRCODE = 'AG008';
    ELSIF schedule_put.kind IS NOT NULL AND NOT EXISTS (SELECT FROM argosy.kind k WHERE k.name = schedule_put.kind) THEN
        RAISE EXCEPTION 'there is no kind "%"', left(schedule_put.kind, 80) USING ERRCODE = 'AG001';
    ELSIF octet_length(schedule_put.args::text) > argosy.setting_int('args_max') THEN
        RAISE EXCEPTION 'arguments of % bytes', octet_length(schedule_put.args::text) USING ERRCODE = 'AG004',
              HINT = format('at most %s (setting args_max)', argosy.setting_int('args_max'));
    ELSIF schedule_put.steps IS NOT NULL THEN
        PERFORM argosy.steps_check(schedule_put.steps::jsonb, '{}');
    END IF;
    LOCK TABLE argosy.schedule IN SHARE ROW EXCLUSIVE MODE; -- so that the count holds
    SELECT * INTO v_old FROM argosy.schedule s WHERE s.name = schedule_put.name;
    IF FOUND AND NOT schedule_put.replace THEN
        RAISE EXCEPTION 'there is a schedule "%" already', schedule_put.name USING ERRCODE = 'AG013';
    ELSIF v_old.name IS NULL AND (SELECT count(*) FROM argosy.schedule) >= argosy.setting_int('schedules_max') THEN
        RAISE EXCEPTION 'there are % schedules (setting schedules_max)', argosy.setting_int('schedules_max') USING ERRCODE = 'AG008';
    END IF;
    INSERT INTO argosy.schedule AS s (name, cron, zone, kind, args, priority, attempts_max, timeout_s, steps, queue, tenant, tags, catch_up, catch_up_max,
                                      grace_s, overlap, paused)
    VALUES (schedule_put.name, schedule_put.cron, schedule_put.zone, schedule_put.kind, schedule_put.args, schedule_put.priority,
            schedule_put.attempts_max, schedule_put.timeout_s, schedule_put.steps, schedule_put.queue, schedule_put.tenant, v_tags, schedule_put.catch_up,
            schedule_put.catch_up_max, schedule_put.grace_s, schedule_put.overlap, schedule_put.paused)
    ON CONFLICT (name) DO UPDATE SET (cron, zone, kind, args, priority, attempts_max, timeout_s, steps, queue, tenant, tags, catch_up, catch_up_max, grace_s,
                                      overlap, paused, revision, next_run, since, error) =
        (excluded.cron, excluded.zone, excluded.kind, excluded.args, excluded.priority, excluded.attempts_max, excluded.timeout_s, excluded.steps,
         excluded.queue, excluded.tenant, excluded.tags, excluded.catch_up, excluded.catch_up_max, excluded.grace_s, excluded.overlap, excluded.paused,
         s.revision + 1, '-infinity',
         CASE WHEN (s.cron, s.zone, s.paused) = (excluded.cron, excluded.zone, false) THEN s.since ELSE clock_timestamp() END, NULL);
    RETURN v_old.name IS NULL;
END $$;

-- Public. False: there is no such schedule. The ticks of a pause are not made up for.
CREATE FUNCTION argosy.schedule_pause(name text, paused boolean DEFAULT true) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE argosy.schedule s SET paused = schedule_pause.paused, revision = s.revision + 1, next_run = '-infinity',
           since = CASE WHEN s.paused THEN clock_timestamp() ELSE s.since END
    WHERE s.name = schedule_pause.name;
    RETURN FOUND;
END $$;

-- Public. False: there is no such schedule. What it has submitted stays.
CREATE FUNCTION argosy.schedule_remove(name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM argosy.schedule s WHERE s.name = schedule_remove.name;
    RETURN FOUND;
END $$;

-- The work of one tick, or with p_key NULL of a run out of turn.
CREATE FUNCTION argosy.schedule_submit(s argosy.schedule, p_key text, OUT job bigint, OUT pipeline bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF s.kind IS NOT NULL THEN
        job := argosy.submit(s.kind, s.args, queue => s.queue, tenant => s.tenant, priority => coalesce(s.priority, 100), idempotency_key => p_key,
                             attempts_max => s.attempts_max, timeout_s => s.timeout_s, origin => 'schedule',
                             correlation => coalesce(p_key, 'schedule:' || s.name), tags => string_to_array(s.tags, ','));
        RETURN;
    END IF;
    pipeline := argosy.pipeline_submit(s.name, s.steps, queue => s.queue, tenant => s.tenant, origin => 'schedule',
                                       correlation => coalesce(p_key, 'schedule:' || s.name)) ->> 'pipeline';
    IF p_key IS NOT NULL THEN
        INSERT INTO argosy.idempotency (key, job) SELECT p_key, min(j.id) FROM argosy.job j WHERE j.pipeline = schedule_submit.pipeline;
    END IF;
END $$;

-- Public. The schedule's work now, beside its ticks, paused or not: {"job": id} or {"pipeline": id}.
CREATE FUNCTION argosy.schedule_run(name text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    s argosy.schedule;
    v record;
BEGIN
    SELECT * INTO s FROM argosy.schedule x WHERE x.name = schedule_run.name FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no schedule "%"', left(schedule_run.name, 80) USING ERRCODE = 'AG011';
    END IF;
    SELECT * INTO v FROM argosy.schedule_submit(s, NULL);
    RETURN json_strip_nulls(json_build_object('job', v.job, 'pipeline', v.pipeline));
END $$;

-- Whether the work of its last tick has not ended.
CREATE FUNCTION argosy.schedule_busy(s argosy.schedule) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM argosy.job_live l WHERE l.id = s.last_job)
    OR EXISTS (SELECT FROM argosy.job j JOIN argosy.job_live l ON l.id = j.id WHERE j.pipeline = s.last_pipeline);

-- Fires ticks: [{"name", "revision", "ticks": [ms], "skipped", "upto": ms, "next": ms or null, "error"}]; a schedule that was changed since it was read is
-- left alone. What the record refuses is noted and the tick is over; anything else fails the call, which is then repeated. Returns how much was
-- submitted.
CREATE FUNCTION argosy.schedules_fire(p_fires json) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_count bigint := 0;
    v_skipped bigint;
    v_error json;
    v_key text;
    v_ms bigint;
    v record;
    i record;
    s argosy.schedule;
BEGIN
    FOR i IN SELECT * FROM json_to_recordset(p_fires) x(name text, revision bigint, ticks bigint[], skipped bigint, upto bigint, next bigint, error json)
             ORDER BY x.name LOOP
        SELECT * INTO s FROM argosy.schedule x WHERE x.name = i.name AND x.revision = i.revision AND NOT x.paused FOR UPDATE;
        CONTINUE WHEN NOT FOUND;
        v_skipped := i.skipped;
        v_error := coalesce(i.error, CASE WHEN cardinality(i.ticks) = 0 THEN s.error END);
        FOREACH v_ms IN ARRAY i.ticks LOOP
            v_key := format('schedule:%s:%s', s.name, to_char(to_timestamp(v_ms / 1000) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
            CONTINUE WHEN EXISTS (SELECT FROM argosy.idempotency WHERE key = v_key);
            IF s.overlap = 'skip' AND argosy.schedule_busy(s) THEN
                v_skipped := v_skipped + 1;
                CONTINUE;
            END IF;
            BEGIN
                SELECT * INTO v FROM argosy.schedule_submit(s, v_key);
                s.fired := s.fired + 1;
                s.last_tick := to_timestamp(v_ms / 1000);
                s.last_job := v.job;
                s.last_pipeline := v.pipeline;
                v_count := v_count + 1;
                v_error := NULL;
            EXCEPTION WHEN OTHERS THEN
                IF left(SQLSTATE, 2) NOT IN ('AG', '22', '23') THEN
                    RAISE;
                END IF;
                v_error := json_build_object('sqlstate', SQLSTATE, 'message', SQLERRM, 'tick', to_timestamp(v_ms / 1000));
            END;
        END LOOP;
        UPDATE argosy.schedule x SET revision = x.revision + 1, since = to_timestamp(i.upto / 1000.0),
               next_run = coalesce(to_timestamp(i.next / 1000.0), 'infinity'), last_tick = s.last_tick, last_job = s.last_job,
               last_pipeline = s.last_pipeline, fired = s.fired, skipped = x.skipped + v_skipped, error = v_error
        WHERE x.name = s.name;
    END LOOP;
    RETURN v_count;
END $$;

-- One row a job that keeps one, gone soon after its end (argosy.checkpoints_sweep).
CREATE TABLE argosy.checkpoint (
    job bigint PRIMARY KEY,
    epoch bigint NOT NULL,             -- the fence: of the latest attempt that read or wrote it
    data json NOT NULL,
    saved timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- Reading shuts out earlier attempts. fenced: a later one was here.
CREATE FUNCTION argosy.checkpoint_read(p_job bigint, p_epoch bigint, OUT fenced boolean, OUT data text) LANGUAGE plpgsql AS $$
BEGIN
    UPDATE argosy.checkpoint c SET epoch = p_epoch WHERE c.job = p_job AND c.epoch <= p_epoch RETURNING c.data::text INTO data;
    fenced := NOT FOUND AND EXISTS (SELECT FROM argosy.checkpoint c WHERE c.job = p_job);
END $$;

-- False: the attempt is over.
CREATE FUNCTION argosy.checkpoint_put(p_job bigint, p_epoch bigint, p_data json) RETURNS boolean LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    IF octet_length(p_data::text) > 65536 THEN
        RAISE EXCEPTION 'a checkpoint of % bytes', octet_length(p_data::text) USING ERRCODE = 'AG004', HINT = 'at most 65536';
    END IF;
    INSERT INTO argosy.checkpoint AS c (job, epoch, data)
    SELECT p_job, p_epoch, p_data WHERE EXISTS (SELECT FROM argosy.job_live l WHERE l.id = p_job AND l.epoch = p_epoch AND l.state + 0 = 3)
    ON CONFLICT (job) DO UPDATE SET epoch = excluded.epoch, data = excluded.data, saved = now() WHERE c.epoch <= excluded.epoch;
    RETURN FOUND;
END $$;

-- Checkpoints of jobs that have ended, looked for among p_limit rows from p_from on. Returns the job to go on after; NULL: all were looked at.
CREATE FUNCTION argosy.checkpoints_sweep(p_from bigint, p_limit int) RETURNS bigint LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_jobs bigint[] := ARRAY(SELECT c.job FROM argosy.checkpoint c WHERE c.job > p_from ORDER BY c.job LIMIT p_limit);
BEGIN
    DELETE FROM argosy.checkpoint c WHERE c.job = ANY (v_jobs) AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = c.job);
    RETURN CASE WHEN cardinality(v_jobs) = p_limit THEN v_jobs[p_limit] END;
END $$;
