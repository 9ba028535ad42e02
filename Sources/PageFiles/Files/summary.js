// From an exported chat to its summary: read it, choose, look at what would leave, send, read.

import { asFailure, byId, confirmed, copyText, count, el, kibibytes, Progress, say, show, showFailure, withControl } from "./dom.js";
import { post, postFile, postStream } from "./server.js";
import { receiptLink } from "./receipts.js";

let chat = null;
let preview = null;
let shownOf = null;

export function prepare(status, refresh) {
  const file = byId("file");
  file.addEventListener("change", () => {
    if (file.files.length) open(file.files[0], refresh);
    file.value = "";
  });
  prepareDrop(refresh);
  byId("export-drop").addEventListener("click", () => {
    forget();
    file.focus();
  });
  byId("export-exclude").addEventListener("click", (event) => exclude(event.currentTarget, refresh));
  byId("range-form").addEventListener("submit", (event) => {
    event.preventDefault();
    withControl(event.submitter ?? event.target.querySelector("[type=submit]"), showPreview);
  });
  byId("range-form").addEventListener("input", (event) => {
    if (event.target.id === "range-count") chooseRange("unread");
    if (event.target.id === "range-since") chooseRange("since");
    hidePreview();
  });
  byId("send").addEventListener("click", (event) => send(event.currentTarget));
}

export async function enter() {}

export function forget() {
  chat = null;
  hidePreview();
  show(byId("drop"));
  for (const id of ["export-card", "choices-card", "step-range"]) show(byId(id), false);
  say(byId("export-status"), "");
}

function prepareDrop(refresh) {
  const drop = byId("drop");
  const mark = (isOver) => drop.classList.toggle("drop-over", isOver);
  // A file that misses the frame must not replace the page.
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  drop.addEventListener("dragenter", () => mark(true));
  drop.addEventListener("dragleave", (event) => {
    if (!drop.contains(event.relatedTarget)) mark(false);
  });
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer.files;
    if (file) open(file, refresh);
  });
}

async function open(file) {
  showFailure(null);
  hidePreview();
  say(byId("export-status"), "Reading the chat on this device…");
  try {
    const answer = await postFile("chat", file);
    say(byId("export-status"), "");
    if (answer.choices) showChoices(answer);
    else showChat(answer);
  } catch (error) {
    forget();
    showFailure(asFailure(error));
  }
}

/** A file of several chats: one is chosen. */
function showChoices({ id, choices }) {
  const buttons = choices.map((choice) => {
    const button = el("button", { type: "button", className: "quiet" }, choice.name);
    button.addEventListener("click", () =>
      withControl(button, async () => showChat(await post("chat/choose", { chat: id, name: choice.choice }))),
    );
    return el("li", {}, button, el("span", { className: "fine" }, count(choice.messageCount, "message", "messages")));
  });
  byId("export-choices").replaceChildren(...buttons);
  show(byId("drop"), false);
  show(byId("choices-card"));
  byId("choices-title").tabIndex = -1;
  byId("choices-title").focus();
}

function showChat(opened) {
  chat = opened;
  show(byId("choices-card"), false);
  say(byId("export-title"), chat.title ?? "A chat without a title");
  say(byId("export-facts"), `${count(chat.messageCount, "message", "messages")}, ${chat.first} to ${chat.last}`);
  const named = chat.participants.slice(0, 8).join(", ");
  const more = chat.participantCount - Math.min(8, chat.participants.length);
  say(byId("export-people"), more > 0 ? `${named} and ${more} more` : named);
  show(byId("export-ambiguous"), chat.isDateOrderAmbiguous);
  const reader = byId("reader");
  reader.replaceChildren(
    el("option", { value: "" }, "I would rather not say"),
    ...chat.participants.map((name) => el("option", { value: name }, name)),
  );
  byId("range-since").value = chat.last.slice(0, 10) + "T00:00";
  show(byId("redact-choice"), chat.canRedact === true);
  show(byId("drop"), false);
  show(byId("export-card"));
  show(byId("step-range"));
  byId("export-title").tabIndex = -1;
  byId("export-title").focus();
}

