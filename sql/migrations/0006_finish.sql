-- SPDX-License-Identifier: Apache-2.0
-- Finish and fail: what a worker says about dispatches of its own. Each row is fenced for itself by (id, epoch), still dispatched to this
-- worker. A statement by id must not repeat a partial index's predicate, or the planner takes that index and the rate halves: hence
-- `state + 0 = 3`. What was recorded earlier under the same epoch counts as accepted, so a call may be repeated.

-- These jobs have succeeded: one less to wait for. By counter, on rows locked in id order: a query for unfinished parents would lose the
-- wake-up when two parents finish together. In a statement of its own, to see dependencies that were added while the parent's row was locked.
CREATE FUNCTION argosy.unblock(p_parents bigint[]) RETURNS void LANGUAGE plpgsql SET enable_mergejoin = off AS $$
BEGIN
    PERFORM FROM argosy.job_live l WHERE l.id IN (SELECT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents))
    ORDER BY l.id FOR UPDATE;
    WITH less AS (
        UPDATE argosy.job_live l SET waits = l.waits - d.n,
               state = CASE WHEN l.waits > d.n OR l.state <> 0 THEN l.state WHEN l.run_at > now() THEN 1 ELSE 2 END
        FROM (SELECT job, count(*) AS n FROM argosy.job_dependency WHERE parent = ANY (p_parents) GROUP BY job) d
        WHERE l.id = d.job AND l.waits > 0
        RETURNING l.id, l.epoch, l.state, l.waits
    )
    INSERT INTO argosy.event (job, epoch, type) SELECT id, epoch, 'unblocked' FROM less WHERE waits = 0 AND state > 0;
END $$;

-- The group commit. Returns the ids that are recorded.
CREATE FUNCTION argosy.finish(p_worker bigint, p_ids bigint[], p_epochs bigint[], p_results text[], p_run_us bigint[]) RETURNS bigint[] LANGUAGE plpgsql
SET jit = off SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_bitmapscan = off AS $$
DECLARE
    v_done bigint[];
    v_parents bigint[];
BEGIN
    WITH gone AS (
        DELETE FROM argosy.job_live l USING unnest(p_ids, p_epochs, p_results, p_run_us) i(id, epoch, result, run_us)
        WHERE l.id = i.id AND l.epoch = i.epoch AND l.worker = p_worker AND l.state + 0 = 3 AND l.sealing IS NULL
        RETURNING l.id, l.epoch, l.attempts, l.lost, l.lane, l.pipeline, l.kind, l.depended, i.result, i.run_us
    ), history AS (
        INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, worker, run_us, pipeline, kind, result)
        SELECT id, epoch, 5, attempts + 1, lost, lane, p_worker, run_us, pipeline, kind,
               CASE WHEN strpos(result, '\u0000') = 0 OR result::jsonb IS NOT NULL THEN result::json END -- jsonb refuses a NUL that json would keep
        FROM gone
    )
    SELECT coalesce(array_agg(id), '{}'), array_agg(id) FILTER (WHERE depended) INTO v_done, v_parents FROM gone;
    IF v_parents IS NOT NULL THEN
        PERFORM argosy.unblock(v_parents);
    END IF;
    IF cardinality(v_done) < cardinality(p_ids) THEN
        v_done := v_done || ARRAY(SELECT DISTINCT i.id FROM unnest(p_ids, p_epochs) i(id, epoch) JOIN argosy.job_history h ON h.id = i.id AND h.epoch = i.epoch
                                  WHERE h.state = 5 AND h.worker = p_worker AND NOT i.id = ANY (v_done));
    END IF;
    RETURN v_done;
END $$;

