// The words of the page. Markup only names its texts; here they are filled in, in the page's language.

import { Fault, reach } from "./server.js";

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

let texts = {};
let spoken = "da";

export const language = () => spoken;

export function say(key, values = {}) {
  const counted = "n" in values && `${key}_other` in texts ? `${key}_${values.n === 1 ? "one" : "other"}` : key;
  return (texts[counted] ?? "").replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

// A date, as exact as it is known, in the page's language: 2013, May 2013, 28 May 2013.
const DATE = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/;

function shown(value) {
  const [, year, month, day] = (typeof value === "string" && DATE.exec(value)) || [];
  if (!month) return value;
  const form = { year: "numeric", month: "long", ...(day && { day: "numeric" }) };
  return new Date(year, month - 1, day ?? 1).toLocaleDateString(spoken === "en" ? "en-GB" : spoken, form);
}

/** Fill in the texts, names and hints of everything below `root`. */
export function label(root) {
  for (const element of $$("[data-text], [data-label], [data-hint]", root)) {
    const { text, label: name, hint, values } = element.dataset;
    const given = values ? JSON.parse(values) : {};
    if (text) element.textContent = say(text, given);
    if (name) element.setAttribute("aria-label", say(name, given));
    if (hint) element.setAttribute("placeholder", say(hint, given));
  }
  return root;
}

/** HTML from this page's own server (escaped there) as nodes, with their texts filled in. */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return label(template.content);
}

export function startTexts() {
  const carried = $("#page-texts");
  texts = JSON.parse(carried.textContent);
  spoken = carried.lang;
  holdLanguage();
}

/** Fetch the texts of another language and fill them in everywhere. */
export async function speak(wanted) {
  const answer = await reach(`page/texts?lang=${encodeURIComponent(wanted)}`);
  if (!answer.ok) throw new Fault("failed");
  texts = await answer.json();
  spoken = wanted;
  document.documentElement.lang = spoken;
  label(document);
}

// Gradio sets the document's language too, and knows no Danish.
function holdLanguage() {
  const root = document.documentElement;
  const hold = () => root.lang !== spoken && (root.lang = spoken);
  new MutationObserver(hold).observe(root, { attributeFilter: ["lang"] });
  hold();
}
