// From an exported chat to the draft of a reply. What comes back is text to read: it is sent to nobody.

import { byId, written } from "./dom.js";
import { ChatTask } from "./chattask.js";

let task = null;

export function prepare(status, refresh) {
  task = new ChatTask(
    {
      name: "reply",
      prefix: "reply-",
      previewRoute: "reply/preview",
      request: (choice) => {
        const hint = byId("hint").value.trim();
        const request = { ...choice, redact: byId("reply-redact").checked };
        return hint ? { ...request, hint } : request;
      },
      notes: (preview) => (preview.hint ? [`What you want to say also leaves: ${preview.hint}`] : []),
      line: (text) => written("", text),
      complete: () => "The draft is complete. Read it before you send it.",
    },
    refresh,
  );
}

export async function enter() {}

export function forget() {
  byId("hint").value = "";
  task.forget();
}
