// The conversation: a question goes out, its answer comes back piece by piece.

import { shared } from "./address.js";
import { call, Fault, get } from "./server.js";
import { $, $$, fragment, language, say } from "./texts.js";
import { announce, copy } from "./voice.js";

const MAX_QUESTION = 1000; // characters, as the server counts them
const WARN_FROM = 800; // from here on the remaining characters are shown
const EARLIER_QUESTIONS = 10; // sent along, so that follow-ups are understood
const KEPT = "grundlag"; // this tab's conversation, so that a reload keeps it
const KEPT_TURNS = 30;
const CALM = matchMedia("(prefers-reduced-motion: reduce)");
const TOUCH = matchMedia("(pointer: coarse)");
const COPY = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 9h10v10H9zM15 5H5v10"/></svg>';
const PRINT = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z"/></svg>';

let turns = [];
let busy = false;

const characters = (text) => [...text.trim()].length;

export async function ask(question) {
  question = question.trim();
  if (!question || busy || characters(question) > MAX_QUESTION) return;
  busy = true;
  $(".page").dataset.busy = "";
  const earlier = turns.map((turn) => turn.question).slice(-EARLIER_QUESTIONS);
  const turn = { question, parts: [], ending: null };
  const element = drawTurn(turn);
  element.scrollIntoView({ behavior: CALM.matches ? "auto" : "smooth", block: "start" });
  announce(say("searching"));
  try {
    const asked = { question, history: earlier, language: language(), reader: $("#length")?.value };
    for await (const step of call("ask", asked)) addStep(turn, element, step);
    turns.push(turn);
    keep();
    const warned = $(".warning", element)?.innerText ?? "";
    announce(`${warned} ${say("answered")}: ${$(".answer-text", element).innerText}`.trim());
  } catch (fault) {
    drawFault(element, question, fault);
  } finally {
    busy = false;
    delete $(".page").dataset.busy;
  }
}

export function askAgain(button) {
  button.closest(".turn").remove();
  $("#question").focus();
  ask(button.dataset.again);
}

function drawTurn(turn) {
  $(".ask").removeAttribute("data-empty");
  const element = fragment(`<article class="turn">
    <h2 class="question"><span class="unseen" data-text="you_asked"></span> <span class="words" dir="auto"></span></h2>
    <p class="searching"><span data-text="searching"></span><i></i><i></i><i></i></p>
    <div class="answer"><div class="answer-text"></div><div class="answer-end"></div></div>
  </article>`).firstElementChild;
  $(".words", element).textContent = turn.question;
  $(".conversation").append(element);
  return element;
}

function addStep(turn, element, step) {
  $(".searching", element)?.remove();
  if (step.part) {
    turn.parts.push(step.part);
    $(".answer-text", element).append(fragment(step.part));
  } else if (step.whole !== undefined) {
    // A written answer grows sentence by sentence: each step is all of it.
    turn.parts = [step.whole];
    $(".answer-text", element).replaceChildren(fragment(step.whole));
  } else {
    turn.ending = step;
    // Without the personal number that was in it: so it is kept, and sent along with the next question.
    if (step.question !== undefined) turn.question = step.question;
    finish(element, step);
  }
}

function finish(element, ending) {
  element.dataset.status = ending.status;
  if (ending.question !== undefined) {
    $(".words", element).textContent = ending.question;
    $(".question", element).after(fragment('<p class="warning" data-text="personal_number"></p>'));
  }
  $(".answer-text", element).lang = ending.language;
  if (ending.asked) $(".words", element).lang = ending.asked;
  const tools = fragment(`<p class="tools"><button type="button" class="plain" data-copy-answer>${COPY}<span data-text="copy_answer"></span></button>
    <button type="button" class="plain" data-print>${PRINT}<span data-text="print_answer"></span></button></p>`);
  const end = $(".answer-end", element);
  end.append(fragment(ending.html), ending.status === "answered" ? tools : "", fragment(ending.related ?? ""));
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

/** Put an answer on the clipboard, with what its numbers stand for. */
export function copyAnswer(button) {
  const element = button.closest(".turn");
  const lines = [$(".words", element).textContent, ""];
  for (const block of $$(".answer-text > *", element)) lines.push(asText(block), "");
  const marks = new Map($$(".mark-number", element).map((mark) => [mark.dataset.number, mark]));
  if (marks.size) lines.push(say("copied_references"));
  for (const [number, mark] of marks) {
    const query = new URL(mark.href).searchParams;
    const link = shared({ document: query.get("document"), at: query.get("at") });
    lines.push(`[${number}] ${JSON.parse(mark.dataset.values).place} – ${link}`);
  }
  copy(lines.join("\n"));
}

function asText(block) {
  const copied = block.cloneNode(true);
  for (const mark of $$(".mark-number", copied)) mark.textContent = `[${mark.dataset.number}]`;
  const items = $$("li", copied);
  const lines = items.length ? items.map((item) => `- ${item.textContent}`) : [copied.textContent];
  return lines.map((line) => line.replace(/\s+/g, " ").trim()).join("\n");
}

export function startAnew() {
  turns = [];
  keep();
  $(".conversation").replaceChildren();
  $(".ask").setAttribute("data-empty", "");
  announce(say("started_anew"));
  $("#question").focus();
}

function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(turns.slice(-KEPT_TURNS)));
  } catch {
    // Storage is off or full: the conversation then lasts until the page is left.
  }
}

/** Draw the conversation that this tab had before it was reloaded. */
export function restore() {
  try {
    turns = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
  } catch {
    turns = [];
  }
  for (const turn of turns) {
    const element = drawTurn(turn);
    $(".searching", element).remove();
    for (const part of turn.parts) $(".answer-text", element).append(fragment(part));
    finish(element, turn.ending);
  }
}

export async function suggest() {
  const reader = $("[data-reader][aria-pressed=true]").dataset.reader;
  try {
    const html = await get("suggestions", { lang: language(), reader });
    $(".suggestions").replaceChildren(fragment(html));
  } catch {
    $(".suggestions").replaceChildren();
  }
}

/** Show how many characters are left once there are few, and let the box grow with its text. */
export function count() {
  const box = $("#question");
  const left = MAX_QUESTION - characters(box.value);
  const shown = left < MAX_QUESTION - WARN_FROM;
  const note = $("#count");
  note.textContent = shown ? say(left < 0 ? "characters_over" : "characters_left", { n: Math.abs(left) }) : "";
  note.classList.toggle("over", left < 0);
  if (left < 0) box.setAttribute("aria-invalid", "true");
  else box.removeAttribute("aria-invalid");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

export function send() {
  const box = $("#question");
  const question = box.value;
  if (busy || !question.trim()) return box.focus();
  if (characters(question) > MAX_QUESTION) {
    announce($("#count").textContent);
    return box.focus();
  }
  box.value = "";
  count();
  if (TOUCH.matches) box.blur(); // the keyboard would cover the answer
  else box.focus();
  return ask(question);
}
