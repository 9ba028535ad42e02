// From an exported chat to its summary.

import { byId, written } from "./dom.js";
import { ChatTask } from "./chattask.js";

let task = null;

export function prepare(status, refresh) {
  task = new ChatTask(
    {
      name: "summary",
      prefix: "",
      previewRoute: "preview",
      request: (choice) => ({ ...choice, redact: byId("redact").checked }),
      notes: () => [],
      line: paragraph,
      complete: (text) => {
        markHeads(text);
        return "The summary is complete.";
      },
    },
    refresh,
  );
}

export async function enter() {}

export const forget = () => task.forget();

/** Lines that are indented are points of the line above that is not. */
function paragraph(line) {
  return line.startsWith("  ") ? written("point", line.trim()) : written("", line);
}

function markHeads(text) {
  if (!text.querySelector(".point")) return;
  for (const line of text.children) if (line.className === "") line.className = "head";
}
