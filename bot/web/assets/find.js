// Find: places as you type, and references to copy or save. Read: principles sifted by words.

import { call, Fault, get } from "./server.js";
import { $, $$, fragment, language, say } from "./texts.js";
import { announce, copy, note, save } from "./voice.js";

const PAUSE_MS = 180; // between the last key and the search
let timer = 0;
let latest = 0;

export function searchSoon() {
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE_MS);
}

/** Search again for what this entry of the tab's history was searching for: a reload loses nothing. */
export function resume() {
  const kept = history.state?.fields;
  const form = $(".finder");
  if (!kept || !form) return;
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = field.name in kept;
    else if (field.name) field.value = kept[field.name] ?? "";
  }
  narrowed();
  search();
}

/** Say beside the folded filters how many of them are set. */
export function narrowed() {
  const set = $$(".filters :is(select, input)").filter((field) => (field.type === "checkbox" ? field.checked : field.value));
  $("[data-narrowed]").textContent = set.length ? ` · ${set.length}` : "";
}

export function unfold(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
}

export async function search() {
  clearTimeout(timer);
  const mine = ++latest;
  const fields = Object.fromEntries(new FormData($(".finder")));
  history.replaceState({ ...history.state, fields }, "");
  const place = $(".found");
  if (!fields.words.trim()) {
    place.replaceChildren(fragment('<p class="quiet" data-text="find_empty"></p>'));
    return choose();
  }
  place.dataset.busy = "";
  let drawn;
  try {
    for await (const step of call("search", fields)) drawn = fragment(step.html);
  } catch (fault) {
    const key = fault instanceof Fault && fault.kind !== "failed" ? `fault_${fault.kind}` : "fault_find";
    drawn = fragment(`<p class="fault" data-text="${key}"></p>`);
  }
  if (mine !== latest) return undefined; // the person has typed on
  delete place.dataset.busy;
  place.replaceChildren(drawn);
  announce($("p", place).textContent);
  return choose();
}

export function showMore(button) {
  const more = $$(".hit[hidden]").slice(0, 10);
  for (const hit of more) hit.hidden = false;
  if (!$(".hit[hidden]")) button.remove();
  $("input", more[0])?.focus();
}

const chosen = () => $$("[data-choose]:checked");

/** Show or hide what can be done with the chosen passages. */
export function choose() {
  const n = chosen().length;
  $(".chosen").hidden = n === 0;
  const told = $("[data-chosen]");
  told.dataset.text = "find_chosen";
  told.dataset.values = JSON.stringify({ n });
  told.textContent = say("find_chosen", { n });
}

function references(boxes) {
  const query = new URLSearchParams({ name: $("[data-format]").value, lang: language() });
  query.set("page", location.origin + location.pathname);
  for (const box of boxes) query.append("place", `${box.dataset.choose}@${box.dataset.at}`);
  return get("references", query);
}

async function withReferences(boxes, use) {
  try {
    use(await references(boxes));
  } catch (fault) {
    note(say(`fault_${fault instanceof Fault && fault.kind === "unreachable" ? "unreachable" : "failed"}`));
  }
}

export const copyReference = (button) => withReferences([$("[data-choose]", button.closest(".hit"))], copy);
export const copyReferences = () => withReferences(chosen(), copy);
export const saveReferences = () =>
  withReferences(chosen(), (text) => {
    const suffix = $("[data-format]").selectedOptions[0].dataset.suffix;
    save(`${say("files_name")}.${suffix}`, text);
  });

/** Put the principles in order of their documents, or of their topics from A to Å whichever document they are from. */
export function sortTopics(button) {
  const byTopic = button.dataset.order === "topic";
  for (const other of $$("[data-order]")) other.setAttribute("aria-pressed", String(other === button));
  $(".principles").toggleAttribute("data-by-topic", byTopic);
  const home = new Map($$(".principles .book").map((book) => [book.dataset.book, book]));
  const topics = $$(".topic");
  if (byTopic) {
    const order = new Intl.Collator(language(), { sensitivity: "base" });
    $("[data-topics]").append(...topics.sort((one, other) => order.compare(one.dataset.name, other.dataset.name)));
  } else {
    for (const topic of topics.sort((one, other) => one.dataset.place - other.dataset.place)) {
      home.get(topic.dataset.book).append(topic);
    }
  }
}

/** Leave only the principles that hold every one of the words. */
export function sift(words) {
  const wanted = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const holds = (item) => wanted.every((word) => item.textContent.toLocaleLowerCase().includes(word));
  for (const item of $$(".topic li")) item.hidden = !holds(item);
  for (const topic of $$(".topic")) topic.hidden = !$("li:not([hidden])", topic);
  for (const book of $$(".principles .book")) book.toggleAttribute("data-none", !$(".topic:not([hidden])", book));
  $("[data-sifted]").hidden = Boolean($(".topic:not([hidden])"));
}
