-- SPDX-License-Identifier: Apache-2.0
-- What is known of a connection: whether it was analysed, by which job, with what end; when it is analysed next; and tries of URLs that nobody keeps.
--
-- Its status is never written while a job runs: it is read from the job. analyzing, indexing and updating hold while a discovery job of the connection is
-- dispatched, or was and has not ended, so dispatch, give-back, expiry, retry and cancel change it with their own COMMIT and know nothing of connections.
-- What stays when no job runs (pending, ready, error) is written by a trigger on the row of history, in the transaction of the finish. Other kinds pay for
-- the trigger's comparison.

ALTER TABLE argosy.connection
    ADD url_key text,                  -- the public URL with its kind, host and port spelt the one way; NULL: an upload, or of before
    ADD state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'error')), -- how the last analysis ended
    ADD state_since timestamptz NOT NULL DEFAULT now(),
    ADD state_job bigint,              -- the job that ended so
    ADD error_code text,
    ADD error_message text,
    ADD analyzed timestamptz,          -- last time with success
    ADD catalog_id bigint,             -- in discovered_schemas: what it found then
    ADD analysis_job bigint,           -- last one that was asked for here
    ADD reanalyze_hours int NOT NULL DEFAULT 0 CHECK (reanalyze_hours BETWEEN 0 AND 87600); -- 0: never by itself
CREATE INDEX connection_url_key ON argosy.connection USING hash (url_key);
CREATE INDEX connection_url ON argosy.connection USING hash (url);

-- A job that has begun on a connection, said by its slot; it goes with the job's end.
CREATE TABLE argosy.connection_run (
    job bigint PRIMARY KEY,
    connection bigint NOT NULL,
    epoch bigint NOT NULL,
    began timestamptz NOT NULL,
    phase text NOT NULL CHECK (phase IN ('analyzing', 'indexing')),
    since timestamptz NOT NULL         -- of the phase
);
CREATE INDEX job_live_discovery ON argosy.job_live (id) WHERE state = 3 AND kind = 'discovery';

-- A URL that is tried before anybody keeps it. Ids are of the same sequence as connections'; the row goes with the job that tries it.
CREATE TABLE argosy.connection_trial (
    id bigint PRIMARY KEY,
    dialect text NOT NULL,
    url text NOT NULL,
    secret bytea,                      -- sealed for this id
    job bigint,
    created timestamptz NOT NULL DEFAULT now()
);

-- The upload behind a connection's url; NULL: it is none.
CREATE FUNCTION argosy.upload_of(p_url text) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN substring(p_url FROM '^upload:([0-9]{1,18})$')::bigint;

-- The connection that a job's argument names; NULL: none.
CREATE FUNCTION argosy.connection_named(p_args json, p_side text) RETURNS bigint LANGUAGE sql IMMUTABLE
RETURN substring(p_args ->> p_side FROM '^[0-9]{1,18}$')::bigint;

-- ---- status ----

-- A view and no function, so that a reader takes its locks before its snapshot (0033). since is when the slot began, a moment after the dispatch.
-- A job that was dispatched before and waits to be tried again counts as running.
-- All that run, found from the jobs' side: there are no more of them than slots, however many connections there are.
CREATE VIEW argosy.connection_running AS
SELECT DISTINCT ON (x.connection) x.connection, x.job, x.phase, x.since, x.worker, x.epoch FROM (
    SELECT argosy.connection_named(j.args, 'source') AS connection, l.id AS job, CASE WHEN run.epoch = l.epoch THEN run.phase END AS phase,
           coalesce(CASE WHEN run.epoch = l.epoch THEN run.since END, run.began, now()) AS since, l.worker, l.epoch
    FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id LEFT JOIN argosy.connection_run run ON run.job = l.id
    WHERE l.state = 3 AND l.kind = 'discovery'
    UNION ALL
    SELECT run.connection, run.job, NULL, run.began, NULL, l.epoch FROM argosy.connection_run run
    CROSS JOIN LATERAL (SELECT y.epoch FROM argosy.job_live y WHERE y.id = run.job AND y.state <> 3 OFFSET 0) l) x -- by id, however few statistics there are
WHERE x.connection IS NOT NULL ORDER BY x.connection, x.job DESC;

CREATE VIEW argosy.connection_status AS
SELECT c.id, CASE WHEN r.job IS NULL THEN c.state WHEN r.phase = 'indexing' THEN 'indexing' WHEN c.analyzed IS NOT NULL THEN 'updating' ELSE 'analyzing' END AS status,
       CASE WHEN r.job IS NULL THEN c.state_since ELSE r.since END AS since, r.job AS running, r.worker, r.epoch