async function exclude(button, refresh) {
  const isMeant = await confirmed(
    "Never read this chat?",
    "It is closed here, and refused from now on. Settings can allow it again.",
    "Never read it",
  );
  if (!isMeant) return;
  await withControl(button, async () => {
    await post("chat/exclude", { chat: chat.id });
    forget();
    await refresh();
    say(byId("export-status"), "This chat will not be read again.");
  });
}

function chooseRange(value) {
  for (const radio of byId("range-form").elements.range) radio.checked = radio.value === value;
}

function chosen() {
  const range = byId("range-form").elements.range.value;
  const request = { chat: chat.id, range };
  if (range === "unread") {
    const number = byId("range-count").valueAsNumber;
    if (!Number.isInteger(number) || number < 1) {
      throw { code: "page-range", message: "How many messages?", advice: "Enter a number from 1 up." };
    }
    request.count = number;
  }
  if (range === "since") {
    const since = byId("range-since").value;
    if (!since) throw { code: "page-range", message: "Since when?", advice: "Enter a date and a time." };
    request.since = since.slice(0, 16).replace("T", " ");
  }
  if (byId("reader").value) request.reader = byId("reader").value;
  request.redact = !byId("redact-choice").hidden && byId("redact").checked;
  return request;
}

async function showPreview() {
  const request = chosen();
  preview = await post("preview", request);
  say(
    byId("preview-facts"),
    `${count(preview.messageCount, "message", "messages")}, ${kibibytes(preview.byteCount)}. Sealed on this device, `
      + `padded to ${kibibytes(preview.requestClass)}, so that its true length does not show. Read by one machine `
      + `of ${preview.operator}, which proves what it runs before anything is sent.`,
  );
  const reader = request.reader ? [`Your name in the chat also leaves: ${preview.reader ?? request.reader}.`] : [];
  byId("preview-notes").replaceChildren(...[...preview.notes, ...reader].map((note) => el("li", {}, note)));
  say(byId("preview-text"), preview.transcript);
  show(byId("step-preview"));
  show(byId("step-answer"), false);
  byId("preview-title").tabIndex = -1;
  byId("preview-title").focus();
}

function hidePreview() {
  preview = null;
  show(byId("step-preview"), false);
  if (!shownOf) show(byId("step-answer"), false);
}

async function send(button) {
  shownOf = preview;
  const progress = new Progress(byId("summary-progress"));
  const text = byId("summary-text");
  text.replaceChildren();
  show(byId("summary-after"), false);
  show(byId("step-answer"));
  await withControl(button, async () => {
    try {
      await postStream("summary", { preview: preview.id }, (event) => receive(event, progress, text));
    } catch (error) {
      progress.fail();
      throw error;
    } finally {
      shownOf = null;
    }
  });
}

function receive(event, progress, text) {
  switch (event.event) {
    case "step":
      progress.step(event.text);
      say(byId("summary-status"), event.text);
      break;
    case "text":
      progress.finish();
      text.append(paragraph(event.text));
      break;
    case "done":
      progress.finish();
      markHeads(text);
      say(byId("summary-status"), "The summary is complete.");
      showAfter(byId("summary-after"), event, text);
      break;
  }
}

/** Lines that are indented are points of the line above that is not. */
function paragraph(line) {
  return line.startsWith("  ") ? el("p", { className: "point" }, line.trim()) : el("p", {}, line);
}

function markHeads(text) {
  if (!text.querySelector(".point")) return;
  for (const line of text.children) if (line.className === "") line.className = "head";
}

/** What follows an answer: how it was made, its receipt, and a way to take it along. */
export function showAfter(place, event, text) {
  const copy = el("button", { type: "button", className: "quiet" }, "Copy");
  copy.addEventListener("click", () => copyText(copy, [...text.children].map((part) => part.textContent).join("\n")));
  place.replaceChildren(
    ...(event.notes ?? []).map((note) => el("p", { className: "fine" }, note)),
    el("div", { className: "row" }, receiptLink(event.receipt, "What was verified"), copy),
  );
  show(place);
}
