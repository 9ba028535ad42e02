// What each request left: the list, and one receipt told step by step.

import { byId, confirmed, count, el, failureParts, asFailure, say, show, withControl } from "./dom.js";
import { get, getBlob, post } from "./server.js";

export const receiptLink = (identifier, text) => el("a", { href: `#/receipts/${identifier}` }, text);

export function prepare() {
  byId("receipts-export").addEventListener("click", (event) =>
    withControl(event.currentTarget, async () => {
      save(await getBlob("receipts/export"), "cloister-receipts.json");
      say(byId("receipts-status"), "The receipts were exported. The file is yours: it says when you used this and for what kind of task.");
    }),
  );
  byId("receipts-purge").addEventListener("click", (event) => {
    const button = event.currentTarget;
    withControl(button, async () => {
      const isMeant = await confirmed(
        "Delete all receipts?",
        "What was verified for past requests can then no longer be shown or checked again.",
        "Delete them",
      );
      if (!isMeant) return;
      const { purged } = await post("receipts/purge", { confirm: "all" });
      await showList();
      say(byId("receipts-status"), `${count(purged, "receipt was", "receipts were")} deleted.`);
      byId("receipts-title").focus();
    });
  });
}

export async function enter(status, { argument }) {
  if (argument) await showReceipt(argument);
  else await showList();
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

const simulatedTag = (isSimulated) => (isSimulated ? el("span", { className: "tag" }, "SIMULATED") : null);

async function showList() {
  const { receipts, unreadable, otherVersions } = await get("receipts");
  byId("receipts-list").replaceChildren(
    ...receipts.map((receipt) =>
      el(
        "li",
        {},
        el(
          "a",
          { href: `#/receipts/${receipt.id}` },
          el("strong", {}, receipt.taskTitle),
          simulatedTag(receipt.simulated),
          el("span", { className: "fine" }, el("br"), `${receipt.hour}, ${receipt.operator}, ${count(receipt.checks, "check", "checks")} passed`),
          receipt.failure ? el("span", { className: "fine" }, el("br"), `Not answered: ${receipt.failure}`) : null,
        ),
      ),
    ),
    ...unreadable.map(({ id, code }) =>
      el(
        "li",
        { className: "unreadable" },
        el("strong", {}, "Cannot be read"),
        el("span", { className: "fine" }, el("br"), `${id}: `, el("code", {}, code)),
      ),
    ),
  );
  const isAny = receipts.length + unreadable.length + otherVersions > 0;
  const shown = isAny ? count(receipts.length, "receipt", "receipts") : "No receipts yet.";
  const damaged = unreadable.length
    ? ` ${count(unreadable.length, "more is", "more are")} damaged: restore what stands last from a copy of the state’s folder receipts, or remove it there.`
    : "";
  const others = otherVersions ? ` ${count(otherVersions, "more is", "more are")} of another version and cannot be shown.` : "";
  const hidden = damaged + others;
  say(byId("receipts-status"), hidden ? `${shown}.${hidden}` : shown);
  show(byId("receipts-actions"), isAny);
}

async function showReceipt(identifier) {
  const body = byId("receipt-body");
  body.replaceChildren();
  say(byId("receipt-status"), "Checking the stored proofs…");
  const receipt = await get(`receipts/${encodeURIComponent(identifier)}`);
  say(byId("receipt-title"), receipt.taskTitle);
  document.title = `${receipt.taskTitle} · Cloister`;
  say(byId("receipt-status"), "");
  body.replaceChildren(
    overview(receipt),
    ...receipt.hops.map((hop) => verified(hop, receipt)),
    parties(receipt),
    ages(receipt),
    keeping(receipt),
  );
}

function overview(receipt) {
  return el(
    "section",
    { "aria-label": "In short" },
    ...receipt.sentences.map((sentence) => el("p", {}, sentence)),
  );
}

function verified(hop, { hops, simulated }) {
  const steps = hop.steps.map((step) =>
    el(
      "li",
      { className: step.isEmptyForm ? "skipped" : "" },
      el("strong", {}, step.title),
      el("span", {}, step.text),
      el(
        "details",
        {},
        el("summary", {}, count(step.checks.length, "check", "checks")),
        el("ul", {}, ...step.checks.map((check) => el("li", {}, `${check.words} `, el("code", {}, check.name)))),
      ),
    ),
  );
  const exceptions = [
    ...hop.skipped.map((check) => `Not checked, because the policy leaves it out: ${check.words} (${check.name})`),
    ...hop.relaxations.map((what) => `Weaker than the strict rules: ${what}`),
    ...hop.weaknesses.map((what) => `A known weakness of this release: ${what}`),
  ].map((text) => el("li", { className: "skipped" }, text));
  const title = hops.length === 1 ? "What was verified" : `What was verified: ${hop.order}`;
  const machine = simulated ? `simulated ${hop.platform}, no hardware` : `${hop.platform} hardware`;
  return el(
    "section",
    {},
    el("h2", {}, title),
    el("p", {}, `Node ${hop.node.slice(0, 16)}…, release ${hop.release} ${hop.version}, ${machine}.`),
    el("ol", { className: "verified" }, ...steps, ...exceptions),
  );
}

/** A table that phones show as paragraphs keeps its roles. */
function table(caption, columns, rows) {
  return el(
    "table",
    { className: "stacked", role: "table" },
    el("caption", {}, caption),
    el(
      "thead",
      { role: "rowgroup" },
      el("tr", { role: "row" }, ...columns.map((column) => el("th", { scope: "col", role: "columnheader" }, column))),
    ),
    el(
      "tbody",
      { role: "rowgroup" },
      ...rows.map(([head, ...cells]) =>
        el(
          "tr",
          { role: "row" },
          el("th", { scope: "row", role: "rowheader" }, ...head),
          ...cells.map((cell, index) => el("td", { role: "cell", "data-column": columns[index + 1] }, cell)),
        ),
      ),
    ),
  );
}

function parties(receipt) {
  const rows = receipt.parties.map((party) => [
    [party.party, el("small", {}, party.runBy)],
    party.sees,
    party.neverSees,
  ]);
  return el(
    "section",
    {},
    el("h2", {}, "What each party could see"),
    table("Of this request", ["Party", "Sees", "Never sees"], rows),
  );
}

function ages(receipt) {
  const content = receipt.agesFailure
    ? [el("div", { className: "notice notice-failure" }, ...failureParts(receipt.agesFailure))]
    : [
        table(
          receipt.agesCaption,
          ["Proof", "Made", "Age then", "Allowed"],
          receipt.ages.map((age) => [[age.proof], age.made, age.age, age.allowed]),
        ),
      ];
  return el("section", {}, el("h2", {}, "The age of every proof"), ...content);
}

function keeping(receipt) {
  const result = el("p", { className: "status", role: "status" });
  const verify = el("button", { type: "button", className: "button" }, "Check everything again");
  verify.addEventListener("click", () =>
    withControl(verify, async () => {
      say(result, "Checking, without network…");
      try {
        const { checks } = await post("receipts/verify", { id: receipt.id });
        say(result, `Verified: ${count(checks, "check", "checks")} repeated, none failed.`);
      } catch (error) {
        const failure = asFailure(error);
        say(result, `Refused: ${failure.message} (${failure.code})`);
      }
    }),
  );
  return el(
    "section",
    {},
    el("h2", {}, "For later"),
    el("p", {}, "The proofs lie on this device. All of it can be checked again without network, here or by the command below."),
    el("p", {}, el("code", {}, `cloister verify receipt ${receipt.path}`)),
    el("div", { className: "row" }, verify),
    result,
  );
}