FROM argosy.connection c LEFT JOIN argosy.connection_running r ON r.connection = c.id;

-- The slot says where its job is; false: the attempt is over. The lock on the live row orders it with the end, which takes the row away.
CREATE FUNCTION argosy.connection_phase(p_job bigint, p_epoch bigint, p_connection bigint, p_phase text) RETURNS boolean LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    PERFORM FROM argosy.job_live l WHERE l.id = p_job AND l.epoch = p_epoch AND l.state + 0 = 3 FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO argosy.connection_run AS r VALUES (p_job, p_connection, p_epoch, clock_timestamp(), p_phase, clock_timestamp())
    ON CONFLICT (job) DO UPDATE SET epoch = p_epoch, phase = p_phase, since = clock_timestamp() WHERE (r.epoch, r.phase) <> (p_epoch, p_phase);
    RETURN true;
END $$;

-- How an analysis ended. A success always counts; a failure unless a later job has ended before; a cancelled one changes nothing.
CREATE FUNCTION argosy.connection_settle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    v_connection bigint;
BEGIN
    IF NEW.kind = 'probe' THEN
        DELETE FROM argosy.connection_trial t USING argosy.job j WHERE j.id = NEW.id AND t.id = argosy.connection_named(j.args, 'source');
        RETURN NULL;
    END IF;
    DELETE FROM argosy.connection_run r WHERE r.job = NEW.id;
    SELECT argosy.connection_named(j.args, 'source') INTO v_connection FROM argosy.job j WHERE j.id = NEW.id;
    IF NEW.state = 5 THEN
        UPDATE argosy.connection c SET state = 'ready', state_since = clock_timestamp(), state_job = greatest(c.state_job, NEW.id), error_code = NULL,
               error_message = NULL, analyzed = clock_timestamp(),
               catalog_id = coalesce((SELECT d.id FROM argosy.discovered_schemas d WHERE d.job = NEW.id AND d.epoch = NEW.epoch), c.catalog_id)
        WHERE c.id = v_connection;
    ELSIF NEW.state = 6 THEN
        UPDATE argosy.connection c SET state = 'error', state_since = clock_timestamp(), state_job = NEW.id,
               error_code = coalesce(NEW.error ->> 'error_code', 'fatal'), error_message = left(NEW.error ->> 'message', 2000)
        WHERE c.id = v_connection AND coalesce(c.state_job, 0) <= NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER connection_settle AFTER INSERT ON argosy.job_history FOR EACH ROW WHEN (NEW.kind = 'discovery' OR NEW.kind = 'probe')
EXECUTE FUNCTION argosy.connection_settle();

-- ---- analysis ----

CREATE FUNCTION argosy.connection_schedule_name(p_id bigint) RETURNS text LANGUAGE sql IMMUTABLE RETURN 'connection.' || p_id;

