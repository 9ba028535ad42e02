// Starts the page: which view is shown, what the program says of its state, and the one switch for all of it.

import { asFailure, byId, confirmed, show, showFailure, withControl } from "./dom.js";
import { get, hasSecret, post } from "./server.js";
import * as chat from "./chat.js";
import * as consent from "./consent.js";
import * as history from "./history.js";
import * as receipts from "./receipts.js";
import * as reply from "./reply.js";
import * as settings from "./settings.js";
import * as summary from "./summary.js";
import * as writing from "./writing.js";

const views = { summary, reply, writing, chat, history, receipts, settings };
let status = null;
/** What the operator's machines cannot do, as far as that is known. */
let offer = { missingTasks: [], missingTones: [] };

function showBanners() {
  for (const name of ["simulated", "custom"]) {
    const text = status?.banners?.[name];
    byId(`banner-${name}`).textContent = text ?? "";
    show(byId(`banner-${name}`), Boolean(text));
  }
}

function route() {
  const [, name = "", argument = ""] = location.hash.split("/");
  return name in views ? { name, argument } : { name: "summary", argument: "" };
}

function sectionName({ name, argument }) {
  if (!status?.on) return "off";
  return name === "receipts" && argument ? "receipt" : name;
}

async function showView(isNavigation) {
  const place = route();
  const section = sectionName(place);
  const canShow = status !== null;
  for (const view of document.querySelectorAll(".view")) show(view, canShow && view.id === `view-${section}`);
  show(byId("nav"), canShow && status.on);
  for (const link of byId("nav").children) {
    if (link.getAttribute("href") === `#/${place.name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!canShow) return;
  const heading = byId(`view-${section}`).querySelector("h1");
  document.title = `${heading.textContent} · Cloister`;
  if (isNavigation) {
    showFailure(null);
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  if (!status.on) return;
  showOffer();
  if (status.problem) showFailure(status.problem);
  try {
    await views[place.name].enter(status, { argument: place.argument, refresh });
  } catch (error) {
    showFailure(asFailure(error));
  }
}

function showOffer() {
  consent.fill(status, offer, refresh);
  writing.showTones(status, offer);
}

/** Once something is on: it takes the fetch of the epoch. Where that fails nothing is known, and a request says why. */
async function learnOffer() {
  if (!status.on || !status.tasks.some((task) => task.granted)) return;
  try {
    const learned = await get("offer");
    if (JSON.stringify(learned) === JSON.stringify(offer)) return;
    offer = learned;
  } catch {
    return;
  }
  if (status.on) showOffer();
}

/** Asks the program for its state again and shows the same view with it. */
async function refresh() {
  status = await get("status");
  showBanners();
  learnOffer();
  await showView(false);
}

async function start() {
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  addEventListener("hashchange", () => showView(true));
  byId("feature-on").addEventListener("click", (event) =>
    withControl(event.currentTarget, async () => {
      await post("feature", { on: true });
      location.hash = "#/summary";
      await refresh();
      byId("summary-title").tabIndex = -1;
      byId("summary-title").focus();
    }),
  );
  byId("feature-off").addEventListener("click", (event) => {
    const button = event.currentTarget;
    withControl(button, async () => {
      const isMeant = await confirmed(
        "Turn everything off?",
        "Every consent is taken back, of this page and of every app, the open chat is forgotten, and no further answer is kept. Tokens, receipts and kept answers stay.",
        "Turn it off",
      );
      if (!isMeant) return;
      await post("feature", { on: false });
      for (const view of Object.values(views)) view.forget?.();
      await refresh();
      byId("feature-on").focus();
    });
  });
  for (const view of Object.values(views)) view.prepare(() => status, refresh);
  if (!hasSecret()) {
    showFailure({
      code: "page-secret-missing",
      message: "This address lacks its secret.",
      advice: "Open the whole address that cloister proxy printed, with what stands behind #.",
    });
    return;
  }
  try {
    await refresh();
  } catch (error) {
    showFailure(asFailure(error));
  }
}

start();
