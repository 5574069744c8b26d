/* SPDX-License-Identifier: Apache-2.0 */
/* job.js - one job: facts, why, error, result, artifacts, events; and what can be ordered. */
import { call } from "/api.js";
import { ask, badge, card, data, duration, el, meter, note, time } from "/dom.js";

const FINAL = ["succeeded", "failed", "cancelled"];
const opened = new Map(); /* artifacts being looked at: job and name to text */

async function order(app, job, verb, question, yes) {
    if (!(await ask(question, yes))) return;
    try {
        await call("POST", `/api/v1/jobs/${job.id}/${verb}`);
        app.refresh();
    } catch (problem) {
        app.fail(problem);
    }
}

function orders(app, job) {
    if (!FINAL.includes(job.state))
        return el(
            "button",
            {
                type: "button",
                class: "danger",
                onclick: () =>
                    order(app, job, "cancel", `Cancel job ${job.id}? What it has written stays.`, "Cancel the job"),
            },
            "Cancel",
        );
    if (job.state === "succeeded") return null;
    return el(
        "button",
        { type: "button", onclick: () => order(app, job, "retry", `Run job ${job.id} again?`, "Run again") },
        "Retry",
    );
}

const fact = (title, value) =>
    ![null, undefined, false, ""].includes(value) && [el("dt", {}, title), el("dd", {}, value)];

function facts(job) {
    const pairs = [
        fact("Queue", job.queue),
        fact("Tenant", job.tenant),
        fact("Priority", String(job.priority)),
        fact(
            "Pipeline",
            job.pipeline &&
                el(
                    "a",
                    { href: `#/pipelines/${job.pipeline}` },
                    `#${job.pipeline}${job.step ? ` · ${job.step}` : ""}`,
                ),
        ),
        fact("Attempts", `${job.attempts ?? 0} of ${job.attempts_max}`),
        fact("Epoch", String(job.epoch)),
        fact("Worker", job.worker_name || job.worker),
        fact("Submitted", time(job.submitted)),
        fact("Runs at", job.run_at && time(job.run_at)),
        fact("Finished", job.finished && time(job.finished)),
        fact("Ran", job.run_us && duration(job.run_us)),
        fact(
            "Waits for",
            job.after?.length > 0 &&
                job.after.slice(0, 20).flatMap((id) => [el("a", { href: `#/jobs/${id}` }, `#${id}`), " "]),
        ),
        fact("Correlation", job.correlation && el("span", { class: "mono" }, job.correlation)),
    ];
    return el(
        "dl",
        { class: "facts" },
        pairs.filter(Boolean).map((pair) => el("div", {}, pair)),
    );
}

/* Lists inside a result as tables of their own, plain values as facts. */
function result(value) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return data(value);
    const plain = Object.entries(value).filter(([, v]) => v === null || typeof v !== "object");
    const nested = Object.entries(value).filter(([, v]) => v !== null && typeof v === "object");
    const tables = value.catalog?.tables?.map((t) => ({
        table: t.name,
        columns: t.columns?.length ?? 0,
        rows: t.rows ?? null,
        foreign_keys: t.foreign_keys?.length ?? 0,
    }));
    return [
        plain.length > 0 &&
            el(
                "dl",
                { class: "facts" },
                plain.map(([k, v]) =>
                    el(
                        "div",
                        {},
                        el("dt", {}, k),
                        el(
                            "dd",
                            {},
                            k === "validation"
                                ? el(
                                      "span",
                                      { class: `badge ${v === "passed" ? "is-succeeded" : "is-failed"}` },
                                      String(v),
                                  )
                                : String(v),
                        ),
                    ),
                ),
            ),
        value.summary &&
            el(
                "dl",
                { class: "facts" },
                Object.entries(value.summary).map(([k, v]) =>
                    el("div", {}, el("dt", {}, k), el("dd", {}, String(v))),
                ),
            ),
        tables && data(tables),
        nested
            .filter(
                ([k, v]) => k !== "summary" && !(k === "catalog" && tables) && !(Array.isArray(v) && v.length === 0),
            )
            .map(([k, v]) =>
                el("details", { open: Array.isArray(v) && v.length <= 50 }, el("summary", {}, k), data(v)),
            ),
        el(
            "details",
            {},
            el("summary", {}, "JSON"),
            el("pre", { tabindex: 0 }, JSON.stringify(value, null, 2).slice(0, 200000)),
        ),
    ];
}

