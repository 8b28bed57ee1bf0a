// Tabs as the ARIA practices describe them: arrows move, the part that is shown is drawn anew.

import { redraw } from "./part.js";

const KEYS = { ArrowRight: 1, ArrowLeft: -1 };

const tabs = () => [...document.querySelectorAll('[role="tab"]')];
const partOfTab = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

/** Begins to listen; answers a function that draws the part anew that one sees. */
export function follow() {
  document.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) show(tab);
  });
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) move(event, tab);
  });
  return refresh;
}

function show(tab) {
  for (const other of tabs()) {
    const isShown = other === tab;
    other.setAttribute("aria-selected", String(isShown));
    other.tabIndex = isShown ? 0 : -1;
    partOfTab(other).hidden = !isShown;
  }
  redraw(partOfTab(tab));
}

function move(event, tab) {
  const all = tabs();
  const ends = { Home: all[0], End: all.at(-1) };
  const next = ends[event.key] || (KEYS[event.key] && all.at((all.indexOf(tab) + KEYS[event.key]) % all.length));
  if (!next) return;
  event.preventDefault();
  next.focus();
  show(next);
}

/** Not while somebody fills in a form. */
function refresh() {
  const part = document.querySelector("[data-part]:not([hidden])");
  if (part && !part.querySelector("details[open] form")) redraw(part);
}