-- Puts the schedule of the next analyses in place, or takes it away. The first one comes after three quarters to all of the interval, the part by the golden
-- ratio of the id: however many connections are made at one moment, they come evenly over a quarter of it, and stay so.
CREATE FUNCTION argosy.connection_schedule(p_id bigint, p_hours int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_name text := argosy.connection_schedule_name(p_id);
    v_first timestamptz := date_trunc('second', clock_timestamp()) + make_interval(secs => floor(
                               p_hours * 3600 * (0.75 + 0.25 * (p_id * 0.6180339887498949 - floor(p_id * 0.6180339887498949)))));
BEGIN
    IF p_hours = 0 THEN
        PERFORM argosy.schedule_remove(v_name);
        RETURN;
    END IF;
    PERFORM argosy.schedule_put(v_name, format('@every %sh from %s', p_hours, to_char(v_first AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), 'discovery',
                                json_build_object('source', p_id), overlap => 'skip', replace => true);
    UPDATE argosy.schedule s SET next_run = v_first, since = clock_timestamp(),
           last_job = coalesce(s.last_job, (SELECT c.analysis_job FROM argosy.connection c WHERE c.id = p_id))
    WHERE s.name = v_name;
END $$;

-- An analysis now; while one lives it is that one. The schedule is told, so that a tick that comes meanwhile is passed over.
CREATE FUNCTION argosy.connection_analyze(p_id bigint, p_origin text DEFAULT 'sql', OUT job bigint, OUT existing boolean) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_asked bigint;
    v_ticked bigint;
BEGIN
    SELECT c.analysis_job INTO v_asked FROM argosy.connection c WHERE c.id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no connection %', p_id USING ERRCODE = 'AG011';
    END IF;
    SELECT s.last_job INTO v_ticked FROM argosy.schedule s WHERE s.name = argosy.connection_schedule_name(p_id) FOR NO KEY UPDATE;
    SELECT max(l.id) INTO job FROM argosy.job_live l WHERE l.id = ANY (ARRAY[v_asked, v_ticked]);
    existing := job IS NOT NULL;
    IF existing THEN
        RETURN;
    END IF;
    job := argosy.submit('discovery', json_build_object('source', p_id), origin => p_origin);
    UPDATE argosy.connection c SET analysis_job = connection_analyze.job WHERE c.id = p_id;
    UPDATE argosy.schedule s SET last_job = connection_analyze.job WHERE s.name = argosy.connection_schedule_name(p_id);
END $$;

-- ---- keeping ----

-- The connection that has this address already; NULL: none.
CREATE FUNCTION argosy.connection_same(p_url text, p_key text, p_not bigint) RETURNS json LANGUAGE sql STABLE
RETURN (SELECT json_build_object('connection', c.id, 'name', c.name) FROM argosy.connection c
        WHERE (c.url_key = p_key OR c.url = p_url) AND c.id IS DISTINCT FROM p_not ORDER BY c.id LIMIT 1);

-- p_upload: an upload instead of an address. p_once: not when the address is connected already. Returns {"id", "name", "dialect", "job"}, or {"conflict"},
-- or NULL: there is no such upload.
CREATE FUNCTION argosy.connection_add(p_id bigint, p_name text, p_dialect text, p_url text, p_key text, p_secret bytea, p_upload bigint, p_once boolean,
                                      p_analyze boolean, p_hours int, p_origin text) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_same json;
    v_job bigint;
BEGIN
    IF p_upload IS NOT NULL AND NOT EXISTS (SELECT FROM argosy.upload u WHERE u.id = p_upload) THEN
        RETURN NULL;
    ELSIF p_once THEN
        PERFORM pg_advisory_xact_lock(1097033, hashtext(p_key)); -- two of them at once: the second sees the first
        v_same := argosy.connection_same(p_url, p_key, NULL);
        IF v_same IS NOT NULL THEN
            RETURN json_build_object('conflict', v_same);
        END IF;
    END IF;
    INSERT INTO argosy.connection (id, name, dialect, url, url_key, secret, reanalyze_hours) OVERRIDING SYSTEM VALUE
    VALUES (p_id, p_name, p_dialect, coalesce('upload:' || p_upload, p_url), p_key, p_secret, p_hours);
    IF p_analyze THEN
        v_job := (argosy.connection_analyze(p_id, p_origin)).job;
    END IF;
    IF p_hours > 0 THEN
        PERFORM argosy.connection_schedule(p_id, p_hours);
    END IF;
    RETURN json_strip_nulls(json_build_object('id', p_id, 'name', p_name, 'dialect', p_dialect, 'job', v_job));
END $$;

-- Who would miss the connection: {"jobs", "schedules"}, up to 20 each; NULL: nobody. Jobs that run are all looked at; of those that wait, in each of its
-- places, 20,000: what is not found then fails with connection_missing. Probes do not count.
CREATE FUNCTION argosy.connection_users(p_id bigint) RETURNS json LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_kinds text[] := ARRAY(SELECT k.name FROM argosy.kind k WHERE (k.schema::jsonb -> 'properties') ?| '{source,target}' AND k.name <> 'probe');
    v_jobs bigint[];
    v_schedules text[];
BEGIN
    LOCK TABLE argosy.job_live, argosy.job_bulk IN ACCESS SHARE MODE; -- before the snapshot is taken: see squeeze()
    SELECT array_agg(x.id) INTO v_jobs FROM (
        SELECT l.id FROM (
            (SELECT y.id, y.kind FROM argosy.job_live y WHERE y.state = 3)
            UNION ALL (SELECT y.id, y.kind FROM argosy.job_live y WHERE y.state = 0 ORDER BY y.id LIMIT 20000)
            UNION ALL (SELECT y.id, y.kind FROM argosy.job_live y WHERE y.state = 1 ORDER BY y.run_at LIMIT 20000)
            UNION ALL (SELECT y.id, y.kind FROM argosy.lane a CROSS JOIN LATERAL (
                           SELECT z.id, z.kind FROM argosy.job_live z WHERE z.lane = a.id AND z.state = 2 ORDER BY z.priority, z.id LIMIT 20000) y
                       WHERE a.kind = ANY (v_kinds) LIMIT 20000)
            UNION ALL (SELECT n.n, b.kind FROM argosy.job_bulk b, generate_series(b.next, b.last) n(n) WHERE b.kind = ANY (v_kinds) LIMIT 20000)) l
        JOIN argosy.job j ON j.id = l.id
        WHERE l.kind = ANY (v_kinds) AND p_id IN (argosy.connection_named(j.args, 'source'), argosy.connection_named(j.args, 'target')) LIMIT 20) x;
    SELECT array_agg(x.name) INTO v_schedules FROM (
        SELECT s.name FROM argosy.schedule s
        WHERE s.name <> argosy.connection_schedule_name(p_id)
          AND (p_id IN (argosy.connection_named(s.args, 'source'), argosy.connection_named(s.args, 'target'))
               OR EXISTS (SELECT FROM json_array_elements(s.steps) t
                          WHERE p_id IN (argosy.connection_named(t -> 'args', 'source'), argosy.connection_named(t -> 'args', 'target'))))
        ORDER BY s.name LIMIT 20) x;
    RETURN CASE WHEN v_jobs IS NOT NULL OR v_schedules IS NOT NULL THEN
        json_build_object('jobs', coalesce(to_json(v_jobs), '[]'), 'schedules', coalesce(to_json(v_schedules), '[]')) END;
END $$;

-- NULL: there is none. {"users"}: it is used. {"removed": true}: it is gone, and its schedule; what was discovered in it stays with its project.
CREATE FUNCTION argosy.connection_remove(p_id bigint) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_users json;
BEGIN
    PERFORM FROM argosy.connection c WHERE c.id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    v_users := argosy.connection_users(p_id);
    IF v_users IS NOT NULL THEN
        RETURN json_build_object('users', v_users);
    END IF;
    PERFORM argosy.schedule_remove(argosy.connection_schedule_name(p_id));
    DELETE FROM argosy.connection c WHERE c.id = p_id;
    RETURN json_build_object('removed', true);
END $$;

-- What is NULL stays. p_secret_given: the password becomes p_secret, NULL for none; with another address always, so that no password goes where it was not
-- meant for. NULL: there is none. {"conflict"}, {"users"}: not as things stand. {"changed": true}.
CREATE FUNCTION argosy.connection_change(p_id bigint, p_name text, p_dialect text, p_url text, p_key text, p_secret bytea, p_secret_given boolean, p_hours int)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    c argosy.connection;
    v_blocked json;
BEGIN
    SELECT * INTO c FROM argosy.connection x WHERE x.id = p_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF c.url LIKE 'upload:%' AND (p_url IS NOT NULL OR p_secret_given OR p_hours > 0) THEN
        RAISE EXCEPTION 'connection % is an uploaded file: it has no url and no password, and it never changes', p_id USING ERRCODE = 'AG008';
    ELSIF p_url <> c.url THEN
        PERFORM pg_advisory_xact_lock(1097033, hashtext(p_key));
        v_blocked := argosy.connection_same(p_url, p_key, p_id);
        IF v_blocked IS NOT NULL THEN
            RETURN json_build_object('conflict', v_blocked);
        END IF;
        v_blocked := argosy.connection_users(p_id);
        IF v_blocked IS NOT NULL THEN
            RETURN json_build_object('users', v_blocked);
        END IF;
        UPDATE argosy.connection x SET state = 'pending', state_since = clock_timestamp(), error_code = NULL, error_message = NULL WHERE x.id = p_id;
    END IF;
    UPDATE argosy.connection x SET name = coalesce(p_name, x.name), dialect = coalesce(p_dialect, x.dialect), url = coalesce(p_url, x.url),
           url_key = coalesce(p_key, x.url_key), secret = CASE WHEN p_secret_given THEN p_secret ELSE x.secret END,
           reanalyze_hours = coalesce(p_hours, x.reanalyze_hours)
    WHERE x.id = p_id;
    IF p_hours IS NOT NULL THEN
        PERFORM argosy.connection_schedule(p_id, p_hours);
    END IF;
    RETURN json_build_object('changed', true);
END $$;

-- ---- trying ----

-- Submits the probe of a connection, or with p_url of an address that nobody keeps, whose secret is sealed for p_id. NULL: there is no such connection.
CREATE FUNCTION argosy.connection_probe(p_id bigint, p_dialect text, p_url text, p_secret bytea, p_origin text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_job bigint;
BEGIN
    IF p_url IS NULL AND NOT EXISTS (SELECT FROM argosy.connection c WHERE c.id = p_id) THEN
        RETURN NULL;
    END IF;
    v_job := argosy.submit('probe', json_build_object('source', p_id), priority => 1, origin => p_origin);
    IF p_url IS NOT NULL THEN
        DELETE FROM argosy.connection_trial t WHERE t.created < now() - interval '1 day' AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = t.job);
        INSERT INTO argosy.connection_trial (id, dialect, url, secret, job) VALUES (p_id, p_dialect, p_url, p_secret, v_job);
    END IF;
    RETURN v_job;
END $$;