function artifacts(app, job, list) {
    const view = async (item) => {
        const key = `${job.id}/${item.name}`;
        if (opened.has(key)) opened.delete(key);
        else {
            try {
                opened.set(
                    key,
                    await call("GET", `/api/v1/jobs/${job.id}/artifacts?name=${encodeURIComponent(item.name)}`),
                );
            } catch (problem) {
                app.fail(problem);
                return;
            }
        }
        app.refresh();
    };
    return card(
        "Artifacts",
        el(
            "div",
            { class: "stack" },
            list.map((item) => {
                const text = opened.get(`${job.id}/${item.name}`);
                return el(
                    "div",
                    {},
                    el(
                        "div",
                        { class: "row" },
                        el(
                            "button",
                            {
                                type: "button",
                                class: "quiet",
                                "aria-expanded": String(text !== undefined),
                                onclick: () => view(item),
                            },
                            text === undefined ? "View" : "Hide",
                        ),
                        el("span", { class: "mono" }, item.name),
                        el("span", { class: "soft" }, `${item.bytes.toLocaleString()} bytes`),
                    ),
                    text !== undefined &&
                        el("pre", { tabindex: 0 }, typeof text === "string" ? text : JSON.stringify(text, null, 2)),
                );
            }),
        ),
    );
}

function events(list) {
    const say = (event) => {
        const d = event.data;
        if (!d) return "";
        if (d.error?.message) return d.error.message;
        if (d.message) return d.message;
        const pairs = Object.entries(d).filter(([, v]) => v !== null && typeof v !== "object");
        return pairs.map(([k, v]) => (k === "run_us" ? `ran ${duration(v)}` : `${k} ${v}`)).join(", ");
    };
    return card(
        "Events",
        el(
            "ol",
            { class: "time" },
            list.map((event) =>
                el(
                    "li",
                    {},
                    el("span", { class: "soft" }, time(event.at)),
                    el("span", {}, badge(event.type)),
                    el("span", {}, say(event)),
                ),
            ),
        ),
    );
}

/* What it said; the first page of it. */
function log(job, said) {
    const lines = said.logs.map((line) => `${line.at.slice(11, 23)} ${line.level.padEnd(5)} ${line.message}`);
    const more = said.next && el("p", { class: "soft" }, `There is more: argosy job logs ${job.id}`);
    return card("Log", el("pre", { tabindex: 0 }, lines.join("\n")), more);
}

export async function jobView(app, id) {
    const job = await call("GET", `/api/v1/jobs/${id}`);
    const over = FINAL.includes(job.state);
    const [why, list, past, said] = await Promise.all([
        over && job.state === "succeeded" ? null : call("GET", `/api/v1/jobs/${id}/why`),
        over ? call("GET", `/api/v1/jobs/${id}/artifacts`) : { artifacts: [] },
        call("GET", `/api/v1/jobs/${id}/events`),
        call("GET", `/api/v1/jobs/${id}/logs`),
    ]);
    const progress = over ? null : app.progress.get(job.id) || job.progress;
    return [
        el(
            "div",
            { class: "row between" },
            el("div", { class: "row" }, el("h1", {}, `Job ${job.id} · ${job.kind}`), badge(job.state)),
            orders(app, job),
        ),
        card(
            null,
            meter(job.state, progress),
            progress?.message && el("p", { class: "soft" }, `${progress.percent}% · ${progress.message}`),
            job.sealing &&
                note("info", `Its end (${job.sealing}) is decided; the fence in its target is being advanced.`),
        ),
        why && note("info", why.why),
        job.error && note("bad", `${job.error.error_code}: ${job.error.message}`),
        job.error?.details && card("Error details", data(job.error.details)),
        card("Facts", facts(job)),
        job.result !== null && card("Result", result(job.result)),
        list.artifacts.length > 0 && artifacts(app, job, list.artifacts),
        said.logs.length > 0 && log(job, said),
        events(past),
        card("Arguments", data(job.args)),
    ];
}
