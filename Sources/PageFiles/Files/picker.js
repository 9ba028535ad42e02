// The chat, and which of its messages: the same steps in each view that needs them. One chat is open at a time, and all
// of those views show it.

import { asFailure, byId, confirmed, count, el, say, show, showFailure, withControl } from "./dom.js";
import { post, postFile } from "./server.js";

const pickers = [];
let chat = null;

/** Puts the template that a place names there; every name in it begins with the view's prefix. */
export function unfold(place, prefix) {
  const copy = byId(place.dataset.template).content.cloneNode(true);
  for (const attribute of ["id", "for", "aria-describedby", "aria-labelledby"]) {
    for (const element of copy.querySelectorAll(`[${attribute}]`)) {
      element.setAttribute(attribute, prefix + element.getAttribute(attribute));
    }
  }
  place.replaceWith(copy);
}

export class ChatPicker {
  /** `changed` is told when another chat is open, or none, or other messages are meant. */
  constructor(prefix, refresh, changed) {
    this.prefix = prefix;
    this.changed = changed;
    pickers.push(this);
    const file = this.part("file");
    file.addEventListener("change", () => {
      if (file.files.length) this.open(file.files[0]);
      file.value = "";
    });
    this.prepareDrop();
    this.part("export-drop").addEventListener("click", () => {
      close();
      file.focus();
    });
    this.part("export-exclude").addEventListener("click", (event) => this.exclude(event.currentTarget, refresh));
    this.form = this.part("range-form");
    this.form.addEventListener("input", (event) => {
      if (event.target === this.part("range-count")) this.chooseRange("unread");
      if (event.target === this.part("range-since")) this.chooseRange("since");
      changed();
    });
  }

  part(name) {
    return byId(this.prefix + name);
  }

  forget() {
    close();
  }

  prepareDrop() {
    const drop = this.part("drop");
    const mark = (isOver) => drop.classList.toggle("drop-over", isOver);
    drop.addEventListener("dragenter", () => mark(true));
    drop.addEventListener("dragleave", (event) => {
      if (!drop.contains(event.relatedTarget)) mark(false);
    });
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      mark(false);
      const [file] = event.dataTransfer.files;
      if (file) this.open(file);
    });
  }

  async open(file) {
    showFailure(null);
    this.changed();
    say(this.part("export-status"), "Reading the chat on this device…");
    try {
      const answer = await postFile("chat", file);
      if (answer.choices) for (const picker of pickers) picker.showChoices(answer);
      else showChat(answer);
    } catch (error) {
      close();
      showFailure(asFailure(error));
    }
  }

  /** A file of several chats: one is chosen. */
  showChoices({ id, choices }) {
    say(this.part("export-status"), "");
    const buttons = choices.map((choice) => {
      const button = el("button", { type: "button", className: "quiet" }, choice.name);
      button.addEventListener("click", () =>
        withControl(button, async () => showChat(await post("chat/choose", { chat: id, name: choice.choice }))),
      );
      const messages = count(choice.messageCount, "message", "messages");
      return el("li", {}, button, el("span", { className: "fine" }, messages));
    });
    this.part("export-choices").replaceChildren(...buttons);
    show(this.part("drop"), false);
    show(this.part("choices-card"));
    focus(this.part("choices-title"));
  }

  showChat() {
    this.changed();
    say(this.part("export-status"), "");
    show(this.part("choices-card"), false);
    say(this.part("export-title"), chat.title ?? "A chat without a title");
    say(this.part("export-facts"), `${count(chat.messageCount, "message", "messages")}, ${chat.first} to ${chat.last}`);
    const named = chat.participants.slice(0, 8).join(", ");
    const more = chat.participantCount - Math.min(8, chat.participants.length);
    say(this.part("export-people"), more > 0 ? `${named} and ${more} more` : named);
    show(this.part("export-ambiguous"), chat.isDateOrderAmbiguous);
    show(this.part("export-half-days"), chat.isDayPeriodAmbiguous);
    this.part("reader").replaceChildren(
      el("option", { value: "" }, "I would rather not say"),
      ...chat.participants.map((name) => el("option", { value: name }, name)),
    );
    this.part("range-since").value = chat.last.slice(0, 10) + "T00:00";
    show(this.part("drop"), false);
    show(this.part("export-card"));
    show(this.part("step-range"));
    focus(this.part("export-title"));
  }

  showNone() {
    this.changed();
    show(this.part("drop"));
    for (const name of ["export-card", "choices-card", "step-range"]) show(this.part(name), false);
    say(this.part("export-status"), "");
  }

  async exclude(button, refresh) {
    const isMeant = await confirmed(
      "Never read this chat?",
      "It is closed here, and refused from now on. Settings can allow it again.",
      "Never read it",
    );
    if (!isMeant) return;
    await withControl(button, async () => {
      await post("chat/exclude", { chat: chat.id });
      close();
      await refresh();
      say(this.part("export-status"), "This chat will not be read again.");
    });
  }

  chooseRange(value) {
    for (const radio of this.form.elements.range) radio.checked = radio.value === value;
  }

  /** What is asked of the open chat: its identifier, the range, and the reader where one is named. */
  choice() {
    const range = this.form.elements.range.value;
    const choice = { chat: chat.id, range };
    if (range === "unread") {
      choice.count = this.part("range-count").valueAsNumber;
      if (!Number.isInteger(choice.count) || choice.count < 1) {
        throw { code: "page-range", message: "How many messages?", advice: "Enter a number from 1 up." };
      }
    }
    if (range === "since") {
      const since = this.part("range-since").value;
      if (!since) throw { code: "page-range", message: "Since when?", advice: "Enter a date and a time." };
      choice.since = since.slice(0, 16).replace("T", " ");
    }
    if (this.part("reader").value) choice.reader = this.part("reader").value;
    return choice;
  }
}

function showChat(opened) {
  chat = opened;
  for (const picker of pickers) picker.showChat();
}

function close() {
  chat = null;
  for (const picker of pickers) picker.showNone();
}

/** What is in no view that is shown takes no focus. */
function focus(heading) {
  heading.tabIndex = -1;
  heading.focus();
}

// A file that misses the frame must not replace the page.
for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
