// What people say of an answer, where the server keeps it: helpful or not at a press, and a comment for those who like.

import { reach } from "./server.js";
import { $, $$, language, say } from "./texts.js";
import { announce } from "./voice.js";

export async function judge(button) {
  const form = button.closest(".feedback");
  for (const other of $$("[data-helpful]", form)) other.setAttribute("aria-pressed", String(other === button));
  if (await send(form, "feedback_thanks")) $(".feedback-more", form).hidden = false;
}

export async function comment(form) {
  const box = $("textarea", form);
  if (!box.value.trim()) return box.focus();
  if (!(await send(form, "feedback_sent"))) return;
  $("[aria-pressed=true]", form).focus(); // what had the focus is gone
  $(".feedback-more", form).hidden = true;
}

async function send(form, thanks) {
  const turn = form.closest(".turn");
  const given = {
    id: form.dataset.feedback,
    question: $(".words", turn).textContent,
    helpful: $("[data-helpful=yes]", form).getAttribute("aria-pressed") === "true",
    comment: $("textarea", form).value,
    status: turn.dataset.status,
    language: $(".words", turn).lang || language(),
  };
  const said = $(".feedback-said", form);
  const kept = await keep(given);
  said.dataset.text = kept ? thanks : "feedback_failed";
  said.textContent = say(said.dataset.text);
  announce(said.textContent);
  return kept;
}

async function keep(given) {
  const headers = { "Content-Type": "application/json" };
  try {
    return (await reach("api/feedback", { method: "POST", headers, body: JSON.stringify(given) })).ok;
  } catch {
    return false;
  }
}
