/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.js - the list of jobs, and the fleet. */
import { call } from "/api.js";
import { badge, card, el, meter, note, table, time, duration } from "/dom.js";

const STATES = ["", "available", "dispatched", "scheduled", "blocked", "succeeded", "failed", "cancelled"];
const filter = { state: "", kind: "", cursor: "" };
let kinds = [];

const name = (job) => [
    el("a", { href: `#/jobs/${job.id}` }, `#${job.id} ${job.kind}`),
    job.step && el("div", { class: "soft mono" }, job.step),
];

const columns = [
    { title: "Job", cell: name },
    { title: "State", cell: (job) => badge(job.state) },
    {
        title: "Progress",
        cell: (job) => [
            meter(job.state, job.progress),
            job.error && el("div", { class: "soft" }, job.error.error_code),
        ],
    },
    {
        title: "Pipeline",
        class: "hide",
        cell: (job) => (job.pipeline ? el("a", { href: `#/pipelines/${job.pipeline}` }, `#${job.pipeline}`) : "–"),
    },
    { title: "Queue", class: "hide", cell: (job) => job.queue },
    { title: "Submitted", class: "hide", cell: (job) => time(job.submitted) },
    { title: "Ran", class: "num hide", cell: (job) => duration(job.run_us) },
];
columns.link = true;

function pick(label, value, values, onChange) {
    return el(
        "label",
        { class: "row" },
        el("span", { class: "soft" }, label),
        el(
            "select",
            { onchange: (event) => onChange(event.target.value) },
            values.map((v) =>
                el("option", { value: v, selected: v === value }, v === "dispatched" ? "running" : v || "all"),
            ),
        ),
    );
}

export async function jobsView(app) {
    if (kinds.length === 0) kinds = (await call("GET", "/api/v1/kinds")).kinds.map((kind) => kind.name);
    const query = new URLSearchParams({ limit: "50" });
    for (const [key, value] of Object.entries(filter)) if (value) query.set(key, value);
    const page = await call("GET", `/api/v1/jobs?${query}`);
    for (const job of page.jobs) job.progress = app.progress.get(job.id) || job.progress;
    const set = (key) => (value) => {
        filter[key] = value;
        filter.cursor = key === "cursor" ? value : "";
        app.refresh();
    };
    return [
        el(
            "div",
            { class: "row between filters" },
            el("h1", {}, "Jobs"),
            el(
                "div",
                { class: "row" },
                pick("State", filter.state, STATES, set("state")),
                pick("Kind", filter.kind, ["", ...kinds], set("kind")),
            ),
        ),
        page.jobs.length === 0
            ? card(
                  null,
                  el(
                      "p",
                      { class: "empty" },
                      filter.state || filter.kind || filter.cursor
                          ? "No job is like that."
                          : "No jobs yet. Submit one: argosy job submit noop",
                  ),
              )
            : card(null, table(columns, page.jobs)),
        el(
            "div",
            { class: "row end" },
            filter.cursor &&
                el("button", { type: "button", class: "quiet", onclick: () => set("cursor")("") }, "Newest"),
            page.next &&
                el("button", { type: "button", class: "quiet", onclick: () => set("cursor")(page.next) }, "Older"),
        ),
    ];
}

async function pause(app, queue) {
    try {
        await call("POST", `/api/v1/queues/${encodeURIComponent(queue.queue)}/${queue.paused ? "resume" : "pause"}`);
        app.refresh();
    } catch (problem) {
        app.fail(problem);
    }
}

export async function fleetView(app) {
    const [{ workers }, { queues }] = await Promise.all([
        call("GET", "/api/v1/workers"),
        call("GET", "/api/v1/queues"),
    ]);
    const number = (title, key) => ({ title, class: "num", cell: (row) => String(row[key]) });
    return [
        el("div", { class: "row between" }, el("h1", {}, "Fleet")),
        card(
            "Workers",
            workers.length === 0
                ? note("bad", "No worker is alive: jobs wait. Start one with: argosy worker")
                : table(
                      [
                          {
                              title: "Worker",
                              cell: (w) => [w.name, el("div", { class: "soft mono" }, `${w.host} ${w.pid}`)],
                          },
                          {
                              title: "State",
                              cell: (w) =>
                                  el(
                                      "span",
                                      { class: `badge ${w.state === "alive" ? "is-succeeded" : "is-scheduled"}` },
                                      w.state,
                                  ),
                          },
                          number("Slots", "slots"),
                          number("Has", "dispatched"),
                          { title: "Carrier", class: "hide", cell: (w) => w.transport },
                          { title: "Since", class: "hide", cell: (w) => time(w.registered) },
                      ],
                      workers,
                  ),
        ),
        card(
            "Queues",
            queues.length === 0
                ? el("p", { class: "empty" }, "No queue yet: the first job makes one.")
                : table(
                      [
                          {
                              title: "Queue",
                              cell: (q) => [
                                  q.queue,
                                  q.tenant !== "default" && el("div", { class: "soft" }, q.tenant),
                              ],
                          },
                          number("Available", "available"),
                          number("Running", "dispatched"),
                          number("Scheduled", "scheduled"),
                          number("Blocked", "blocked"),
                          {
                              title: "",
                              cell: (q) =>
                                  el(
                                      "button",
                                      { type: "button", class: "quiet", onclick: () => pause(app, q) },
                                      q.paused ? "Resume" : "Pause",
                                  ),
                          },
                      ],
                      queues,
                  ),
        ),
    ];
}
