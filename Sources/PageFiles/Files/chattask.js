// A task that reads a chat, in its view: choose, look at what would leave, send exactly that, read what comes.

import { byId, count, el, kibibytes, Progress, say, show, withControl } from "./dom.js";
import { showAfter, showBroken } from "./answer.js";
import { ChatPicker, unfold } from "./picker.js";
import { post, postStream } from "./server.js";

export class ChatTask {
  /**
   * - `name`: of the view, and of the route that answers
   * - `prefix`: of the names of the view's parts
   * - `previewRoute`
   * - `request(choice)`: the preview's request
   * - `notes(preview)`: what also leaves, in sentences
   * - `line(text)`: an element of the answer
   * - `complete(text)`: what is said, and done, once the answer is whole
   */
  constructor(task, refresh) {
    Object.assign(this, task);
    for (const place of byId(`view-${this.name}`).querySelectorAll("[data-template]")) unfold(place, this.prefix);
    this.preview = null;
    this.isSending = false;
    this.picker = new ChatPicker(this.prefix, refresh, () => this.hidePreview());
    this.picker.form.addEventListener("submit", (event) => {
      event.preventDefault();
      withControl(this.picker.form.querySelector("[type=submit]"), () => this.showPreview());
    });
    this.part("send").addEventListener("click", (event) => this.send(event.currentTarget));
  }

  part(name) {
    return this.picker.part(name);
  }

  answer(name) {
    return byId(`${this.name}-${name}`);
  }

  forget() {
    this.picker.forget();
  }

  async showPreview() {
    const preview = await post(this.previewRoute, this.request(this.picker.choice()));
    this.preview = preview;
    say(
      this.part("preview-facts"),
      `${count(preview.messageCount, "message", "messages")}, ${kibibytes(preview.byteCount)}. Sealed on this device, `
        + `padded to ${kibibytes(preview.requestClass)}, so that its true length does not show. Read by one machine `
        + `of ${preview.operator}, which proves what it runs before anything is sent.`,
    );
    const reader = preview.reader ? [`Your name in the chat also leaves: ${preview.reader}.`] : [];
    const notes = [...preview.notes, ...reader, ...this.notes(preview)];
    this.part("preview-notes").replaceChildren(...notes.map((note) => el("li", {}, note)));
    say(this.part("preview-text"), preview.transcript);
    show(this.part("step-preview"));
    show(this.part("step-answer"), false);
    this.part("preview-title").tabIndex = -1;
    this.part("preview-title").focus();
  }

  hidePreview() {
    this.preview = null;
    show(this.part("step-preview"), false);
    if (!this.isSending) show(this.part("step-answer"), false);
  }

  async send(button) {
    await withControl(button, async () => {
      const { id } = this.preview;
      const progress = new Progress(this.answer("progress"));
      const text = this.answer("text");
      text.replaceChildren();
      show(this.answer("after"), false);
      show(this.part("step-answer"));
      this.isSending = true;
      try {
        await postStream(this.name, { preview: id }, (event) => this.receive(event, progress, text));
      } catch (error) {
        progress.fail();
        showBroken(text);
        say(this.answer("status"), "");
        throw error;
      } finally {
        this.isSending = false;
      }
    });
  }

  receive(event, progress, text) {
    switch (event.event) {
      case "step":
        progress.step(event.text);
        say(this.answer("status"), event.text);
        break;
      case "text":
        progress.finish();
        text.append(this.line(event.text));
        break;
      case "done":
        progress.finish();
        say(this.answer("status"), this.complete(text));
        showAfter(this.answer("after"), event, text);
        break;
    }
  }
}
