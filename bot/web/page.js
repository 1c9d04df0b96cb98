// The page's behaviour: asking, reading and switching language. Every word comes from the texts of the page's
// language; every fragment of HTML comes escaped from this page's own server.

const MAX_QUESTION = 1000; // characters, as the server counts them
const WARN_FROM = 800; // from here on the remaining characters are shown
const EARLIER_QUESTIONS = 10; // sent along, so that follow-ups are understood
const KEPT = "grundlag"; // this tab's conversation, so that a reload keeps it
const WIDE = matchMedia("(min-width: 60rem)");
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

let texts = {};
let language = "da";
let turns = [];
let busy = false;
let opener = null;

// ---------------------------------------------------------------- texts

function say(key, values = {}) {
  const counted = "n" in values && `${key}_other` in texts ? `${key}_${values.n === 1 ? "one" : "other"}` : key;
  return (texts[counted] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function label(root) {
  for (const element of $$("[data-text], [data-label], [data-hint]", root)) {
    const { text, label, hint, values } = element.dataset;
    const given = values ? JSON.parse(values) : {};
    if (text) element.textContent = say(text, given);
    if (label) element.setAttribute("aria-label", say(label, given));
    if (hint) element.setAttribute("placeholder", say(hint, given));
  }
  return root;
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return label(template.content);
}

async function speak(wanted) {
  const answer = await fetch(`page/texts?lang=${encodeURIComponent(wanted)}`);
  if (!answer.ok) throw new Fault("failed");
  texts = await answer.json();
  language = wanted;
  document.documentElement.lang = language;
  label(document);
  pressed("[data-language]", (button) => button.dataset.language === language);
  count();
  title();
  suggest();
}

// Gradio sets the document's language too, and knows no Danish.
function holdLanguage() {
  const root = document.documentElement;
  const hold = () => root.lang !== language && (root.lang = language);
  new MutationObserver(hold).observe(root, { attributeFilter: ["lang", "dir"] });
  hold();
}

const pressed = (selector, test) => $$(selector).forEach((b) => b.setAttribute("aria-pressed", String(test(b))));

function title() {
  document.title = `${say("app_title")} · ${say(`page_${here().show}`)}`;
}

function announce(text) {
  const status = $("[data-announcer]");
  status.textContent = "";
  setTimeout(() => (status.textContent = text), 60); // a change is announced; the same text again is not
}

let toastTimer = 0;
function toast(text) {
  const box = $("[data-toast]");
  box.textContent = text;
  box.hidden = false;
  announce(text);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (box.hidden = true), 4000);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast(say("copied"));
  } catch {
    toast(say("copy_failed"));
  }
}

// ---------------------------------------------------------------- the server

class Fault extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind; // the text fault_<kind> says it
  }
}

async function get(path, values) {
  const answer = await reach(`page/${path}?${new URLSearchParams(values)}`);
  if (!answer.ok) throw new Fault(answer.status === 404 ? "missing" : "failed");
  return answer.text();
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Fault("unreachable");
  }
}

// Calls one of the page's Gradio events and yields what it returns, step by step.
async function* call(event, ...data) {
  const address = `gradio_api/call/${event}`;
  const headers = { "Content-Type": "application/json" };
  const joined = await reach(address, { method: "POST", headers, body: JSON.stringify({ data }) });
  if (!joined.ok) throw new Fault(joined.status === 503 ? "busy" : "failed");
  const { event_id } = await joined.json();
  const stream = await reach(`${address}/${event_id}`);
  if (!stream.ok) throw new Fault("failed");
  let stepped = false;
  for await (const { event: kind, data: values } of messages(stream.body)) {
    if (kind === "error") throw new Fault("failed");
    if (kind === "generating") stepped = true;
    if (kind === "generating" || (kind === "complete" && !stepped)) yield values[0];
    if (kind === "complete") return;
  }
  throw new Fault("unreachable"); // the stream broke off before it was complete
}

async function* messages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    let read;
    try {
      read = await reader.read();
    } catch {
      throw new Fault("unreachable");
    }
    if (read.done) return;
    waiting += read.value;
    const parts = waiting.split("\n\n");
    waiting = parts.pop();
    for (const part of parts) {
      const lines = part.split("\n");
      const field = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      yield { event: field("event"), data: JSON.parse(field("data") ?? "null") };
    }
  }
}

// ---------------------------------------------------------------- the conversation

