// Help with a draft: what leaves is the draft and the tone.

import { byId, count, el, Progress, say, show, withControl, written } from "./dom.js";
import { postStream } from "./server.js";
import { showAfter, showBroken } from "./answer.js";

export function prepare() {
  byId("writing-form").addEventListener("submit", (event) => {
    event.preventDefault();
    withControl(event.submitter ?? event.target.querySelector("[type=submit]"), ask);
  });
}

export async function enter() {}

export function showTones(status, offer) {
  const place = byId("tones");
  if (!place.children.length) {
    place.replaceChildren(
      ...status.tones.map((tone, index) =>
        el(
          "label",
          { className: "tone" },
          el("input", { type: "radio", name: "tone", value: tone.name, checked: index === 0 }),
          el("span", {}, tone.title),
        ),
      ),
    );
  }
  const missing = status.tones.filter((tone) => offer.missingTones.includes(tone.name));
  for (const input of place.querySelectorAll("input")) {
    input.parentElement.hidden = missing.some((tone) => tone.name === input.value);
  }
  // What is picked can be seen.
  if (place.querySelector("[hidden] > input:checked")) {
    place.querySelector(".tone:not([hidden]) > input")?.click();
  }
  const names = missing.map((tone) => tone.title).join(", ");
  say(byId("tones-missing"), `Not to be had, since the operator’s machines run no model: ${names}.`);
  show(byId("tones-missing"), missing.length > 0);
}

export function forget() {
  byId("draft").value = "";
  byId("writing-text").replaceChildren();
  show(byId("writing-after"), false);
}

async function ask() {
  const draft = byId("draft").value;
  if (!draft.trim()) {
    byId("draft").focus();
    throw { code: "page-draft", message: "There is no draft yet.", advice: "Write or paste one first." };
  }
  const tone = byId("writing-form").elements.tone.value;
  const progress = new Progress(byId("writing-progress"));
  const text = byId("writing-text");
  text.replaceChildren();
  show(byId("writing-after"), false);
  try {
    await postStream("writing", { draft, tone }, (event) => {
      if (event.event === "step") {
        progress.step(event.text);
        say(byId("writing-status"), "");
      } else if (event.event === "text") {
        progress.finish();
        text.append(written("", event.text));
      } else if (event.event === "done") {
        progress.finish();
        const before = count(draft.length, "character", "characters");
        say(byId("writing-status"), `The suggestion is complete. Your draft had ${before}.`);
        showAfter(byId("writing-after"), event, text);
      }
    });
  } catch (error) {
    progress.fail();
    showBroken(text);
    throw error;
  }
}
