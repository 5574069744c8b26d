-- SPDX-License-Identifier: Apache-2.0
-- What a job that did not succeed means for whoever waits for it, by dependency: cancel (0, usual), continue (1: it counts as done), hold (2: its
-- dependants stay blocked until it succeeds after a retry, or somebody releases them).
--
-- waits counts the dependencies of a job that are not settled and whose parent is live, or did not succeed and holds. settled: the parent did not
-- succeed and no longer counts, because of its policy or because somebody released the job.
ALTER TABLE argosy.job_dependency ADD COLUMN policy smallint NOT NULL DEFAULT 0, ADD COLUMN settled boolean NOT NULL DEFAULT false;

CREATE FUNCTION argosy.policy_read(p_text text) RETURNS smallint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_policy smallint := array_position('{cancel,continue,hold}'::text[], coalesce(p_text, 'cancel')) - 1;
BEGIN
    IF v_policy IS NULL THEN
        RAISE EXCEPTION 'on_failure is cancel, continue or hold, not "%"', left(p_text, 40) USING ERRCODE = 'AG008';
    END IF;
    RETURN v_policy;
END $$;

-- Has this job ended without success? Not one that is live or in bulk.
CREATE FUNCTION argosy.fell_short(p_job bigint) RETURNS boolean LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_bitmapscan = off AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = p_job) AND coalesce(argosy.last_state(p_job) <> 5, false);
END $$;

-- A parent of this job that has neither succeeded nor is on its way, and without which it can't go on.
CREATE OR REPLACE FUNCTION argosy.parent_in_the_way(p_job bigint) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT d.parent FROM argosy.job_dependency d WHERE d.job = p_job AND d.policy = 0 AND argosy.fell_short(d.parent) ORDER BY d.parent LIMIT 1);

-- Public. Who waits for a job that did not succeed and holds it goes on without. 'released', 'not_held', 'not_found'.
CREATE FUNCTION argosy.job_release(job bigint) RETURNS text LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_jobs bigint[];
BEGIN
    PERFORM FROM argosy.job_live l WHERE l.id = job_release.job AND l.state + 0 = 0 FOR UPDATE;
    IF NOT FOUND THEN
        RETURN CASE WHEN EXISTS (SELECT FROM argosy.job j WHERE j.id = job_release.job) THEN 'not_held' ELSE 'not_found' END;
    END IF;
    WITH free AS (
        UPDATE argosy.job_dependency d SET settled = true
        WHERE d.job = job_release.job AND d.policy = 2 AND NOT d.settled AND argosy.fell_short(d.parent) RETURNING d.job
    ) SELECT array_agg(f.job) INTO v_jobs FROM free f;
    IF v_jobs IS NULL THEN
        RETURN 'not_held';
    END IF;
    PERFORM argosy.lessen(v_jobs), argosy.wake();
    RETURN 'released';
END $$;

-- Steps of a DAG by their places: p_children[i] waits for p_parents[i]. Those in a circle; NULL: there is none. Takes away whoever waits for nobody,
-- one by one: time grows with the number of steps and dependencies, however deep they are.
CREATE FUNCTION argosy.steps_circle(p_count int, p_children int[], p_parents int[]) RETURNS int[] LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_waits int[] := array_fill(0, ARRAY[p_count]);
    v_first int[] := array_fill(NULL::int, ARRAY[p_count]); -- a parent's first dependency in the lists, and each one's next
    v_next int[] := array_fill(NULL::int, ARRAY[coalesce(cardinality(p_children), 0)]);
    v_free int[] := array_fill(0, ARRAY[p_count]);
    v_done int := 0;
    v_count int := 0;
    v_edge int;
BEGIN
    FOR i IN 1 .. coalesce(cardinality(p_children), 0) LOOP
        v_waits[p_children[i]] := v_waits[p_children[i]] + 1;
        v_next[i] := v_first[p_parents[i]];
        v_first[p_parents[i]] := i;
    END LOOP;
    FOR i IN 1 .. p_count LOOP
        IF v_waits[i] = 0 THEN
            v_count := v_count + 1;
            v_free[v_count] := i;
        END IF;
    END LOOP;
    WHILE v_done < v_count LOOP
        v_done := v_done + 1;
        v_edge := v_first[v_free[v_done]];
        WHILE v_edge IS NOT NULL LOOP
            v_waits[p_children[v_edge]] := v_waits[p_children[v_edge]] - 1;
            IF v_waits[p_children[v_edge]] = 0 THEN
                v_count := v_count + 1;
                v_free[v_count] := p_children[v_edge];
            END IF;
            v_edge := v_next[v_edge];
        END LOOP;
    END LOOP;
    RETURN CASE WHEN v_count < p_count THEN (SELECT array_agg(o) FROM unnest(v_waits) WITH ORDINALITY u(n, o) WHERE n > 0) END;
