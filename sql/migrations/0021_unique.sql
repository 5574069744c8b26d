-- SPDX-License-Identifier: Apache-2.0
-- Unique jobs: who submits a job that is to be the only one of its sort gets the id of the one there is.
--
-- A claim is a row by hash. It holds as long as its own submit said, which is looked up when somebody asks, in the live table and the history:
-- so no finish, fail or cancel knows of claims, and jobs that are not unique pay nothing. Claims that no longer hold are swept (unique_sweep).
-- Two submitters meet at the row: the second waits for the first one's COMMIT.
CREATE TABLE argosy.unique_claim (
    hash bytea PRIMARY KEY,            -- 16 bytes: kind, scope, and key or arguments
    job bigint NOT NULL,               -- below 0 within the call that makes it: minus its place there
    mode smallint NOT NULL,            -- holds while its job 0 waits 1 is live 2 is live or has succeeded 3 always
    until timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- p_unique: {"key", "scope": "tenant" | "queue" | "all", "while": "waiting" | "live" | "successful" | "always", "period_s"}, all of it optional.
CREATE FUNCTION argosy.unique_read(p_unique text, p_kind text, p_args text, p_queue text, p_tenant text, OUT hash bytea, OUT mode smallint, OUT until timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    u jsonb := p_unique::jsonb;
    v_scope text;
    v_while text;
    v_period bigint;
BEGIN
    IF jsonb_typeof(u) <> 'object' OR u - '{key,scope,while,period_s}'::text[] <> '{}' OR jsonb_typeof(coalesce(u -> 'key', '""')) <> 'string'
       OR length(u ->> 'key') NOT BETWEEN 1 AND 255 OR jsonb_typeof(coalesce(u -> 'period_s', '1')) <> 'number' THEN
        RAISE EXCEPTION 'unique is {"key": text of 1 to 255 characters, "scope", "while", "period_s"}, not %', left(p_unique, 100) USING ERRCODE = 'AG008';
    END IF;
    v_scope := coalesce(u ->> 'scope', 'tenant');
    v_while := coalesce(u ->> 'while', CASE WHEN u ? 'period_s' THEN 'successful' ELSE 'live' END);
    v_period := (u ->> 'period_s')::numeric;
    mode := array_position('{waiting,live,successful,always}'::text[], v_while) - 1;
    IF v_scope NOT IN ('tenant', 'queue', 'all') OR mode IS NULL OR v_period NOT BETWEEN 1 AND 2592000 OR mode >= 2 AND v_period IS NULL THEN
        RAISE EXCEPTION 'unique: scope is tenant, queue or all; while is waiting, live, successful or always, the last two with period_s; period_s 1 to 2592000'
            USING ERRCODE = 'AG008';
    END IF;
    until := coalesce(clock_timestamp() + make_interval(secs => v_period), 'infinity');
    hash := substr(sha256(convert_to(jsonb_build_array(p_kind, CASE WHEN v_scope <> 'all' THEN coalesce(p_tenant, 'default') END,
                                                       CASE WHEN v_scope = 'queue' THEN coalesce(p_queue, 'default') END, u -> 'key',
                                                       CASE WHEN NOT u ? 'key' THEN p_args::jsonb END)::text, 'UTF8')), 1, 16);
END $$;

CREATE FUNCTION argosy.unique_holds(c argosy.unique_claim) RETURNS boolean LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    v_state int;
BEGIN
    IF c.until <= clock_timestamp() OR c.mode = 3 THEN
        RETURN c.until > clock_timestamp();
    END IF;
    SELECT l.state INTO v_state FROM argosy.job_live l WHERE l.id = c.job;
    IF FOUND THEN
        RETURN c.mode >= 1 OR v_state < 3;
    END IF;
    RETURN c.mode = 2 AND coalesce(argosy.last_state(c.job) = 5, false);
END $$;

-- The job that holds the claim; NULL: now it is p_job's.
CREATE FUNCTION argosy.unique_take(p_hash bytea, p_job bigint, p_mode smallint, p_until timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    c argosy.unique_claim;
BEGIN
    LOOP
        INSERT INTO argosy.unique_claim VALUES (p_hash, p_job, p_mode, p_until) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN NULL;
        END IF;
        SELECT * INTO c FROM argosy.unique_claim x WHERE x.hash = p_hash FOR UPDATE;
        CONTINUE WHEN NOT FOUND; -- swept meanwhile
        IF c.job < 0 OR argosy.unique_holds(c) THEN -- in statements of their own: they see what was committed while the row was waited for
            RETURN c.job;
        END IF;
        UPDATE argosy.unique_claim x SET job = p_job, mode = p_mode, until = p_until WHERE x.hash = p_hash;
        RETURN NULL;
    END LOOP;
END $$;

-- As submit_rows(), with p_uniques: as unique_read() says, NULL where the row need not be the only one. existing: the id is that of a job that was
-- there before.
CREATE FUNCTION argosy.submit_unique(p_kinds text[], p_args text[], p_queues text[], p_tenants text[], p_priorities bigint[], p_run_at_ms bigint[],
                                     p_keys text[], p_attempts bigint[], p_timeouts bigint[], p_origins text[], p_correlations text[], p_uniques text[],
                                     p_tags text[] DEFAULT NULL)
RETURNS TABLE (id bigint, existing boolean) LANGUAGE plpgsql AS $$
DECLARE
    v_told bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_kinds)]); -- somebody else's id, or minus the place of another row
    v_hashes bytea[] := array_fill(NULL::bytea, ARRAY[cardinality(p_kinds)]);
    v_ids bigint[];
    v_new bigint[];
    r record;
