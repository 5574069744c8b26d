-- SPDX-License-Identifier: Apache-2.0
-- Statements that take rows by id, so written that no statistics can ruin them. The live table is often empty when it is analyzed; then a join on
-- `l.id = i.id` becomes a walk over all of it, for each row (measured: 1,800 finishes/s instead of 190,000), and the session keeps that
-- plan. `l.id BETWEEN i.id AND i.id` is good for an index, but for no other way of joining; nor is ctid, for rows that the statement itself has locked.

-- Scheduled jobs whose time has come, a batch. Returns how many.
CREATE OR REPLACE FUNCTION argosy.due(p_limit int) RETURNS bigint LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE argosy.job_live l SET state = 2, run_at = NULL
    FROM (SELECT x.ctid AS place FROM argosy.job_live x WHERE state = 1 AND run_at <= clock_timestamp() ORDER BY run_at LIMIT p_limit FOR UPDATE SKIP LOCKED) d
    WHERE l.ctid = d.place;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- These jobs have ended without success (policies: 0022). Whoever is blocked below them by cancel is cancelled, all the way down; who waits for any of
-- those by continue goes on; who waits by hold is told. All of them are taken and locked, in id order, until the set no longer grows.
CREATE OR REPLACE FUNCTION argosy.dependants_end(p_parents bigint[]) RETURNS void LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_below bigint[]; -- in id order, and beside each the parent that takes it along, or NULL
    v_roots bigint[];
    v_locked bigint[];
    v_ids bigint[] := '{}';
    v_by bigint[] := '{}';
    v_at int := 1;
    v_before int := -1;
BEGIN
    LOOP
        WITH RECURSIVE below AS ( -- by job alone: with the parent it began at it would be as large as the square of a chain
            SELECT d.job, d.policy FROM argosy.job_dependency d
            WHERE d.parent = ANY (p_parents) AND NOT d.settled AND (SELECT l.state FROM argosy.job_live l WHERE l.id = d.job) = 0
            UNION
            SELECT d.job, d.policy FROM below b JOIN argosy.job_dependency d ON d.parent = b.job
            WHERE b.policy = 0 AND NOT d.settled AND (SELECT l.state FROM argosy.job_live l WHERE l.id = d.job) = 0
        ), one AS (SELECT job, min(policy) AS policy FROM below GROUP BY job)
        SELECT array_agg(job ORDER BY job), array_agg(CASE
                   WHEN policy = 0 AND cardinality(p_parents) = 1 THEN p_parents[1]
                   WHEN policy = 0 THEN (SELECT coalesce(min(d.parent) FILTER (WHERE d.parent = ANY (p_parents)), min(d.parent)) FROM argosy.job_dependency d
                                         WHERE d.job = one.job AND d.policy = 0) END ORDER BY job) INTO v_below, v_roots FROM one;
        v_locked := ARRAY(SELECT l.id FROM argosy.job_live l WHERE l.id = ANY (v_below) AND l.state + 0 = 0 ORDER BY l.id FOR UPDATE);
        EXIT WHEN cardinality(v_locked) = v_before;
        v_before := cardinality(v_locked);
    END LOOP;
    FOR i IN 1 .. v_before LOOP
        WHILE v_below[v_at] < v_locked[i] LOOP
            v_at := v_at + 1;
        END LOOP;
        IF v_roots[v_at] IS NOT NULL THEN
            v_ids := array_append(v_ids, v_locked[i]);
            v_by := array_append(v_by, v_roots[v_at]);
        END IF;
    END LOOP;
    IF cardinality(v_ids) > 0 THEN
        PERFORM argosy.job_end(v_ids, 7, argosy.dependency_fates(v_by), 0);
    END IF;
    WITH gone AS (
        UPDATE argosy.job_dependency d SET settled = true WHERE d.parent = ANY (p_parents) AND d.policy = 1 AND NOT d.settled RETURNING d.job
    ) SELECT array_agg(job) INTO v_ids FROM gone;
    IF v_ids IS NOT NULL THEN
        PERFORM argosy.lessen(v_ids);
    END IF;
    v_ids := ARRAY(SELECT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents) AND d.policy = 2 AND NOT d.settled);
    INSERT INTO argosy.event (job, epoch, type) SELECT l.id, l.epoch, 'held' FROM argosy.job_live l WHERE l.id = ANY (v_ids) AND l.state + 0 = 0;
END $$;

-- The fate of each parent, made once for all whom it takes along.
CREATE FUNCTION argosy.dependency_fates(p_roots bigint[]) RETURNS json[] LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_fates json[] := '{}';
    v_root bigint;
    v_last bigint;
    v_fate json;
BEGIN
    FOREACH v_root IN ARRAY p_roots LOOP
        IF v_root IS DISTINCT FROM v_last THEN -- mostly one takes all along
            v_fate := argosy.dependency_fate(v_root);
            v_last := v_root;
        END IF;
        v_fates := v_fates || v_fate;
    END LOOP;
    RETURN v_fates;
END $$;

