// Calling our own API: a token, a time limit, and errors that are either a problem or no answer at all.

const TIMEOUT_MS = 20000;
const meta = document.querySelector('meta[name="panel-token"]');

/** The server answered with a problem document: `body` has detail, next_step, reasons, facts, errors. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || "Something went wrong.");
    this.status = status;
    this.body = body;
    this.slug = (body.type || "").split("/").pop();
  }
}

/** Nobody knows whether the server got it: no connection, no answer in time, or a gateway's error. */
export class Unreached extends Error {}

export function useToken(token) {
  meta.content = token;
}

/** The JSON answer. Throws Problem or Unreached; a session that ended also raises a document event. */
export async function call(method, path, { body, key } = {}) {
  const headers = { Authorization: `Bearer ${meta.content}`, Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let answer;
  let content;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal });
    content = await answer.json();
  } catch {
    throw new Unreached("The server did not answer.");
  }
  if (answer.ok) return content;
  if (!content.type && (answer.status >= 500 || answer.status === 429)) throw new Unreached("The server did not answer.");
  const problem = new Problem(answer.status, content);
  if (answer.status === 401) document.dispatchEvent(new CustomEvent("session-ended", { detail: problem }));
  throw problem;
}
