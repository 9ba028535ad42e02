// Answers that a person keeps: turned on, read and deleted here. The passphrase goes to the program on this device with
// each reading and is kept nowhere; what it opened is gone from the tab once the view is left.

import { byId, confirmed, copyText, count, el, say, show, withControl, written } from "./dom.js";
import { receiptLink } from "./receipts.js";
import { get, post } from "./server.js";

let state = null;

export function prepare() {
  onSubmit("history-on-form", turnOn);
  onSubmit("history-read-form", read);
  byId("history-lock").addEventListener("click", () => {
    lock();
    byId("history-passphrase").focus();
  });
  onClick("history-off", async () => {
    showState(await post("history/off"));
    byId("history-title").focus();
  });
  onClick("history-purge", purge);
  addEventListener("hashchange", forget);
}

export async function enter() {
  showState(await get("history"));
}

export function forget() {
  for (const id of ["history-new", "history-again"]) byId(id).value = "";
  lock();
}

function onSubmit(id, body) {
  const form = byId(id);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    withControl(form.querySelector("[type=submit]"), body);
  });
}

function onClick(id, body) {
  byId(id).addEventListener("click", (event) => withControl(event.currentTarget, body));
}

/** Takes the passphrase out of its field. */
function take(id) {
  const field = byId(id);
  const passphrase = field.value;
  field.value = "";
  return passphrase;
}

function lock() {
  byId("history-passphrase").value = "";
  byId("history-entries").replaceChildren();
  show(byId("history-open"), false);
  if (state) showState(state);
}

function showState(next) {
  state = next;
  const isOpen = !byId("history-open").hidden;
  const kept = state.entries ? `${count(state.entries, "answer is", "answers are")} kept, sealed.` : "No answer is kept.";
  say(byId("history-state"), state.on ? `On: summaries, replies and drafts are kept. ${kept}` : `Off. ${kept}`);
  show(byId("history-on-form"), !state.on);
  show(byId("history-again-field"), !state.exists);
  say(
    byId("history-new-help"),
    state.exists
      ? "The one that this history has already."
      : "At least 8 characters; several random words are better. Nobody can restore it.",
  );
  show(byId("history-read-form"), state.entries > 0 && !isOpen);
  show(byId("history-off"), state.on);
  show(byId("history-purge"), state.exists);
}

async function turnOn() {
  const isNew = !state.exists;
  const passphrase = take("history-new");
  const again = take("history-again");
  if (isNew && passphrase !== again) {
    byId("history-new").focus();
    throw { code: "page-passphrase", message: "The passphrases differ.", advice: "Type the same one twice." };
  }
  say(byId("history-status"), "Making a key from the passphrase…");
  try {
    showState(await post("history/on", { passphrase }));
  } finally {
    say(byId("history-status"), "");
  }
  byId("history-title").focus();
}

async function read() {
  const passphrase = take("history-passphrase");
  say(byId("history-status"), "Opening the history…");
  try {
    showEntries(await post("history/read", { passphrase }));
  } finally {
    say(byId("history-status"), "");
  }
  byId("history-list-title").tabIndex = -1;
  byId("history-list-title").focus();
}

function showEntries({ entries, older, damaged }) {
  byId("history-entries").replaceChildren(...entries.map(entryItem));
  const notes = [];
  if (older) notes.push(`${count(older, "older answer is", "older answers are")} not shown: cloister history list has them.`);
  if (damaged.length) {
    notes.push(`${count(damaged.length, "answer", "answers")} cannot be opened: their files were changed by something else.`);
  }
  byId("history-notes").replaceChildren(...notes.map((note) => el("li", {}, note)));
  show(byId("history-open"));
  showState(state);
}

function entryItem(entry) {
  const item = el("li");
  const title = entry.subject ? `${entry.taskTitle}: ${entry.subject}` : entry.taskTitle;
  const copy = el("button", { type: "button", className: "quiet" }, "Copy");
  copy.addEventListener("click", () => copyText(copy, entry.answer));
  const remove = el("button", { type: "button", className: "quiet quiet-danger" }, "Delete");
  remove.setAttribute("aria-label", `Delete ${title}, ${entry.time}`);
  remove.addEventListener("click", () => withControl(remove, () => removeEntry(entry, item)));
  item.append(
    el("h3", {}, title, entry.simulated ? el("span", { className: "tag" }, "SIMULATED") : null),
    el("p", { className: "fine" }, entry.time),
    el("div", { className: "answer", dir: "auto" }, entry.answer),
  );
  if (entry.question) {
    item.append(el("details", {}, el("summary", {}, "Your draft"), written("asked", entry.question)));
  }
  item.append(el("div", { className: "row" }, receiptLink(entry.receipt, "What was verified"), copy, remove));
  return item;
}

async function removeEntry(entry, item) {
  const isMeant = await confirmed("Delete this answer?", "It is removed for good. Its receipt stays.", "Delete it");
  if (!isMeant) return;
  const next = await post("history/remove", { id: entry.receipt });
  item.remove();
  if (!next.entries) lock();
  showState(next);
  byId("history-title").focus();
}

async function purge() {
  const isMeant = await confirmed(
    "Delete all of the history?",
    "Every kept answer is removed for good, the key with it, and the history is off. Receipts stay.",
    "Delete all of it",
  );
  if (!isMeant) return;
  const { removed } = await post("history/purge", { confirm: "all" });
  lock();
  showState(await get("history"));
  say(byId("history-status"), `${count(removed, "answer was", "answers were")} deleted.`);
  byId("history-title").focus();
}
