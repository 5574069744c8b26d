-- SPDX-License-Identifier: Apache-2.0
-- Partitions ahead of time, and retention by dropping them. Each partitioned table has a default partition, so that an insert never fails
-- for want of one; rows found there move into the partition that is made for them.
INSERT INTO argosy.setting VALUES ('job_partition_rows', '5000000'), ('partition_days', '7');

-- p_key: the column partitioned by; p_from and p_to as literals.
CREATE FUNCTION argosy.partition_make(p_parent text, p_name text, p_key text, p_from text, p_to text) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('argosy.' || p_name) IS NOT NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('CREATE TABLE argosy.%I (LIKE argosy.%I INCLUDING ALL)', p_name, p_parent);
    EXECUTE format('LOCK TABLE argosy.%I IN ACCESS EXCLUSIVE MODE', p_parent || '_rest');
    EXECUTE format('WITH moved AS (DELETE FROM argosy.%I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO argosy.%I SELECT * FROM moved',
                   p_parent || '_rest', p_key, p_from, p_key, p_to, p_name);
    EXECUTE format('ALTER TABLE argosy.%I ATTACH PARTITION argosy.%I FOR VALUES FROM (%L) TO (%L)', p_parent, p_name, p_from, p_to);
    RETURN 1;
END $$;

CREATE FUNCTION argosy.partitions_of(p_parent text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass('argosy.' || p_parent) AND c.relname <> p_parent || '_rest' ORDER BY c.relname;
$$;

-- The id that a partition of argosy.job ends before.
CREATE FUNCTION argosy.partition_end(p_name text) RETURNS bigint LANGUAGE sql STABLE
RETURN (SELECT substring(pg_get_expr(relpartbound, oid) FROM 'TO \(''(\d+)''\)')::bigint FROM pg_class WHERE oid = to_regclass('argosy.' || p_name));

-- The present and the next ranges. Returns how many were made.
CREATE FUNCTION argosy.partitions_ensure() RETURNS int LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_rows bigint := argosy.setting_int('job_partition_rows');
    v_days int := argosy.setting_int('partition_days');
    v_last bigint := (SELECT last_value FROM argosy.job_id);
    v_from bigint := greatest((SELECT max(argosy.partition_end(p)) FROM argosy.partitions_of('job') p), v_last / v_rows * v_rows);
    v_made int := 0;
    v_day date;
BEGIN
    WHILE v_from <= v_last + 2 * v_rows LOOP
        v_made := v_made + argosy.partition_make('job', 'job_' || lpad(v_from::text, 15, '0'), 'id', v_from::text, (v_from + v_rows)::text);
        v_from := v_from + v_rows;
    END LOOP;
    FOR i IN 0 .. v_days LOOP
        v_day := current_date + i;
        v_made := v_made + argosy.partition_make('job_history', 'job_history_' || to_char(v_day, 'YYYYMMDD'), 'finished', v_day::text, (v_day + 1)::text);
        v_made := v_made + argosy.partition_make('event', 'event_' || to_char(v_day, 'YYYYMMDD'), 'at', v_day::text, (v_day + 1)::text);
    END LOOP;
    RETURN v_made;
END $$;

-- Cursors that reach back behind what is dropped must look anew.
CREATE FUNCTION argosy.partition_drop(p_name text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_xid text;
BEGIN
    EXECUTE format('SELECT xid::text FROM argosy.%I ORDER BY xid DESC LIMIT 1', p_name) INTO v_xid;
    UPDATE argosy.setting SET value = v_xid WHERE name = 'events_floor' AND value::numeric < v_xid::numeric;
    EXECUTE format('DROP TABLE argosy.%I', p_name);
END $$;

-- Drops what is older than retention_days. Jobs go first, whole partitions in order of id, only when every job in one has ended and its
-- end is old; then history and events of which no job is left; then what hangs on dropped jobs. Returns how many partitions went.
CREATE FUNCTION argosy.retention() RETURNS int LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    v_cutoff timestamptz := now() - make_interval(days => argosy.setting_int('retention_days')::int);
    v_floor bigint;
    v_dropped int := 0;
    v_keep boolean;
    v_name text;
BEGIN
    FOR v_name IN SELECT p FROM argosy.partitions_of('job') p LOOP
        EXIT WHEN argosy.partition_end(v_name) > (SELECT last_value FROM argosy.job_id);
        EXECUTE format('SELECT EXISTS (SELECT FROM argosy.%I j WHERE EXISTS (SELECT FROM argosy.job_live l WHERE l.id = j.id)) OR '
                       'EXISTS (SELECT FROM argosy.%I j JOIN argosy.job_history h ON h.id = j.id WHERE h.finished >= $1)', v_name, v_name) INTO v_keep USING v_cutoff;
        EXIT WHEN v_keep;
        PERFORM argosy.partition_drop(v_name);
        v_dropped := v_dropped + 1;
    END LOOP;
    v_floor := coalesce((SELECT min(id) FROM argosy.job), (SELECT last_value FROM argosy.job_id));
    FOR v_name IN SELECT p FROM argosy.partitions_of('job_history') p WHERE right(p, 8) < to_char(v_cutoff, 'YYYYMMDD') LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM argosy.%I WHERE id >= $1)', v_name) INTO v_keep USING v_floor;
        CONTINUE WHEN v_keep;
        PERFORM argosy.partition_drop(v_name);
        v_dropped := v_dropped + 1;
    END LOOP;
    FOR v_name IN SELECT p FROM argosy.partitions_of('event') p WHERE right(p, 8) < to_char(v_cutoff, 'YYYYMMDD') LOOP
        PERFORM argosy.partition_drop(v_name);
        v_dropped := v_dropped + 1;
    END LOOP;
    DELETE FROM argosy.job_dependency WHERE parent < v_floor AND job < v_floor;
    DELETE FROM argosy.artifact WHERE job < v_floor;
    DELETE FROM argosy.idempotency WHERE job < v_floor;
    DELETE FROM argosy.pipeline p WHERE p.created < v_cutoff AND NOT EXISTS (SELECT FROM argosy.job j WHERE j.pipeline = p.id);
    DELETE FROM argosy.worker w WHERE w.dead AND w.seen < v_cutoff AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.worker = w.incarnation);
    DELETE FROM argosy.session WHERE expires < now();
    RETURN v_dropped;
END $$;

SELECT argosy.partitions_ensure();
