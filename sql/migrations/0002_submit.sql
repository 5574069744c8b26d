-- SPDX-License-Identifier: Apache-2.0
-- Submit: how a job gets into the record. argosy.submit() and argosy.pipeline_submit() are public (docs/protocol.md); the fleet's own
-- doors go through submit_rows(), which takes any number of rows in two inserts.
-- Refusals are raised with SQLSTATEs of class AG; sql/result.c says which class and error_code each one is.

-- What hot statements call is PL/pgSQL: an SQL function that can't be inlined is parsed and planned anew by each statement (0.1 ms).
CREATE FUNCTION argosy.setting_int(p_name text) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT value::bigint FROM argosy.setting WHERE name = p_name);
END $$;

-- The fence. A promoted or restored server has a higher timeline, so that it never issues an epoch twice.
CREATE FUNCTION argosy.epoch_floor() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::bigint - 1) << 40;
END $$;

CREATE FUNCTION argosy.next_epoch(p_epoch bigint) RETURNS bigint LANGUAGE sql STABLE
RETURN greatest(p_epoch + 1, argosy.epoch_floor());

-- Wakes the scheduler, only if it says that it is asleep: NOTIFY takes a lock at commit that a busy system must not pay for.
-- p_lane: the one lane that got one job, which spares the scheduler a look; NULL: look everywhere.
CREATE FUNCTION argosy.wake(p_lane int DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT idle FROM argosy.scheduler) THEN
        PERFORM pg_notify('argosy_submit', coalesce(p_lane::text, ''));
    END IF;
END $$;

