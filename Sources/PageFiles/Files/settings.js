// What may be asked, what is never read, tokens, and whom the device trusts.

import { byId, confirmed, count, el, say, show, withControl } from "./dom.js";
import { post } from "./server.js";
import { taskSwitch } from "./consent.js";

export function prepare(status, refresh) {
  byId("tokens-draw").addEventListener("click", (event) => {
    const button = event.currentTarget;
    withControl(button, async () => {
      const isMeant = await confirmed(
        "Draw today’s tokens now?",
        "The issuer learns that this account draws, now and from this address, and nothing else. A request soon after can be linked to the draw in time.",
        "Draw them",
        false,
      );
      if (!isMeant) return;
      say(byId("tokens-status"), "Drawing tokens…");
      try {
        const { drawn, available } = await post("tokens/draw");
        await refresh();
        say(byId("tokens-status"), `${count(drawn, "token", "tokens")} drawn, ${available} available.`);
      } catch (error) {
        say(byId("tokens-status"), "");
        throw error;
      }
    });
  });
}

export async function enter(status, { refresh }) {
  byId("task-switches").replaceChildren(...status.tasks.map((task) => el("li", {}, taskSwitch(task, refresh))));
  showExcluded(status, refresh);
  say(byId("tokens-facts"), tokenSentence(status.tokens));
  show(byId("tokens-draw"), !status.tokens.nextDraw);
  say(byId("tokens-limit"), status.tokens.limit);
  byId("trust-facts").replaceChildren(
    ...status.trust.flatMap(({ name, value }) => [el("dt", {}, name), el("dd", {}, value)]),
  );
}

function tokenSentence(tokens) {
  const use = "Each request spends one. They are signed blind: nobody can tell later whose they were.";
  const next = tokens.nextDraw ? ` Today’s were drawn; more can be drawn from ${tokens.nextDraw} on.` : "";
  return `${count(tokens.available, "token is", "tokens are")} left.${next} ${use}`;
}

function showExcluded(status, refresh) {
  const list = byId("excluded-chats");
  if (!status.excludedChats.length) {
    list.replaceChildren(el("li", {}, "None. A chat can be excluded once it is open."));
    return;
  }
  list.replaceChildren(
    ...status.excludedChats.map((chat) => {
      const button = el("button", { type: "button", className: "quiet" }, "Allow again");
      button.setAttribute("aria-label", `Allow ${chat.name} again`);
      button.addEventListener("click", () =>
        withControl(button, async () => {
          await post("chat/include", { index: chat.index, name: chat.name });
          await refresh();
          byId("settings-title").focus();
        }),
      );
      return el("li", {}, el("span", {}, chat.name), button);
    }),
  );
}
