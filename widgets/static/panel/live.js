// Keeping the panel true: a cheap pulse, and a new drawing when something changed.

import { Problem, call } from "./api.js";
import { morph } from "./morph.js";

const BUSY_MS = 1000;
const WAITING_MS = 3000;
const QUIET_MS = 15000;
const SLOWEST_MS = 60000;
// "due in 22 h" ages although nothing changes.
const REDRAW_WAITING_MS = 60000;

let timer = 0;
let failures = 0;
let drawnAt = Date.now();
let isHidden = false;
let ended = false;

export const panel = () => document.getElementById("panel");

/** Whose and which ticket's panel this is. */
export const place = () => ({ ticket: panel().dataset.ticket, viewer: panel().dataset.viewer });

/** Begins to ask; asks at once when the page is shown again, and never while it is hidden. */
export function follow() {
  document.addEventListener("visibilitychange", soon);
  document.addEventListener("session-ended", () => {
    ended = true;
    clearTimeout(timer);
  });
  setInterval(age, 5000);
  soon();
}

/** The helpdesk hides or shows the app without the browser noticing. */
export function setHidden(hidden) {
  isHidden = hidden;
  soon();
}

/** Asks now. */
export function soon() {
  clearTimeout(timer);
  if (!ended && !isHidden && !document.hidden && panel().dataset.ticket) timer = setTimeout(beat, 0);
}

async function beat() {
  const { ticket, version, waiting } = panel().dataset;
  let pause = waiting === undefined ? QUIET_MS : WAITING_MS;
  try {
    const pulse = await call("GET", `/api/v1/tickets/${ticket}/pulse`);
    if (!version) panel().dataset.version = pulse.version;
    const old = waiting !== undefined && Date.now() - drawnAt > REDRAW_WAITING_MS;
    if (old || (version && version !== pulse.version)) await redraw();
    if (pulse.busy) pause = BUSY_MS;
    failures = 0;
  } catch (error) {
    failures += 1;
    pause = Math.min(pause * 2 ** failures, SLOWEST_MS);
    if (error instanceof Problem && error.status === 403) ended = true;
  }
  clearTimeout(timer);
  if (!ended && !isHidden && !document.hidden) timer = setTimeout(beat, pause);
}

/** Draws the panel anew, of another customer if one is given. */
export async function redraw(customer = panel().dataset.customer) {
  const { ticket } = panel().dataset;
  const query = customer ? `?customer=${encodeURIComponent(customer)}` : "";
  const drawn = await call("GET", `/api/v1/tickets/${ticket}/panel${query}`);
  const next = new DOMParser().parseFromString(drawn.html, "text/html").getElementById("panel");
  morph(panel(), next);
  delete panel().dataset.waiting;
  Object.assign(panel().dataset, next.dataset, { version: drawn.version });
  drawnAt = Date.now();
}

/** "12 s ago" grows older. */
function age() {
  for (const time of document.querySelectorAll("time[data-ago]")) time.textContent = ago(new Date(time.dateTime));
}

function ago(at) {
  const seconds = Math.max(Math.floor((Date.now() - at) / 1000), 0);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} days ago`;
}