CREATE FUNCTION argosy.check_name(p_what text, p_name text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF p_name !~ '^[a-z][a-z0-9_.-]{0,62}$' THEN
        RAISE EXCEPTION '% "%" is no name', p_what, left(p_name, 80)
            USING ERRCODE = 'AG003', HINT = 'up to 63 of a-z 0-9 _ . - beginning with a letter';
    END IF;
END $$;

CREATE FUNCTION argosy.lane_make(p_queue text, p_tenant text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_lane int;
BEGIN
    PERFORM argosy.check_name('queue', p_queue), argosy.check_name('tenant', p_tenant);
    INSERT INTO argosy.queue (name) VALUES (p_queue) ON CONFLICT DO NOTHING;
    INSERT INTO argosy.lane (queue, tenant) VALUES (p_queue, p_tenant) ON CONFLICT DO NOTHING;
    SELECT id INTO v_lane FROM argosy.lane WHERE queue = p_queue AND tenant = p_tenant;
    RETURN v_lane;
END $$;

-- A kind as its schema file describes it. An older program does not take back what a newer one wrote.
CREATE FUNCTION argosy.kind_put(p_name text, p_schema json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v json := coalesce(p_schema -> 'x-argosy', '{}');
BEGIN
    PERFORM argosy.check_name('kind', p_name);
    INSERT INTO argosy.kind AS k (name, version, schema, attempts_max, lost_max, timeout_s, backoff_ms, backoff_max_ms, target_arg)
    VALUES (p_name, (v ->> 'version')::int, p_schema, coalesce((v ->> 'attempts_max')::int, 3), coalesce((v ->> 'lost_max')::int, 3),
            coalesce((v ->> 'timeout_s')::int, 600), coalesce((v ->> 'backoff_ms')::int, 1000),
            coalesce((v ->> 'backoff_max_ms')::int, 300000), v ->> 'target_arg')
    ON CONFLICT (name) DO UPDATE SET (version, schema, attempts_max, lost_max, timeout_s, backoff_ms, backoff_max_ms, target_arg) =
        (excluded.version, excluded.schema, excluded.attempts_max, excluded.lost_max, excluded.timeout_s, excluded.backoff_ms,
         excluded.backoff_max_ms, excluded.target_arg)
    WHERE k.version <= excluded.version AND k.schema::text <> excluded.schema::text;
END $$;

-- The checks that SQL can do, on all rows at once; the first refusal wins.
CREATE FUNCTION argosy.submit_check(p_kinds text[], p_args text[], p_priorities bigint[], p_attempts bigint[], p_timeouts bigint[], p_keys text[])
RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_args_max bigint := argosy.setting_int('args_max');
    r record;
BEGIN
    SELECT u.kind, u.args, u.key, k.name IS NULL AS unknown, octet_length(u.args) > v_args_max AS large, octet_length(u.args) AS size
    INTO r
    FROM unnest(p_kinds, p_args, p_priorities, p_attempts, p_timeouts, p_keys) u(kind, args, priority, attempts, timeout_s, key)
    LEFT JOIN argosy.kind k ON k.name = u.kind
    WHERE k.name IS NULL OR u.args IS NULL OR octet_length(u.args) > v_args_max OR json_typeof(u.args::json) <> 'object'
       OR u.priority NOT BETWEEN 0 AND 1000 OR u.attempts NOT BETWEEN 0 AND 1000 OR u.timeout_s NOT BETWEEN 0 AND 604800
       OR length(u.key) NOT BETWEEN 1 AND 255
    LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    ELSIF r.unknown THEN
        RAISE EXCEPTION 'there is no kind "%"', coalesce(left(r.kind, 80), 'NULL')
            USING ERRCODE = 'AG001', HINT = coalesce('kinds: ' || (SELECT string_agg(name, ', ' ORDER BY name) FROM argosy.kind), 'no worker has registered a kind yet');
    ELSIF r.large THEN
        RAISE EXCEPTION 'arguments of % bytes', r.size
            USING ERRCODE = 'AG004', HINT = format('at most %s (setting args_max); put the data into an upload and pass its id', v_args_max);
    ELSIF r.args IS NULL OR json_typeof(r.args::json) <> 'object' THEN
        RAISE EXCEPTION 'arguments must be a JSON object' USING ERRCODE = 'AG002';
    ELSIF r.key IS NOT NULL AND length(r.key) NOT BETWEEN 1 AND 255 THEN
        RAISE EXCEPTION 'an idempotency key has 1 to 255 characters' USING ERRCODE = 'AG008';
    END IF;
    RAISE EXCEPTION 'priority is 1 to 1000, attempts_max 1 to 1000, timeout_s 1 to 604800 (a week)' USING ERRCODE = 'AG008';
END $$;

-- Keys: who inserts first wins, a second one waits for the first one's COMMIT and takes its id. Returns the ids to tell, in order.
CREATE FUNCTION argosy.submit_keys(p_keys text[], p_ids bigint[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
BEGIN
    INSERT INTO argosy.idempotency (key, job)
    SELECT u.key, u.id FROM unnest(p_keys, p_ids) u(key, id) WHERE u.key IS NOT NULL ORDER BY u.key, u.id
    ON CONFLICT (key) DO NOTHING;
    SELECT array_agg(coalesce(i.job, u.id) ORDER BY u.ord) INTO v_ids
    FROM unnest(p_keys, p_ids) WITH ORDINALITY u(key, id, ord) LEFT JOIN argosy.idempotency i ON i.key = u.key;
    RETURN v_ids;
END $$;

-- A key used again must mean the same job.
CREATE FUNCTION argosy.submit_same(p_keys text[], p_ids bigint[], p_kinds text[], p_args text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    SELECT u.key, u.id INTO r FROM unnest(p_keys, p_ids, p_kinds, p_args) u(key, id, kind, args) JOIN argosy.job j ON j.id = u.id
    WHERE u.key IS NOT NULL AND (j.kind <> u.kind OR j.args::jsonb <> u.args::jsonb) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'idempotency key "%" belongs to job % with another kind or other arguments', r.key, r.id USING ERRCODE = 'AG006';
    END IF;
END $$;

-- One job with nothing special about it, in as few steps as can be: this is what pickup waits for. NULL and nothing done when there is a lane
-- to make or something to refuse: submit_rows() then does it, or says what is wrong.
CREATE FUNCTION argosy.submit_one(p_kind text, p_args text, p_queue text, p_tenant text, p_priority bigint, p_run_at timestamptz, p_attempts bigint,
                                  p_timeout bigint, p_origin text, p_correlation text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_priority smallint;
    k record;
BEGIN
    SELECT l.id AS lane, c.attempts_max, c.timeout_s, c.target_arg, a.value::bigint AS args_max, s.idle INTO k
    FROM argosy.kind c, argosy.lane l, argosy.setting a, argosy.scheduler s
    WHERE c.name = p_kind AND l.queue = coalesce(p_queue, 'default') AND l.tenant = coalesce(p_tenant, 'default') AND a.name = 'args_max';
    IF NOT FOUND OR p_args IS NULL OR octet_length(p_args) > k.args_max OR p_priority NOT BETWEEN 0 AND 1000 OR p_attempts NOT BETWEEN 0 AND 1000
       OR p_timeout NOT BETWEEN 0 AND 604800 OR json_typeof(p_args::json) <> 'object' THEN
        RETURN NULL;
    END IF;
    IF strpos(p_args, '\u0000') > 0 THEN
        PERFORM p_args::jsonb; -- jsonb refuses a NUL that json would keep
    END IF;
    v_id := nextval('argosy.job_id');
    v_priority := coalesce(nullif(p_priority, 0), 100);
    INSERT INTO argosy.job (id, kind, lane, priority, attempts_max, timeout_s, args, target, origin, correlation)
    VALUES (v_id, p_kind, k.lane, v_priority, coalesce(nullif(p_attempts, 0), k.attempts_max), coalesce(nullif(p_timeout, 0), k.timeout_s),
            p_args::json, (p_args::json ->> k.target_arg)::bigint, p_origin, p_correlation);
    INSERT INTO argosy.job_live (id, lane, state, priority, kind, run_at)
    VALUES (v_id, k.lane, CASE WHEN p_run_at > now() THEN 1 ELSE 2 END, v_priority, p_kind, p_run_at);
    IF k.idle THEN -- see wake()
        PERFORM pg_notify('argosy_submit', CASE WHEN p_run_at > now() THEN '' ELSE k.lane::text END);
    END IF;
    RETURN v_id;
END $$;

-- Rows of one submit, all or none. Arrays of one length; NULL elements take the kind's or the general default. p_held: blocked, until
-- depend() and release() have said what they wait for. Returns the ids in order.
CREATE FUNCTION argosy.submit_rows(p_kinds text[], p_args text[], p_queues text[], p_tenants text[], p_priorities bigint[], p_run_at_ms bigint[],
                                   p_keys text[], p_attempts bigint[], p_timeouts bigint[], p_origins text[], p_correlations text[],
                                   p_pipeline bigint DEFAULT NULL, p_steps text[] DEFAULT NULL, p_held boolean DEFAULT false)
RETURNS bigint[] LANGUAGE plpgsql SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_new bigint[];
    v_ids bigint[];
    v_keyed boolean := EXISTS (SELECT FROM unnest(p_keys) key WHERE key IS NOT NULL);
BEGIN
    IF cardinality(p_kinds) = 1 AND NOT v_keyed AND p_pipeline IS NULL AND p_steps IS NULL AND NOT p_held THEN
        v_new := ARRAY[argosy.submit_one(p_kinds[1], p_args[1], p_queues[1], p_tenants[1], p_priorities[1],
                                         CASE WHEN p_run_at_ms[1] > 0 THEN to_timestamp(p_run_at_ms[1] / 1000.0) END, p_attempts[1], p_timeouts[1],
                                         p_origins[1], p_correlations[1])];
        IF v_new[1] IS NOT NULL THEN
            RETURN v_new;
        END IF;
    END IF;
    PERFORM argosy.submit_check(p_kinds, p_args, p_priorities, p_attempts, p_timeouts, p_keys);
    PERFORM argosy.lane_make(u.queue, u.tenant)
    FROM (SELECT DISTINCT coalesce(q, 'default') AS queue, coalesce(t, 'default') AS tenant FROM unnest(p_queues, p_tenants) x(q, t)) u
    WHERE NOT EXISTS (SELECT FROM argosy.lane l WHERE l.queue = u.queue AND l.tenant = u.tenant);
    SELECT array_agg(nextval('argosy.job_id')) INTO v_new FROM generate_series(1, cardinality(p_kinds));
    v_ids := CASE WHEN v_keyed THEN argosy.submit_keys(p_keys, v_new) ELSE v_new END;

    WITH input AS MATERIALIZED (
        SELECT u.id, u.kind, l.id AS lane, coalesce(nullif(u.priority, 0), 100)::smallint AS priority, u.args,
               coalesce(nullif(u.attempts, 0), k.attempts_max)::smallint AS attempts_max, coalesce(nullif(u.timeout_s, 0), k.timeout_s)::int AS timeout_s,
               CASE WHEN u.run_at_ms > 0 THEN to_timestamp(u.run_at_ms / 1000.0) END AS run_at, k.target_arg, u.step, u.origin,
               u.correlation
        FROM unnest(v_new, v_ids, p_kinds, p_args, p_queues, p_tenants, p_priorities, p_run_at_ms, p_attempts, p_timeouts, p_steps, p_origins, p_correlations)
                 u(id, told, kind, args, queue, tenant, priority, run_at_ms, attempts, timeout_s, step, origin, correlation)
        JOIN argosy.kind k ON k.name = u.kind
        JOIN argosy.lane l ON l.queue = coalesce(u.queue, 'default') AND l.tenant = coalesce(u.tenant, 'default')
        WHERE u.id = u.told
    ), live AS (
        INSERT INTO argosy.job_live (id, lane, state, priority, kind, pipeline, run_at)
        SELECT id, lane, CASE WHEN p_held THEN 0 WHEN run_at > now() THEN 1 ELSE 2 END, priority, kind, p_pipeline, run_at FROM input
    )
    INSERT INTO argosy.job (id, kind, lane, priority, attempts_max, timeout_s, args, target, pipeline, step, origin, correlation)
    SELECT id, kind, lane, priority, attempts_max, timeout_s,
           CASE WHEN strpos(args, '\u0000') = 0 OR args::jsonb IS NOT NULL THEN args::json END, -- jsonb refuses a NUL that json would keep
           CASE WHEN target_arg IS NOT NULL THEN (args::json ->> target_arg)::bigint END, p_pipeline, step, origin, correlation
    FROM input;

    IF v_keyed THEN
        PERFORM argosy.submit_same(p_keys, v_ids, p_kinds, p_args);
    END IF;
    IF cardinality(v_ids) = 1 AND NOT p_held THEN
        PERFORM argosy.wake((SELECT lane FROM argosy.job_live WHERE id = v_ids[1] AND state + 0 = 2));
    ELSE
        PERFORM argosy.wake();
    END IF;
    RETURN v_ids;
END $$;

-- p_jobs[i] waits for p_parents[i]. Parents are locked in id order, so that none ends unseen meanwhile; one that has succeeded is not
-- waited for, one that failed or was cancelled takes the job along.
CREATE FUNCTION argosy.depend(p_jobs bigint[], p_parents bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_live bigint[];
    v_bad bigint;
    v_doomed bigint[];
    v_fates json[];
BEGIN
    SELECT array_agg(id) INTO v_live
    FROM (SELECT id FROM argosy.job_live WHERE id = ANY (p_parents) ORDER BY id FOR UPDATE) parents;
    UPDATE argosy.job_live SET depended = true WHERE id = ANY (v_live) AND NOT depended;
    SELECT p INTO v_bad FROM unnest(p_parents) p LEFT JOIN unnest(v_live) l ON l = p
    WHERE p IS NULL OR l IS NULL AND NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = p) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no job % to wait for', coalesce(v_bad::text, 'NULL') USING ERRCODE = 'AG005';
    END IF;
    INSERT INTO argosy.job_dependency (job, parent) SELECT DISTINCT * FROM unnest(p_jobs, p_parents) ON CONFLICT DO NOTHING;
    UPDATE argosy.job_live l SET waits = d.n
    FROM (SELECT u.job, count(DISTINCT u.parent) AS n FROM unnest(p_jobs, p_parents) u(job, parent) JOIN unnest(v_live) live ON live = u.parent
          GROUP BY u.job) d
    WHERE l.id = d.job;
    SELECT array_agg(d.job), array_agg(d.fate) INTO v_doomed, v_fates FROM (
        SELECT DISTINCT ON (u.job) u.job, argosy.dependency_fate(u.parent) AS fate
        FROM unnest(p_jobs, p_parents) u(job, parent) LEFT JOIN unnest(v_live) l ON l = u.parent
        WHERE l IS NULL AND argosy.last_state(u.parent) <> 5 ORDER BY u.job, u.parent) d;
    IF v_doomed IS NOT NULL THEN
        PERFORM argosy.job_end(v_doomed, 7, v_fates, 0);
    END IF;
END $$;

-- Blocked jobs that wait for nothing (any more) become available or scheduled.
CREATE FUNCTION argosy.release(p_jobs bigint[]) RETURNS void LANGUAGE sql AS $$
    UPDATE argosy.job_live SET state = CASE WHEN run_at > now() THEN 1 ELSE 2 END WHERE id = ANY (p_jobs) AND state + 0 = 0 AND waits = 0;
$$;

-- Public. The caller's transaction decides: the job exists when it commits.
CREATE FUNCTION argosy.submit(kind text, args json DEFAULT '{}', queue text DEFAULT 'default', tenant text DEFAULT 'default', priority int DEFAULT 100,
                              run_at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL, attempts_max int DEFAULT NULL,
                              timeout_s int DEFAULT NULL, after bigint[] DEFAULT NULL, origin text DEFAULT 'sql', correlation text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_waits boolean := cardinality(after) > 0;
    v_id bigint;
BEGIN
    IF v_waits AND cardinality(after) > argosy.setting_int('after_max') THEN
        RAISE EXCEPTION 'a job can wait for % others at most (setting after_max)', argosy.setting_int('after_max') USING ERRCODE = 'AG008';
    ELSIF priority < 1 OR attempts_max < 1 OR timeout_s < 1 THEN
        RAISE EXCEPTION 'priority, attempts_max and timeout_s are at least 1' USING ERRCODE = 'AG008';
    END IF;
    IF idempotency_key IS NULL AND NOT coalesce(v_waits, false) THEN
        v_id := argosy.submit_one(kind, args::text, queue, tenant, priority, run_at, attempts_max, timeout_s, origin, correlation);
        IF v_id IS NOT NULL THEN
            RETURN v_id;
        END IF;
    END IF;
    v_id := (argosy.submit_rows(ARRAY[kind], ARRAY[args::text], ARRAY[queue], ARRAY[tenant], ARRAY[priority]::bigint[],
                                ARRAY[(extract(epoch FROM run_at) * 1000)::bigint], ARRAY[idempotency_key], ARRAY[attempts_max]::bigint[],
                                ARRAY[timeout_s]::bigint[], ARRAY[origin], ARRAY[correlation], NULL, NULL, coalesce(v_waits, false)))[1];
    IF v_waits AND NOT EXISTS (SELECT FROM argosy.job_dependency WHERE job = v_id) AND EXISTS (SELECT FROM argosy.job_live l WHERE l.id = v_id AND l.state + 0 = 0) THEN
        PERFORM argosy.depend(array_fill(v_id, ARRAY[cardinality(after)]), after);
        PERFORM argosy.release(ARRAY[v_id]);
    END IF;
    RETURN v_id;
END $$;
