// What follows an answer: how it was made, its receipt, and a way to take it along.

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
