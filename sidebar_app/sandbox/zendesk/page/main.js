// The workspace: which view the address asks for, who is signed in, and asking every second what is new.
import { Conversation, drawList } from "./conversation.js";
import { $, element } from "./dom.js";
import { Tray } from "./tray.js";

const EVERY_MS = 1000;
const query = new URLSearchParams(location.search);
const dark = matchMedia("(prefers-color-scheme: dark)");
const ticketId = Number((location.pathname.match(/\/agent\/tickets\/(\d+)/) || [])[1]) || null;
const view = ticketId ? "ticket" : location.pathname.startsWith("/agent/apps/") ? "console" : "list";

const here = {
  view,
  ticketId,
  agent: query.get("agent") || "l1",
  facts: document.documentElement.dataset,
  state: null,
  scheme: () => query.get("scheme") || (dark.matches ? "dark" : "light"),
  // An address in this workspace that keeps who is signed in and how it looks.
  link: (path) => `${path}?${new URLSearchParams({ ...Object.fromEntries(query), agent: here.agent })}`,
  refresh: () => refresh(),
};

const tray = view === "list" ? null : new Tray(here, query);
const conversation = view === "ticket" ? new Conversation(here, tray) : null;
let last = "";

async function refresh() {
  const asked = new URLSearchParams({ agent: here.agent, ...(ticketId ? { ticket: ticketId } : {}) });
  try {
    const answer = await fetch(`/_sandbox/state?${asked}`, { cache: "no-store" });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    $("offline").hidden = true;
    if (text === last) return;
    const before = here.state;
    last = text;
    here.state = JSON.parse(text);
    draw(before);
  } catch {
    $("offline").hidden = false;
  }
}

function draw(before) {
  drawPeople();
  if (view === "list") drawList(here, $("main"));
  if (view === "console") $("title").textContent = "Billing console";
  if (conversation) conversation.draw();
  if (!tray) return;
  if (!before || before.me.key !== here.state.me.key) tray.load();
  else if (view === "ticket") tray.changed(before.ticket, here.state.ticket);
}

function drawPeople() {
  const people = here.state.people.map((p) => element("option", { value: p.key }, p.name));
  if ($("agent").options.length !== people.length) $("agent").replaceChildren(...people);
  $("agent").value = here.agent;
  for (const link of document.querySelectorAll("#rail a")) {
    link.href = here.link(link.dataset.to);
    const current = link.dataset.view === view || (link.dataset.view === "list" && view === "ticket");
    link.toggleAttribute("aria-current", current);
  }
}

function paint() {
  document.documentElement.dataset.theme = here.scheme();
  if (tray) tray.repaint();
}

$("agent").addEventListener("change", (event) => {
  here.agent = event.target.value;
  query.set("agent", here.agent);
  history.replaceState(null, "", `?${query}`);
  refresh();
});
$("scheme").addEventListener("click", () => {
  query.set("scheme", here.scheme() === "dark" ? "light" : "dark");
  history.replaceState(null, "", `?${query}`);
  paint();
  if (here.state) drawPeople();
});
dark.addEventListener("change", paint);

async function poll() {
  if (!document.hidden || !here.state) await refresh();
  setTimeout(poll, EVERY_MS);
}

paint();
poll();