-- Ends live jobs as p_state (6 failed, 7 cancelled), each with its error. The caller has locked and checked them; none is sealing.
-- p_tries is added to their attempts. What may have touched a target is sealed first: a higher epoch, which a worker
-- takes to the target before the final state is recorded by sealed().
CREATE OR REPLACE FUNCTION argosy.job_end(p_ids bigint[], p_state int, p_fates json[], p_tries int) RETURNS void LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_parents bigint[];
    v_pipelines bigint[];
BEGIN
    WITH ending AS (
        SELECT l.id, l.epoch, u.fate FROM unnest(p_ids, p_fates) u(id, fate)
        JOIN argosy.job_live l ON l.id BETWEEN u.id AND u.id JOIN argosy.job j ON j.id BETWEEN l.id AND l.id
        WHERE l.touched AND j.target IS NOT NULL
    ), sealing AS (
        UPDATE argosy.job_live l SET epoch = argosy.next_epoch(l.epoch), state = 2, worker = NULL, seq = NULL, run_at = NULL, waits = 0, sealing = p_state,
                                     fate = e.fate, attempts = l.attempts + p_tries
        FROM ending e WHERE l.id BETWEEN e.id AND e.id RETURNING l.id, e.epoch, e.fate
    )
    INSERT INTO argosy.event (job, epoch, type, data)
    SELECT id, epoch, 'sealing', json_build_object('state', argosy.state_name(p_state), 'error', fate) FROM sealing;

    WITH gone AS (
        DELETE FROM argosy.job_live l USING unnest(p_ids, p_fates) u(id, fate) WHERE l.id BETWEEN u.id AND u.id AND l.sealing IS NULL
        RETURNING l.*, u.fate AS error
    ), history AS (
        INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, worker, pipeline, kind, error)
        SELECT id, epoch, p_state, attempts + p_tries, lost, lane, worker, pipeline, kind, error FROM gone
    )
    SELECT array_agg(id) FILTER (WHERE depended), array_agg(pipeline) FILTER (WHERE pipeline IS NOT NULL) INTO v_parents, v_pipelines FROM gone;
    IF v_pipelines IS NOT NULL THEN
        PERFORM argosy.batch_count(v_pipelines, p_state);
    END IF;
    IF v_parents IS NOT NULL THEN
        PERFORM argosy.dependants_end(v_parents);
    END IF;
END $$;

-- These jobs have succeeded: one less to wait for. By counter, on rows locked in id order: a query for unfinished parents would lose the
-- wake-up when two parents finish together. In a statement of its own, to see dependencies that were added while the parent's row was locked.
CREATE OR REPLACE FUNCTION argosy.unblock(p_parents bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    PERFORM FROM argosy.job_live l
    WHERE l.id = ANY (ARRAY(SELECT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents) AND NOT d.settled)) ORDER BY l.id FOR UPDATE;
    PERFORM argosy.lessen(ARRAY(SELECT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents) AND NOT d.settled));
END $$;

-- Each of these jobs (one as often as it loses a dependency) waits for one less. The caller has locked them.
CREATE FUNCTION argosy.lessen(p_jobs bigint[]) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_count bigint;
BEGIN
    WITH less AS (
        UPDATE argosy.job_live l SET waits = l.waits - d.n,
               state = CASE WHEN l.waits > d.n OR l.state <> 0 THEN l.state WHEN l.run_at > now() THEN 1 ELSE 2 END
        FROM (SELECT job, count(*) AS n FROM unnest(p_jobs) job GROUP BY job) d
        WHERE l.id BETWEEN d.job AND d.job AND l.waits > 0
        RETURNING l.id, l.epoch, l.state, l.waits
    )
    INSERT INTO argosy.event (job, epoch, type) SELECT id, epoch, 'unblocked' FROM less WHERE waits = 0 AND state > 0;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count > 0 THEN -- else no end of a job makes the scheduler look
        PERFORM argosy.wake();
    END IF;
END $$;

-- The group commit. Returns the ids that are recorded.
CREATE OR REPLACE FUNCTION argosy.finish(p_worker bigint, p_ids bigint[], p_epochs bigint[], p_results text[], p_run_us bigint[]) RETURNS bigint[] LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_bitmapscan = off AS $$
DECLARE
    v_done bigint[];
    v_parents bigint[];
    v_pipelines bigint[];
