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
CREATE FUNCTION argosy.fell_short(p_job bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = p_job) AND coalesce(argosy.last_state(p_job) <> 5, false);
END $$;

-- These jobs have succeeded: one less to wait for. By counter, on rows locked in id order: a query for unfinished parents would lose the
-- wake-up when two parents finish together. In a statement of its own, to see dependencies that were added while the parent's row was locked.
CREATE OR REPLACE FUNCTION argosy.unblock(p_parents bigint[]) RETURNS void LANGUAGE plpgsql SET enable_mergejoin = off AS $$
BEGIN
    PERFORM FROM argosy.job_live l WHERE l.id IN (SELECT d.job FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents) AND NOT d.settled)
    ORDER BY l.id FOR UPDATE;
    PERFORM argosy.lessen((SELECT array_agg(d.job) FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents) AND NOT d.settled));
END $$;

-- Each of these jobs (one as often as it loses a dependency) waits for one less. The caller has locked them.
CREATE FUNCTION argosy.lessen(p_jobs bigint[]) RETURNS void LANGUAGE plpgsql SET enable_mergejoin = off AS $$
BEGIN
    WITH less AS (
        UPDATE argosy.job_live l SET waits = l.waits - d.n,
               state = CASE WHEN l.waits > d.n OR l.state <> 0 THEN l.state WHEN l.run_at > now() THEN 1 ELSE 2 END
        FROM (SELECT job, count(*) AS n FROM unnest(p_jobs) job GROUP BY job) d
        WHERE l.id = d.job AND l.waits > 0
        RETURNING l.id, l.epoch, l.state, l.waits
    )
    INSERT INTO argosy.event (job, epoch, type) SELECT id, epoch, 'unblocked' FROM less WHERE waits = 0 AND state > 0;
END $$;

-- These jobs have ended without success. Whoever is blocked below them by cancel is cancelled, all the way down; who waits for any of those by
-- continue goes on; who waits by hold is told. All of them are taken and locked, in id order, until the set no longer grows.
CREATE OR REPLACE FUNCTION argosy.dependants_end(p_parents bigint[]) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_ids bigint[];
    v_roots bigint[];
    v_count int;
    v_before int := -1;
BEGIN
    LOOP
        WITH RECURSIVE below AS (
            SELECT d.job, d.parent AS root, d.policy FROM argosy.job_dependency d WHERE d.parent = ANY (p_parents) AND NOT d.settled
            UNION
            SELECT d.job, b.root, d.policy FROM below b JOIN argosy.job_dependency d ON d.parent = b.job WHERE b.policy = 0 AND NOT d.settled
        ), one AS (SELECT job, min(root) FILTER (WHERE policy = 0) AS root FROM below GROUP BY job)
        SELECT array_agg(x.id) FILTER (WHERE x.root IS NOT NULL), array_agg(x.root) FILTER (WHERE x.root IS NOT NULL), count(*) INTO v_ids, v_roots, v_count
        FROM (SELECT l.id, o.root FROM one o JOIN argosy.job_live l ON l.id = o.job WHERE l.state + 0 = 0 ORDER BY l.id FOR UPDATE OF l) x;
        EXIT WHEN v_count = v_before;
        v_before := v_count;
    END LOOP;
    IF v_ids IS NOT NULL THEN
        PERFORM argosy.job_end(v_ids, 7, (SELECT array_agg(f.fate ORDER BY u.o) FROM unnest(v_roots) WITH ORDINALITY u(root, o)
                                          JOIN (SELECT r, argosy.dependency_fate(r) AS fate FROM (SELECT DISTINCT r FROM unnest(v_roots) r) x) f ON f.r = u.root), 0);
    END IF;
    WITH gone AS (
        UPDATE argosy.job_dependency d SET settled = true WHERE d.parent = ANY (p_parents) AND d.policy = 1 AND NOT d.settled RETURNING d.job
    ) SELECT array_agg(job) INTO v_ids FROM gone;
    IF v_ids IS NOT NULL THEN
        PERFORM argosy.lessen(v_ids);
    END IF;
    INSERT INTO argosy.event (job, epoch, type, data)
    SELECT l.id, l.epoch, 'held', json_build_object('job', d.parent) FROM argosy.job_dependency d JOIN argosy.job_live l ON l.id = d.job
    WHERE d.parent = ANY (p_parents) AND d.policy = 2 AND NOT d.settled AND l.state + 0 = 0;
