// One channel as one person sees it; asks the sandbox every second what is new.
import { confirmed, renderMessage } from "./blocks.js";
import { showModal } from "./modal.js";
import { element } from "./mrkdwn.js";

const EVERY_MS = 1000;
const query = new URLSearchParams(location.search);
const here = { as: query.get("as") ?? "manager", channel: query.get("channel") ?? "approvals" };
const notices = new Map(); // message ts -> what went wrong with the last click on it
const $ = (id) => document.getElementById(id);
let state = null;
let last = "";

if (query.get("theme")) document.documentElement.dataset.theme = query.get("theme");

async function send(path, body) {
  const answer = await fetch(`/_sandbox/${path}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ as: here.as, ...body }),
  });
  return answer.json();
}

async function refresh() {
  try {
    const answer = await fetch(`/_sandbox/state?${new URLSearchParams(here)}`, { cache: "no-store" });
    const text = await answer.text();
    if (!answer.ok) throw new Error(JSON.parse(text).error);
    $("offline").hidden = true;
    if (text === last) return;
    last = text;
    state = JSON.parse(text);
    draw();
  } catch {
    $("offline").hidden = false;
  }
}

async function poll() {
  await refresh();
  setTimeout(poll, EVERY_MS);
}

function draw() {
  drawFrame();
  drawLog();
  const top = state.views.at(-1);
  showModal($("modal"), top, state.names, { submit, close: closeView });
}

function drawFrame() {
  document.title = `#${state.channel.name} · ${state.me.title}`;
  $("topic").textContent = state.channel.topic;
  $("channels").replaceChildren(...state.channels.map((channel) => element("a", {
    href: `?${new URLSearchParams({ ...Object.fromEntries(query), ...here, channel: channel.name })}`,
    "aria-current": channel.id === state.channel.id ? "page" : null,
  }, `# ${channel.name}`)));
  const people = state.people.map((p) => element("option", { value: p.name, selected: p.id === state.me.id }, p.title));
  if ($("as").options.length !== people.length) $("as").replaceChildren(...people);
  $("as").value = state.me.name;
}

function drawLog() {
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const nodes = [];
  let day = "";
  for (const message of inThreads()) {
    const today = new Date(message.ts * 1000).toLocaleDateString("en-US", { weekday: "long", month: "long", day: "numeric" });
    if (today !== day && !message.thread) nodes.push(element("div", { class: "day" }, (day = today)));
    nodes.push(article(message));
  }
  if (!nodes.length) nodes.push(element("p", { class: "empty" }, emptyText()));
  log.replaceChildren(...nodes);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function emptyText() {
  return state.channel.member ? "Nothing here yet." : `${state.me.title} is not a member of this private channel.`;
}

// Top-level messages in order, each followed by its thread.
function inThreads() {
  const whispers = state.ephemerals.map((e) => ({ ...e, whisper: true }));
  const all = [...state.messages, ...whispers].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const isReply = (m) => m.thread_ts && m.thread_ts !== m.ts;
  return all.filter((m) => !isReply(m)).flatMap((m) => [
    m, ...all.filter((r) => isReply(r) && r.thread_ts === m.ts).map((r) => ({ ...r, thread: true }))]);
}

function article(message) {
  const at = new Date(message.ts * 1000);
  const kind = [message.thread && "reply", message.whisper && "only-you"].filter(Boolean).join(" ");
  return element("article", { class: kind, "data-ts": message.ts },
    element("div", { class: "avatar", "aria-hidden": "true" }, state.app[0]),
    element("div", { class: "body" },
      ...(message.whisper ? [element("div", { class: "faint" }, "Only visible to you")] : []),
      element("div", { class: "who" }, element("b", {}, state.app), element("span", { class: "badge" }, "APP"),
        element("time", { datetime: at.toISOString() },
          at.toLocaleTimeString("en-US", { hour: "numeric", minute: "2-digit" })),
        ...(message.edited ? [element("span", { class: "faint" }, "(edited)")] : [])),
      ...renderMessage(message, state.names, (button, node) => press(message, button, node)),
      ...(notices.has(message.ts) ? [element("p", { class: "notice", role: "alert" }, notices.get(message.ts))] : [])));
}

async function press(message, button, node) {
  if (button.confirm && !(await confirmed($("confirm"), button.confirm, state.names))) return;
  if (button.url) window.open(button.url, "_blank", "noopener");
  node.disabled = true;
  notices.delete(message.ts);
  const answer = await send("click", { channel: state.channel.id, ts: message.ts, action_id: button.action_id });
  const problem = answer.notice || answer.error;
  if (problem) notices.set(message.ts, problem);
  last = "";
  await refresh();
}

async function submit(viewId, values, form) {
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  await send("submit", { view_id: viewId, values });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  last = "";
  await refresh();
}

async function closeView(viewId) {
  await send("close", { view_id: viewId });
  await refresh();
}

$("as").addEventListener("change", (event) => {
  here.as = event.target.value;
  query.set("as", here.as);
  history.replaceState(null, "", `?${query}`);
  notices.clear();
  refresh();
});

poll();
