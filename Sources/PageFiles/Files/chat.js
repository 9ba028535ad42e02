// A conversation with the node's model. It is kept in this tab's memory and nowhere else.

import { byId, el, say, withControl, written } from "./dom.js";
import { postStream } from "./server.js";
import { receiptLink } from "./receipts.js";

let messages = [];

export function prepare() {
  const form = byId("chat-form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    withControl(form.querySelector("[type=submit]"), ask);
  });
  byId("question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  byId("chat-clear").addEventListener("click", () => {
    forget();
    byId("question").focus();
  });
}

export async function enter() {}

export function forget() {
  messages = [];
  byId("talk").replaceChildren();
  say(byId("chat-status"), "");
}

function turn(name, className, text) {
  const said = written("said", text);
  const item = el("li", { className }, el("p", { className: "who" }, name), said);
  byId("talk").append(item);
  return { item, said };
}

async function ask() {
  const question = byId("question");
  const text = question.value.trim();
  if (!text) {
    question.focus();
    throw { code: "page-question", message: "There is no question yet.", advice: "Write one first." };
  }
  // Another one where it is forgotten meanwhile: then nothing of this turn may travel with the next question.
  const conversation = messages;
  const asked = turn("You", "person", text);
  const answer = turn("Model", "model", "");
  question.value = "";
  say(byId("chat-status"), "Asking…");
  try {
    await postStream("chat-completion", { messages: [...conversation, { role: "user", content: text }] }, (event) => {
      if (event.event === "step") say(byId("chat-status"), event.text);
      if (event.event === "text") {
        answer.said.append(event.text);
        say(byId("chat-status"), "Answering…");
      }
      if (event.event === "done") {
        say(byId("chat-status"), "");
        answer.item.append(receiptLink(event.receipt, "What was verified"));
        for (const note of event.notes ?? []) answer.item.append(el("p", { className: "fine" }, note));
      }
    });
    conversation.push({ role: "user", content: text }, { role: "assistant", content: answer.said.textContent });
  } catch (error) {
    asked.item.remove();
    answer.item.remove();
    if (conversation === messages) question.value = text;
    say(byId("chat-status"), "");
    throw error;
  }
  question.focus();
}
