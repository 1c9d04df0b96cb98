// Talking to the page's own server: plain addresses below page/, and Gradio's events with their steps.

/** What went wrong, by the ending of the text that says it: `fault_unreachable`, `fault_busy`, `fault_failed`. */
export class Fault extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

export async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Fault("unreachable");
  }
}

// 503: too many questions wait; 429: this address asks too often.
const refused = (answer) => ([429, 503].includes(answer.status) ? "busy" : "failed");

/** A fragment or text from below page/. */
export async function get(path, values = {}) {
  const answer = await reach(`page/${path}?${new URLSearchParams(values)}`);
  if (!answer.ok) throw new Fault(answer.status === 404 ? "missing" : refused(answer));
  return answer.text();
}

/** Call one of the page's Gradio events and yield what it returns, step by step. */
export async function* call(event, value) {
  const address = `gradio_api/call/${event}`;
  const headers = { "Content-Type": "application/json" };
  const joined = await reach(address, { method: "POST", headers, body: JSON.stringify({ data: [value] }) });
  if (!joined.ok) throw new Fault(refused(joined));
  const { event_id } = await joined.json();
  const stream = await reach(`${address}/${event_id}`);
  if (!stream.ok) throw new Fault("failed");
  let stepped = false;
  for await (const { event: kind, data: values } of messages(stream.body)) {
    if (kind === "error") throw new Fault(values?.title === "busy" ? "busy" : "failed");
    if (kind === "generating") stepped = true;
    // "complete" repeats the last step of an event that has steps.
    if (kind === "generating" || (kind === "complete" && !stepped)) yield values[0];
    if (kind === "complete") return;
  }
  throw new Fault("unreachable"); // the stream broke off
}

async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) return;
    waiting += value;
    const parts = waiting.split("\n\n");
    waiting = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const field = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      yield { event: field("event"), data: JSON.parse(field("data") ?? "null") };
    }
  }
}
