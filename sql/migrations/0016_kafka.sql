-- SPDX-License-Identifier: Apache-2.0
-- Kafka as a carrier, and which carrier the fleet uses: partitions leased by number, the chosen carrier, how far events were published.

-- Partition `number` of the dispatch topic is the place of that incarnation for as long as it lives. A lease ends with the worker: nobody
-- has to give it back.
CREATE TABLE argosy.kafka_partition (
    number int PRIMARY KEY CHECK (number >= 0),
    incarnation bigint NOT NULL UNIQUE
);

-- The lowest number that no living incarnation has. Asked again it gives the same. Serialised: leases are rare.
CREATE FUNCTION argosy.kafka_lease(p_incarnation bigint) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    v_number int;
BEGIN
    PERFORM pg_advisory_xact_lock(107092361147259); -- "argosy" in ASCII, and three
    SELECT number INTO v_number FROM argosy.kafka_partition WHERE incarnation = p_incarnation;
    IF FOUND OR NOT EXISTS (SELECT FROM argosy.worker WHERE incarnation = p_incarnation AND NOT dead) THEN
        RETURN v_number;
    END IF;
    SELECT p.number INTO v_number FROM argosy.kafka_partition p
    WHERE NOT EXISTS (SELECT FROM argosy.worker w WHERE w.incarnation = p.incarnation AND NOT w.dead) ORDER BY p.number LIMIT 1;
    IF FOUND THEN
        UPDATE argosy.kafka_partition SET incarnation = p_incarnation WHERE number = v_number;
    ELSE
        INSERT INTO argosy.kafka_partition SELECT coalesce(max(number) + 1, 0), p_incarnation FROM argosy.kafka_partition RETURNING number INTO v_number;
    END IF;
    RETURN v_number;
END $$;

-- How far the events of jobs were published to Kafka: what snapshot `seen` saw is there, and of the events between `seen` and `upto` those
-- up to n. base: the system and its timeline. No row: never yet.
CREATE TABLE argosy.kafka_events (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    base text NOT NULL,
    seen pg_snapshot NOT NULL,
    upto pg_snapshot,
    n bigint NOT NULL DEFAULT 0
);
