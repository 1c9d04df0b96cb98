// The page: views that follow the address, and one place where clicks and keys arrive.

import { address, go, here, shared } from "./address.js";
import { ask, askAgain, copyAnswer, count, restore, send, startAnew, suggest } from "./conversation.js";
import { comment, judge } from "./feedback.js";
import * as find from "./find.js";
import { hide, shownMark, startPreview, tapped } from "./preview.js";
import { closeReader, leaveReader, openedBy, openReader, startReader } from "./reader.js";
import { get } from "./server.js";
import { $, $$, fragment, label, language, say, speak, startTexts } from "./texts.js";
import { copy, note } from "./voice.js";

const pressed = (selector, test) => $$(selector).forEach((b) => b.setAttribute("aria-pressed", String(test(b))));

function title() {
  const now = here();
  const shown = now.document && $(".reader").open ? $("#reader-title").textContent : say(`page_${now.show}`);
  document.title = `${shown} · ${say("app_title")}`;
}

async function follow() {
  const now = here();
  hide();
  for (const view of $$("[data-view]")) view.hidden = view.dataset.view !== now.show;
  for (const link of $$(".pages [data-go]")) {
    if (link.dataset.go === now.show) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  title();
  await fill($(`[data-view=${now.show}]`));
  if (now.document) await openReader(now.document, now.at);
  else closeReader();
  title();
}

// Find, Read and About are drawn when they are first looked at, and again where that failed.
async function fill(view) {
  if (view.childElementCount && !$(":scope > .fault", view)) return;
  try {
    view.replaceChildren(fragment(await get(`view/${view.dataset.view}`)));
    if (view.dataset.view === "find") find.resume();
  } catch {
    view.replaceChildren(fragment('<p class="fault" data-text="fault_unreachable"></p>'));
  }
}

async function changeLanguage(button) {
  try {
    await speak(button.dataset.language);
  } catch {
    note(say("fault_unreachable"));
    return;
  }
  history.replaceState(history.state, "", address({ lang: language() }));
  pressed("[data-language]", (other) => other === button);
  count();
  title();
  suggest();
}

const onClick = {
  ".skip": () => $("#content").focus(),
  "[data-open]": (link) => {
    if (link.matches(".mark-number") && tapped(link)) return;
    const query = new URL(link.href).searchParams;
    openedBy(link.closest(".preview") ? shownMark() : link);
    go({ document: query.get("document"), at: query.get("at") });
  },
  "[data-go]": (link) => {
    go({ show: link.dataset.go === "ask" ? null : link.dataset.go, document: null, at: null });
    scrollTo({ top: 0 });
  },
  "[data-language]": changeLanguage,
  "[data-reader]": (button) => {
    pressed("[data-reader]", (other) => other === button);
    suggest();
  },
  "[data-ask]": (button) => ask(button.dataset.ask),
  "[data-again]": askAgain,
  "[data-anew]": startAnew,
  "[data-close]": leaveReader,
  "[data-copy-link]": () => copy(shared()),
  "[data-copy-answer]": copyAnswer,
  "[data-copy-reference]": find.copyReference,
  "[data-copy-references]": find.copyReferences,
  "[data-save-references]": find.saveReferences,
  "[data-more]": find.showMore,
  "[data-unfold]": find.unfold,
  "[data-order]": find.sortTopics,
  "[data-helpful]": judge,
  "[data-print]": () => print(),
};

function clicked(event) {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  for (const [selector, act] of Object.entries(onClick)) {
    const element = event.target.closest?.(selector);
    if (!element) continue;
    event.preventDefault();
    act(element);
    return;
  }
}

function keyed(event) {
  if (event.key === "Escape" && (hide() || leaveReader())) event.preventDefault();
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.target.id === "question" && !event.shiftKey) {
    event.preventDefault();
    send();
  }
}

function changed(event) {
  const element = event.target;
  if (element.id === "question") count();
  else if (element.matches("[data-sift]")) find.sift(element.value);
  else if (element.matches("[data-choose]")) find.choose();
  else if (element.closest(".finder")) {
    find.narrowed();
    find.searchSoon();
  }
}

function submitted(event) {
  event.preventDefault();
  if (event.target.matches(".composer")) send();
  else if (event.target.matches(".feedback")) comment(event.target);
  else find.search();
}

function start(host) {
  const page = $(".page", host);
  // Out of Gradio's container: its style sheet stays behind, and header, main and footer become landmarks.
  const frame = host.closest(".gradio-container");
  frame.before(page);
  frame.hidden = true;
  startTexts();
  label(page);
  pressed("[data-language]", (button) => button.dataset.language === language());
  page.addEventListener("click", clicked);
  page.addEventListener("keydown", keyed);
  page.addEventListener("input", changed);
  page.addEventListener("submit", submitted);
  addEventListener("popstate", follow);
  addEventListener("follow", follow);
  startPreview(page);
  startReader();
  restore();
  suggest();
  follow();
}

window.grundlag = start;