END $$;

-- A parent of this job that has neither succeeded nor is on its way, and without which it can't go on.
CREATE OR REPLACE FUNCTION argosy.parent_in_the_way(p_job bigint) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT d.parent FROM argosy.job_dependency d WHERE d.job = p_job AND d.policy = 0 AND argosy.fell_short(d.parent) ORDER BY d.parent LIMIT 1);

-- p_jobs[i] waits for p_parents[i], by p_policies[i] (NULL: cancel). Parents are locked in id order, so that none ends unseen meanwhile; one that
-- has succeeded is not waited for, one that failed or was cancelled counts as its policy says. Planned for each call: joins of arrays by a plan
-- that does not know their length would be quadratic.
DROP FUNCTION argosy.depend(bigint[], bigint[]);
CREATE FUNCTION argosy.depend(p_jobs bigint[], p_parents bigint[], p_policies smallint[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    v_jobs bigint[];
    v_parents bigint[];
    v_policies smallint[];
    v_live bigint[];
    v_bad bigint;
    v_doomed bigint[];
    v_fates json[];
BEGIN
    IF to_regproc('argosy.bulk_break') IS NOT NULL THEN
        PERFORM argosy.bulk_break(p_parents);
    END IF;
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
    WHERE l.id = d.job;
    SELECT array_agg(d.job), array_agg(d.fate) INTO v_doomed, v_fates FROM (
        SELECT DISTINCT ON (u.job) u.job, argosy.dependency_fate(u.parent) AS fate
        FROM unnest(v_jobs, v_parents, v_policies) u(job, parent, policy) LEFT JOIN unnest(v_live) l ON l = u.parent
        WHERE l IS NULL AND u.policy = 0 AND argosy.last_state(u.parent) <> 5 ORDER BY u.job, u.parent) d;
    IF v_doomed IS NOT NULL THEN
        PERFORM argosy.job_end(v_doomed, 7, v_fates, 0);
    END IF;
END $$;

-- Public. Who waits for a job that did not succeed and holds it goes on without. 'released', 'not_held', 'not_found'.
CREATE FUNCTION argosy.job_release(job bigint) RETURNS text LANGUAGE plpgsql AS $$
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
CREATE OR REPLACE FUNCTION argosy.steps_check(p_steps jsonb, p_old text[]) RETURNS void LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
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
SET enable_nestloop = off AS $$
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
           array_agg((e ->> 'timeout_s')::bigint ORDER BY o) AS timeouts, array_agg(e ->> 'step' ORDER BY o) AS steps
    INTO s FROM jsonb_array_elements(p_steps) WITH ORDINALITY u(e, o);
    v_ids := argosy.submit_rows(s.kinds, s.args, s.queues, s.tenants, s.priorities, NULL, NULL, s.attempts, s.timeouts,
                                array_fill(p_origin, ARRAY[cardinality(s.kinds)]), array_fill(p_correlation, ARRAY[cardinality(s.kinds)]), p_pipeline, s.steps, true);
    SELECT array_agg(v_ids[x.place]), array_agg(x.parent), array_agg(x.policy) INTO v_jobs, v_parents, v_policies FROM argosy.steps_edges(p_pipeline, p_steps) x;
    IF v_jobs IS NOT NULL THEN
        PERFORM argosy.depend(v_jobs, v_parents, v_policies);
    END IF;
    PERFORM argosy.release(v_ids);
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
