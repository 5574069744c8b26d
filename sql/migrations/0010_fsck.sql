-- SPDX-License-Identifier: Apache-2.0
-- argosy.fsck proves promises 1 and 2 from the rows of a live system: one row a check, violations 0 when it holds. One snapshot, reads
-- everything: for now and then, not for each minute. `dispatched_to_dead` passes by itself while a dead worker's jobs are taken back.

CREATE FUNCTION argosy.fsck_rows() RETURNS TABLE (name text, id bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    -- promise 1: accepted means live or final
    SELECT 'lost', j.id FROM argosy.job j WHERE NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = j.id)
                                            AND NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = j.id)
    UNION ALL
    SELECT 'live_without_job', l.id FROM argosy.job_live l WHERE NOT EXISTS (SELECT FROM argosy.job j WHERE j.id = l.id)
    UNION ALL
    -- promise 2: recorded once
    SELECT 'final_twice', h.id FROM argosy.job_history h GROUP BY h.id, h.epoch HAVING count(*) > 1
    UNION ALL
    SELECT 'final_after_success', h.id FROM (SELECT x.id, x.state, lead(x.n) OVER (PARTITION BY x.id ORDER BY x.n) AS later FROM argosy.job_history x) h
    WHERE h.state = 5 AND h.later IS NOT NULL
    UNION ALL
    SELECT 'live_after_success', l.id FROM argosy.job_live l WHERE EXISTS (SELECT FROM argosy.job_history h WHERE h.id = l.id AND h.state = 5)
    UNION ALL
    SELECT 'epoch_fell', e.id FROM (
        SELECT x.id, x.epoch, lag(x.epoch) OVER (PARTITION BY x.id ORDER BY x.n) AS before FROM (
            SELECT h.id, h.epoch, h.n FROM argosy.job_history h UNION ALL SELECT v.job, v.epoch, v.n FROM argosy.event v
            UNION ALL SELECT l.id, l.epoch, 9223372036854775807 FROM argosy.job_live l) x) e
    WHERE e.epoch < e.before
    UNION ALL
    SELECT 'live_below_final', l.id FROM argosy.job_live l WHERE EXISTS (SELECT FROM argosy.job_history h WHERE h.id = l.id AND h.epoch >= l.epoch)
    UNION ALL
    SELECT 'final_before_submitted', j.id FROM argosy.job j WHERE EXISTS (SELECT FROM argosy.job_history h WHERE h.id = j.id AND h.n <= j.n)
    UNION ALL
    -- dispatch
    SELECT 'dispatched_to_dead', l.id FROM argosy.job_live l LEFT JOIN argosy.worker w ON w.incarnation = l.worker
    WHERE l.state = 3 AND coalesce(w.dead, true)
    UNION ALL
    SELECT 'seq_not_given_out', l.id FROM argosy.job_live l JOIN argosy.worker w ON w.incarnation = l.worker
    WHERE l.state = 3 AND (l.seq IS NULL OR l.seq NOT BETWEEN 1 AND w.seq)
    UNION ALL
    SELECT 'seq_twice', min(l.id) FROM argosy.job_live l WHERE l.state = 3 GROUP BY l.worker, l.seq HAVING count(*) > 1
    UNION ALL
    SELECT 'worker_without_dispatch', l.id FROM argosy.job_live l WHERE (l.state = 3) <> (l.worker IS NOT NULL AND l.seq IS NOT NULL)
    UNION ALL
    -- dependencies
    SELECT 'waits_wrong', l.id FROM argosy.job_live l WHERE l.sealing IS NULL AND l.waits <> (
        SELECT count(*) FROM argosy.job_dependency d JOIN argosy.job_live p ON p.id = d.parent WHERE d.job = l.id)
    UNION ALL
    SELECT 'blocked_for_nothing', l.id FROM argosy.job_live l WHERE (l.state = 0) <> (l.waits > 0) AND l.sealing IS NULL
    UNION ALL
    SELECT 'blocked_for_ever', l.id FROM argosy.job_live l WHERE l.state = 0 AND argosy.parent_in_the_way(l.id) IS NOT NULL
    UNION ALL
    SELECT 'not_depended', p.id FROM argosy.job_live p
    WHERE NOT p.depended AND EXISTS (SELECT FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.job WHERE d.parent = p.id AND l.state = 0)
    UNION ALL
    SELECT 'dependency_of_nobody', d.job FROM argosy.job_dependency d WHERE NOT EXISTS (SELECT FROM argosy.job j WHERE j.id = d.job)
    UNION ALL
    -- seals
    SELECT 'sealing_without_target', l.id FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id WHERE l.sealing IS NOT NULL AND (j.target IS NULL OR l.epoch = 0)
    UNION ALL
    SELECT 'scheduled_without_time', l.id FROM argosy.job_live l WHERE l.state = 1 AND l.run_at IS NULL;
END $$;

-- Public. check, violations, up to five ids.
CREATE FUNCTION argosy.fsck() RETURNS TABLE ("check" text, violations bigint, sample bigint[]) LANGUAGE sql STABLE AS $$
    WITH bad AS MATERIALIZED (SELECT * FROM argosy.fsck_rows())
    SELECT c, count(b.id), (array_agg(b.id ORDER BY b.id) FILTER (WHERE b.id IS NOT NULL))[:5]
    FROM unnest(ARRAY['lost', 'live_without_job', 'final_twice', 'final_after_success', 'live_after_success', 'epoch_fell', 'live_below_final',
                      'final_before_submitted', 'dispatched_to_dead', 'seq_not_given_out', 'seq_twice', 'worker_without_dispatch', 'waits_wrong',
                      'blocked_for_nothing', 'blocked_for_ever', 'not_depended', 'dependency_of_nobody', 'sealing_without_target',
                      'scheduled_without_time']) WITH ORDINALITY u(c, o)
    LEFT JOIN bad b ON b.name = c GROUP BY c, o ORDER BY o;
$$;
