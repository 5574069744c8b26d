-- SPDX-License-Identifier: Apache-2.0
-- Dispatch: from the backlog to one worker. The planner is told not to sort or hash: without statistics (after a bulk load) it would
-- read and sort the whole backlog for each batch. Plans are made once a session (generic): with these settings another one would be the same,
-- and making it costs more than running it. tests/contract/store_plans.c checks the plans.

-- Takes up to p_count available jobs of a lane, of kinds and versions that the worker knows. Nothing when the worker is dead or quiet,
-- or the queue paused. The worker's row is locked first: whoever declares it dead waits, or has.
CREATE FUNCTION argosy.dispatch(p_lane int, p_count int, p_worker bigint)
RETURNS TABLE (id bigint, epoch bigint, seq bigint, kind text, args text, attempt int, timeout_s int, seal boolean)
LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_seq bigint;
    v_kinds text[];
    v_floor bigint := argosy.epoch_floor();
    v_count bigint;
BEGIN
    SELECT w.seq, ARRAY(SELECT k.name FROM argosy.kind k WHERE (w.kinds ->> k.name)::int >= k.version) INTO v_seq, v_kinds
    FROM argosy.worker w WHERE w.incarnation = p_worker AND NOT w.dead AND NOT w.quiet FOR NO KEY UPDATE;
    IF NOT FOUND OR (SELECT q.paused FROM argosy.lane l JOIN argosy.queue q ON q.name = l.queue WHERE l.id = p_lane) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH pick AS MATERIALIZED (
        SELECT l.id FROM argosy.job_live l WHERE l.lane = p_lane AND l.state = 2 AND l.kind = ANY (v_kinds)
        ORDER BY l.priority, l.id LIMIT p_count FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE argosy.job_live l SET state = 3, epoch = greatest(l.epoch + 1, v_floor), worker = p_worker, seq = v_seq + p.place
        FROM (SELECT pick.id, row_number() OVER () AS place FROM pick) p WHERE l.id = p.id
        RETURNING l.id, l.epoch, l.seq, l.kind, l.attempts, l.sealing
    )
    SELECT m.id, m.epoch, m.seq, m.kind, CASE WHEN octet_length(j.args::text) <= 16384 THEN j.args::text END, m.attempts + 1, j.timeout_s,
           m.sealing IS NOT NULL
    FROM moved m JOIN argosy.job j ON j.id = m.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count > 0 THEN
        UPDATE argosy.worker w SET seq = w.seq + v_count WHERE w.incarnation = p_worker;
    END IF;
END $$;

-- Scheduled jobs whose time has come, a batch. Returns how many.
CREATE FUNCTION argosy.due(p_limit int) RETURNS bigint LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE argosy.job_live l SET state = 2, run_at = NULL
    FROM (SELECT id FROM argosy.job_live WHERE state = 1 AND run_at <= clock_timestamp() ORDER BY run_at LIMIT p_limit FOR UPDATE SKIP LOCKED) d
    WHERE l.id = d.id;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- Lanes with a backlog, by jumping from lane to lane in the index; each counted up to 5,000.
CREATE FUNCTION argosy.lanes() RETURNS TABLE (lane int, queue text, tenant text, available bigint, paused boolean) LANGUAGE plpgsql STABLE
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_sort = off SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN QUERY
    WITH RECURSIVE busy AS (
        (SELECT l.lane FROM argosy.job_live l WHERE l.state = 2 ORDER BY l.lane LIMIT 1)
        UNION ALL
        SELECT (SELECT l.lane FROM argosy.job_live l WHERE l.state = 2 AND l.lane > b.lane ORDER BY l.lane LIMIT 1) FROM busy b WHERE b.lane IS NOT NULL
    )
    SELECT b.lane, a.queue, a.tenant,
           (SELECT count(*) FROM (SELECT FROM argosy.job_live l WHERE l.lane = b.lane AND l.state = 2 LIMIT 5000) capped), q.paused
    FROM busy b JOIN argosy.lane a ON a.id = b.lane JOIN argosy.queue q ON q.name = a.queue;
END $$;
