-- SPDX-License-Identifier: Apache-2.0
-- Batches: many jobs under one name, counted, with a job that runs when all have ended. A batch is a pipeline whose members wait for nobody; it
-- does not use dependencies for its end, because the counter of one job that waits for ten thousand is a row that every finish would lock.
--
-- Instead each transaction that ends members leaves a row with what it adds (batch_delta), which nobody waits for; the leading scheduler folds
-- these into the batch and, when all have ended, submits what is to follow. Counts are exact at any time: folded and not yet folded together.
INSERT INTO argosy.setting VALUES ('batch_max', '10000'); -- jobs of one batch when it is submitted

CREATE TABLE argosy.batch (
    id bigint PRIMARY KEY,             -- its pipeline's
    name text NOT NULL,
    total bigint NOT NULL,             -- with those that members submitted as they finished
    succeeded bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    cancelled bigint NOT NULL DEFAULT 0,
    on_complete json,                  -- jobs as a submit takes them: {"kind", "args", ...}
    on_success json,
    complete_job bigint,
    success_job bigint,
    key_job bigint UNIQUE,             -- what its idempotency key holds: an id that no job has, so that it goes when jobs of that time go
    error json,                        -- why one of them was refused
    created timestamptz NOT NULL DEFAULT now(),
    ended timestamptz
) WITH (fillfactor = 70);

CREATE TABLE argosy.batch_delta (
    batch bigint NOT NULL,
    state smallint NOT NULL,           -- 0 more members, 5 succeeded 6 failed 7 cancelled
    n bigint NOT NULL
);
-- Members that did not succeed.
CREATE INDEX job_history_short ON argosy.job_history (pipeline, id) WHERE pipeline IS NOT NULL AND state <> 5;

-- These pipelines (one as often as it has members among what happened) count p_sign more in that state, if they are batches.
CREATE FUNCTION argosy.batch_count(p_pipelines bigint[], p_state int, p_sign int DEFAULT 1) RETURNS void LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    INSERT INTO argosy.batch_delta (batch, state, n)
    SELECT u.p, p_state, count(*) * p_sign FROM unnest(p_pipelines) u(p) WHERE EXISTS (SELECT FROM argosy.batch b WHERE b.id = u.p) GROUP BY u.p;
END $$;

-- Folded and not yet folded.
CREATE FUNCTION argosy.batch_counts(b argosy.batch, OUT total bigint, OUT succeeded bigint, OUT failed bigint, OUT cancelled bigint) LANGUAGE sql STABLE AS $$
    SELECT b.total + coalesce(sum(d.n) FILTER (WHERE d.state = 0), 0), b.succeeded + coalesce(sum(d.n) FILTER (WHERE d.state = 5), 0),
           b.failed + coalesce(sum(d.n) FILTER (WHERE d.state = 6), 0), b.cancelled + coalesce(sum(d.n) FILTER (WHERE d.state = 7), 0)
    FROM argosy.batch_delta d WHERE d.batch = b.id;
$$;

-- Public. jobs: a JSON array of jobs as argosy.submit() takes them (kind, args, queue, tenant, priority, run_at, attempts_max, timeout_s, tags). on_complete: a
-- job that is submitted when all have ended, on_success: if all of them succeeded. {"batch": id, "jobs": how many, "existing": the key was used before}, and
-- "warnings": [text] when it would pass the window of a queue.
CREATE FUNCTION argosy.batch_submit(name text, jobs json, on_complete json DEFAULT NULL, on_success json DEFAULT NULL, queue text DEFAULT 'default',
                                    tenant text DEFAULT 'default', origin text DEFAULT 'sql', correlation text DEFAULT NULL,
                                    idempotency_key text DEFAULT NULL)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
    v_batch bigint;
    v_job bigint;
    v_old bigint;
    v_told json;
    v_warnings json;
    v_max bigint := argosy.setting_int('batch_max');
    s record;