BEGIN
    WITH gone AS (
        DELETE FROM argosy.job_live l USING unnest(p_ids, p_epochs, p_results, p_run_us) i(id, epoch, result, run_us)
        WHERE l.id BETWEEN i.id AND i.id AND l.epoch = i.epoch AND l.worker = p_worker AND l.state + 0 = 3 AND l.sealing IS NULL
        RETURNING l.id, l.epoch, l.attempts, l.lost, l.lane, l.pipeline, l.kind, l.depended, i.result, i.run_us
    ), history AS (
        INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, worker, run_us, pipeline, kind, result)
        SELECT id, epoch, 5, attempts + 1, lost, lane, p_worker, run_us, pipeline, kind,
               CASE WHEN strpos(result, '\u0000') = 0 OR result::jsonb IS NOT NULL THEN result::json END -- jsonb refuses a NUL that json would keep
        FROM gone
    )
    SELECT coalesce(array_agg(id), '{}'), array_agg(id) FILTER (WHERE depended), array_agg(pipeline) FILTER (WHERE pipeline IS NOT NULL)
    INTO v_done, v_parents, v_pipelines FROM gone;
    IF v_pipelines IS NOT NULL THEN
        PERFORM argosy.batch_count(v_pipelines, 5);
    END IF;
    IF v_parents IS NOT NULL THEN
        PERFORM argosy.unblock(v_parents);
    END IF;
    IF cardinality(v_done) < cardinality(p_ids) THEN
        v_done := v_done || ARRAY(SELECT DISTINCT i.id FROM unnest(p_ids, p_epochs) i(id, epoch)
                                  JOIN argosy.job_history h ON h.id BETWEEN i.id AND i.id AND h.epoch = i.epoch
                                  WHERE h.state = 5 AND h.worker = p_worker AND NOT i.id = ANY (v_done));
    END IF;
    RETURN v_done;
END $$;

-- Dispatches that were not begun, back to the backlog. No attempt is counted. Returns how many.
CREATE OR REPLACE FUNCTION argosy.give_back(p_worker bigint, p_ids bigint[], p_epochs bigint[]) RETURNS bigint LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE argosy.job_live l SET state = 2, worker = NULL, seq = NULL, touched = true FROM unnest(p_ids, p_epochs) i(id, epoch)
    WHERE l.id BETWEEN i.id AND i.id AND l.epoch = i.epoch AND l.worker = p_worker AND l.state + 0 = 3;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- Jobs of a dead worker go back, a batch. What it had received counts as lost, up to the kind's limit, then quarantine; what it had never
-- received counts nothing. Returns how many were taken.
CREATE OR REPLACE FUNCTION argosy.expire(p_worker bigint, p_limit int) RETURNS bigint LANGUAGE plpgsql
SET jit = off SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_got bigint;
    v_gaps bigint[];
    v_ids bigint[];
    v_fates json[];
    v_count bigint;
BEGIN
    SELECT got, ARRAY(SELECT json_array_elements_text(gaps)::bigint) INTO v_got, v_gaps FROM argosy.worker WHERE incarnation = p_worker AND dead FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    WITH pick AS MATERIALIZED (
        SELECT l.ctid AS place, l.epoch, l.seq <= v_got AND NOT l.seq = ANY (v_gaps) AND l.sealing IS NULL AS lost FROM argosy.job_live l
        WHERE l.worker = p_worker AND l.state = 3 ORDER BY l.seq LIMIT p_limit FOR UPDATE
    ), back AS (
        UPDATE argosy.job_live l SET state = 2, worker = NULL, seq = NULL, lost = l.lost + p.lost::int, touched = true
        FROM pick p WHERE l.ctid = p.place RETURNING l.id, p.epoch, p.lost AS was, l.lost, l.kind
    ), told AS (
        INSERT INTO argosy.event (job, epoch, type, data)
        SELECT id, epoch, 'lost', json_build_object('worker', p_worker, 'lost', b.lost) FROM back b WHERE was
    )
    SELECT count(*), array_agg(b.id ORDER BY b.id) FILTER (WHERE was AND b.lost >= k.lost_max),
           array_agg(argosy.fate('fatal', 'quarantined', format('%s workers vanished while they held this job', b.lost)) ORDER BY b.id)
               FILTER (WHERE was AND b.lost >= k.lost_max)
    INTO v_count, v_ids, v_fates FROM back b JOIN argosy.kind k ON k.name = b.kind;
    IF v_ids IS NOT NULL THEN
        PERFORM argosy.job_end(v_ids, 6, v_fates, 0);
    END IF;
    RETURN v_count;
END $$;

-- What an alive worker has not received up to p_upto: the same dispatches again, with the same epoch and seq. A seq whose row has left
-- (cancelled, given back) comes with id 0: its place is to be voided.
CREATE OR REPLACE FUNCTION argosy.unreceived(p_worker bigint, p_upto bigint, p_limit int)
RETURNS TABLE (id bigint, epoch bigint, seq bigint, kind text, args text, attempt int, timeout_s int, seal boolean) LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    RETURN QUERY
    WITH w AS (
        SELECT got, gaps FROM argosy.worker WHERE incarnation = p_worker AND NOT dead
    ), missing AS (
        SELECT s FROM w, generate_series(w.got + 1, p_upto) s UNION SELECT json_array_elements_text(w.gaps)::bigint FROM w ORDER BY 1 LIMIT p_limit
    )
    SELECT coalesce(l.id, 0), coalesce(l.epoch, 0), m.s, coalesce(l.kind, ''), CASE WHEN octet_length(j.args::text) <= 16384 THEN j.args::text END,
           coalesce(l.attempts + 1, 0), coalesce(j.timeout_s, 0), l.sealing IS NOT NULL
    FROM missing m LEFT JOIN argosy.job_live l ON l.worker = p_worker AND l.seq BETWEEN m.s AND m.s AND l.state = 3
    LEFT JOIN argosy.job j ON j.id BETWEEN l.id AND l.id
    WHERE m.s <= p_upto;
END $$;
