-- SPDX-License-Identifier: Apache-2.0
-- Limits: how many jobs of a queue, a tenant, a kind or a customer's database may be dispatched at once, and how many a second.
--
-- A lane is queue x tenant x kind x target x tags: what may be held back never stands before what may not. Whatever holds for a lane is
-- in lane.limits, so a dispatch of a lane without limits pays nothing.
-- dispatch() (0012) enforces them in its own transaction, whoever calls it: limit_claim() locks the limits and says how many may go, limit_take()
-- writes down who went. A hold counts as long as its job is still dispatched under that epoch: nothing has to be given back when a job ends, is
-- given back, lost or cancelled, and a restart of whatever program changes nothing. Tokens are in the row of the limit, too.
-- limit_set() and lane_make() exclude one another by an advisory lock, dispatches that begin meanwhile give nothing.

INSERT INTO argosy.setting VALUES ('tag_lanes_max', '10000'); -- queues x tenants x kinds x targets x sets of tags

ALTER TABLE argosy.lane ADD kind text, ADD target bigint, ADD tags text, ADD limits int[]; -- kind NULL: of before, emptied by relane()
ALTER TABLE argosy.lane DROP CONSTRAINT lane_queue_tenant_key;
CREATE UNIQUE INDEX lane_whole ON argosy.lane (queue, tenant, coalesce(kind, ''), coalesce(target, 0), coalesce(tags, ''));
ALTER TABLE argosy.kind ADD tags text, ADD prefetch_max int NOT NULL DEFAULT 0;
UPDATE argosy.kind SET prefetch_max = coalesce((schema -> 'x-argosy' ->> 'prefetch_max')::int, 0);
ALTER TABLE argosy.queue ADD tags text;
ALTER TABLE argosy.worker ADD tags text;

CREATE TABLE argosy.tenant (name text PRIMARY KEY, weight int NOT NULL CHECK (weight BETWEEN 1 AND 1000)); -- those whose weight is not 1

CREATE TABLE argosy.limit (
    id int GENERATED ALWAYS AS IDENTITY UNIQUE,
    scope text NOT NULL CHECK (scope IN ('queue', 'tenant', 'kind', 'connection')),
    name text NOT NULL,                -- '*': each that has none of its own
    running_max int CHECK (running_max >= 0),
    rate_per_s double precision CHECK (rate_per_s > 0),
    burst double precision CHECK (burst >= 1),
    tokens double precision NOT NULL DEFAULT 0, -- there were so many at refilled
    refilled timestamptz NOT NULL DEFAULT clock_timestamp(),
    inherited boolean NOT NULL DEFAULT false, -- made from '*'
    PRIMARY KEY (scope, name)
) WITH (fillfactor = 50);
CREATE TABLE argosy.limit_hold (
    held_by int NOT NULL,              -- a limit
    job bigint NOT NULL,
    epoch bigint NOT NULL,
    PRIMARY KEY (held_by, job)
) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);

-- ---- lanes ----

-- What holds for a lane; a limit for each ('*') becomes one of its own for every name that appears. The caller holds the lock of limits.
CREATE FUNCTION argosy.lane_limits(p_queue text, p_tenant text, p_kind text, p_target bigint) RETURNS int[] LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO argosy.limit (scope, name, running_max, rate_per_s, burst, tokens, inherited)
    SELECT d.scope, v.name, d.running_max, d.rate_per_s, d.burst, coalesce(d.burst, 0), true
    FROM argosy.limit d JOIN (VALUES ('queue', p_queue), ('tenant', p_tenant), ('kind', p_kind), ('connection', p_target::text)) v(scope, name)
         ON v.scope = d.scope
    WHERE d.name = '*' AND v.name IS NOT NULL
    ON CONFLICT DO NOTHING;
    RETURN (SELECT array_agg(m.id ORDER BY m.id) FROM argosy.limit m
            WHERE (m.scope, m.name) IN (('queue', p_queue), ('tenant', p_tenant), ('kind', p_kind), ('connection', p_target::text)));
END $$;

