// What follows an answer: how it was made, its receipt, and a way to take it along; or that it is not whole.

import { copyText, el, show } from "./dom.js";
import { receiptLink } from "./receipts.js";

export function showAfter(place, event, text) {
  const copy = el("button", { type: "button", className: "quiet" }, "Copy");
  copy.addEventListener("click", () => copyText(copy, [...text.children].map((part) => part.textContent).join("\n")));
  place.replaceChildren(
    ...(event.notes ?? []).map((note) => el("p", { className: "fine" }, note)),
    el("div", { className: "row" }, receiptLink(event.receipt, "What was verified"), copy),
  );
  show(place);
}

/** Behind what was shown of an answer that failed: its words came before the whole of it could be verified. */
export function showBroken(text) {
  if (!text.children.length) return;
  text.append(el("p", { className: "notice" }, "The answer broke off here. It is not whole: do not rely on it."));
}
