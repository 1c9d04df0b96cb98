// A citation's quote beside its number: on hover and focus, until the pointer leaves both, or Escape. A first tap
// shows it too, with a link into the text; a second one follows that link.

import { $, say } from "./texts.js";
import { announce } from "./voice.js";

const DELAY_MS = 180;
const GAP = 8;
let timer = 0;
let mark = null;
let pointer = "";

export function startPreview(page) {
  page.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    if (!event.target.closest?.(".mark-number, .preview")) hide();
  });
  page.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const over = event.target.closest?.(".mark-number, .preview");
    clearTimeout(timer);
    if (over?.matches(".mark-number")) timer = setTimeout(() => show(over), DELAY_MS);
    else if (!over) timer = setTimeout(hide, DELAY_MS);
  });
  page.addEventListener("focusin", (event) => {
    const focused = event.target.closest?.(".mark-number, .preview");
    if (focused?.matches(".mark-number:focus-visible")) show(focused);
    else if (!focused?.matches(".preview")) hide();
  });
  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place);
}

/** True if a tap on a mark was meant to show its quote: it is shown now. */
export function tapped(element) {
  if (pointer !== "touch" || (mark === element && !$(".preview").hidden)) return false;
  show(element);
  announce(mark.dataset.quote);
  return true;
}

/** What the preview belongs to: the focus goes back there when what it opened is closed. */
export const shownMark = () => mark;

function show(element) {
  const box = $(".preview");
  mark?.removeAttribute("aria-describedby");
  mark = element;
  const [head, quote, link] = box.children;
  head.textContent = say("source_mark", JSON.parse(mark.dataset.values));
  quote.textContent = mark.dataset.quote;
  quote.lang = mark.dataset.quoteLanguage;
  link.href = mark.href;
  link.hidden = pointer !== "touch";
  mark.setAttribute("aria-describedby", quote.id);
  box.hidden = false;
  place();
}

function place() {
  const box = $(".preview");
  if (!mark || box.hidden) return;
  const at = mark.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + GAP + height < innerHeight || at.top < height + GAP;
  box.style.left = `${Math.max(GAP, Math.min(at.left - 16, innerWidth - width - GAP))}px`;
  box.style.top = `${below ? at.bottom + GAP : at.top - GAP - height}px`;
}

/** Hide it; true if there was something to hide. */
export function hide() {
  const box = $(".preview");
  clearTimeout(timer);
  if (box.hidden) return false;
  box.hidden = true;
  mark?.removeAttribute("aria-describedby");
  return true;
}
