// The reader: a document beside the page, or over it where there is no room, opened at a place.

import { leave } from "./address.js";
import { Fault, get } from "./server.js";
import { $, fragment, language, say } from "./texts.js";
import { announce } from "./voice.js";

const WIDE = matchMedia("(min-width: 60rem)");
let opener = null;

/** Remember what opened the reader: closing it gives the focus back. */
export function openedBy(element) {
  if (!$(".reader").contains(element)) opener = element;
}

export async function openReader(name, at) {
  const text = $(".reader-text");
  try {
    text.replaceChildren(fragment(await get("document", { name, at })));
  } catch (fault) {
    const key = fault instanceof Fault && fault.kind === "unreachable" ? "fault_unreachable" : "no_document";
    text.replaceChildren(fragment(`<p class="notice" data-text="${key}"></p>`));
  }
  const drawn = $(".document", text);
  const heading = $("#reader-title");
  heading.textContent = drawn?.dataset.title ?? name;
  heading.lang = drawn?.lang ?? language();
  title(drawn);
  show();
  const mark = $("mark", text);
  if (mark) {
    mark.scrollIntoView({ block: mark.getBoundingClientRect().height > text.clientHeight / 2 ? "start" : "center" });
    announce(`${say("marked_place")}: ${mark.textContent}`);
  } else {
    text.scrollTop = 0;
  }
  text.focus({ preventScroll: true });
}

// Who published it, and when; where neither is known, that this is the document.
function title(drawn) {
  const { publisher, adopted } = drawn?.dataset ?? {};
  const above = $("#reader-above");
  above.replaceChildren(...(publisher || adopted ? [] : fragment('<span data-text="reader"></span>').children));
  if (publisher) above.append(Object.assign(document.createElement("span"), { textContent: publisher, lang: drawn.lang }));
  if (publisher && adopted) above.append(" · ");
  if (adopted) above.append(say("on_day", { day: adopted }));
}

function show() {
  const dialog = $(".reader");
  if (dialog.open) dialog.close();
  $(".page").toggleAttribute("data-reading", true);
  if (WIDE.matches) dialog.show();
  else dialog.showModal();
}

export function closeReader() {
  const dialog = $(".reader");
  if (!dialog.open) return;
  dialog.close();
  $(".page").toggleAttribute("data-reading", false);
  (opener?.isConnected ? opener : $("#content")).focus({ preventScroll: !opener });
  opener = null;
}

/** The person has read enough: take the document out of the address, which closes the reader. */
export function leaveReader() {
  if (!$(".reader").open) return false;
  leave({ document: null, at: null });
  return true;
}

export function startReader() {
  $(".reader").addEventListener("cancel", (event) => event.preventDefault());
  WIDE.addEventListener("change", () => $(".reader").open && show());
}
