// A part of the console is drawn by the server; what of it one looks at stands in `data-query`.

import { Problem, call } from "../panel/api.js";
import { morph } from "../panel/morph.js";
import { notice, say } from "../panel/say.js";

export const partOf = (node) => node.closest("[data-part]");

/** Draws the part anew. Says what went wrong, and then leaves the part as it is. `focus`: one goes elsewhere in it. */
export async function redraw(part, query = part.dataset.query || "", { focus = false } = {}) {
  part.setAttribute("aria-busy", "true");
  const asked = (part.asked = Symbol("asked"));
  try {
    const drawn = await call("GET", `/api/v1/console/parts/${part.dataset.part}/html?${query}`);
    if (part.asked !== asked) return;
    part.dataset.query = query;
    morph(part, new DOMParser().parseFromString(drawn.html, "text/html").body);
    showBadge(part, drawn.badge);
    if (focus) {
      part.querySelector("form[data-filter]")?.reset();
      part.querySelector("h2").focus();
    }
    notice("");
  } catch (error) {
    if (!(error instanceof Problem && error.status === 401)) notice(sentence(error), [["Close", () => notice("")]]);
  } finally {
    if (part.asked === asked) part.removeAttribute("aria-busy");
  }
}

/** Looks at what the fields of a form say; empty ones say nothing. */
export async function filter(form) {
  const part = partOf(form);
  const told = [...new FormData(form)].filter(([, value]) => value.trim());
  await redraw(part, new URLSearchParams(told).toString());
  const result = part.querySelector("[data-result]");
  if (result) say(result.textContent);
}

function sentence(error) {
  return Object.values(error.body?.errors || {}).flat().join(" ") || error.message;
}

function showBadge(part, badge) {
  const shown = document.querySelector(`#tab-${part.dataset.part} .badge`);
  if (!shown) return;
  shown.textContent = badge;
  shown.hidden = !badge;
}