-- Children join the parent's pipeline; a parent without one gets one. Whoever waits for the parent also waits for those children that no
-- other child waits for: they are the last to end, and a failure above them cancels them.
CREATE FUNCTION argosy.children_submit(p_parent bigint, p_children jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_job argosy.job;
    v_lane argosy.lane;
    v_ids bigint[];
    v_last bigint[];
    v_waiting bigint[];
BEGIN
    SELECT * INTO v_job FROM argosy.job WHERE id = p_parent;
    SELECT * INTO v_lane FROM argosy.lane WHERE id = v_job.lane;
    IF v_job.pipeline IS NULL THEN
        INSERT INTO argosy.pipeline (name) VALUES (v_job.kind || ' ' || p_parent) RETURNING id INTO v_job.pipeline;
        UPDATE argosy.job SET pipeline = v_job.pipeline, step = v_job.kind WHERE id = p_parent;
    END IF;
    v_ids := argosy.steps_submit(v_job.pipeline, p_children, v_lane.queue, v_lane.tenant, 'job', v_job.correlation);
    SELECT array_agg(id) INTO v_last FROM unnest(v_ids) id WHERE NOT EXISTS (SELECT FROM argosy.job_dependency d WHERE d.parent = id);
    SELECT array_agg(id) INTO v_waiting FROM (
        SELECT l.id FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.job WHERE d.parent = p_parent AND l.state + 0 = 0
        ORDER BY l.id FOR UPDATE OF l) w;
    IF v_waiting IS NOT NULL THEN
        INSERT INTO argosy.job_dependency (job, parent) SELECT w, c FROM unnest(v_waiting) w, unnest(v_last) c;
        UPDATE argosy.job_live SET depended = true WHERE id = ANY (v_last);
        UPDATE argosy.job_live SET waits = waits + cardinality(v_last) WHERE id = ANY (v_waiting);
    END IF;
END $$;

-- Result, artifacts and children in one transaction, or none of it. True: recorded, now or earlier under the same epoch.
CREATE FUNCTION argosy.finish_whole(p_worker bigint, p_id bigint, p_epoch bigint, p_result text, p_run_us bigint, p_artifacts json, p_children json)
RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM argosy.job_live l WHERE l.id = p_id AND l.epoch = p_epoch AND l.worker = p_worker AND l.state + 0 = 3 AND l.sealing IS NULL FOR UPDATE;
    IF FOUND THEN
        INSERT INTO argosy.artifact (job, epoch, name, media_type, content)
        SELECT p_id, p_epoch, a ->> 'name', a ->> 'media_type', a ->> 'content' FROM json_array_elements(p_artifacts) a;
        IF json_array_length(p_children) > 0 THEN
            PERFORM argosy.children_submit(p_id, p_children::jsonb);
        END IF;
    END IF;
    RETURN cardinality(argosy.finish(p_worker, ARRAY[p_id], ARRAY[p_epoch], ARRAY[p_result], ARRAY[p_run_us])) = 1;
END $$;

-- Doubles with every try up to the kind's limit, with jitter: between half of it and all of it.
CREATE FUNCTION argosy.backoff(p_kind text, p_try int) RETURNS interval LANGUAGE sql VOLATILE
RETURN (SELECT make_interval(secs => least(backoff_ms * 2.0 ^ least(p_try - 1, 30), backoff_max_ms) / 1000.0 * (0.5 + random() / 2))
        FROM argosy.kind WHERE name = p_kind);

-- One attempt that did not succeed; r is its live row, locked. Returns true when the job is to end as failed.
CREATE FUNCTION argosy.fail_one(r argosy.job_live, p_cause text, p_retry boolean, p_error json) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    v_tries int;
    v_wait interval;
BEGIN
    IF r.sealing IS NOT NULL THEN -- for ever: the job has ended, only its target must hear of it
        v_tries := coalesce((r.fate ->> 'seal_tries')::int, 0) + CASE WHEN p_cause = 'interrupted' THEN 0 ELSE 1 END;
        UPDATE argosy.job_live SET state = CASE WHEN p_cause = 'interrupted' THEN 2 ELSE 1 END, worker = NULL, seq = NULL,
               run_at = CASE WHEN p_cause <> 'interrupted' THEN clock_timestamp() + argosy.backoff(r.kind, v_tries) END,
               fate = (r.fate::jsonb || jsonb_build_object('seal_tries', v_tries, 'seal_error', p_error))::json
        WHERE id = r.id;
        INSERT INTO argosy.event (job, epoch, type, data) VALUES (r.id, r.epoch, 'seal_retrying', p_error);
        RETURN false;
    ELSIF p_cause = 'interrupted' THEN
        UPDATE argosy.job_live SET state = 2, worker = NULL, seq = NULL, touched = true WHERE id = r.id;
        INSERT INTO argosy.event (job, epoch, type, data) VALUES (r.id, r.epoch, 'interrupted', p_error);
        RETURN false;
    END IF;
    IF NOT r.touched AND p_error -> 'details' ->> 'target' IS DISTINCT FROM 'untouched' THEN -- only the slot itself can say so
        UPDATE argosy.job_live SET touched = true WHERE id = r.id;
    END IF;
    IF NOT p_retry OR r.attempts + 1 >= (SELECT attempts_max FROM argosy.job WHERE id = r.id) THEN
        RETURN true;
    END IF;
    v_wait := argosy.backoff(r.kind, r.attempts + 1);
    UPDATE argosy.job_live SET state = 1, run_at = clock_timestamp() + v_wait, worker = NULL, seq = NULL, attempts = r.attempts + 1, fate = p_error
    WHERE id = r.id;
    INSERT INTO argosy.event (job, epoch, type, data)
    VALUES (r.id, r.epoch, 'retrying', json_build_object('error', p_error, 'attempt', r.attempts + 1, 'wait_ms', (extract(epoch FROM v_wait) * 1000)::bigint));
    RETURN false;
END $$;

-- p_causes: failed, timed_out, stalled, crashed, interrupted, seal. p_classes decide: retry, unavailable and timed_out are tried again.
-- Returns the ids that are recorded.
CREATE FUNCTION argosy.fail(p_worker bigint, p_ids bigint[], p_epochs bigint[], p_causes text[], p_classes text[], p_codes text[], p_messages text[],
                            p_details text[]) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_done bigint[] := '{}';
    v_end bigint[] := '{}';
    v_fates json[] := '{}';
    v_never bigint[] := '{}'; -- arguments that miss the schema: the handler was not called, no attempt is counted
    v_never_fates json[] := '{}';
    v_error json;
    i record;
    r argosy.job_live;
BEGIN
    FOR i IN SELECT * FROM unnest(p_ids, p_epochs, p_causes, p_classes, p_codes, p_messages, p_details)
                           u(id, epoch, cause, class, code, message, details) ORDER BY id LOOP
        SELECT * INTO r FROM argosy.job_live l WHERE l.id = i.id AND l.epoch = i.epoch AND l.worker = p_worker AND l.state + 0 = 3 FOR UPDATE;
        IF FOUND THEN
            v_error := argosy.fate(i.class, i.code, i.message, (coalesce(i.details::jsonb, '{}') || jsonb_build_object('cause', i.cause))::json);
            IF NOT argosy.fail_one(r, i.cause, i.class IN ('retry', 'unavailable', 'timed_out'), v_error) THEN
                NULL;
            ELSIF i.code = 'invalid_arguments' THEN
                v_never := v_never || i.id;
                v_never_fates := v_never_fates || v_error;
            ELSE
                v_end := v_end || i.id;
                v_fates := v_fates || v_error;
            END IF;
            v_done := v_done || i.id;
        ELSIF EXISTS (SELECT FROM argosy.event e WHERE e.job = i.id AND e.epoch = i.epoch
                      AND (e.type IN ('retrying', 'interrupted', 'seal_retrying') OR e.type = 'sealing' AND e.data ->> 'state' = 'failed'))
           OR EXISTS (SELECT FROM argosy.job_history h WHERE h.id = i.id AND h.epoch = i.epoch AND h.state = 6 AND h.worker = p_worker) THEN
            v_done := v_done || i.id;
        END IF;
    END LOOP;
    PERFORM argosy.job_end(v_never, 6, v_never_fates, 0);
    PERFORM argosy.job_end(v_end, 6, v_fates, 1);
    RETURN v_done;
END $$;

-- Dispatches that were not begun, back to the backlog. No attempt is counted. Returns how many.
CREATE FUNCTION argosy.give_back(p_worker bigint, p_ids bigint[], p_epochs bigint[]) RETURNS bigint LANGUAGE plpgsql SET enable_hashjoin = off AS $$
DECLARE
    v_count bigint;
BEGIN
    UPDATE argosy.job_live l SET state = 2, worker = NULL, seq = NULL, touched = true FROM unnest(p_ids, p_epochs) i(id, epoch)
    WHERE l.id = i.id AND l.epoch = i.epoch AND l.worker = p_worker AND l.state + 0 = 3;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;