async function ask(question) {
  question = question.trim();
  if (!question || busy || [...question].length > MAX_QUESTION) return;
  busy = true;
  const earlier = turns.map((turn) => turn.question).slice(-EARLIER_QUESTIONS);
  const turn = { question, parts: [], ending: null };
  const element = drawTurn(turn);
  $(".page").dataset.busy = "";
  element.scrollIntoView({ behavior: CALM.matches ? "auto" : "smooth", block: "start" });
  announce(say("searching"));
  try {
    for await (const step of call("ask", question, earlier)) addStep(turn, element, step);
    turns.push(turn);
    keep();
    announce(`${say("answered")}: ${$(".answer-text", element).innerText}`);
  } catch (fault) {
    drawFault(element, question, fault);
  } finally {
    busy = false;
    delete $(".page").dataset.busy;
  }
}

function drawTurn(turn) {
  $(".ask").removeAttribute("data-empty");
  const element = fragment(`<article class="turn">
    <h2 class="question"><span class="unseen" data-text="you_asked"></span> <span class="words"></span></h2>
    <p class="searching"><span data-text="searching"></span><i></i><i></i><i></i></p>
    <div class="answer"><h3 class="answer-title" hidden></h3><div class="answer-text"></div><div class="answer-end"></div></div>
  </article>`).firstElementChild;
  $(".words", element).textContent = turn.question;
  $(".conversation").append(element);
  return element;
}

function addStep(turn, element, step) {
  if (step.part) {
    turn.parts.push(step.part);
    $(".answer-text", element).append(fragment(step.part));
  } else {
    turn.ending = step;
    finish(element, step);
  }
  $(".searching", element)?.remove();
}

function finish(element, ending) {
  element.dataset.status = ending.status;
  $(".answer-text", element).lang = ending.language;
  if (ending.status !== "answered") {
    const heading = $(".answer-title", element);
    heading.dataset.text = `${ending.status}_title`;
    heading.hidden = false;
  }
  $(".answer-end", element).append(fragment(ending.html), tools());
  label(element);
}

function tools() {
  return fragment(`<p class="tools"><button type="button" class="plain" data-copy-answer data-text="copy_answer"></button>
    <button type="button" class="plain" data-print data-text="print_answer"></button></p>`);
}

function drawFault(element, question, fault) {
  $(".searching", element)?.remove();
  element.dataset.status = "fault";
  const key = `fault_${fault instanceof Fault ? fault.kind : "failed"}`;
  const note = fragment(`<p class="fault"><span data-text="${key}"></span>
    <button type="button" class="plain" data-again data-text="try_again"></button></p>`);
  $("[data-again]", note).dataset.again = question;
  $(".answer-text", element).replaceChildren(note);
  announce(say(key));
}

function answerAsText(element) {
  const lines = [$(".words", element).textContent, ""];
  lines.push($(".answer-text", element).innerText.trim());
  const marks = $$(".answer-text .mark-number", element);
  const seen = new Map(marks.map((mark) => [mark.dataset.number, mark]));
  if (seen.size) lines.push("", say("copied_references"));
  for (const [number, mark] of seen) {
    lines.push(`[${number}] ${JSON.parse(mark.dataset.values).place} – ${mark.href}`);
  }
  return lines.join("\n");
}

function startAnew() {
  turns = [];
  keep();
  $(".conversation").replaceChildren();
  $(".ask").setAttribute("data-empty", "");
  suggest();
  announce(say("started_anew"));
  $("#question").focus();
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(turns.slice(-30)));
  } catch {
    // Storage is off or full: the conversation then lasts until the page is left.
  }
}

function restore() {
  try {
    turns = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    turns = [];
  }
  for (const turn of turns) {
    const element = drawTurn(turn);
    $(".searching", element).remove();
    turn.parts.forEach((part) => $(".answer-text", element).append(fragment(part)));
    finish(element, turn.ending);
  }
}

async function suggest() {
  const reader = $("[data-reader][aria-pressed=true]").dataset.reader;
  try {
    const html = await get("suggestions", { lang: language, reader });
    $(".suggestions").replaceChildren(fragment(html));
  } catch {
    $(".suggestions").replaceChildren();
  }
}

