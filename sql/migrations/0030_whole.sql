-- SPDX-License-Identifier: Apache-2.0
-- What must know bulk (0012), too: cancel.

-- Public. 'not_found', 'cancelled', 'cancelling' (its target is told first), 'final' (it had ended, or its end is decided).
CREATE OR REPLACE FUNCTION argosy.cancel(job bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r argosy.job_live;
BEGIN
    PERFORM argosy.bulk_break(ARRAY[job]);
    SELECT * INTO r FROM argosy.job_live l WHERE l.id = job FOR UPDATE;
    IF NOT FOUND THEN
        RETURN CASE WHEN argosy.last_state(job) IS NULL THEN 'not_found' ELSE 'final' END;
    ELSIF r.sealing IS NOT NULL THEN
        RETURN CASE r.sealing WHEN 7 THEN 'cancelling' ELSE 'final' END;
    END IF;
    IF r.state = 3 THEN -- its worker is told with its next beat; the epoch keeps it from recording anything
        INSERT INTO argosy.cancel_notice (worker, job, epoch) VALUES (r.worker, r.id, r.epoch) ON CONFLICT DO NOTHING;
        UPDATE argosy.job_live l SET touched = true WHERE l.id = r.id;
    END IF;
    PERFORM argosy.job_end(ARRAY[job], 7, ARRAY[argosy.fate('cancelled', 'cancelled', 'cancelled on request')], 0);
    PERFORM argosy.wake();
    RETURN CASE WHEN EXISTS (SELECT FROM argosy.job_live l WHERE l.id = job) THEN 'cancelling' ELSE 'cancelled' END;
END $$;
