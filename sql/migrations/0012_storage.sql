-- SPDX-License-Identifier: Apache-2.0
-- Storage that stays small. Two ideas (measured alternatives: docs/benchmarks.md): bulk, and squeeze (0033_squeeze.sql).
--
-- Bulk. A submit of many like jobs writes one row in job_bulk instead of a live row for each: jobs first..last are available, next is the first
-- that was not yet dispatched. Dispatch makes their live rows, already dispatched; whoever needs one of them before that breaks bulk
-- (bulk_break). So a backlog of a million is a thousand rows, and a job leaves one dead tuple instead of two.
-- A job moves bulk -> live -> history and never back into bulk: who looks for one looks in that order, each in a statement of its own.

INSERT INTO argosy.setting VALUES ('bulk_min', '64'); -- jobs of one submit from which on it is bulk

CREATE TABLE argosy.job_bulk (
    first bigint PRIMARY KEY,          -- ranges never overlap
    next bigint NOT NULL,              -- first id that was not yet dispatched
    last bigint NOT NULL,
    lane int NOT NULL,
    priority smallint NOT NULL,
    kind text NOT NULL,
    CHECK (first <= next AND next <= last)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX job_bulk_lane ON argosy.job_bulk (lane, priority, first);

-- Is this job still in bulk?
CREATE FUNCTION argosy.bulk_has(p_job bigint) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce((SELECT p_job BETWEEN b.next AND b.last FROM argosy.job_bulk b WHERE b.first <= p_job ORDER BY b.first DESC LIMIT 1), false);

-- Gives those of these jobs that are in bulk a live row of their own. The rest of their bulk stays, in up to two pieces.
CREATE FUNCTION argosy.bulk_break(p_jobs bigint[]) RETURNS void LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_job bigint;
    b argosy.job_bulk;
BEGIN
    FOR v_job IN SELECT DISTINCT p FROM unnest(p_jobs) p WHERE argosy.bulk_has(p) ORDER BY 1 LOOP
        LOOP -- its row may be cut while it is waited for: then the job is in another one, or dispatched
            SELECT x.* INTO b FROM argosy.job_bulk x WHERE x.first <= v_job ORDER BY x.first DESC LIMIT 1;
            EXIT WHEN NOT FOUND OR v_job NOT BETWEEN b.next AND b.last;
            SELECT x.* INTO b FROM argosy.job_bulk x WHERE x.first = b.first AND v_job BETWEEN x.next AND x.last FOR UPDATE;
            CONTINUE WHEN NOT FOUND;
            IF b.next = b.last THEN
                DELETE FROM argosy.job_bulk x WHERE x.first = b.first;
            ELSIF v_job = b.next THEN
                UPDATE argosy.job_bulk x SET next = v_job + 1 WHERE x.first = b.first;
            ELSE
                UPDATE argosy.job_bulk x SET last = v_job - 1 WHERE x.first = b.first;
                IF v_job < b.last THEN
                    INSERT INTO argosy.job_bulk VALUES (v_job + 1, v_job + 1, b.last, b.lane, b.priority, b.kind);
                END IF;
            END IF;
            INSERT INTO argosy.job_live (id, lane, state, priority, kind) VALUES (v_job, b.lane, 2, b.priority, b.kind);
            EXIT;
        END LOOP;
    END LOOP;
END $$;

-- Are all elements the same (or all NULL)?
CREATE FUNCTION argosy.all_same(p_array anyarray) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN p_array IS NULL OR p_array = array_fill(p_array[1], ARRAY[cardinality(p_array)]);
END $$;

-- Jobs that differ in their arguments only. NULL and nothing done when they must have rows of their own, or there is a lane to make or something
-- to refuse: submit_rows() then does it, or says what is wrong.
CREATE FUNCTION argosy.submit_bulk(p_kind text, p_args text[], p_queue text, p_tenant text, p_priority bigint, p_attempts bigint, p_timeout bigint,
                                   p_origin text, p_correlation text, p_tags text) RETURNS bigint[] LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_count int := cardinality(p_args);
    v_ids bigint[];
    v_priority smallint;
    v_attempts smallint;
    v_timeout int;
    k record;
BEGIN
    SELECT l.id AS lane, c.attempts_max, c.timeout_s, a.value::bigint AS args_max INTO k
    FROM argosy.kind c, argosy.lane l, argosy.setting a, argosy.setting b
    WHERE c.name = p_kind AND c.target_arg IS NULL AND l.queue = coalesce(p_queue, 'default') AND l.tenant = coalesce(p_tenant, 'default')
      AND coalesce(l.kind, '') = p_kind AND coalesce(l.target, 0) = 0 AND coalesce(l.tags, '') = coalesce(p_tags, '')
      AND a.name = 'args_max' AND b.name = 'bulk_min' AND v_count >= b.value::bigint;
    IF NOT FOUND OR p_priority NOT BETWEEN 0 AND 1000 OR p_attempts NOT BETWEEN 0 AND 1000 OR p_timeout NOT BETWEEN 0 AND 604800
       OR EXISTS (SELECT FROM unnest(p_args) a WHERE a IS NULL OR octet_length(a) > k.args_max OR strpos(a, '\u0000') > 0
                  OR CASE WHEN ascii(a) <> 123 THEN json_typeof(a::json) <> 'object' ELSE false END) THEN -- 123: an opening brace
        RETURN NULL;
    END IF;
    v_priority := coalesce(nullif(p_priority, 0), 100);
    v_attempts := coalesce(nullif(p_attempts, 0), k.attempts_max);
    v_timeout := coalesce(nullif(p_timeout, 0), k.timeout_s);
    SELECT array_agg(nextval('argosy.job_id')) INTO v_ids FROM generate_series(1, v_count);
    INSERT INTO argosy.job (id, kind, lane, priority, attempts_max, timeout_s, args, origin, correlation)
    SELECT u.id, p_kind, k.lane, v_priority, v_attempts, v_timeout, u.args::json, p_origin, p_correlation FROM unnest(v_ids, p_args) u(id, args);
    IF v_count <= 1000 AND v_ids[v_count] = v_ids[1] + v_count - 1 THEN
        INSERT INTO argosy.job_bulk VALUES (v_ids[1], v_ids[1], v_ids[v_count], k.lane, v_priority, p_kind);
    ELSE -- others submitted meanwhile, or it is too much for one row: a dispatch locks what it takes from
        INSERT INTO argosy.job_bulk
        SELECT min(r.id), min(r.id), max(r.id), k.lane, v_priority, p_kind
        FROM (SELECT u.id, u.id - u.o AS run, u.o / 1000 AS part FROM unnest(v_ids) WITH ORDINALITY u(id, o)) r GROUP BY r.run, r.part;
    END IF;
    PERFORM argosy.wake();
    RETURN v_ids;
END $$;

-- Rows of one submit, all or none. Arrays of one length; NULL elements take the kind's or the general default. p_held: blocked, until
-- depend() and release() have said what they wait for. p_tags: of each, as "eu,gpu". Returns the ids in order.
DROP FUNCTION argosy.submit_rows(text[], text[], text[], text[], bigint[], bigint[], text[], bigint[], bigint[], text[], text[], bigint, text[], boolean);
CREATE FUNCTION argosy.submit_rows(p_kinds text[], p_args text[], p_queues text[], p_tenants text[], p_priorities bigint[], p_run_at_ms bigint[],
                                   p_keys text[], p_attempts bigint[], p_timeouts bigint[], p_origins text[], p_correlations text[],
                                   p_pipeline bigint DEFAULT NULL, p_steps text[] DEFAULT NULL, p_held boolean DEFAULT false,
                                   p_tags text[] DEFAULT NULL)
RETURNS bigint[] LANGUAGE plpgsql SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_new bigint[];
    v_ids bigint[];
    v_keyed boolean := coalesce(array_remove(p_keys, NULL) <> '{}', false);
    v_tags text[];
BEGIN
    IF array_remove(p_tags, NULL) <> '{}' THEN
        v_tags := ARRAY(SELECT argosy.tags_of(u.t) FROM unnest(p_tags) WITH ORDINALITY u(t, o) ORDER BY u.o);
    END IF;
    IF cardinality(p_kinds) = 1 AND NOT v_keyed AND p_pipeline IS NULL AND p_steps IS NULL AND NOT p_held THEN
        v_new := ARRAY[argosy.submit_one(p_kinds[1], p_args[1], p_queues[1], p_tenants[1], p_priorities[1],
                                         CASE WHEN p_run_at_ms[1] > 0 THEN to_timestamp(p_run_at_ms[1] / 1000.0) END, p_attempts[1], p_timeouts[1],
                                         p_origins[1], p_correlations[1], v_tags[1])];
        IF v_new[1] IS NOT NULL THEN
            RETURN v_new;
        END IF;
    ELSIF cardinality(p_kinds) >= 2 AND NOT v_keyed AND p_pipeline IS NULL AND p_steps IS NULL AND NOT p_held AND argosy.all_same(p_kinds)
          AND argosy.all_same(p_queues) AND argosy.all_same(p_tenants) AND argosy.all_same(p_priorities) AND argosy.all_same(p_attempts)
          AND argosy.all_same(p_timeouts) AND argosy.all_same(p_origins) AND argosy.all_same(p_correlations) AND argosy.all_same(p_run_at_ms)
          AND argosy.all_same(v_tags) AND coalesce(p_run_at_ms[1], 0) = 0 THEN
        v_new := argosy.submit_bulk(p_kinds[1], p_args, p_queues[1], p_tenants[1], p_priorities[1], p_attempts[1], p_timeouts[1], p_origins[1],
                                    p_correlations[1], v_tags[1]);
        IF v_new IS NOT NULL THEN
            RETURN v_new;
        END IF;
    END IF;
    PERFORM argosy.submit_check(p_kinds, p_args, p_priorities, p_attempts, p_timeouts, p_keys);
    PERFORM argosy.lane_make(u.queue, u.tenant, u.kind, u.target, u.tags)
    FROM (SELECT DISTINCT coalesce(x.q, 'default') AS queue, coalesce(x.t, 'default') AS tenant, x.kind, x.tags,
                 CASE WHEN k.target_arg IS NOT NULL THEN (x.args::json ->> k.target_arg)::bigint END AS target
          FROM unnest(p_queues, p_tenants, p_kinds, p_args, v_tags) x(q, t, kind, args, tags) JOIN argosy.kind k ON k.name = x.kind) u;
    SELECT array_agg(nextval('argosy.job_id')) INTO v_new FROM generate_series(1, cardinality(p_kinds));
    v_ids := CASE WHEN v_keyed THEN argosy.submit_keys(p_keys, v_new) ELSE v_new END;

    WITH input AS MATERIALIZED (
        SELECT u.id, u.kind, l.id AS lane, l.target, coalesce(nullif(u.priority, 0), 100)::smallint AS priority, u.args,
               coalesce(nullif(u.attempts, 0), k.attempts_max)::smallint AS attempts_max, coalesce(nullif(u.timeout_s, 0), k.timeout_s)::int AS timeout_s,
               CASE WHEN u.run_at_ms > 0 THEN to_timestamp(u.run_at_ms / 1000.0) END AS run_at, u.step, u.origin, u.correlation
        FROM unnest(v_new, v_ids, p_kinds, p_args, p_queues, p_tenants, p_priorities, p_run_at_ms, p_attempts, p_timeouts, p_steps, p_origins, p_correlations,
                    v_tags) u(id, told, kind, args, queue, tenant, priority, run_at_ms, attempts, timeout_s, step, origin, correlation, tags)
        JOIN argosy.kind k ON k.name = u.kind
        JOIN argosy.lane l ON l.queue = coalesce(u.queue, 'default') AND l.tenant = coalesce(u.tenant, 'default') AND coalesce(l.kind, '') = k.name
         AND coalesce(l.target, 0) = CASE WHEN k.target_arg IS NULL THEN 0 ELSE coalesce((u.args::json ->> k.target_arg)::bigint, 0) END
         AND coalesce(l.tags, '') = coalesce(u.tags, '')
        WHERE u.id = u.told
    ), live AS (
        INSERT INTO argosy.job_live (id, lane, state, priority, kind, pipeline, run_at)
        SELECT id, lane, CASE WHEN p_held THEN 0 WHEN run_at > now() THEN 1 ELSE 2 END, priority, kind, p_pipeline, run_at FROM input
    )
    INSERT INTO argosy.job (id, kind, lane, priority, attempts_max, timeout_s, args, target, pipeline, step, origin, correlation)
    SELECT id, kind, lane, priority, attempts_max, timeout_s,
           CASE WHEN strpos(args, '\u0000') = 0 OR args::jsonb IS NOT NULL THEN args::json END, -- jsonb refuses a NUL that json would keep
           target, p_pipeline, step, origin, correlation
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

-- p_jobs[i] waits for p_parents[i], by p_policies[i] (NULL: cancel). Parents are locked in id order, so that none ends unseen meanwhile; one that
-- has succeeded is not waited for, one that failed or was cancelled counts as its policy says. Planned for each call: joins of arrays by a plan
-- that does not know their length would be quadratic.
DROP FUNCTION argosy.depend(bigint[], bigint[]);
CREATE FUNCTION argosy.depend(p_jobs bigint[], p_parents bigint[], p_policies smallint[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_jobs bigint[];
    v_parents bigint[];
    v_policies smallint[];
    v_live bigint[];
    v_bad bigint;
    v_doomed bigint[];
    v_fates json[];
BEGIN
    PERFORM argosy.bulk_break(p_parents);
    SELECT array_agg(x.job), array_agg(x.parent), array_agg(x.policy) INTO v_jobs, v_parents, v_policies
    FROM (SELECT u.job, u.parent, min(coalesce(u.policy, 0))::smallint AS policy FROM unnest(p_jobs, p_parents, p_policies) u(job, parent, policy) GROUP BY 1, 2) x;
    SELECT array_agg(id) INTO v_live
    FROM (SELECT id FROM argosy.job_live WHERE id = ANY (v_parents) ORDER BY id FOR UPDATE) parents;
    UPDATE argosy.job_live SET depended = true WHERE id = ANY (v_live) AND NOT depended;
    SELECT p INTO v_bad FROM unnest(v_parents) p LEFT JOIN unnest(v_live) l ON l = p
    WHERE p IS NULL OR l IS NULL AND NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = p) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no job % to wait for', coalesce(v_bad::text, 'NULL') USING ERRCODE = 'AG005';
    END IF;
    INSERT INTO argosy.job_dependency (job, parent, policy, settled)
    SELECT u.job, u.parent, u.policy, u.policy = 1 AND l IS NULL AND argosy.last_state(u.parent) <> 5
    FROM unnest(v_jobs, v_parents, v_policies) u(job, parent, policy) LEFT JOIN unnest(v_live) l ON l = u.parent ON CONFLICT DO NOTHING;
    UPDATE argosy.job_live l SET waits = d.n
    FROM (SELECT u.job, count(*) AS n FROM unnest(v_jobs, v_parents, v_policies) u(job, parent, policy) LEFT JOIN unnest(v_live) p ON p = u.parent
          WHERE p IS NOT NULL OR u.policy = 2 AND argosy.last_state(u.parent) <> 5 GROUP BY u.job) d
    WHERE l.id BETWEEN d.job AND d.job;
    SELECT array_agg(d.job), array_agg(d.fate) INTO v_doomed, v_fates FROM (
        SELECT DISTINCT ON (u.job) u.job, argosy.dependency_fate(u.parent) AS fate
        FROM unnest(v_jobs, v_parents, v_policies) u(job, parent, policy) LEFT JOIN unnest(v_live) l ON l = u.parent
        WHERE l IS NULL AND u.policy = 0 AND argosy.last_state(u.parent) <> 5 ORDER BY u.job, u.parent) d;
    IF v_doomed IS NOT NULL THEN
        PERFORM argosy.job_end(v_doomed, 7, v_fates, 0);
    END IF;
END $$;

-- Takes up to p_count available jobs of a lane, of kinds and versions that the worker knows. Nothing when the worker is dead or quiet,
-- or the queue paused. The worker's row is locked first: whoever declares it dead waits, or has.
-- By (priority, id) out of two places, so in turns: bulk up to the first single job, then single jobs up to the next bulk.
-- One job and no bulk is what pickup waits for: a row, without what batches need. alone: nothing else was available in the lane by then, so
-- nobody has to look; false: not known.
DROP FUNCTION argosy.dispatch(int, int, bigint);
CREATE FUNCTION argosy.dispatch(p_lane int, p_count int, p_worker bigint)
RETURNS TABLE (id bigint, epoch bigint, seq bigint, kind text, args text, attempt int, timeout_s int, seal boolean, alone boolean)
LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_seq bigint;
    v_start bigint;
    v_knows json;                      -- kinds and versions of the worker
    v_kind text;
    v_floor bigint := argosy.epoch_floor();
    v_left int := p_count;
    v_count int;
    v_bulk boolean;                    -- may there be bulk?
    v_last boolean := false;
    c_end CONSTANT smallint := 32767;  -- behind every priority
    v_bulk_priority smallint;          -- where bulk begins
    v_bulk_id bigint;
    v_live_priority smallint;          -- where single jobs begin
    v_live_id bigint;
    v_limits int[];                    -- that hold for the lane (0013)
    v_needs text;                      -- tags
    v_tags text;
    v_held boolean;
BEGIN
    SELECT w.tags, w.seq, w.kinds INTO v_tags, v_seq, v_knows FROM argosy.worker w
    WHERE w.incarnation = p_worker AND NOT w.dead AND NOT w.quiet FOR NO KEY UPDATE;
    IF NOT FOUND OR NOT pg_try_advisory_xact_lock_shared(107092361147259) THEN -- no dispatch while a limit is set
        RETURN;
    END IF;
    SELECT k.name, l.limits, CASE WHEN k.tags IS NULL AND q.tags IS NULL THEN l.tags ELSE argosy.tags_needed(l.tags, k.tags, q.tags) END,
           q.paused OR q.windowed AND NOT (argosy.window_at(q.name)).open, EXISTS (SELECT FROM argosy.job_bulk x WHERE x.lane = p_lane)
    INTO v_kind, v_limits, v_needs, v_held, v_bulk FROM argosy.lane l JOIN argosy.queue q ON q.name = l.queue JOIN argosy.kind k ON k.name = l.kind
    WHERE l.id = p_lane AND (v_knows ->> k.name)::int >= k.version;
    IF NOT FOUND OR v_held OR v_needs IS NOT NULL AND NOT string_to_array(v_needs, ',') <@ string_to_array(coalesce(v_tags, ''), ',') THEN
        RETURN;
    END IF;
    IF v_limits IS NOT NULL THEN
        v_left := argosy.limit_claim(v_limits, p_count);
    END IF;
    v_start := v_seq;
    IF v_left = 1 AND NOT v_bulk THEN
        UPDATE argosy.job_live x SET state = 3, epoch = greatest(x.epoch + 1, v_floor), worker = p_worker, seq = v_seq + 1
        WHERE x.ctid = (SELECT y.ctid FROM argosy.job_live y WHERE y.lane = p_lane AND y.state = 2 AND y.kind = v_kind
                        ORDER BY y.priority, y.id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING x.id, x.epoch, x.seq, x.kind, x.attempts + 1, x.sealing IS NOT NULL INTO id, epoch, seq, kind, attempt, seal;
        IF FOUND THEN
            SELECT CASE WHEN octet_length(j.args::text) <= 16384 THEN j.args::text END, j.timeout_s,
                   NOT EXISTS (SELECT FROM argosy.job_live x WHERE x.lane = p_lane AND x.state = 2)
            INTO args, timeout_s, alone FROM argosy.job j WHERE j.id = dispatch.id;
            RETURN NEXT;
            v_seq := v_seq + 1;
        END IF;
        v_left := 0;
    END IF;
    WHILE v_left > 0 LOOP
        v_bulk_priority := c_end;
        v_live_priority := c_end;
        v_bulk_id := 0;
        v_live_id := 0;
        IF NOT v_bulk THEN
            v_last := true;
        ELSIF NOT v_last THEN
            SELECT x.priority, x.next INTO v_bulk_priority, v_bulk_id FROM argosy.job_bulk x WHERE x.lane = p_lane AND x.kind = v_kind
            ORDER BY x.priority, x.first LIMIT 1;
            SELECT x.priority, x.id INTO v_live_priority, v_live_id FROM argosy.job_live x
            WHERE x.lane = p_lane AND x.state = 2 AND x.kind = v_kind ORDER BY x.priority, x.id LIMIT 1;
            v_bulk_priority := coalesce(v_bulk_priority, c_end);
            v_live_priority := coalesce(v_live_priority, c_end);
            v_bulk_id := coalesce(v_bulk_id, 0);
            v_live_id := coalesce(v_live_id, 0);
        END IF;
        v_count := 0;
        IF v_bulk AND (v_last OR (v_bulk_priority, v_bulk_id) < (v_live_priority, v_live_id)) THEN
            RETURN QUERY
            WITH pick AS MATERIALIZED (
                SELECT x.first, x.next, x.last, CASE WHEN x.priority = v_live_priority THEN least(x.last, v_live_id - 1) ELSE x.last END AS upto,
                       x.priority, x.kind
                FROM argosy.job_bulk x WHERE x.lane = p_lane AND x.kind = v_kind AND (x.priority, x.first) < (v_live_priority, v_live_id)
                ORDER BY x.priority, x.first LIMIT 16 FOR UPDATE SKIP LOCKED
            ), take AS MATERIALIZED (
                SELECT p.first, p.next, least(p.upto, p.next + v_left - p.before - 1) AS upto, p.last, p.priority, p.kind, p.before
                FROM (SELECT *, (sum(pick.upto - pick.next + 1) OVER (ROWS UNBOUNDED PRECEDING))::bigint - (pick.upto - pick.next + 1) AS before
                      FROM pick WHERE pick.next <= pick.upto) p
                WHERE p.before < v_left
            ), gone AS (
                DELETE FROM argosy.job_bulk x USING take t WHERE x.first BETWEEN t.first AND t.first AND t.upto = t.last
            ), less AS (
                UPDATE argosy.job_bulk x SET next = t.upto + 1 FROM take t WHERE x.first BETWEEN t.first AND t.first AND t.upto < t.last
            ), jobs AS MATERIALIZED (
                SELECT j.id, greatest(1, v_floor) AS epoch, v_seq + t.before + j.id - t.next + 1 AS seq, t.kind, t.priority, j.args::text AS args,
                       j.timeout_s
                FROM take t JOIN argosy.job j ON j.id >= t.next AND j.id <= t.upto
            ), live AS (
                INSERT INTO argosy.job_live (id, epoch, worker, seq, lane, state, priority, kind)
                SELECT j.id, j.epoch, p_worker, j.seq, p_lane, 3, j.priority, j.kind FROM jobs j
            )
            SELECT j.id, j.epoch, j.seq, j.kind, CASE WHEN octet_length(j.args) <= 16384 THEN j.args END, 1, j.timeout_s, false, false FROM jobs j;
            GET DIAGNOSTICS v_count = ROW_COUNT;
            v_seq := v_seq + v_count;
            v_left := v_left - v_count;
        END IF;
        IF v_left > 0 AND (v_last OR (v_live_priority, v_live_id) < (v_bulk_priority, v_bulk_id)) THEN
            RETURN QUERY
            WITH pick AS MATERIALIZED (
                SELECT x.ctid AS place FROM argosy.job_live x WHERE x.lane = p_lane AND x.state = 2 AND x.kind = v_kind
                AND (x.priority, x.id) < (v_bulk_priority, v_bulk_id) ORDER BY x.priority, x.id LIMIT v_left FOR UPDATE SKIP LOCKED
            ), moved AS (
                UPDATE argosy.job_live x SET state = 3, epoch = greatest(x.epoch + 1, v_floor), worker = p_worker, seq = v_seq + p.n
                FROM (SELECT pick.place, row_number() OVER () AS n FROM pick) p WHERE x.ctid = p.place
                RETURNING x.id, x.epoch, x.seq, x.kind, x.attempts, x.sealing
            )
            SELECT m.id, m.epoch, m.seq, m.kind, CASE WHEN octet_length(j.args::text) <= 16384 THEN j.args::text END, m.attempts + 1, j.timeout_s,
                   m.sealing IS NOT NULL, false
            FROM moved m JOIN argosy.job j ON j.id BETWEEN m.id AND m.id;
            GET DIAGNOSTICS v_count = ROW_COUNT;
            v_seq := v_seq + v_count;
            v_left := v_left - v_count;
        END IF;
        EXIT WHEN v_last;
        v_last := v_count = 0; -- what is in front is locked by others: the rest without regard to the order
    END LOOP;
    IF v_seq > v_start THEN
        UPDATE argosy.worker w SET seq = v_seq WHERE w.incarnation = p_worker;
        IF v_limits IS NOT NULL THEN
            PERFORM argosy.limit_take(v_limits, p_worker, v_start, v_seq - v_start);
        END IF;
    END IF;
END $$;

-- Lanes with a backlog, by jumping from lane to lane in the index; each counted up to 5,000. paused: or outside its windows. tags: what its
-- workers must have. priority: of its first job. Columns at the end may grow.
DROP FUNCTION argosy.lanes();
CREATE FUNCTION argosy.lanes() RETURNS TABLE (lane int, queue text, tenant text, available bigint, paused boolean, kind text, version int, prefetch_max int,
                                              tags text, weight int, priority int, limits int[]) LANGUAGE plpgsql STABLE
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE busy AS (
        (SELECT least((SELECT l.lane FROM argosy.job_live l WHERE l.state = 2 ORDER BY l.lane LIMIT 1),
                      (SELECT u.lane FROM argosy.job_bulk u ORDER BY u.lane LIMIT 1)) AS lane)
        UNION ALL
        SELECT least((SELECT l.lane FROM argosy.job_live l WHERE l.state = 2 AND l.lane > b.lane ORDER BY l.lane LIMIT 1),
                     (SELECT u.lane FROM argosy.job_bulk u WHERE u.lane > b.lane ORDER BY u.lane LIMIT 1)) FROM busy b WHERE b.lane IS NOT NULL
    )
    SELECT b.lane, a.queue, a.tenant,
           least(5000, (SELECT count(*) FROM (SELECT FROM argosy.job_live l WHERE l.lane = b.lane AND l.state = 2 ORDER BY l.priority, l.id LIMIT 5000) capped)
                       + (SELECT coalesce(sum(u.last - u.next + 1), 0) FROM (SELECT * FROM argosy.job_bulk x WHERE x.lane = b.lane LIMIT 500) u))::bigint,
           q.paused OR q.windowed AND NOT (argosy.window_at(q.name)).open, k.name, k.version, k.prefetch_max,
           CASE WHEN k.tags IS NULL AND q.tags IS NULL THEN a.tags ELSE argosy.tags_needed(a.tags, k.tags, q.tags) END, -- the call costs more than the rest
           coalesce((SELECT t.weight FROM argosy.tenant t WHERE t.name = a.tenant), 1),
           least((SELECT l.priority FROM argosy.job_live l WHERE l.lane = b.lane AND l.state = 2 ORDER BY l.priority, l.id LIMIT 1),
                 (SELECT u.priority FROM argosy.job_bulk u WHERE u.lane = b.lane ORDER BY u.priority, u.first LIMIT 1))::int, a.limits
    FROM busy b JOIN argosy.lane a ON a.id = b.lane JOIN argosy.queue q ON q.name = a.queue JOIN argosy.kind k ON k.name = a.kind;
END $$;