BEGIN
    PERFORM argosy.submit_check(p_kinds, p_args, p_priorities, p_attempts, p_timeouts, p_keys);
    FOR r IN SELECT u.o, x.hash, x.mode, x.until
             FROM unnest(p_uniques, p_kinds, p_args, p_queues, p_tenants) WITH ORDINALITY u(uniq, kind, args, queue, tenant, o),
                  argosy.unique_read(u.uniq, u.kind, u.args, u.queue, u.tenant) x
             WHERE u.uniq IS NOT NULL ORDER BY x.hash, u.o LOOP -- one order for all: no deadlock
        v_told[r.o] := argosy.unique_take(r.hash, -r.o, r.mode, r.until);
        v_hashes[r.o] := r.hash;
    END LOOP;
    -- steps of NULL: each job gets a live row of its own
    SELECT argosy.submit_rows(array_agg(u.kind ORDER BY u.o), array_agg(u.args ORDER BY u.o), array_agg(u.queue ORDER BY u.o), array_agg(u.tenant ORDER BY u.o),
                              array_agg(u.priority ORDER BY u.o), array_agg(u.run_at ORDER BY u.o), array_agg(u.key ORDER BY u.o),
                              array_agg(u.attempts ORDER BY u.o), array_agg(u.timeout ORDER BY u.o), array_agg(u.origin ORDER BY u.o),
                              array_agg(u.correlation ORDER BY u.o), NULL, array_agg(NULL::text), false, array_agg(u.tags ORDER BY u.o)) INTO v_ids
    FROM unnest(v_told, p_kinds, p_args, p_queues, p_tenants, p_priorities, p_run_at_ms, p_keys, p_attempts, p_timeouts, p_origins, p_correlations, p_tags)
             WITH ORDINALITY u(told, kind, args, queue, tenant, priority, run_at, key, attempts, timeout, origin, correlation, tags, o)
    WHERE u.told IS NULL HAVING count(*) > 0;
    SELECT array_agg(CASE WHEN u.told IS NULL THEN v_ids[u.place] END ORDER BY u.o) INTO v_new
    FROM (SELECT x.told, x.o, count(*) FILTER (WHERE x.told IS NULL) OVER (ORDER BY x.o) AS place FROM unnest(v_told) WITH ORDINALITY x(told, o)) u;
    UPDATE argosy.unique_claim c SET job = v_new[u.o] FROM unnest(v_hashes) WITH ORDINALITY u(hash, o) WHERE c.hash = u.hash AND v_told[u.o] IS NULL;
    RETURN QUERY SELECT CASE WHEN u.told IS NULL THEN v_new[u.o] WHEN u.told > 0 THEN u.told ELSE v_new[-u.told] END,
                        u.told IS NOT NULL OR j.xid <> pg_current_xact_id() -- an idempotency key's
                 FROM unnest(v_told) WITH ORDINALITY u(told, o) LEFT JOIN argosy.job j ON j.id = v_new[u.o] ORDER BY u.o;
END $$;

-- Claims that no longer hold, looked for among p_limit rows after p_from ('' for the first). Returns the hash to go on after; NULL: all were looked at.
CREATE FUNCTION argosy.unique_sweep(p_from bytea, p_limit int) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    v_hashes bytea[] := ARRAY(SELECT c.hash FROM argosy.unique_claim c WHERE c.hash > p_from ORDER BY c.hash LIMIT p_limit);
    v_free bytea[];