CREATE FUNCTION argosy.lane_make(p_queue text, p_tenant text, p_kind text, p_target bigint DEFAULT NULL, p_tags text DEFAULT NULL) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
    v_lane int;
BEGIN
    SELECT id INTO v_lane FROM argosy.lane WHERE queue = p_queue AND tenant = p_tenant AND coalesce(kind, '') = p_kind
        AND coalesce(target, 0) = coalesce(p_target, 0) AND coalesce(tags, '') = coalesce(p_tags, '');
    IF FOUND THEN
        RETURN v_lane;
    END IF;
    PERFORM argosy.check_name('queue', p_queue), argosy.check_name('tenant', p_tenant);
    IF p_tags IS NOT NULL AND (SELECT count(*) FROM argosy.lane l WHERE l.tags IS NOT NULL) >= argosy.setting_int('tag_lanes_max') THEN
        RAISE EXCEPTION 'no new lane for the tags %', p_tags USING ERRCODE = 'AG008',
              HINT = format('there are %s lanes of tags (setting tag_lanes_max): a tag says what a worker has, not what one job is', argosy.setting_int('tag_lanes_max'));
    END IF;
    PERFORM pg_advisory_xact_lock_shared(107092361147259); -- no limit is set meanwhile
    INSERT INTO argosy.queue (name) VALUES (p_queue) ON CONFLICT DO NOTHING;
    INSERT INTO argosy.lane (queue, tenant, kind, target, tags, limits)
    VALUES (p_queue, p_tenant, p_kind, p_target, p_tags, argosy.lane_limits(p_queue, p_tenant, p_kind, p_target)) ON CONFLICT DO NOTHING;
    RETURN argosy.lane_make(p_queue, p_tenant, p_kind, p_target, p_tags);
END $$;
DROP FUNCTION argosy.lane_make(text, text);

-- The lane for a job of this kind and target that is like this one; in another queue when p_queue is given.
CREATE FUNCTION argosy.lane_like(p_lane int, p_kind text, p_target bigint, p_queue text DEFAULT NULL) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v argosy.lane;
BEGIN
    SELECT * INTO v FROM argosy.lane WHERE id = p_lane;
    IF p_queue IS NULL AND v.kind IS NOT NULL THEN
        RETURN p_lane;
    END IF;
    RETURN argosy.lane_make(coalesce(p_queue, v.queue), v.tenant, p_kind, p_target, v.tags);
END $$;

-- Jobs of before this schema wait in lanes of queue x tenant, from which nothing is dispatched: a batch of them moves on. Returns how many.
CREATE FUNCTION argosy.relane(p_limit int) RETURNS bigint LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_lane int;
    v_count bigint;
    v_moved bigint := 0;
BEGIN
    FOR v_lane IN SELECT id FROM argosy.lane WHERE kind IS NULL ORDER BY id LOOP
        UPDATE argosy.job_live l SET lane = argosy.lane_like(v_lane, l.kind, (SELECT j.target FROM argosy.job j WHERE j.id = l.id))
        FROM (SELECT x.ctid AS place FROM argosy.job_live x WHERE x.lane = v_lane AND x.state = 2 ORDER BY x.priority, x.id LIMIT p_limit - v_moved
              FOR UPDATE SKIP LOCKED) d
        WHERE l.ctid = d.place;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        v_moved := v_moved + v_count;
        EXIT WHEN v_moved >= p_limit;
    END LOOP;
    IF v_moved > 0 THEN
        PERFORM argosy.wake();
    END IF;
    RETURN v_moved;
END $$;

