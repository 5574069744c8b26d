/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline.js - a pipeline: its steps from left to right in the order in which they wait for one another; the many
 * children of a step as cells.
 */
import { call } from "/api.js";
import { badge, card, duration, el, meter, note, time } from "/dom.js";

const FINAL = ["succeeded", "failed", "cancelled"];

/* Longest way from a step that waits for nothing. A part stands where the step of its kind stands. */
function depths(jobs) {
    const byId = new Map(jobs.map((job) => [job.id, job]));
    const stepOf = (job) => (isChild(job) ? jobs.find((other) => !isChild(other) && other.kind === job.kind) : job);
    const depth = new Map();
    const of = (job) => {
        if (!depth.has(job.id)) {
            depth.set(job.id, 0);
            const before = job.after
                .map((id) => byId.get(id))
                .filter(Boolean)
                .map(stepOf);
            const known = before.filter((step) => step && step !== job);
            depth.set(job.id, Math.max(0, ...known.map((step) => of(step) + 1)));
        }
        return depth.get(job.id);
    };
    jobs.filter((job) => !isChild(job)).forEach(of);
    return depth;
}

const isChild = (job) => (job.step || "").includes("/");
const stateOf = (jobs) =>
    jobs.some((j) => j.state === "failed")
        ? "failed"
        : jobs.some((j) => j.state === "dispatched")
          ? "dispatched"
          : jobs.every((j) => j.state === "succeeded")
            ? "succeeded"
            : jobs.some((j) => j.state === "cancelled")
              ? "cancelled"
              : "blocked";

function stepBox(app, job) {
    const progress = app.progress.get(job.id) || job.progress;
    return el(
        "a",
        { class: `step at-${job.state}`, href: `#/jobs/${job.id}` },
        el("b", {}, job.step || job.kind),
        badge(job.state),
        el("span", { class: "soft" }, job.run_us ? ` ${duration(job.run_us)}` : ""),
        meter(job.state, FINAL.includes(job.state) ? null : progress),
        job.state === "dispatched" && progress?.message && el("span", { class: "soft" }, progress.message),
    );
}

/* rows/main.Album/1 and its like: one line a table. */
function children(app, jobs) {
    const groups = new Map();
    for (const job of jobs) {
        const name = job.step.split("/").slice(0, 2).join(" ");
        groups.set(name, [...(groups.get(name) || []), job]);
    }
    return card(
        `Parts (${jobs.filter((job) => FINAL.includes(job.state)).length} of ${jobs.length} done)`,
        el(
            "div",
            { class: "scroll" },
            el(
                "table",
                {},
                el(
                    "tbody",
                    {},
                    [...groups].map(([name, group]) => {
                        const done = group.filter((job) => job.state === "succeeded").length;
                        const share =
                            group.reduce(
                                (sum, job) =>
                                    sum +
                                    (job.state === "succeeded"
                                        ? 100
                                        : app.progress.get(job.id)?.percent || job.progress?.percent || 0),
                                0,
                            ) / group.length;
                        return el(
                            "tr",
                            {},
                            el("td", {}, name),
                            el("td", {}, meter(stateOf(group), { percent: share })),
                            el("td", { class: "num" }, `${done}/${group.length}`),
                            el(
                                "td",
                                { class: "hide" },
                                el(
                                    "div",
                                    { class: "cells" },
                                    group.slice(0, 120).map((job) =>
                                        el("a", {
                                            class: `at-${job.state}`,
                                            href: `#/jobs/${job.id}`,
                                            title: `${job.step}: ${job.state}`,
                                            "aria-label": `${job.step}: ${job.state}`,
                                        }),
                                    ),
                                ),
                            ),
                        );
                    }),
                ),
            ),
        ),
    );
}

export async function pipelineView(app, id) {
    const pipeline = await call("GET", `/api/v1/pipelines/${id}`);
    const steps = pipeline.jobs.filter((job) => !isChild(job));
    const parts = pipeline.jobs.filter(isChild);
    const depth = depths(pipeline.jobs);
    const stages = [];
    for (const job of steps) (stages[depth.get(job.id)] ||= []).push(job);
    const failed = pipeline.jobs.find((job) => job.state === "failed");
    return [
        el(
            "div",
            { class: "row between" },
            el(
                "div",
                { class: "row" },
                el("h1", {}, `Pipeline ${pipeline.id} · ${pipeline.name}`),
                badge(stateOf(pipeline.jobs)),
            ),
            el("span", { class: "soft" }, "begun ", time(pipeline.created)),
        ),
        failed && note("bad", `${failed.step || failed.kind} failed: ${failed.error?.message || "see the job"}`),
        card(
            "Steps",
            el(
                "div",
                { class: "flow" },
                stages.filter(Boolean).map((stage) =>
                    el(
                        "div",
                        { class: "stage" },
                        stage.map((job) => stepBox(app, job)),
                    ),
                ),
            ),
        ),
        parts.length > 0 && children(app, parts),
    ];
}
