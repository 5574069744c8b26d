/* SPDX-License-Identifier: Apache-2.0 */
/* dom.js - makes elements. Whatever comes from outside becomes text nodes and attribute values, never markup. */

export function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
        else node.setAttribute(name, value === true ? "" : String(value));
    }
    node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

export const card = (title, ...children) =>
    el("section", { class: "card" }, title && el("h2", {}, title), ...children);
export const badge = (state) =>
    el("span", { class: `badge is-${state}` }, state === "dispatched" ? "running" : state || "?");
export const note = (kind, text) => el("p", { class: `note ${kind}`, role: kind === "bad" ? "alert" : null }, text);

/* percent undefined while running: it moves without saying how far. */
export function meter(state, progress) {
    const done = state === "succeeded" ? 100 : Math.max(0, Math.min(100, Number(progress?.percent) || 0));
    const busy = state === "dispatched" && !progress;
    const node = el(
        "div",
        {
            class: `meter${state === "succeeded" ? " good" : state === "failed" ? " bad" : ""}${busy ? " busy" : ""}`,
            role: "progressbar",
            "aria-valuemin": 0,
            "aria-valuemax": 100,
            "aria-valuenow": busy ? null : Math.round(done),
            "aria-label": "progress",
            title: progress?.message || null,
        },
        el("i"),
    );
    node.style.setProperty("--done", `${done}%`);
    return node;
}

export function time(value) {
    if (!value) return "–";
    const at = new Date(value);
    const today = new Date().toDateString() === at.toDateString();
    return el(
        "time",
        { datetime: value, title: at.toLocaleString() },
        today ? at.toLocaleTimeString() : at.toLocaleString(),
    );
}

export function duration(us) {
    if (us === null || us === undefined) return "–";
    if (us < 1000) return `${us} µs`;
    if (us < 1e6) return `${(us / 1000).toFixed(us < 1e4 ? 1 : 0)} ms`;
    if (us < 60e6) return `${(us / 1e6).toFixed(1)} s`;
    return `${Math.floor(us / 60e6)} min ${Math.round((us % 60e6) / 1e6)} s`;
}

export function table(columns, rows) {
    return el(
        "div",
        { class: "scroll" },
        el(
            "table",
            {},
            el(
                "thead",
                {},
                el(
                    "tr",
                    {},
                    columns.map((c) => el("th", { scope: "col", class: c.class }, c.title)),
                ),
            ),
            el(
                "tbody",
                {},
                rows.map((row) =>
                    el(
                        "tr",
                        { class: columns.link ? "link" : null },
                        columns.map((c) => el("td", { class: c.class }, c.cell(row))),
                    ),
                ),
            ),
        ),
    );
}

export const shown = (value) =>
    value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);

/* A list of objects as a table, anything else as JSON. */
export function data(value, rowsMax = 200) {
    const flat =
        Array.isArray(value) &&
        value.length > 0 &&
        value.every((row) => row && typeof row === "object" && !Array.isArray(row));
    if (!flat) return el("pre", { tabindex: 0 }, JSON.stringify(value, null, 2));
    const names = [...new Set(value.slice(0, rowsMax).flatMap((row) => Object.keys(row)))].slice(0, 8);
    const columns = names.map((name) => ({
        title: name,
        class: value.every((row) => typeof (row[name] ?? 0) === "number") ? "num" : "",
        cell: (row) => {
            const text = shown(row[name]);
            return text.length > 120 ? `${text.slice(0, 120)}…` : text;
        },
    }));
    return [
        table(columns, value.slice(0, rowsMax)),
        value.length > rowsMax && el("p", { class: "soft" }, `${value.length - rowsMax} more rows are in the JSON`),
    ];
}

export function ask(question, yes) {
    const dialog = document.getElementById("confirm");
    document.getElementById("confirm-text").textContent = question;
    document.getElementById("confirm-yes").textContent = yes;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) =>
        dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }),
    );
}
