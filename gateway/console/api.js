/* SPDX-License-Identifier: Apache-2.0 */
/* api.js - calls to the gateway, and the event stream that comes back by itself with the last id it has seen. */

export class Problem extends Error {
    constructor(status, body) {
        super(body?.message || (status ? `The server answered ${status}.` : "The server can't be reached."));
        this.status = status;
        this.code = body?.error_code || "unreachable";
    }
}

export async function call(method, path, body) {
    let answer;
    try {
        answer = await fetch(path, {
            method,
            credentials: "same-origin",
            headers: body === undefined ? {} : { "Content-Type": "application/json" },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    } catch {
        throw new Problem(0);
    }
    const type = answer.headers.get("Content-Type") || "";
    const content =
        answer.status === 204
            ? null
            : type.startsWith("application/json")
              ? await answer.json()
              : await answer.text();
    if (!answer.ok) throw new Problem(answer.status, content);
    return content;
}

/* One event from its lines; null for a comment. */
function parse(block) {
    const event = { type: "message", id: null, data: "" };
    for (const line of block.split("\n")) {
        if (line.startsWith("id: ")) event.id = line.slice(4);
        else if (line.startsWith("event: ")) event.type = line.slice(7);
        else if (line.startsWith("data: ")) event.data += line.slice(6);
    }
    if (!event.data) return null;
    try {
        event.data = JSON.parse(event.data);
    } catch {
        return null;
    }
    return event;
}

async function read(answer, onEvent) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ""; ;) {
        const { value, done } = await reader.read();
        if (done) return;
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
            const event = parse(block);
            if (event) onEvent(event);
        }
    }
}

/* Follows until stop() is called. onState("on" | "off" | "denied"). */
export function follow(path, onEvent, onState) {
    const control = new AbortController();
    let last = null,
        wait = 500;
    const run = async () => {
        while (!control.signal.aborted) {
            try {
                const answer = await fetch(path, {
                    credentials: "same-origin",
                    signal: control.signal,
                    headers: last ? { "Last-Event-ID": last } : {},
                });
                if (answer.status === 401) return onState("denied");
                if (answer.ok && answer.status !== 204) {
                    wait = 500;
                    onState("on");
                    await read(answer, (event) => {
                        last = event.id || last;
                        onEvent(event);
                    });
                }
            } catch {
                if (control.signal.aborted) return;
            }
            onState("off");
            await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)));
            wait = Math.min(wait * 2, 10000);
        }
    };
    run();
    return { stop: () => control.abort() };
}
