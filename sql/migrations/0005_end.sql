-- SPDX-License-Identifier: Apache-2.0
-- How a job ends other than by success: recorded at once, or through a seal when it has written into a target (design, step 7); and
-- what that means for whoever waits for it. Locks: first the jobs themselves, then dependants, both in id order.

CREATE FUNCTION argosy.state_name(p_state int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN (ARRAY['blocked', 'scheduled', 'available', 'dispatched', NULL, 'succeeded', 'failed', 'cancelled'])[p_state + 1];

-- State of the last end; NULL: has never ended.
CREATE FUNCTION argosy.last_state(p_job bigint) RETURNS int LANGUAGE sql STABLE
RETURN (SELECT state FROM argosy.job_history WHERE id = p_job ORDER BY epoch DESC, n DESC LIMIT 1);

CREATE FUNCTION argosy.fate(p_class text, p_code text, p_message text, p_details json DEFAULT NULL) RETURNS json LANGUAGE sql IMMUTABLE
RETURN json_build_object('error_code', p_code, 'message', p_message, 'class', p_class, 'details', coalesce(p_details, '{}'));

CREATE FUNCTION argosy.dependency_fate(p_parent bigint) RETURNS json LANGUAGE sql STABLE
RETURN (SELECT argosy.fate('refused', 'dependency_failed',
                           format('waited for job %s%s, which %s', j.id, coalesce(' (step ' || j.step || ')', ''),
                                  CASE argosy.last_state(j.id) WHEN 6 THEN 'failed' ELSE 'was cancelled' END),
                           json_build_object('job', j.id, 'step', j.step))
        FROM argosy.job j WHERE j.id = p_parent);

-- Everybody below these jobs who is still blocked is cancelled. The set is taken and locked until it no longer grows.
CREATE FUNCTION argosy.dependants_end(p_parents bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_roots bigint[];
    v_before int := -1;
BEGIN
    LOOP
        WITH RECURSIVE below AS (
            SELECT d.job, d.parent AS root FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents)
            UNION
            SELECT d.job, b.root FROM below b JOIN argosy.job_dependency d ON d.parent = b.job
        ), one AS (SELECT job, min(root) AS root FROM below GROUP BY job)
        SELECT array_agg(x.id), array_agg(x.root) INTO v_ids, v_roots FROM (
            SELECT l.id, o.root FROM one o JOIN argosy.job_live l ON l.id = o.job WHERE l.state + 0 = 0 ORDER BY l.id FOR UPDATE OF l) x;
        EXIT WHEN v_ids IS NULL OR cardinality(v_ids) = v_before;
        v_before := cardinality(v_ids);
    END LOOP;
    IF v_ids IS NOT NULL THEN
        PERFORM argosy.job_end(v_ids, 7, ARRAY(SELECT argosy.dependency_fate(r) FROM unnest(v_roots) WITH ORDINALITY u(r, o) ORDER BY o), 0);
    END IF;
END $$;

-- Ends live jobs as p_state (6 failed, 7 cancelled), each with its error. The caller has locked and checked them; none is sealing.
-- p_tries is added to their attempts. What may have touched a target is sealed first: a higher epoch, which a worker
-- takes to the target before the final state is recorded by sealed().
CREATE FUNCTION argosy.job_end(p_ids bigint[], p_state int, p_fates json[], p_tries int) RETURNS void LANGUAGE plpgsql
SET jit = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_parents bigint[];
BEGIN
    WITH ending AS (
        SELECT l.id, l.epoch, u.fate FROM unnest(p_ids, p_fates) u(id, fate) JOIN argosy.job_live l ON l.id = u.id JOIN argosy.job j ON j.id = l.id
        WHERE l.touched AND j.target IS NOT NULL
    ), sealing AS (
        UPDATE argosy.job_live l SET epoch = argosy.next_epoch(l.epoch), state = 2, worker = NULL, seq = NULL, run_at = NULL, waits = 0, sealing = p_state,
                                     fate = e.fate, attempts = l.attempts + p_tries
        FROM ending e WHERE l.id = e.id RETURNING l.id, e.epoch, e.fate
    )
    INSERT INTO argosy.event (job, epoch, type, data)
    SELECT id, epoch, 'sealing', json_build_object('state', argosy.state_name(p_state), 'error', fate) FROM sealing;

    WITH gone AS (
        DELETE FROM argosy.job_live l USING unnest(p_ids, p_fates) u(id, fate) WHERE l.id = u.id AND l.sealing IS NULL
        RETURNING l.*, u.fate AS error
    ), history AS (
        INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, worker, pipeline, kind, error)
        SELECT id, epoch, p_state, attempts + p_tries, lost, lane, worker, pipeline, kind, error FROM gone
    )
    SELECT array_agg(id) INTO v_parents FROM gone WHERE depended;
    IF v_parents IS NOT NULL THEN
        PERFORM argosy.dependants_end(v_parents);
    END IF;
END $$;

-- The target's fence is advanced: now the final state is recorded. True: recorded, now or earlier under the same epoch.
CREATE FUNCTION argosy.sealed(p_worker bigint, p_id bigint, p_epoch bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_depended boolean;
BEGIN
    WITH gone AS (
        DELETE FROM argosy.job_live l WHERE l.id = p_id AND l.epoch = p_epoch AND l.worker = p_worker AND l.state + 0 = 3 AND l.sealing IS NOT NULL
        RETURNING l.*
    ), history AS (
        INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, worker, pipeline, kind, error)
        SELECT id, epoch, sealing, attempts, lost, lane, worker, pipeline, kind, (fate::jsonb - 'seal_tries' - 'seal_error')::json FROM gone
    )
    SELECT depended INTO v_depended FROM gone;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM argosy.job_history h WHERE h.id = p_id AND h.epoch = p_epoch AND h.worker = p_worker AND h.state IN (6, 7));
    END IF;
    IF v_depended THEN
        PERFORM argosy.dependants_end(ARRAY[p_id]);
    END IF;
    RETURN true;
END $$;