BEGIN
    v_free := ARRAY(SELECT c.hash FROM argosy.unique_claim c WHERE c.hash = ANY (v_hashes) AND NOT argosy.unique_holds(c) ORDER BY c.hash FOR UPDATE SKIP LOCKED);
    DELETE FROM argosy.unique_claim c WHERE c.hash = ANY (v_free) AND NOT argosy.unique_holds(c); -- not one that was taken over meanwhile
    RETURN CASE WHEN cardinality(v_hashes) = p_limit THEN v_hashes[p_limit] END;
END $$;

-- Public. The caller's transaction decides: the job exists when it commits. uniqueness: as argosy.unique_read() says; then the id may be that of a job
-- that was there before. on_failure: what becomes of it when one of `after` does not succeed. tags: only workers that have all of them get it.
DROP FUNCTION argosy.submit(text, json, text, text, int, timestamptz, text, int, int, bigint[], text, text);
CREATE FUNCTION argosy.submit(kind text, args json DEFAULT '{}', queue text DEFAULT 'default', tenant text DEFAULT 'default', priority int DEFAULT 100,
                              run_at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL, attempts_max int DEFAULT NULL,
                              timeout_s int DEFAULT NULL, after bigint[] DEFAULT NULL, origin text DEFAULT 'sql', correlation text DEFAULT NULL,
                              uniqueness json DEFAULT NULL, on_failure text DEFAULT 'cancel', tags text[] DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_waits boolean := cardinality(after) > 0;
    v_tags text := CASE WHEN tags IS NOT NULL THEN argosy.tags_of(array_to_string(tags, ',')) END;
    v_id bigint;
BEGIN
    IF coalesce(v_waits, false) AND cardinality(after) > argosy.setting_int('after_max') THEN -- NULL AND ... would ask for the setting
        RAISE EXCEPTION 'a job can wait for % others at most (setting after_max)', argosy.setting_int('after_max') USING ERRCODE = 'AG008';
    ELSIF priority < 1 OR attempts_max < 1 OR timeout_s < 1 THEN
        RAISE EXCEPTION 'priority, attempts_max and timeout_s are at least 1' USING ERRCODE = 'AG008';
    ELSIF uniqueness IS NOT NULL AND v_waits THEN
        RAISE EXCEPTION 'a unique job can''t wait for others' USING ERRCODE = 'AG008';
    ELSIF uniqueness IS NOT NULL THEN
        RETURN (SELECT u.id FROM argosy.submit_unique(ARRAY[kind], ARRAY[args::text], ARRAY[queue], ARRAY[tenant], ARRAY[priority]::bigint[],
                                                      ARRAY[(extract(epoch FROM run_at) * 1000)::bigint], ARRAY[idempotency_key],
                                                      ARRAY[attempts_max]::bigint[], ARRAY[timeout_s]::bigint[], ARRAY[origin], ARRAY[correlation],
                                                      ARRAY[uniqueness::text], ARRAY[v_tags]) u);
    END IF;
    IF idempotency_key IS NULL AND NOT coalesce(v_waits, false) THEN
        v_id := argosy.submit_one(kind, args::text, queue, tenant, priority, run_at, attempts_max, timeout_s, origin, correlation, v_tags);
        IF v_id IS NOT NULL THEN
            RETURN v_id;
        END IF;
    END IF;
    v_id := (argosy.submit_rows(ARRAY[kind], ARRAY[args::text], ARRAY[queue], ARRAY[tenant], ARRAY[priority]::bigint[],
                                ARRAY[(extract(epoch FROM run_at) * 1000)::bigint], ARRAY[idempotency_key], ARRAY[attempts_max]::bigint[],
                                ARRAY[timeout_s]::bigint[], ARRAY[origin], ARRAY[correlation], NULL, NULL, coalesce(v_waits, false), ARRAY[v_tags]))[1];
    IF v_waits AND NOT EXISTS (SELECT FROM argosy.job_dependency WHERE job = v_id) AND EXISTS (SELECT FROM argosy.job_live l WHERE l.id = v_id AND l.state + 0 = 0) THEN
        PERFORM argosy.depend(array_fill(v_id, ARRAY[cardinality(after)]), after, array_fill(argosy.policy_read(on_failure), ARRAY[cardinality(after)]));
        PERFORM argosy.release(ARRAY[v_id]);
    END IF;
    RETURN v_id;
END $$;
