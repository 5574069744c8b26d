-- SPDX-License-Identifier: Apache-2.0
-- Lists and counts that never read all of history or all of a backlog: each page goes on below an id and looks at so many rows at most, and for so
-- long. A page may hold fewer than was asked for, even none: it is the last when `next` is NULL.

-- The version that a program must know to work here (sql/README.md, "Migrations"): those of v0.1.0 may.
INSERT INTO argosy.setting VALUES ('compatible_from', '11');

-- Rare ends are found without walking over the common ones.
CREATE INDEX job_history_ended ON argosy.job_history (id) WHERE state IN (6, 7);
CREATE INDEX job_live_blocked ON argosy.job_live (id) WHERE state = 0;

-- Only days from its submission on are looked into; the margin is for clocks that were set back.
CREATE OR REPLACE FUNCTION argosy.last_state(p_job bigint) RETURNS int LANGUAGE sql STABLE
RETURN (SELECT h.state FROM argosy.job_history h
        WHERE h.id = p_job AND h.finished >= (SELECT j.submitted - interval '1 day' FROM argosy.job j WHERE j.id = p_job)
        ORDER BY h.epoch DESC, h.n DESC LIMIT 1);

-- What the present state of a job is; NULL: there is none.
CREATE FUNCTION argosy.state_of(p_job bigint) RETURNS int LANGUAGE sql STABLE
RETURN CASE WHEN argosy.bulk_has(p_job) THEN 2
            ELSE coalesce((SELECT l.state FROM argosy.job_live l WHERE l.id = p_job)::int, argosy.last_state(p_job)) END;

-- Up to p_limit ids below p_before that pass the filters (NULL: all), of the next p_most at most. `low`: nothing from there on is left to look at.
-- Where to look follows from the state: the live rows, bulk, the history, or the jobs themselves.
CREATE FUNCTION argosy.job_window(p_state int, p_kind text, p_lanes int[], p_pipeline bigint, p_before bigint, p_limit int, p_most int,
                                  OUT ids bigint[], OUT low bigint) LANGUAGE plpgsql STABLE
SET jit = off SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF p_pipeline IS NOT NULL THEN
        SELECT array_agg(x.id) FILTER (WHERE x.fits), CASE WHEN count(*) = p_most THEN min(x.id) END INTO ids, low FROM (
            SELECT j.id, (p_kind IS NULL OR j.kind = p_kind) AND (p_lanes IS NULL OR j.lane = ANY (p_lanes))
                         AND (p_state IS NULL OR argosy.state_of(j.id) = p_state) AS fits
            FROM argosy.job j WHERE j.pipeline = p_pipeline AND j.id < p_before ORDER BY j.id DESC LIMIT p_most) x;
    ELSIF p_state IN (5, 6, 7) THEN
        SELECT array_agg(x.id) FILTER (WHERE x.fits), CASE WHEN count(*) = p_most THEN min(x.id) END INTO ids, low FROM (
            SELECT h.id, (p_kind IS NULL OR h.kind = p_kind) AND (p_lanes IS NULL OR h.lane = ANY (p_lanes)) -- retried since, or ended otherwise?
                         AND (p_state = 5 OR NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = h.id) AND argosy.last_state(h.id) = p_state) AS fits
            FROM argosy.job_history h WHERE h.state = p_state AND h.id < p_before ORDER BY h.id DESC LIMIT p_most) x;
    ELSIF p_state IN (0, 1, 3) THEN
        SELECT array_agg(x.id) FILTER (WHERE x.fits), CASE WHEN count(*) = p_most THEN min(x.id) END INTO ids, low FROM (
            SELECT l.id, (p_kind IS NULL OR l.kind = p_kind) AND (p_lanes IS NULL OR l.lane = ANY (p_lanes)) AS fits
            FROM argosy.job_live l WHERE l.state = p_state AND l.id < p_before ORDER BY l.id DESC LIMIT p_most) x;
    ELSIF p_state = 2 THEN
        SELECT array_agg(x.id) FILTER (WHERE x.fits), CASE WHEN count(*) = p_most THEN min(x.id) END INTO ids, low FROM (
            SELECT y.id, y.fits FROM (
                (SELECT l.id, l.state = 2 AND (p_kind IS NULL OR l.kind = p_kind) AND (p_lanes IS NULL OR l.lane = ANY (p_lanes)) AS fits
                 FROM argosy.job_live l WHERE l.id < p_before ORDER BY l.id DESC LIMIT p_most)
                UNION ALL
                (SELECT i, (p_kind IS NULL OR b.kind = p_kind) AND (p_lanes IS NULL OR b.lane = ANY (p_lanes))
                 FROM (SELECT * FROM argosy.job_bulk u WHERE u.next < p_before ORDER BY u.first DESC LIMIT p_most / 64) b,
                      LATERAL generate_series(least(b.last, p_before - 1), b.next, -1) i LIMIT p_most)) y
            ORDER BY y.id DESC LIMIT p_most) x;
    ELSE
        low := least(p_before, (SELECT s.last_value + 1 FROM argosy.job_id s)) - p_most;
        SELECT array_agg(x.id) INTO ids FROM (
            SELECT j.id FROM argosy.job j
            WHERE j.id < p_before AND j.id >= low AND (p_kind IS NULL OR j.kind = p_kind) AND (p_lanes IS NULL OR j.lane = ANY (p_lanes))
            ORDER BY j.id DESC LIMIT p_limit) x;
        low := CASE WHEN EXISTS (SELECT FROM argosy.job j WHERE j.id < low) THEN low END;
    END IF;
    SELECT coalesce(array_agg(x.i), '{}') INTO ids FROM (SELECT DISTINCT i FROM unnest(ids) i ORDER BY i DESC LIMIT p_limit) x;
    IF cardinality(ids) = p_limit THEN
        low := ids[p_limit];
    END IF;