-- "b,a" and ["b","a"] as the record keeps tags: sorted, each once; NULL: none.
CREATE FUNCTION argosy.tags_of(p_tags text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_tag text;
BEGIN
    IF p_tags IS NULL THEN
        RETURN NULL;
    END IF;
    FOR v_tag IN SELECT trim(t) FROM unnest(string_to_array(p_tags, ',')) t LOOP
        IF v_tag !~ '^[a-z0-9][a-z0-9_.-]{0,62}$' THEN
            RAISE EXCEPTION '"%" is no tag', left(v_tag, 80) USING ERRCODE = 'AG003', HINT = 'up to 63 of a-z 0-9 _ . - beginning with a letter or digit';
        END IF;
    END LOOP;
    IF length(p_tags) > 400 OR cardinality(string_to_array(p_tags, ',')) > 16 THEN
        RAISE EXCEPTION '% tags of % characters', cardinality(string_to_array(p_tags, ',')), length(p_tags)
            USING ERRCODE = 'AG008', HINT = 'at most 16, and 400 characters in all';
    END IF;
    RETURN (SELECT string_agg(DISTINCT trim(t), ',' ORDER BY trim(t)) FROM unnest(string_to_array(p_tags, ',')) t);
END $$;

CREATE FUNCTION argosy.tags_of(p_tags json) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF coalesce(json_typeof(p_tags), 'null') = 'null' THEN
        RETURN NULL;
    ELSIF json_typeof(p_tags) <> 'array' OR EXISTS (SELECT FROM json_array_elements(p_tags) t WHERE json_typeof(t) <> 'string') THEN
        RAISE EXCEPTION 'tags are a list like ["eu","gpu"], not %', left(p_tags::text, 80) USING ERRCODE = 'AG008';
    END IF;
    RETURN argosy.tags_of((SELECT string_agg(t, ',') FROM json_array_elements_text(p_tags) t));
END $$;

-- What a worker must have for jobs of a lane: its own tags, those of its kind and those of its queue.
CREATE FUNCTION argosy.tags_needed(p_lane text, p_kind text, p_queue text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN CASE WHEN p_kind IS NULL AND p_queue IS NULL THEN p_lane
            ELSE (SELECT string_agg(DISTINCT t, ',' ORDER BY t) FROM unnest(string_to_array(concat_ws(',', p_lane, p_kind, p_queue), ',')) t) END;

-- A kind as its schema file describes it. An older program does not take back what a newer one wrote.
CREATE OR REPLACE FUNCTION argosy.kind_put(p_name text, p_schema json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v json := coalesce(p_schema -> 'x-argosy', '{}');
BEGIN
    PERFORM argosy.check_name('kind', p_name);
    INSERT INTO argosy.kind AS k (name, version, schema, attempts_max, lost_max, timeout_s, backoff_ms, backoff_max_ms, target_arg, tags, prefetch_max)
    VALUES (p_name, (v ->> 'version')::int, p_schema, coalesce((v ->> 'attempts_max')::int, 3), coalesce((v ->> 'lost_max')::int, 3),
            coalesce((v ->> 'timeout_s')::int, 600), coalesce((v ->> 'backoff_ms')::int, 1000),
            coalesce((v ->> 'backoff_max_ms')::int, 300000), v ->> 'target_arg', argosy.tags_of(v -> 'tags'), coalesce((v ->> 'prefetch_max')::int, 0))
    ON CONFLICT (name) DO UPDATE SET (version, schema, attempts_max, lost_max, timeout_s, backoff_ms, backoff_max_ms, target_arg, tags, prefetch_max) =
        (excluded.version, excluded.schema, excluded.attempts_max, excluded.lost_max, excluded.timeout_s, excluded.backoff_ms,
         excluded.backoff_max_ms, excluded.target_arg, excluded.tags, excluded.prefetch_max)
    WHERE k.version <= excluded.version AND k.schema::text <> excluded.schema::text;
    PERFORM argosy.lane_make('default', 'default', p_name); -- or the first submit, if its transaction stays open, would hold the others up
END $$;
SELECT argosy.lane_make('default', 'default', name) FROM argosy.kind;

-- As worker_register(), which programs of before go on using, with tags.
CREATE FUNCTION argosy.worker_enlist(p_name text, p_host text, p_pid int, p_version text, p_kinds json, p_slots int, p_transport text, p_tags text)
RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO argosy.worker (name, host, pid, version, kinds, slots, transport, tags)
    VALUES (p_name, p_host, p_pid, p_version, p_kinds, p_slots, p_transport, argosy.tags_of(p_tags)) RETURNING incarnation;
$$;

-- ---- enforcing ----

-- A clock that jumps back gives nothing, one that jumps ahead gives the burst at most.
CREATE FUNCTION argosy.limit_tokens(m argosy.limit) RETURNS double precision LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN least(m.burst, m.tokens + m.rate_per_s * greatest(0, extract(epoch FROM clock_timestamp() - m.refilled)::double precision));
END $$;

-- How many of p_count may be dispatched under these limits. They stay locked until the transaction ends.
CREATE FUNCTION argosy.limit_claim(p_limits int[], p_count int) RETURNS int LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    m argosy.limit;
    v_left bigint := p_count;
    v_held bigint;
BEGIN
    FOR m IN SELECT * FROM argosy.limit x WHERE x.id = ANY (p_limits) ORDER BY x.id FOR NO KEY UPDATE LOOP
        IF m.running_max IS NOT NULL THEN
            SELECT count(*) INTO v_held FROM argosy.limit_hold h WHERE h.held_by = m.id;
            IF v_held + v_left > m.running_max THEN -- only then who has gone meanwhile is looked for
                DELETE FROM argosy.limit_hold h WHERE h.held_by = m.id AND NOT EXISTS (
                    SELECT FROM argosy.job_live l WHERE l.id BETWEEN h.job AND h.job AND l.epoch = h.epoch AND l.state + 0 = 3);
                SELECT count(*) INTO v_held FROM argosy.limit_hold h WHERE h.held_by = m.id;
            END IF;
            v_left := least(v_left, m.running_max - v_held);
        END IF;
        IF m.rate_per_s IS NOT NULL THEN
            v_left := least(v_left, floor(argosy.limit_tokens(m))::bigint);
        END IF;
    END LOOP;
    RETURN greatest(v_left, 0);
END $$;

-- What this transaction has dispatched to the worker, above seq p_after: p_count jobs under these limits.
CREATE FUNCTION argosy.limit_take(p_limits int[], p_worker bigint, p_after bigint, p_count bigint) RETURNS void LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    INSERT INTO argosy.limit_hold (held_by, job, epoch)
    SELECT m.id, l.id, l.epoch FROM argosy.limit m, argosy.job_live l
    WHERE m.id = ANY (p_limits) AND m.running_max IS NOT NULL AND l.worker = p_worker AND l.seq > p_after AND l.state = 3
    ON CONFLICT (held_by, job) DO UPDATE SET epoch = excluded.epoch;
    UPDATE argosy.limit m SET tokens = argosy.limit_tokens(m) - p_count, refilled = clock_timestamp() WHERE m.id = ANY (p_limits) AND m.rate_per_s IS NOT NULL;
END $$;

-- What is left of each limit, or (for people) of p_only: what runs under each of them is counted.
CREATE FUNCTION argosy.limit_rows(p_only int[] DEFAULT NULL)
    RETURNS TABLE (id int, running_max int, running bigint, rate_per_s double precision, burst double precision, tokens double precision) LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    SELECT m.id, m.running_max, CASE WHEN m.running_max IS NOT NULL THEN (
               SELECT count(*) FROM argosy.limit_hold h JOIN argosy.job_live l ON l.id BETWEEN h.job AND h.job
               WHERE h.held_by = m.id AND l.epoch = h.epoch AND l.state + 0 = 3) END,
           m.rate_per_s, m.burst, argosy.limit_tokens(m)
    FROM argosy.limit m WHERE m.name <> '*' AND (p_only IS NULL OR m.id = ANY (p_only));
END $$;

-- What is dispatched of these kinds, by worker and lane: what holds slots for long.
CREATE FUNCTION argosy.slow_rows(p_kinds text[]) RETURNS TABLE (worker bigint, lane int, count bigint) LANGUAGE plpgsql STABLE
SET jit = off SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY
    SELECT l.worker, l.lane, count(*) FROM argosy.job_live l WHERE l.state = 3 AND l.kind = ANY (p_kinds) GROUP BY l.worker, l.lane;
END $$;

-- ---- setting them ----

CREATE FUNCTION argosy.limit_relink(p_scope text, p_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE argosy.lane a SET limits = argosy.lane_limits(a.queue, a.tenant, a.kind, a.target)
    WHERE p_name = '*' OR p_name = CASE p_scope WHEN 'queue' THEN a.queue WHEN 'tenant' THEN a.tenant WHEN 'kind' THEN a.kind ELSE a.target::text END;
    -- what runs already counts
    INSERT INTO argosy.limit_hold (held_by, job, epoch)
    SELECT m.id, l.id, l.epoch
    FROM argosy.job_live l JOIN argosy.lane a ON a.id = l.lane JOIN argosy.job j ON j.id = l.id
    JOIN argosy.limit m ON m.name = CASE m.scope WHEN 'queue' THEN a.queue WHEN 'tenant' THEN a.tenant WHEN 'kind' THEN l.kind ELSE j.target::text END
    WHERE l.state = 3 AND m.running_max IS NOT NULL AND m.scope = p_scope AND (p_name = '*' OR m.name = p_name)
    ON CONFLICT (held_by, job) DO UPDATE SET epoch = excluded.epoch;
    PERFORM argosy.wake();
END $$;

CREATE FUNCTION argosy.limit_check(p_scope text, p_name text) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_scope IS NULL OR p_scope NOT IN ('queue', 'tenant', 'kind', 'connection') THEN
        RAISE EXCEPTION 'a limit is of a queue, a tenant, a kind or a connection, not of "%"', left(p_scope, 80) USING ERRCODE = 'AG008';
    ELSIF p_name = '*' THEN
        RETURN;
    ELSIF p_scope = 'connection' THEN
        IF p_name !~ '^[1-9][0-9]{0,17}$' OR NOT EXISTS (SELECT FROM argosy.connection c WHERE c.id::text = p_name) THEN
            RAISE EXCEPTION 'there is no connection "%"', left(p_name, 80) USING ERRCODE = 'AG011', HINT = 'a connection is named by its number';
        END IF;
    ELSE
        PERFORM argosy.check_name(p_scope, coalesce(p_name, ''));
        IF p_scope = 'kind' AND NOT EXISTS (SELECT FROM argosy.kind k WHERE k.name = p_name) THEN
            RAISE EXCEPTION 'there is no kind "%"', p_name USING ERRCODE = 'AG001';
        END IF;
    END IF;
END $$;

-- Public. name '*': for each that has none of its own. NULL: no limit in that respect; burst NULL: what the rate gives in a second.
CREATE FUNCTION argosy.limit_set(scope text, name text, running_max int DEFAULT NULL, rate_per_s double precision DEFAULT NULL,
                                 burst double precision DEFAULT NULL) RETURNS void LANGUAGE plpgsql
SET lock_timeout = '1s' AS $$ -- while it waits nothing is dispatched
DECLARE
    v_burst double precision := CASE WHEN rate_per_s IS NOT NULL THEN coalesce(burst, greatest(1, rate_per_s)) END;
BEGIN
    PERFORM argosy.limit_check(scope, name);
    IF running_max IS NULL AND rate_per_s IS NULL THEN
        RAISE EXCEPTION 'a limit says running_max, rate_per_s or both' USING ERRCODE = 'AG008';
    ELSIF running_max < 0 OR running_max > 100000 OR NOT rate_per_s BETWEEN 0.0001 AND 1e6 OR NOT v_burst BETWEEN 1 AND 1e6
          OR burst IS NOT NULL AND rate_per_s IS NULL THEN
        RAISE EXCEPTION 'running_max is 0 to 100000, rate_per_s 0.0001 to 1000000, burst 1 to 1000000 and goes with a rate' USING ERRCODE = 'AG008';
    END IF;
    PERFORM pg_advisory_xact_lock(107092361147259); -- after this no dispatch is under way that has not seen it
    INSERT INTO argosy.limit AS m (scope, name, running_max, rate_per_s, burst, tokens)
    VALUES (limit_set.scope, limit_set.name, limit_set.running_max, limit_set.rate_per_s, v_burst, coalesce(v_burst, 0))
    ON CONFLICT ON CONSTRAINT limit_pkey DO UPDATE SET running_max = excluded.running_max, rate_per_s = excluded.rate_per_s, burst = excluded.burst, inherited = false,
        tokens = CASE WHEN m.rate_per_s IS NULL THEN excluded.tokens ELSE least(excluded.burst, argosy.limit_tokens(m)) END, refilled = clock_timestamp();
    IF limit_set.name = '*' THEN
        UPDATE argosy.limit m SET running_max = limit_set.running_max, rate_per_s = limit_set.rate_per_s, burst = v_burst,
               tokens = CASE WHEN m.rate_per_s IS NULL THEN coalesce(v_burst, 0) ELSE least(v_burst, argosy.limit_tokens(m)) END, refilled = clock_timestamp()
        WHERE m.scope = limit_set.scope AND m.inherited;
    END IF;
    PERFORM argosy.limit_relink(scope, name);
END $$;

-- Public. False: there is none.
CREATE FUNCTION argosy.limit_remove(scope text, name text) RETURNS boolean LANGUAGE plpgsql SET lock_timeout = '1s' AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(107092361147259);
    DELETE FROM argosy.limit m WHERE m.scope = limit_remove.scope AND m.name = limit_remove.name AND NOT m.inherited;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF limit_remove.name = '*' THEN
        DELETE FROM argosy.limit m WHERE m.scope = limit_remove.scope AND m.inherited;
    END IF;
    DELETE FROM argosy.limit_hold h WHERE NOT EXISTS (SELECT FROM argosy.limit m WHERE m.id = h.held_by);
    PERFORM argosy.limit_relink(limit_remove.scope, limit_remove.name);
    RETURN true;
END $$;

-- Public. Slot time is shared by weight; 1 is everybody's.
CREATE FUNCTION argosy.tenant_weight(tenant text, weight int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM argosy.check_name('tenant', tenant);
    IF weight IS NULL OR weight NOT BETWEEN 1 AND 1000 THEN
        RAISE EXCEPTION 'a weight is 1 to 1000' USING ERRCODE = 'AG008';
    END IF;
    INSERT INTO argosy.tenant AS t (name, weight) VALUES (tenant_weight.tenant, tenant_weight.weight)
    ON CONFLICT (name) DO UPDATE SET weight = excluded.weight;
END $$;

-- ---- submitting into lanes ----

-- One job with nothing special about it, in as few steps as can be: this is what pickup waits for. NULL and nothing done when there is a lane
-- to make or something to refuse: submit_rows() then does it, or says what is wrong.
DROP FUNCTION argosy.submit_one(text, text, text, text, bigint, timestamptz, bigint, bigint, text, text);
CREATE FUNCTION argosy.submit_one(p_kind text, p_args text, p_queue text, p_tenant text, p_priority bigint, p_run_at timestamptz, p_attempts bigint,
                                  p_timeout bigint, p_origin text, p_correlation text, p_tags text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v_priority smallint;
    k record;
BEGIN
    SELECT l.id AS lane, l.target, c.attempts_max, c.timeout_s, a.value::bigint AS args_max, s.idle INTO k
    FROM argosy.kind c, argosy.lane l, argosy.setting a, argosy.scheduler s
    WHERE c.name = p_kind AND l.queue = coalesce(p_queue, 'default') AND l.tenant = coalesce(p_tenant, 'default') AND coalesce(l.kind, '') = p_kind
      AND coalesce(l.target, 0) = CASE WHEN c.target_arg IS NULL THEN 0 ELSE coalesce((p_args::json ->> c.target_arg)::bigint, 0) END
      AND coalesce(l.tags, '') = coalesce(p_tags, '') AND a.name = 'args_max';
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
            p_args::json, k.target, p_origin, p_correlation);
    INSERT INTO argosy.job_live (id, lane, state, priority, kind, run_at)
    VALUES (v_id, k.lane, CASE WHEN p_run_at > now() THEN 1 ELSE 2 END, v_priority, p_kind, p_run_at);
    IF k.idle THEN -- see wake()
        PERFORM pg_notify('argosy_submit', CASE WHEN p_run_at > now() THEN '' ELSE k.lane::text END);
    END IF;
    RETURN v_id;
END $$;