END $$;

-- What steps wait for: the place of a step, the name of the other, the policy. An entry of "after" is a name or {"step", "on_failure"}.
CREATE FUNCTION argosy.steps_after(p_steps jsonb) RETURNS TABLE (place int, name text, policy text) LANGUAGE sql IMMUTABLE AS $$
    SELECT u.o::int, CASE jsonb_typeof(a) WHEN 'string' THEN a #>> '{}' ELSE a ->> 'step' END, coalesce(a ->> 'on_failure', u.e ->> 'on_failure', 'cancel')
    FROM jsonb_array_elements(p_steps) WITH ORDINALITY u(e, o), jsonb_array_elements(coalesce(u.e -> 'after', '[]')) a;
$$;

-- Refuses what is no DAG of well-named steps. p_old: steps that exist already and may be waited for.
CREATE OR REPLACE FUNCTION argosy.steps_check(p_steps jsonb, p_old text[]) RETURNS void LANGUAGE plpgsql STABLE SET enable_nestloop = off SET jit = off AS $$
DECLARE
    v_text text;
    v_children int[];
    v_parents int[];
    v_circle int[];
BEGIN
    IF jsonb_typeof(p_steps) <> 'array' OR jsonb_array_length(p_steps) NOT BETWEEN 1 AND argosy.setting_int('after_max') THEN
        RAISE EXCEPTION 'steps must be a JSON array of 1 to % objects', argosy.setting_int('after_max') USING ERRCODE = 'AG007';
    END IF;
    SELECT left(s::text, 80) INTO v_text FROM jsonb_array_elements(p_steps) s
    WHERE jsonb_typeof(s) <> 'object' OR jsonb_typeof(s -> 'step') IS DISTINCT FROM 'string' OR jsonb_typeof(s -> 'kind') IS DISTINCT FROM 'string'
       OR length(s ->> 'step') NOT BETWEEN 1 AND 400 OR jsonb_typeof(coalesce(s -> 'after', '[]')) <> 'array' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a step is {"step", "kind", "args", "after": [steps], "on_failure"}, not %', v_text USING ERRCODE = 'AG007';
    END IF;
    SELECT s INTO v_text FROM (SELECT e ->> 'step' FROM jsonb_array_elements(p_steps) e UNION ALL SELECT unnest(p_old)) x(s) GROUP BY s HAVING count(*) > 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'step "%" exists twice', left(v_text, 80) USING ERRCODE = 'AG007';
    END IF;
    SELECT coalesce(a.name, 'NULL') INTO v_text FROM argosy.steps_after(p_steps) a
    LEFT JOIN (SELECT e ->> 'step' AS step FROM jsonb_array_elements(p_steps) e UNION ALL SELECT unnest(p_old)) s ON s.step = a.name WHERE s.step IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'there is no step "%" to wait for', left(v_text, 80) USING ERRCODE = 'AG007';
    END IF;
    PERFORM argosy.policy_read(p.policy) FROM (SELECT DISTINCT a.policy FROM argosy.steps_after(p_steps) a) p;
    SELECT array_agg(a.place), array_agg(s.o) INTO v_children, v_parents
    FROM argosy.steps_after(p_steps) a JOIN (SELECT e ->> 'step' AS step, o::int AS o FROM jsonb_array_elements(p_steps) WITH ORDINALITY u(e, o)) s ON s.step = a.name;
    v_circle := argosy.steps_circle(jsonb_array_length(p_steps), v_children, v_parents);
    IF v_circle IS NOT NULL THEN
        RAISE EXCEPTION 'the steps wait for one another in a circle: %', left((SELECT string_agg(p_steps -> (c - 1) ->> 'step', ', ') FROM unnest(v_circle[:20]) c), 200)
            USING ERRCODE = 'AG007';
    END IF;
