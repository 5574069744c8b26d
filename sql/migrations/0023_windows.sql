-- SPDX-License-Identifier: Apache-2.0
-- Windows: when a queue gives out jobs; what a batch will cost and whether it ends in time; how many workers the backlog wants.
--
-- A window is a clock time in a zone on some days of the week: PostgreSQL knows the zones. Outside its windows nothing of a queue is dispatched.
-- What runs when a window closes goes on (window_end 'finish'), or is interrupted (no attempt counted, its checkpoint kept) and goes on
-- in the next one ('interrupt').

ALTER TABLE argosy.queue ADD windowed boolean NOT NULL DEFAULT false, ADD window_end text NOT NULL DEFAULT 'finish' CHECK (window_end IN ('finish', 'interrupt')),
    ADD slo_s int CHECK (slo_s BETWEEN 1 AND 604800);
INSERT INTO argosy.setting VALUES ('scale_slo_s', '60'); -- in which time a backlog is to be worked off, where a queue says nothing else

CREATE TABLE argosy.queue_window (
    queue text NOT NULL REFERENCES argosy.queue,
    n smallint NOT NULL,
    begins time NOT NULL,
    ends time NOT NULL,                -- not after begins: on the next day
    zone text NOT NULL,
    days smallint[] NOT NULL,          -- on which it begins: 1 Monday .. 7 Sunday
    PRIMARY KEY (queue, n)
);

-- What a job of each kind takes, as workers measured it last: known before the first worker of today has run one.
CREATE TABLE argosy.kind_cost (kind text PRIMARY KEY, mean_us bigint NOT NULL, measured timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 50);

-- "22:00-06:00 Europe/Berlin mon-fri": zone UTC and every day when not given.
CREATE FUNCTION argosy.window_parse(p_text text) RETURNS argosy.queue_window LANGUAGE plpgsql STABLE AS $$
DECLARE
    c_days CONSTANT text[] := '{mon,tue,wed,thu,fri,sat,sun}';
    v_parts text[] := regexp_match(p_text, '^\s*(\d\d:\d\d)-(\d\d:\d\d)(?:\s+([A-Za-z][A-Za-z0-9_+/-]*))??(?:\s+((?:mon|tue|wed|thu|fri|sat|sun)[a-z,-]*))?\s*$', 'i');
    w argosy.queue_window;
    v_range text;
    v_from int;
    v_to int;
BEGIN
    IF v_parts IS NULL OR v_parts[1] > '23:59' OR v_parts[2] > '24:00' OR substr(v_parts[1], 4) > '59' OR substr(v_parts[2], 4) > '59' THEN
        RAISE EXCEPTION '"%" is no window', left(p_text, 80) USING ERRCODE = 'AG008', HINT = 'like 22:00-06:00 Europe/Berlin mon-fri';
    END IF;
    w.begins := v_parts[1]::time;
    w.ends := v_parts[2]::time;
    w.zone := coalesce(v_parts[3], 'UTC');
    IF NOT EXISTS (SELECT FROM pg_timezone_names z WHERE z.name = w.zone) THEN
        RAISE EXCEPTION 'there is no time zone "%"', w.zone USING ERRCODE = 'AG008', HINT = 'like Europe/Berlin, as the tz database names them';
    END IF;
    w.days := '{}';
    FOREACH v_range IN ARRAY string_to_array(lower(coalesce(v_parts[4], 'mon-sun')), ',') LOOP
        v_from := array_position(c_days, split_part(v_range, '-', 1));
        v_to := CASE WHEN strpos(v_range, '-') > 0 THEN array_position(c_days, substr(v_range, strpos(v_range, '-') + 1)) ELSE v_from END;
        IF v_from IS NULL OR v_to IS NULL THEN
            RAISE EXCEPTION '"%" are no days', left(v_range, 80) USING ERRCODE = 'AG008', HINT = 'like mon-fri or sat,sun';
        END IF;
        w.days := w.days || ARRAY(SELECT ((d - 1) % 7 + 1)::smallint FROM generate_series(v_from, CASE WHEN v_to < v_from THEN v_to + 7 ELSE v_to END) d);
    END LOOP;
    w.days := ARRAY(SELECT DISTINCT d FROM unnest(w.days) d ORDER BY d);
    RETURN w;
END $$;

CREATE FUNCTION argosy.window_text(w argosy.queue_window) RETURNS text LANGUAGE sql IMMUTABLE
RETURN to_char(w.begins, 'HH24:MI') || '-' || CASE WHEN w.ends = '24:00' THEN '24:00' ELSE to_char(w.ends, 'HH24:MI') END || ' ' || w.zone
    || CASE WHEN cardinality(w.days) < 7 THEN ' '
    || (SELECT string_agg((ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])[d], ',' ORDER BY d) FROM unnest(w.days) d) ELSE '' END;

