// The switch of one task, above what it allows. Everything is off until a person turns it on.

import { el, withControl } from "./dom.js";
import { post } from "./server.js";

export function taskSwitch(task, refresh) {
  const button = el(
    "button",
    { type: "button", className: "switch", role: "switch", "aria-checked": String(task.granted), "data-task": task.name },
    el("span", { className: "switch-words" }, task.title, el("small", {}, task.meaning)),
    el("span", { className: "switch-track", "aria-hidden": "true" }),
  );
  button.addEventListener("click", () =>
    withControl(button, async () => {
      await post("consent", { task: task.name, granted: !task.granted });
      await refresh();
      focusSwitch(task.name);
    }),
  );
  return button;
}

/** The switch was drawn anew: whoever used it by keyboard stays there. */
function focusSwitch(name) {
  for (const button of document.querySelectorAll(`[data-task="${CSS.escape(name)}"]`)) {
    if (button.offsetParent) return button.focus();
  }
}

/** Shows each view's switch while its task is off, and what it allows once it is on. */
export function fill(status, refresh) {
  for (const place of document.querySelectorAll("[data-consent]")) {
    const task = status.tasks.find((candidate) => candidate.name === place.dataset.consent);
    place.replaceChildren(...(task && !task.granted ? [taskSwitch(task, refresh)] : []));
  }
  for (const part of document.querySelectorAll("[data-needs]")) {
    part.hidden = !status.tasks.some((task) => task.name === part.dataset.needs && task.granted);
  }
}