BEGIN
    IF batch_submit.name IS NULL OR length(batch_submit.name) NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION 'a batch has a name of 1 to 200 characters' USING ERRCODE = 'AG007';
    ELSIF json_typeof(jobs) IS DISTINCT FROM 'array' OR json_array_length(jobs) NOT BETWEEN 1 AND v_max THEN
        RAISE EXCEPTION 'a batch is a JSON array of 1 to % jobs (setting batch_max)', v_max USING ERRCODE = 'AG007';
    ELSIF EXISTS (SELECT FROM json_array_elements(jobs) j WHERE json_typeof(j) <> 'object') THEN
        RAISE EXCEPTION 'each job of a batch is an object' USING ERRCODE = 'AG007';
    END IF;
    PERFORM argosy.callback_check(c) FROM (VALUES (batch_submit.on_complete), (batch_submit.on_success)) x(c) WHERE c IS NOT NULL;
    IF idempotency_key IS NOT NULL THEN
        v_job := nextval('argosy.job_id');
        v_old := (argosy.submit_keys(ARRAY[idempotency_key], ARRAY[v_job]))[1];
        IF v_old <> v_job THEN
            SELECT json_build_object('batch', b.id, 'jobs', b.total, 'existing', true) INTO v_told FROM argosy.batch b WHERE b.key_job = v_old;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'idempotency key "%" belongs to job %', idempotency_key, v_old USING ERRCODE = 'AG006';
            END IF;
            RETURN v_told;
        END IF;
    END IF;
    v_warnings := argosy.warnings_of(jobs, batch_submit.queue);
    INSERT INTO argosy.pipeline (name) VALUES (batch_submit.name) RETURNING id INTO v_batch;
    INSERT INTO argosy.batch (id, name, total, on_complete, on_success, key_job)
    VALUES (v_batch, batch_submit.name, json_array_length(jobs), batch_submit.on_complete, batch_submit.on_success, v_job);
    SELECT array_agg(e ->> 'kind' ORDER BY o) AS kinds, array_agg(coalesce(e ->> 'args', '{}') ORDER BY o) AS args,
           array_agg(coalesce(e ->> 'queue', batch_submit.queue) ORDER BY o) AS queues, array_agg(coalesce(e ->> 'tenant', batch_submit.tenant) ORDER BY o) AS tenants,
           array_agg((e ->> 'priority')::bigint ORDER BY o) AS priorities, array_agg((e ->> 'attempts_max')::bigint ORDER BY o) AS attempts,
           array_agg((extract(epoch FROM (e ->> 'run_at')::timestamptz) * 1000)::bigint ORDER BY o) AS runs,
           array_agg((e ->> 'timeout_s')::bigint ORDER BY o) AS timeouts, array_agg(argosy.tags_of(e -> 'tags') ORDER BY o) AS tags
    INTO s FROM json_array_elements(jobs) WITH ORDINALITY u(e, o);
    PERFORM argosy.submit_rows(s.kinds, s.args, s.queues, s.tenants, s.priorities, s.runs, NULL, s.attempts, s.timeouts,
                               array_fill(batch_submit.origin, ARRAY[cardinality(s.kinds)]), array_fill(batch_submit.correlation, ARRAY[cardinality(s.kinds)]),
                               v_batch, NULL, false, s.tags);
    RETURN json_strip_nulls(json_build_object('batch', v_batch, 'jobs', cardinality(s.kinds), 'existing', false, 'warnings', v_warnings));
END $$;

