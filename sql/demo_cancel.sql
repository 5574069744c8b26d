-- SPDX-License-Identifier: Apache-2.0
-- Cancels what earlier demos left behind: a killed one's pipeline goes on with the next fleet, into a target that is to be made anew.
-- No parameters. One row a job: what argosy.cancel() says.
SELECT argosy.cancel(x.id) FROM (
    SELECT l.id FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id
    WHERE j.pipeline IN (SELECT t.pipeline FROM argosy.job t JOIN argosy.connection c ON c.id = t.target
                         WHERE c.url LIKE 'postgresql:///argosy\_demo?%')
    ORDER BY l.id) x
