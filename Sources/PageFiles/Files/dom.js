// Everything that is shown is made of elements and text. No text is ever read as markup, and none becomes a link.

export const byId = (id) => document.getElementById(id);

/** An element with properties (`className`, `hidden`, …), attributes (`data-…`, `aria-…`, `role`) and children. */
export function el(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key in element && !key.includes("-") && key !== "role") element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** A line that a person or a model wrote, in whichever direction its script runs. */
export const written = (className, text) => el("p", { className, dir: "auto" }, text);

export function show(element, isShown = true) {
  element.hidden = !isShown;
}

/** Sets the text where it differs, so that a screen reader does not say it again. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

export const kibibytes = (bytes) => `${(bytes / 1024).toLocaleString("en", { maximumFractionDigits: 1 })} KiB`;

/** A refusal in words, with its code beneath. */
export function failureParts(failure) {
  const parts = [el("strong", {}, failure.message)];
  if (failure.advice) parts.push(el("span", {}, failure.advice));
  parts.push(el("code", {}, failure.code));
  return parts;
}

export function showFailure(failure) {
  const box = byId("failure");
  box.replaceChildren(...(failure ? failureParts(failure) : []));
  show(box, Boolean(failure));
  if (failure) box.scrollIntoView({ block: "nearest" });
}

/**
 * Runs what a person asked for, once at a time, and shows a refusal. The control keeps the focus meanwhile, which a
 * disabled one would lose.
 */
export async function withControl(control, body) {
  if (control.getAttribute("aria-disabled") === "true") return undefined;
  showFailure(null);
  control.setAttribute("aria-disabled", "true");
  try {
    return await body();
  } catch (failure) {
    showFailure(asFailure(failure));
    return undefined;
  } finally {
    control.removeAttribute("aria-disabled");
  }
}

export function asFailure(error) {
  if (error && typeof error.code === "string" && typeof error.message === "string") return error;
  return { code: "page-error", message: "Something went wrong in this page.", advice: "Reload it and try again." };
}

/** The steps of a request while it is under way. */
export class Progress {
  constructor(list) {
    this.list = list;
    this.list.replaceChildren();
    this.current = null;
  }

  step(text) {
    this.finish();
    this.current = el("li", {}, text);
    this.list.append(this.current);
  }

  finish(text) {
    if (!this.current) return;
    this.current.className = "done";
    if (text) say(this.current, text);
    this.current = null;
  }

  fail(text) {
    if (!this.current) return;
    this.current.className = "failed";
    if (text) say(this.current, text);
    this.current = null;
  }
}

export async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    say(button, "Copied");
  } catch {
    say(button, "Copying is not allowed here");
  }
}

/** Asks before something that cannot be taken back. What takes nothing away is not shown as a danger. */
export function confirmed(title, text, yes, isDanger = true) {
  const dialog = byId("confirm");
  say(byId("confirm-title"), title);
  say(byId("confirm-text"), text);
  say(byId("confirm-yes"), yes);
  byId("confirm-yes").classList.toggle("button-danger", isDanger);
  return new Promise((resolve) => {
    const close = (answer) => () => dialog.close(answer);
    byId("confirm-yes").onclick = close("yes");
    byId("confirm-no").onclick = close("no");
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
    dialog.returnValue = "no";
    dialog.showModal();
    byId("confirm-no").focus();
  });
}