-- What is to follow a batch must be a job that there can be.
CREATE FUNCTION argosy.callback_check(p_job json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM argosy.submit_check(ARRAY[p_job ->> 'kind'], ARRAY[coalesce(p_job ->> 'args', '{}')], ARRAY[(p_job ->> 'priority')::bigint],
                                ARRAY[(p_job ->> 'attempts_max')::bigint], ARRAY[(p_job ->> 'timeout_s')::bigint], NULL);
    PERFORM argosy.check_name('queue', p_job ->> 'queue'), argosy.check_name('tenant', p_job ->> 'tenant'), argosy.tags_of(p_job -> 'tags');
END $$;

CREATE FUNCTION argosy.callback_submit(p_job json, p_batch bigint, p_what text) RETURNS bigint LANGUAGE sql AS $$
    SELECT argosy.submit(p_job ->> 'kind', coalesce((p_job ->> 'args')::json, '{}'), coalesce(p_job ->> 'queue', 'default'), coalesce(p_job ->> 'tenant', 'default'),
                         coalesce((p_job ->> 'priority')::int, 100), (p_job ->> 'run_at')::timestamptz, format('batch:%s:%s', p_batch, p_what),
                         (p_job ->> 'attempts_max')::int, (p_job ->> 'timeout_s')::int, NULL, 'batch', 'batch:' || p_batch,
                         tags => string_to_array(argosy.tags_of(p_job -> 'tags'), ','));
$$;

-- Folds what was left, and submits what follows batches that have ended. Returns how many have.
CREATE FUNCTION argosy.batches_step() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_touched bigint[];
    v_ended bigint := 0;
    b argosy.batch;
BEGIN
    WITH gone AS (
        DELETE FROM argosy.batch_delta RETURNING *
    ), sums AS (
        SELECT batch, coalesce(sum(n) FILTER (WHERE state = 0), 0) AS more, coalesce(sum(n) FILTER (WHERE state = 5), 0) AS succeeded,
               coalesce(sum(n) FILTER (WHERE state = 6), 0) AS failed, coalesce(sum(n) FILTER (WHERE state = 7), 0) AS cancelled FROM gone GROUP BY batch
    ), folded AS (
        UPDATE argosy.batch x SET total = x.total + s.more, succeeded = x.succeeded + s.succeeded, failed = x.failed + s.failed,
               cancelled = x.cancelled + s.cancelled
        FROM sums s WHERE x.id = s.batch RETURNING x.id
    ) SELECT array_agg(id) INTO v_touched FROM folded;
    IF v_touched IS NULL THEN
        RETURN 0;
    END IF;
    FOR b IN SELECT * FROM argosy.batch x WHERE x.id = ANY (v_touched) AND x.ended IS NULL AND x.total = x.succeeded + x.failed + x.cancelled
             ORDER BY x.id FOR UPDATE LOOP
        BEGIN
            IF b.on_success IS NOT NULL AND b.succeeded = b.total THEN
                b.success_job := argosy.callback_submit(b.on_success, b.id, 'success');
            END IF;
            IF b.on_complete IS NOT NULL THEN
                b.complete_job := argosy.callback_submit(b.on_complete, b.id, 'complete');
            END IF;
        EXCEPTION WHEN OTHERS THEN
            IF left(SQLSTATE, 2) NOT IN ('AG', '22', '23') THEN
                RAISE;
            END IF;
            b.error := json_build_object('sqlstate', SQLSTATE, 'message', SQLERRM);
            b.success_job := NULL; -- undone with it
            b.complete_job := NULL;
        END;
        UPDATE argosy.batch x SET ended = now(), success_job = b.success_job, complete_job = b.complete_job, error = b.error WHERE x.id = b.id;
        v_ended := v_ended + 1;
    END LOOP;
    RETURN v_ended;
END $$;

-- Public. Cancels what has not ended of a batch. How many that were; NULL: there is no such batch.
CREATE FUNCTION argosy.batch_cancel(batch bigint) RETURNS bigint LANGUAGE plpgsql
SET jit = off SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    v_ids bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM argosy.batch b WHERE b.id = batch_cancel.batch) THEN
        RETURN NULL;
    END IF;
    v_ids := ARRAY(SELECT j.id FROM argosy.job j WHERE j.pipeline = batch_cancel.batch);
    v_ids := ARRAY(SELECT l.id FROM argosy.job_live l WHERE l.id = ANY (v_ids) AND l.sealing IS NULL ORDER BY l.id FOR UPDATE);
    IF v_ids = '{}' THEN
        RETURN 0;
    END IF;
    INSERT INTO argosy.cancel_notice (worker, job, epoch)
    SELECT l.worker, l.id, l.epoch FROM argosy.job_live l WHERE l.id = ANY (v_ids) AND l.state + 0 = 3 ON CONFLICT DO NOTHING;
    UPDATE argosy.job_live l SET touched = true WHERE l.id = ANY (v_ids) AND l.state + 0 = 3;
    PERFORM argosy.job_end(v_ids, 7, array_fill(argosy.fate('cancelled', 'cancelled', format('batch %s was cancelled', batch)), ARRAY[cardinality(v_ids)]), 0);
    PERFORM argosy.wake();
    RETURN cardinality(v_ids);
END $$;

-- The target's fence is advanced: now the final state is recorded. True: recorded, now or earlier under the same epoch.
CREATE OR REPLACE FUNCTION argosy.sealed(p_worker bigint, p_id bigint, p_epoch bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    r argosy.job_live;
BEGIN
    WITH gone AS (
        DELETE FROM argosy.job_live l WHERE l.id = p_id AND l.epoch = p_epoch AND l.worker = p_worker AND l.state + 0 = 3 AND l.sealing IS NOT NULL
        RETURNING l.*
    ), history AS (
        INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, worker, pipeline, kind, error)
        SELECT id, epoch, sealing, attempts, lost, lane, worker, pipeline, kind, (fate::jsonb - 'seal_tries' - 'seal_error')::json FROM gone
    )
    SELECT * INTO r FROM gone;
    IF NOT FOUND THEN
        RETURN EXISTS (SELECT FROM argosy.job_history h WHERE h.id = p_id AND h.epoch = p_epoch AND h.worker = p_worker AND h.state IN (6, 7));
    END IF;
    IF r.pipeline IS NOT NULL THEN
        PERFORM argosy.batch_count(ARRAY[r.pipeline], r.sealing);
    END IF;
    IF r.depended THEN
        PERFORM argosy.dependants_end(ARRAY[p_id]);
    END IF;
    RETURN true;
END $$;
