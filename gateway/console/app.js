/* SPDX-License-Identifier: Apache-2.0 */
/*
 * app.js - login, the address (#/jobs, #/jobs/7, #/pipelines/3, #/fleet), and one event stream that says when to look
 * again.
 *
 * A view is a function that fetches and returns elements; it is drawn anew as a whole, at most every REFRESH_MS,
 * keeping focus and scroll.
 */
import { call, follow } from "/api.js";
import { el, note } from "/dom.js";
import { fleetView, jobsView } from "/jobs.js";
import { jobView } from "/job.js";
import { pipelineView } from "/pipeline.js";

const REFRESH_MS = 400,
    SLOW_MS = 5000,
    PROGRESS_MAX = 5000;
const main = document.getElementById("main"),
    live = document.getElementById("live");
const nav = document.getElementById("nav"),
    leave = document.getElementById("leave");
let stream = null,
    timer = null,
    due = 0,
    drawing = false,
    again = false,
    shownHash = null,
    failure = null;

const app = {
    progress: new Map(),
    refresh: () => schedule(0),
    fail: (problem) => {
        if (problem.status === 401) return login();
        failure = problem.message;
        schedule(0);
    },
};

const views = [
    [/^#\/jobs\/(\d+)$/, jobView],
    [/^#\/pipelines\/(\d+)$/, pipelineView],
    [/^#\/fleet$/, fleetView],
    [/^#\/jobs$/, jobsView],
];

function schedule(wait) {
    if (drawing) {
        again = true;
        return;
    }
    const at = performance.now() + wait;
    if (timer && at >= due) return; /* the earlier one stands: many events are one drawing */
    clearTimeout(timer);
    due = at;
    timer = setTimeout(draw, wait);
}

/* What had the keyboard has it again: the same control, by its place. */
function replace(children) {
    const focused = [...main.querySelectorAll("a, button, select, input, summary")].indexOf(document.activeElement);
    const open = [...main.querySelectorAll("details")].map((d) => d.open);
    const same = shownHash === location.hash;
    const y = window.scrollY;
    main.replaceChildren(...children.flat(2).filter(Boolean));
    if (same) {
        main.querySelectorAll("details").forEach((d, i) => {
            if (i < open.length) d.open = open[i];
        });
        if (focused >= 0)
            main.querySelectorAll("a, button, select, input, summary")[focused]?.focus({ preventScroll: true });
        window.scrollTo(0, y);
    } else {
        main.focus({ preventScroll: true });
        window.scrollTo(0, 0);
    }
    shownHash = location.hash;
}

async function draw() {
    timer = null;
    drawing = true;
    const [, view] = views.find(([pattern]) => pattern.test(location.hash)) || [];
    const hash = location.hash;
    try {
        if (!view) location.hash = "#/jobs";
        else if (document.querySelector("main select:focus")) again = true;
        else {
            const children = await view(app, views.map(([p]) => p.exec(hash)).find(Boolean)[1]);
            if (hash === location.hash) replace([failure && note("bad", failure), ...children]);
            failure = null;
        }
    } catch (problem) {
        if (problem.status === 401) login();
        else
            replace([
                note("bad", problem.message),
                el("p", { class: "empty" }, el("button", { type: "button", onclick: app.refresh }, "Try again")),
            ]);
    }
    drawing = false;
    nav.querySelectorAll("a").forEach((a) =>
        location.hash.startsWith(a.getAttribute("href"))
            ? a.setAttribute("aria-current", "page")
            : a.removeAttribute("aria-current"),
    );
    schedule(again ? REFRESH_MS : SLOW_MS);
    again = false;
}

function onEvent(event) {
    if (event.type === "progress") {
        if (app.progress.size > PROGRESS_MAX) app.progress.clear();
        app.progress.set(event.data.job, event.data);
    } else if (["succeeded", "failed", "cancelled"].includes(event.type)) {
        app.progress.delete(event.data.job);
    }
    schedule(REFRESH_MS);
}

function onState(state) {
    if (state === "denied") return login();
    live.textContent = state === "on" ? "live" : "reconnecting…";
    live.className = `live ${state}`;
}

function enter() {
    nav.hidden = leave.hidden = false;
    stream?.stop();
    stream = follow("/api/v1/events", onEvent, onState);
    schedule(0);
}

function login(message) {
    stream?.stop();
    stream = null;
    clearTimeout(timer);
    timer = null;
    nav.hidden = leave.hidden = true;
    live.textContent = "";
    shownHash = null;
    if (main.querySelector("form.login") && !message) return;
    const key = el("input", {
        id: "key",
        type: "password",
        autocomplete: "current-password",
        required: true,
        spellcheck: "false",
    });
    const submit = async (event) => {
        event.preventDefault();
        try {
            await call("POST", "/api/v1/session", { key: key.value.trim() });
            main.replaceChildren();
            enter();
        } catch (problem) {
            login(problem.message);
        }
    };
    main.replaceChildren(
        el(
            "form",
            { class: "card login", onsubmit: submit },
            el("h1", {}, "Welcome aboard"),
            el(
                "p",
                { class: "soft" },
                "Enter an API key. `argosy up` prints one when it starts; `argosy api-key create` makes more.",
            ),
            message && note("bad", message),
            el("label", { for: "key" }, "API key"),
            key,
            el("button", {}, "Enter"),
        ),
    );
    key.focus();
}

leave.addEventListener("click", async () => {
    try {
        await call("DELETE", "/api/v1/session");
    } catch {
        /* the cookie may be worth nothing already */
    }
    login();
});
window.addEventListener("hashchange", () => schedule(0));

call("GET", "/api/v1/session").then(enter, (problem) => (problem.status === 401 ? login() : login(problem.message)));