END $$;

-- What they wait for as jobs: the place of a step, the job, the policy. Apart, because here a nested loop would be quadratic, and elsewhere not.
CREATE FUNCTION argosy.steps_edges(p_pipeline bigint, p_steps jsonb) RETURNS TABLE (place int, parent bigint, policy smallint) LANGUAGE plpgsql STABLE
SET enable_nestloop = off SET jit = off AS $$
BEGIN
    RETURN QUERY SELECT a.place, p.job, argosy.policy_read(a.policy) FROM argosy.steps_after(p_steps) a JOIN argosy.steps_of(p_pipeline) p ON p.step = a.name;
END $$;

-- Adds steps to a pipeline: jobs, and what they wait for. Returns their ids in the order of the array.
CREATE OR REPLACE FUNCTION argosy.steps_submit(p_pipeline bigint, p_steps jsonb, p_queue text, p_tenant text, p_origin text, p_correlation text)
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v_ids bigint[];
    v_jobs bigint[];
    v_parents bigint[];
    v_policies smallint[];
    s record;
BEGIN
    PERFORM FROM argosy.pipeline WHERE id = p_pipeline FOR UPDATE;
    PERFORM argosy.steps_check(p_steps, coalesce((SELECT array_agg(step) FROM argosy.steps_of(p_pipeline)), '{}'));
    SELECT array_agg(e ->> 'kind' ORDER BY o) AS kinds, array_agg(coalesce(e ->> 'args', '{}') ORDER BY o) AS args,
           array_agg(coalesce(e ->> 'queue', p_queue) ORDER BY o) AS queues, array_agg(coalesce(e ->> 'tenant', p_tenant) ORDER BY o) AS tenants,
           array_agg((e ->> 'priority')::bigint ORDER BY o) AS priorities, array_agg((e ->> 'attempts_max')::bigint ORDER BY o) AS attempts,
           array_agg((e ->> 'timeout_s')::bigint ORDER BY o) AS timeouts, array_agg(e ->> 'step' ORDER BY o) AS steps,
           array_agg(argosy.tags_of((e -> 'tags')::json) ORDER BY o) AS tags
    INTO s FROM jsonb_array_elements(p_steps) WITH ORDINALITY u(e, o);
    v_ids := argosy.submit_rows(s.kinds, s.args, s.queues, s.tenants, s.priorities, NULL, NULL, s.attempts, s.timeouts,
                                array_fill(p_origin, ARRAY[cardinality(s.kinds)]), array_fill(p_correlation, ARRAY[cardinality(s.kinds)]),
                                p_pipeline, s.steps, true, s.tags);
    SELECT array_agg(v_ids[x.place]), array_agg(x.parent), array_agg(x.policy) INTO v_jobs, v_parents, v_policies FROM argosy.steps_edges(p_pipeline, p_steps) x;
    IF v_jobs IS NOT NULL THEN
        PERFORM argosy.depend(v_jobs, v_parents, v_policies);
    END IF;
    PERFORM argosy.release(v_ids), argosy.batch_count(array_fill(p_pipeline, ARRAY[cardinality(v_ids)]), 0);
    RETURN v_ids;
END $$;

-- Children join the parent's pipeline; a parent without one gets one. Whoever waits for the parent also waits for those children that no
-- other child waits for, in the way it waits for the parent: they are the last to end, and a failure above them cancels them.
CREATE OR REPLACE FUNCTION argosy.children_submit(p_parent bigint, p_children jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
        SELECT l.id FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.job WHERE d.parent = p_parent AND NOT d.settled AND l.state + 0 = 0
        ORDER BY l.id FOR UPDATE OF l) w;
    IF v_waiting IS NOT NULL THEN
        INSERT INTO argosy.job_dependency (job, parent, policy)
        SELECT d.job, c, d.policy FROM argosy.job_dependency d, unnest(v_last) c WHERE d.parent = p_parent AND d.job = ANY (v_waiting);
        UPDATE argosy.job_live SET depended = true WHERE id = ANY (v_last);
        UPDATE argosy.job_live SET waits = waits + cardinality(v_last) WHERE id = ANY (v_waiting);
    END IF;
END $$;
