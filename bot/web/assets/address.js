// The page's address: ?show=find|read|about, ?document=NAME&at=START-END, ?lang=. Everything in sight follows it.

import { $ } from "./texts.js";

export function here() {
  const query = new URLSearchParams(location.search);
  const shown = query.get("show") ?? "";
  const show = $(`[data-view="${CSS.escape(shown)}"]`) ? shown : "ask";
  return { show, document: query.get("document"), at: query.get("at") ?? "" };
}

/** This address with some of its parts changed; null takes a part away. */
export function address(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `?${text}` : location.pathname;
}

/** The address in full, as someone else would need it. */
export const shared = (changes) => new URL(address({ show: null, lang: null, ...changes }), location.href).href;

export function go(changes) {
  const to = address(changes);
  if (to !== location.search) history.pushState({ ...history.state, within: true }, "", to);
  dispatchEvent(new Event("follow"));
}

/** Undo the last `go`, or where there was none, change the address in place. */
export function leave(changes) {
  if (history.state?.within) {
    history.back();
    return;
  }
  history.replaceState(history.state, "", address(changes));
  dispatchEvent(new Event("follow"));
}
