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

/**
 * Shows each view's switch while its task is off, and what it allows once it is on; or that the operator's machines
 * cannot do it.
 */
export function fill(status, offer, refresh) {
  const isMissing = (name) => offer.missingTasks.includes(name);
  for (const place of document.querySelectorAll("[data-consent]")) {
    const name = place.dataset.consent;
    const task = status.tasks.find((candidate) => candidate.name === name);
    const words = "The operator’s machines cannot do this: by what the publishers signed they run no model for it.";
    if (isMissing(name)) place.replaceChildren(el("p", { className: "notice" }, words));
    else place.replaceChildren(...(task && !task.granted ? [taskSwitch(task, refresh)] : []));
  }
  for (const part of document.querySelectorAll("[data-needs]")) {
    const name = part.dataset.needs;
    part.hidden = isMissing(name) || !status.tasks.some((task) => task.name === name && task.granted);
  }
}