-- A clock time that the zone skips is the moment of the skip; one that it has twice is the second.
CREATE FUNCTION argosy.zone_moment(p_local timestamp, p_zone text) RETURNS timestamptz LANGUAGE sql STABLE
RETURN CASE WHEN (p_local AT TIME ZONE p_zone) AT TIME ZONE p_zone = p_local THEN p_local AT TIME ZONE p_zone
            ELSE (SELECT max(m AT TIME ZONE p_zone) + interval '1 min' FROM generate_series(p_local - interval '3 h', p_local, interval '1 min') m
                  WHERE (m AT TIME ZONE p_zone) AT TIME ZONE p_zone = m) END;

-- Open times of a queue from the day before p_at on, p_days days.
CREATE FUNCTION argosy.window_times(p_queue text, p_at timestamptz, p_days int) RETURNS TABLE (opens timestamptz, closes timestamptz) LANGUAGE sql STABLE AS $$
    SELECT argosy.zone_moment(d + w.begins, w.zone), argosy.zone_moment(d + CASE WHEN w.ends > w.begins THEN 0 ELSE 1 END + w.ends, w.zone)
    FROM argosy.queue_window w, generate_series(-1, p_days) g, LATERAL (SELECT (p_at AT TIME ZONE w.zone)::date + g AS d) x
    WHERE w.queue = p_queue AND extract(isodow FROM d) = ANY (w.days);
$$;

