// What the page says by itself: to screen readers, in a short note, and on the clipboard.

import { $, say } from "./texts.js";

const NOTE_MS = 4000;
let timer = 0;

/** Let screen readers say a text once. */
export function announce(text) {
  const status = $("[data-announcer]");
  status.textContent = "";
  setTimeout(() => (status.textContent = text), 60); // only a change is said
}

export function note(text) {
  const box = $("[data-toast]");
  box.textContent = text;
  box.hidden = false;
  announce(text);
  clearTimeout(timer);
  timer = setTimeout(() => (box.hidden = true), NOTE_MS);
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    note(say("copied"));
  } catch {
    note(say("copy_failed"));
  }
}

export function save(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
