-- SPDX-License-Identifier: Apache-2.0
-- Live events, by snapshot difference (design, step 8; docs/protocol.md, "Event cursor"): what p_seen did not see and p_upto does, so that
-- nothing is skipped or doubled however transactions overlap, and nobody waits for a stranger's open transaction. Only on the primary.
-- The planner may not read a whole table for the few new rows: `xid >= something` looks to it like a third of the table.
CREATE FUNCTION argosy.events_between(p_seen pg_snapshot, p_upto pg_snapshot, p_after bigint, p_limit int, p_job bigint, p_pipeline bigint)
RETURNS TABLE (n bigint, type text, job bigint, epoch bigint, at timestamptz, data json) LANGUAGE plpgsql STABLE
SET jit = off SET enable_seqscan = off SET enable_indexscan = on SET enable_bitmapscan = on AS $$
DECLARE
    v_from xid8 := pg_snapshot_xmax(p_seen);
    v_to xid8 := pg_snapshot_xmax(p_upto);
    -- under way when p_seen was taken, ended since
    v_late xid8[] := ARRAY(SELECT x FROM pg_snapshot_xip(p_seen) x WHERE pg_visible_in_snapshot(x, p_upto));
BEGIN
    RETURN QUERY
    SELECT e.n, e.type, e.job, e.epoch, e.at, e.data FROM (
        SELECT j.n, 'submitted' AS type, j.id AS job, 0::bigint AS epoch, j.submitted AS at, NULL::json AS data, j.xid, j.pipeline
        FROM argosy.job j WHERE j.xid >= v_from AND j.xid < v_to OR j.xid = ANY (v_late)
        UNION ALL
        SELECT h.n, argosy.state_name(h.state), h.id, h.epoch, h.finished,
               json_build_object('attempts', h.attempts, 'run_us', h.run_us, 'worker', h.worker, 'error', h.error), h.xid, h.pipeline
        FROM argosy.job_history h WHERE h.xid >= v_from AND h.xid < v_to OR h.xid = ANY (v_late)
        UNION ALL
        SELECT v.n, v.type, v.job, v.epoch, v.at, v.data, v.xid, CASE WHEN p_pipeline IS NOT NULL THEN (SELECT j.pipeline FROM argosy.job j WHERE j.id = v.job) END
        FROM argosy.event v WHERE v.xid >= v_from AND v.xid < v_to OR v.xid = ANY (v_late)) e
    WHERE pg_visible_in_snapshot(e.xid, p_upto) AND e.n > p_after AND (p_job IS NULL OR e.job = p_job) AND (p_pipeline IS NULL OR e.pipeline = p_pipeline)
    ORDER BY e.n LIMIT p_limit;
END $$;
