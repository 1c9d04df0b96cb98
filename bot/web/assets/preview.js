// A citation's quote beside its number: on hover and focus, until the pointer leaves both, or Escape.

import { $, say } from "./texts.js";

const DELAY_MS = 180;
const GAP = 8;
let timer = 0;
let mark = null;

export function startPreview(page) {
  page.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const over = event.target.closest?.(".mark-number, .preview");
    clearTimeout(timer);
    if (over?.matches(".mark-number")) timer = setTimeout(() => show(over), DELAY_MS);
    else if (!over) timer = setTimeout(hide, DELAY_MS);
  });
  page.addEventListener("focusin", (event) => {
    const focused = event.target.closest?.(".mark-number");
    if (focused?.matches(":focus-visible")) show(focused);
    else hide();
  });
}

function show(element) {
  const box = $(".preview");
  mark?.removeAttribute("aria-describedby");
  mark = element;
  const [head, quote] = box.children;
  head.textContent = say("source_mark", JSON.parse(mark.dataset.values));
  quote.textContent = mark.dataset.quote;
  quote.lang = mark.dataset.quoteLanguage;
  mark.setAttribute("aria-describedby", "preview");
  box.hidden = false;
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
