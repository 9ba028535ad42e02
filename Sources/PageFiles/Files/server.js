// The one server that this page talks to: the program on this device that served it.

const secretField = "x-cloister-page";
const storedName = "cloister-page-secret";

/** The address that the program printed carries the secret behind `#`, which no browser sends anywhere. */
function takeSecret() {
  const match = /^#([0-9a-f]{64})$/.exec(location.hash);
  if (match) {
    sessionStorage.setItem(storedName, match[1]);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(storedName);
}

const secret = takeSecret();

export const hasSecret = () => secret !== null;

class Failure extends Error {
  constructor({ code, message, advice }) {
    super(message);
    this.code = code;
    this.advice = advice;
  }
}

const unreachable = {
  code: "page-server-gone",
  message: "The program behind this page does not answer.",
  advice: "Start it again with cloister proxy, and open the address that it prints.",
};

async function ask(method, path, body, fields = {}) {
  let answer;
  try {
    answer = await fetch(`api/${path}`, {
      method,
      body,
      headers: { [secretField]: secret ?? "", ...fields },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  } catch {
    throw new Failure(unreachable);
  }
  if (answer.ok) return answer;
  let refusal;
  try {
    refusal = await answer.json();
  } catch {
    refusal = null;
  }
  const inner = refusal?.error ?? refusal;
  throw new Failure({
    code: inner?.code ?? `status-${answer.status}`,
    message: inner?.message ?? "The program behind this page refused.",
    advice: inner?.advice,
  });
}

export async function get(path) {
  return (await ask("GET", path)).json();
}

export async function getBlob(path) {
  return (await ask("GET", path)).blob();
}

export async function post(path, value = {}) {
  return (await ask("POST", path, JSON.stringify(value), { "content-type": "application/json" })).json();
}

/** A chat export, as it is. The name is percent-encoded: it may be of any language. */
export async function postFile(path, file) {
  const fields = { "content-type": "application/octet-stream", "cloister-file-name": encodeURIComponent(file.name) };
  return (await ask("POST", path, file, fields)).json();
}

/** Calls `receive` with each event of an answer as it comes; an event named `error` is thrown. */
export async function postStream(path, value, receive) {
  const answer = await ask("POST", path, JSON.stringify(value), { "content-type": "application/json" });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let isWhole = false;
  for (;;) {
    let piece;
    try {
      piece = await reader.read();
    } catch {
      throw new Failure(unreachable);
    }
    if (piece.done) break;
    rest += piece.value;
    const lines = rest.split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const event = JSON.parse(line);
      if (event.event === "error") throw new Failure(event);
      if (event.event === "done") isWhole = true;
      receive(event);
    }
  }
  if (!isWhole) {
    throw new Failure({
      code: "page-answer-cut",
      message: "The answer was cut short.",
      advice: "What was shown of it is not whole. Ask again.",
    });
  }
}