END $$;

-- A page of jobs, the newest first: windows, until it is full, nothing is left, or a quarter of a second has passed.
CREATE FUNCTION argosy.job_page(p_state text, p_kind text, p_queue text, p_tenant text, p_pipeline bigint, p_before bigint, p_limit int,
                                OUT ids bigint[], OUT next bigint) LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_state int := array_position(ARRAY['blocked', 'scheduled', 'available', 'dispatched', '', 'succeeded', 'failed', 'cancelled'], p_state) - 1;
    v_lanes int[] := CASE WHEN coalesce(p_queue, p_tenant) IS NOT NULL THEN
        ARRAY(SELECT l.id FROM argosy.lane l WHERE l.queue = coalesce(p_queue, l.queue) AND l.tenant = coalesce(p_tenant, l.tenant)) END;
    v_until timestamptz := clock_timestamp() + interval '250 ms';
    v_most int := 2000;
    v_more bigint[];
BEGIN
    ids := '{}';
    next := coalesce(p_before, 9223372036854775807);
    WHILE next IS NOT NULL AND cardinality(ids) < p_limit LOOP
        SELECT w.ids, w.low INTO v_more, next
        FROM argosy.job_window(v_state, p_kind, v_lanes, p_pipeline, next, p_limit - cardinality(ids), greatest(v_most, p_limit)) w;
        ids := ids || v_more;
        v_most := least(v_most * 2, 20000);
        EXIT WHEN clock_timestamp() > v_until;
    END LOOP;
END $$;

-- Live jobs by lane and state, each count up to 10,000; what is in bulk is counted without looking at it.
CREATE FUNCTION argosy.live_counts() RETURNS TABLE (lane int, state int, n bigint) LANGUAGE plpgsql STABLE
SET jit = off SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN QUERY
    SELECT x.lane, x.state, sum(x.n)::bigint FROM (
        SELECT y.id AS lane, 2 AS state, (SELECT count(*) FROM (SELECT FROM argosy.job_live l WHERE l.lane = y.id AND l.state = 2
                                                                          ORDER BY l.priority, l.id LIMIT 10000) capped) AS n
        FROM argosy.lane y
        UNION ALL
        SELECT b.lane, 2, sum(b.last - b.next + 1)::bigint FROM (SELECT * FROM argosy.job_bulk ORDER BY first LIMIT 100000) b GROUP BY b.lane
        UNION ALL
        SELECT l.lane, 0, count(*) FROM (SELECT z.lane FROM argosy.job_live z WHERE z.state = 0 ORDER BY z.id LIMIT 10000) l GROUP BY l.lane
        UNION ALL
        SELECT l.lane, 1, count(*) FROM (SELECT z.lane FROM argosy.job_live z WHERE z.state = 1 ORDER BY z.run_at LIMIT 10000) l GROUP BY l.lane
        UNION ALL
        SELECT l.lane, 3, count(*) FROM (SELECT z.lane FROM argosy.job_live z WHERE z.state = 3 ORDER BY z.worker, z.seq LIMIT 100000) l GROUP BY l.lane) x
    WHERE x.n > 0 GROUP BY x.lane, x.state;
END $$;
