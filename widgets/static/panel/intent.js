// What a person confirmed and the server has not yet answered. It is kept with its idempotency key before it
// is sent, so that the same act is never asked for twice: not by a lost connection, not by a reload.

import { Problem, Unreached, call } from "./api.js";

const PAUSES_MS = [500, 1000, 2000, 4000, 8000, 15000];
const memory = new Map();

const store = (() => {
  try {
    sessionStorage.getItem("");
    return {
      get: (name) => sessionStorage.getItem(name),
      set: (name, value) => sessionStorage.setItem(name, value),
      drop: (name) => sessionStorage.removeItem(name),
    };
  } catch {
    // A helpdesk's page may forbid storage in frames: then the key lives as long as the page.
    return { get: (name) => memory.get(name), set: (name, value) => memory.set(name, value), drop: (name) => memory.delete(name) };
  }
})();

const nameOf = ({ ticket, viewer }) => `intent:${viewer}:${ticket}`;

/** A confirmed act with its key, already kept. `where` is {ticket, viewer}. */
export function intend(where, body) {
  const intent = { where, key: crypto.randomUUID(), body, at: Date.now() };
  store.set(nameOf(where), JSON.stringify(intent));
  return intent;
}

/** What this person confirmed on this ticket before a reload and never got an answer to. */
export function unanswered(where) {
  if (!where.viewer) return null;
  try {
    return JSON.parse(store.get(nameOf(where)) || "null");
  } catch {
    return null;
  }
}

export function forget(intent) {
  store.drop(nameOf(intent.where));
}

/** Sends until the server answers: the request as recorded. Throws Problem (nothing was recorded), or
 * Unreached after all tries; the intent is then still kept and may be sent again. */
export async function send(intent, onTrouble = () => {}) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await call("POST", "/api/v1/requests", { body: intent.body, key: intent.key });
      forget(intent);
      return answer;
    } catch (error) {
      // An ended session says nothing about an earlier try whose answer was lost.
      const uncertain = attempt > 0 && error.status === 401;
      if (error instanceof Problem && !uncertain) forget(intent);
      if (!(error instanceof Unreached) || attempt >= PAUSES_MS.length) throw error;
      onTrouble();
      await pause(PAUSES_MS[attempt]);
    }
  }
}

function pause(milliseconds) {
  return new Promise((done) => {
    const timer = setTimeout(finish, milliseconds);
    function finish() {
      clearTimeout(timer);
      removeEventListener("online", finish);
      done();
    }
    addEventListener("online", finish);
  });
}