-- Is the queue open at that time, and until when; or when it opens. A queue without windows is always open: until NULL.
CREATE FUNCTION argosy.window_at(p_queue text, p_at timestamptz DEFAULT clock_timestamp(), OUT open boolean, OUT until timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_next timestamptz := p_at;
BEGIN
    IF NOT EXISTS (SELECT FROM argosy.queue_window w WHERE w.queue = p_queue) THEN
        open := true;
        RETURN;
    END IF;
    FOR i IN 1 .. 32 LOOP -- windows that touch are one
        SELECT max(t.closes) INTO v_next FROM argosy.window_times(p_queue, v_next, 1) t WHERE t.opens <= v_next AND t.closes > v_next;
        EXIT WHEN v_next IS NULL;
        until := v_next;
    END LOOP;
    open := until IS NOT NULL;
    IF NOT open THEN
        SELECT min(t.opens) INTO until FROM argosy.window_times(p_queue, p_at, 15) t WHERE t.opens > p_at AND t.closes > t.opens;
    END IF;
END $$;

-- What of a queue is to be stopped because its window has closed: back to the backlog, its worker told. Returns how many.
CREATE FUNCTION argosy.windows_close(p_limit int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_queues text[] := ARRAY(SELECT q.name FROM argosy.queue q WHERE q.windowed AND q.window_end = 'interrupt' AND NOT (argosy.window_at(q.name)).open);
    v_count bigint;
BEGIN
    IF v_queues = '{}' THEN
        RETURN 0;
    END IF;
    WITH pick AS MATERIALIZED (
        SELECT l.ctid AS place, l.id, l.worker, l.epoch FROM argosy.job_live l
        WHERE l.state = 3 AND l.sealing IS NULL AND l.lane IN (SELECT a.id FROM argosy.lane a WHERE a.queue = ANY (v_queues))
        ORDER BY l.id LIMIT p_limit FOR UPDATE SKIP LOCKED
    ), told AS (
        INSERT INTO argosy.cancel_notice (worker, job, epoch) SELECT worker, id, epoch FROM pick ON CONFLICT DO NOTHING
    ), back AS (
        UPDATE argosy.job_live l SET state = 2, worker = NULL, seq = NULL, touched = true FROM pick p WHERE l.ctid = p.place RETURNING l.id, l.epoch
    )
    INSERT INTO argosy.event (job, epoch, type, data) SELECT id, epoch, 'interrupted', '{"error_code": "window_closed"}' FROM back;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- Public. Members of p_settings that are given are changed: windows (a list of texts; empty: always open), window_end, tags (a list), slo_s (or
-- null). The queue is made when there is none.
CREATE FUNCTION argosy.queue_set(queue text, settings json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_text text;
    v_n int := 0;
    w argosy.queue_window;
BEGIN
    PERFORM argosy.check_name('queue', queue);
    FOR v_text IN SELECT k FROM json_object_keys(settings) k WHERE k NOT IN ('windows', 'window_end', 'tags', 'slo_s') LOOP
        RAISE EXCEPTION 'a queue has no "%"', left(v_text, 80) USING ERRCODE = 'AG008', HINT = 'windows, window_end, tags, slo_s';
    END LOOP;
    IF coalesce(json_typeof(settings -> 'windows'), 'array') <> 'array' OR coalesce(json_typeof(settings -> 'tags'), 'array') <> 'array'
       OR coalesce(json_typeof(settings -> 'slo_s'), 'null') NOT IN ('number', 'null') OR settings ->> 'slo_s' !~ '^[0-9]{1,6}$'
       OR (settings ->> 'slo_s')::int NOT BETWEEN 1 AND 604800 OR settings ->> 'window_end' NOT IN ('finish', 'interrupt') THEN
        RAISE EXCEPTION 'windows and tags are lists, window_end is finish or interrupt, slo_s 1 to 604800' USING ERRCODE = 'AG008';
    END IF;
    INSERT INTO argosy.queue (name) VALUES (queue_set.queue) ON CONFLICT DO NOTHING;
    IF settings -> 'windows' IS NOT NULL THEN
        IF json_array_length(settings -> 'windows') > 50 THEN
            RAISE EXCEPTION 'a queue has 50 windows at most' USING ERRCODE = 'AG008';
        END IF;
        DELETE FROM argosy.queue_window x WHERE x.queue = queue_set.queue;
        FOR v_text IN SELECT t FROM json_array_elements_text(settings -> 'windows') t LOOP
            v_n := v_n + 1;
            w := argosy.window_parse(v_text);
            INSERT INTO argosy.queue_window VALUES (queue_set.queue, v_n, w.begins, w.ends, w.zone, w.days);
        END LOOP;
        UPDATE argosy.queue q SET windowed = v_n > 0 WHERE q.name = queue_set.queue;
    END IF;
    UPDATE argosy.queue q SET window_end = coalesce(settings ->> 'window_end', q.window_end),
           tags = CASE WHEN settings -> 'tags' IS NULL THEN q.tags ELSE argosy.tags_of(settings -> 'tags') END,
           slo_s = CASE WHEN settings -> 'slo_s' IS NULL THEN q.slo_s ELSE (settings ->> 'slo_s')::int END
    WHERE q.name = queue_set.queue;
    PERFORM argosy.wake();
END $$;

-- Public. NULL: there is no such queue. "running": what is dispatched; a paused queue whose running is 0 is drained.
CREATE FUNCTION argosy.queue_show(queue text, at timestamptz DEFAULT clock_timestamp()) RETURNS json LANGUAGE sql AS $$
    SELECT json_build_object('queue', q.name, 'paused', q.paused, 'running', r.running, 'drained', q.paused AND r.running = 0,
        'open', w.open, CASE WHEN w.open THEN 'closes' ELSE 'opens' END, w.until,
        'windows', ARRAY(SELECT argosy.window_text(x) FROM argosy.queue_window x WHERE x.queue = q.name ORDER BY x.n), 'window_end', q.window_end,
        'tags', coalesce(string_to_array(q.tags, ','), '{}'), 'slo_s', q.slo_s)
    FROM argosy.queue q, argosy.window_at(q.name, queue_show.at) w,
         LATERAL (SELECT count(*) AS running FROM argosy.job_live l WHERE l.state = 3 AND l.lane IN (SELECT a.id FROM argosy.lane a WHERE a.queue = q.name)) r
    WHERE q.name = queue_show.queue;
$$;

-- Public. Pauses the queue; what runs runs to its end. How much that is; NULL: there is no such queue.
CREATE FUNCTION argosy.queue_drain(queue text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    IF NOT argosy.queue_pause(queue, true) THEN
        RETURN NULL;
    END IF;
    RETURN (argosy.queue_show(queue) ->> 'running')::bigint;
END $$;

-- ---- costs ----

-- What workers have measured, into the table. For the leader, now and then.
CREATE FUNCTION argosy.costs_note() RETURNS void LANGUAGE sql AS $$
    INSERT INTO argosy.kind_cost AS c (kind, mean_us)
    SELECT m.key, avg(m.value::bigint)::bigint
    FROM argosy.worker w, json_each_text(CASE WHEN json_typeof(w.progress -> 'mean_us') = 'object' THEN w.progress -> 'mean_us' END) m
    WHERE NOT w.dead AND m.value ~ '^[0-9]{1,15}$' AND length(m.key) <= 63 GROUP BY m.key
    ON CONFLICT (kind) DO UPDATE SET mean_us = excluded.mean_us, measured = now()
    WHERE c.mean_us NOT BETWEEN excluded.mean_us * 0.8 AND excluded.mean_us * 1.25;
$$;

-- What the jobs took that ended last, lane by lane. By the index on xid, whatever the statistics say: this is asked for every 2 s.
CREATE FUNCTION argosy.lane_costs(p_jobs int) RETURNS TABLE (lane int, jobs bigint, mean_us bigint)
LANGUAGE sql STABLE SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET jit = off AS $$
    SELECT h.lane, count(*), avg(h.run_us)::bigint
    FROM (SELECT x.lane, x.run_us FROM argosy.job_history x ORDER BY x.xid DESC, x.n DESC LIMIT p_jobs) h
    WHERE h.run_us IS NOT NULL GROUP BY h.lane
$$;

-- The backlog lane by lane. Bulk is counted; single jobs up to 5,000, and what is beyond is guessed from the statistics of their index, in equal
-- parts: estimated is true then.
CREATE FUNCTION argosy.backlog() RETURNS TABLE (lane int, queue text, tenant text, kind text, tags text, jobs bigint, estimated boolean, held boolean)
LANGUAGE plpgsql STABLE SET jit = off SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN QUERY
    WITH counted AS MATERIALIZED (
        SELECT s.lane, s.queue, s.tenant, s.tags, s.paused,
               (SELECT count(*) FROM (SELECT FROM argosy.job_live l WHERE l.lane = s.lane AND l.state = 2 ORDER BY l.priority, l.id LIMIT 5000) c) AS single,
               (SELECT coalesce(sum(b.last - b.next + 1), 0)::bigint FROM (SELECT * FROM argosy.job_bulk x WHERE x.lane = s.lane LIMIT 20000) b) AS bulk
        FROM argosy.lanes() s
    ), rest AS (
        SELECT greatest(0, (SELECT reltuples FROM pg_class WHERE oid = 'argosy.job_live_available'::regclass) - sum(c.single))::bigint
               / greatest(1, count(*) FILTER (WHERE c.single = 5000)) AS more
        FROM counted c
    )
    SELECT c.lane, c.queue, c.tenant, a.kind, c.tags, c.single + c.bulk + CASE WHEN c.single = 5000 THEN r.more ELSE 0 END, c.single = 5000, c.paused
    FROM counted c JOIN argosy.lane a ON a.id = c.lane CROSS JOIN rest r;
END $$;

-- Slots of workers that have these tags.
CREATE FUNCTION argosy.slots_for(p_tags text) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(w.slots), 0) FROM argosy.worker w WHERE NOT w.dead AND NOT w.quiet AND NOT w.stop
        AND (p_tags IS NULL OR string_to_array(p_tags, ',') <@ string_to_array(w.tags, ',')));

-- Public. What so many jobs more of these kinds mean for a queue: what waits before them, when all of it would be done if the queue had the fleet
-- for itself, and whether that passes the end of its window. warning: what to say to whoever submits them, or null.
CREATE FUNCTION argosy.forecast(queue text, kinds text[] DEFAULT '{}', counts bigint[] DEFAULT '{}', at timestamptz DEFAULT clock_timestamp()) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
    q argosy.queue;
    w record;
    t record;
    v_backlog record;
    v_own record;
    v_slots bigint;
    v_need interval;
    v_finishes timestamptz;
    v_passes boolean := false;
    v_from timestamptz;
BEGIN
    SELECT * INTO q FROM argosy.queue x WHERE x.name = forecast.queue;
    SELECT * INTO w FROM argosy.window_at(forecast.queue, forecast.at);
    SELECT coalesce(sum(b.jobs), 0) AS jobs, coalesce(sum(b.jobs * coalesce(c.mean_us, 0)), 0) / 1e6 AS cost_s, coalesce(bool_or(b.estimated), false) AS estimated,
           coalesce(bool_or(c.mean_us IS NULL), false) AS unmeasured
    INTO v_backlog FROM argosy.backlog() b LEFT JOIN argosy.kind_cost c ON c.kind = b.kind WHERE b.queue = forecast.queue;
    SELECT coalesce(sum(u.n), 0) AS jobs, coalesce(sum(u.n * coalesce(c.mean_us, 0)), 0) / 1e6 AS cost_s, coalesce(bool_or(c.mean_us IS NULL), false) AS unmeasured
    INTO v_own FROM unnest(kinds, counts) u(kind, n) LEFT JOIN argosy.kind_cost c ON c.kind = u.kind;
    v_slots := argosy.slots_for(q.tags);
    IF v_slots > 0 THEN
        v_need := make_interval(secs => ((v_backlog.cost_s + v_own.cost_s) / v_slots)::double precision);
        v_from := CASE WHEN w.open THEN forecast.at ELSE w.until END;
        v_passes := w.until IS NOT NULL
            AND v_from + v_need > CASE WHEN w.open THEN w.until ELSE (SELECT x.until FROM argosy.window_at(forecast.queue, w.until) x) END;
        FOR i IN 1 .. 60 LOOP -- window by window
            SELECT * INTO t FROM argosy.window_at(forecast.queue, v_from);
            v_finishes := v_from + v_need;
            EXIT WHEN t.until IS NULL OR v_finishes <= t.until;
            v_finishes := NULL;
            v_need := v_need - (t.until - v_from);
            SELECT x.until INTO v_from FROM argosy.window_at(forecast.queue, t.until) x;
        END LOOP;
    END IF;
    RETURN json_build_object('queue', forecast.queue, 'open', w.open, CASE WHEN w.open THEN 'closes' ELSE 'opens' END, w.until, 'slots', v_slots,
        'backlog', v_backlog.jobs, 'backlog_cost_s', round(v_backlog.cost_s, 3), 'jobs', v_own.jobs, 'cost_s', round(v_own.cost_s, 3),
        'estimated', v_backlog.estimated, 'unmeasured', v_backlog.unmeasured OR v_own.unmeasured, 'finishes', v_finishes, 'passes_window', v_passes,
        'warning', CASE
            WHEN v_slots = 0 THEN 'no worker is alive that may take jobs of queue ' || forecast.queue || coalesce(' (tags ' || q.tags || ')', '')
            WHEN v_passes THEN 'this would not end before the window of queue ' || forecast.queue || ' closes: ' || coalesce('it would go on until '
                 || to_char(v_finishes AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', 'nor in the next 60 windows') END);
END $$;

-- What to tell whoever is about to submit jobs of these kinds into these queues, those that have windows: that they would pass the end of one, or that
-- nobody is there to run them.
CREATE FUNCTION argosy.submit_warnings(p_queues text[], p_kinds text[]) RETURNS TABLE (queue text, warning text) LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM argosy.queue q WHERE q.windowed) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT x.name, x.forecast ->> 'warning' FROM (
        SELECT q.name, argosy.forecast(q.name, array_agg(u.kind), array_agg(u.n)) AS forecast
        FROM (SELECT s.queue, s.kind, count(*) AS n FROM unnest(p_queues, p_kinds) s(queue, kind) GROUP BY 1, 2) u
        JOIN argosy.queue q ON q.name = u.queue AND q.windowed GROUP BY q.name) x
    WHERE x.forecast ->> 'warning' IS NOT NULL ORDER BY 1;
END $$;

-- The same of steps or jobs as JSON, in words; NULL: nothing.
CREATE FUNCTION argosy.warnings_of(p_jobs json, p_queue text) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM argosy.queue q WHERE q.windowed) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT json_agg(w.warning) FROM (
        SELECT array_agg(coalesce(j ->> 'queue', p_queue)) AS queues, array_agg(j ->> 'kind') AS kinds
        FROM json_array_elements(p_jobs) j WHERE j ->> 'run_at' IS NULL) a, argosy.submit_warnings(a.queues, a.kinds) w);
END $$;

-- Public. {"pipeline": id, "jobs": {step: id}}, and "warnings": [text] when it would pass the window of a queue.
CREATE OR REPLACE FUNCTION argosy.pipeline_submit(name text, steps json, queue text DEFAULT 'default', tenant text DEFAULT 'default',
                                                  origin text DEFAULT 'sql', correlation text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_pipeline bigint;
    v_warnings json;
BEGIN
    IF length(name) NOT BETWEEN 1 AND 200 OR name IS NULL THEN
        RAISE EXCEPTION 'a pipeline has a name of 1 to 200 characters' USING ERRCODE = 'AG007';
    ELSIF json_typeof(steps) = 'array' AND json_array_length(steps) > 0 AND json_typeof(steps -> 0) = 'object' THEN
        v_warnings := argosy.warnings_of(steps, queue);
    END IF;
    INSERT INTO argosy.pipeline (name) VALUES (pipeline_submit.name) RETURNING id INTO v_pipeline;
    PERFORM argosy.steps_submit(v_pipeline, steps::jsonb, queue, tenant, origin, correlation);
    RETURN json_strip_nulls(json_build_object('pipeline', v_pipeline, 'jobs', (SELECT json_object_agg(step, job) FROM argosy.steps_of(v_pipeline)),
                                              'warnings', v_warnings));
END $$;