function count() {
  const box = $("#question");
  const left = MAX_QUESTION - [...box.value.trim()].length;
  const shown = left < MAX_QUESTION - WARN_FROM;
  const note = $("#count");
  note.textContent = shown ? say(left < 0 ? "characters_over" : "characters_left", { n: Math.abs(left) }) : "";
  note.classList.toggle("over", left < 0);
  if (left < 0) box.setAttribute("aria-invalid", "true");
  else box.removeAttribute("aria-invalid");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function send() {
  const box = $("#question");
  if (busy || !box.value.trim() || [...box.value.trim()].length > MAX_QUESTION) {
    box.focus();
    return;
  }
  const question = box.value;
  box.value = "";
  count();
  ask(question);
  box.focus();
}

// ---------------------------------------------------------------- addresses

function here() {
  const query = new URLSearchParams(location.search);
  const show = $(`[data-view="${CSS.escape(query.get("show") ?? "")}"]`) ? query.get("show") : "ask";
  return { show, document: query.get("document"), at: query.get("at") ?? "", lang: query.get("lang") };
}

function address(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `?${text}` : location.pathname;
}

function go(changes) {
  const to = address(changes);
  if (to !== location.search) history.pushState({ within: true }, "", to);
  return follow();
}

async function follow() {
  const now = here();
  for (const view of $$("[data-view]")) view.hidden = view.dataset.view !== now.show;
  for (const link of $$(".pages [data-go]")) {
    if (link.dataset.go === now.show) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  title();
  if (now.document) await openReader(now.document, now.at);
  else closeReader();
}

// ---------------------------------------------------------------- the reader

async function openReader(name, at) {
  const dialog = $(".reader");
  const text = $(".reader-text");
  try {
    text.replaceChildren(fragment(await get("document", { name, at })));
  } catch (fault) {
    const kind = fault instanceof Fault && fault.kind === "unreachable" ? "fault_unreachable" : "no_document";
    text.replaceChildren(fragment(`<p class="notice" data-text="${kind}"></p>`));
  }
  const drawn = $(".document", text);
  const heading = $("#reader-title");
  heading.textContent = drawn?.dataset.title ?? name;
  heading.lang = drawn?.lang ?? language;
  showReader(dialog);
  const mark = $("mark", text);
  if (mark) {
    mark.id = "cited";
    mark.scrollIntoView({ block: "center" });
  } else {
    text.scrollTop = 0;
  }
  text.focus({ preventScroll: true });
  if (mark) announce(`${say("marked_place")}: ${mark.textContent}`);
}

function showReader(dialog) {
  if (dialog.open) dialog.close();
  $(".page").toggleAttribute("data-reading", true);
  if (WIDE.matches) dialog.show();
  else dialog.showModal();
}

function closeReader() {
  const dialog = $(".reader");
  if (!dialog.open) return;
  dialog.close();
  $(".page").toggleAttribute("data-reading", false);
  if (opener?.isConnected) opener.focus();
  else $("#content").focus();
  opener = null;
}

function leaveReader() {
  if (!$(".reader").open) return;
  if (history.state?.within) history.back();
  else {
    history.replaceState(null, "", address({ document: null, at: null }));
    follow();
  }
}

// ---------------------------------------------------------------- events

const onClick = {
  "[data-open]": (element) => {
    const query = new URL(element.href).searchParams;
    if (!$(".reader").contains(element)) opener = element;
    go({ document: query.get("document"), at: query.get("at") });
  },
  "[data-go]": (element) => {
    go({ show: element.dataset.go === "ask" ? null : element.dataset.go, document: null, at: null });
    $("#content").focus({ preventScroll: true });
    scrollTo({ top: 0 });
  },
  "[data-language]": async (element) => {
    try {
      await speak(element.dataset.language);
      history.replaceState(history.state, "", address({ lang: language }));
    } catch (fault) {
      toast(say("fault_unreachable"));
    }
  },
  "[data-reader]": (element) => {
    pressed("[data-reader]", (button) => button === element);
    suggest();
  },
  "[data-ask]": (element) => ask(element.dataset.ask),
  "[data-again]": (element) => {
    element.closest(".turn").remove();
    ask(element.dataset.again);
  },
  "[data-anew]": startAnew,
  "[data-close]": leaveReader,
  "[data-copy-link]": () => copy(new URL(address({ show: null, lang: null }), location.href).href),
  "[data-copy-answer]": (element) => copy(answerAsText(element.closest(".turn"))),
  "[data-print]": () => print(),
};

function clicked(event) {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  for (const [selector, act] of Object.entries(onClick)) {
    const element = event.target.closest?.(selector);
    if (!element) continue;
    event.preventDefault();
    act(element);
    return;
  }
}

function typed(event) {
  if (event.key === "Escape" && $(".reader").open) {
    event.preventDefault();
    leaveReader();
  } else if (event.key === "Enter" && event.target.id === "question" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
}

function start(host) {
  const page = $(".page", host);
  // Out of Gradio's container: its style sheet stays behind, and header, main and footer become landmarks.
  const frame = host.closest(".gradio-container");
  frame.before(page);
  frame.hidden = true;
  texts = JSON.parse($("#page-texts").textContent);
  language = $("#page-texts").lang;
  holdLanguage();
  label(page);
  pressed("[data-language]", (button) => button.dataset.language === language);
  page.addEventListener("click", clicked);
  page.addEventListener("keydown", typed);
  page.addEventListener("input", (event) => event.target.id === "question" && count());
  $(".composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  $(".reader").addEventListener("cancel", (event) => event.preventDefault());
  addEventListener("popstate", follow);
  WIDE.addEventListener("change", () => $(".reader").open && showReader($(".reader")));
  restore();
  suggest();
  follow();
}

window.grundlag = start;
