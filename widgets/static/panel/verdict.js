// What would happen, as the server's preview says it.

import { display } from "./money.js";
import { element } from "./say.js";

const TITLES = { allow: "Runs at once", deny: "Not possible" };
const TONES = { allow: "good", needs_approval: "warn", deny: "bad" };

/** Draws a preview into the box. */
export function showVerdict(box, preview) {
  const needed = preview.steps.map((step) => someone(step)).join(", then ");
  const title = TITLES[preview.verdict] || `Needs ${needed}`;
  const due = preview.due_at ? ` Answer due ${when(preview.due_at)}.` : "";
  if (preview.obstacle) {
    const { detail, next_step: next } = preview.obstacle;
    fill(box, "bad", "Nobody can approve this now", `${preview.reason} ${detail} ${next}`, why(preview));
  } else {
    fill(box, TONES[preview.verdict], title, `${preview.sentence || preview.reason}${due}`, why(preview));
  }
}

/** Draws a refusal into the box: its reason and what to do instead. */
export function showProblem(box, problem) {
  const { detail, next_step: next = "", reasons = [], reference = "" } = problem.body;
  const small = reasons.length ? [`Reason: ${reasons.join(", ")}`] : [];
  fill(box, "bad", "Not possible", [detail, next].filter(Boolean).join(" "), reference ? [`Reference ${reference}`] : small);
}

/** Something that is being found out. */
export function showPending(box, text) {
  fill(box, "", text, "", []);
}

export function showUnreached(box) {
  fill(box, "warn", "No answer", "The server does not answer. Check your connection; nothing was done.", []);
}

/** What is so now, after the panel was out of date. */
export function showChange(box, problem) {
  const { facts = {}, detail } = problem.body;
  const names = { refundable: "can still be refunded", credit: "is the balance" };
  const now = Object.entries(names).filter(([name]) => name in facts).map(([name, text]) => `${display(facts[name], facts.currency)} ${text}`);
  const told = now.length ? ` Now ${now.join(", ")}.` : "";
  fill(box, "warn", "It changed meanwhile", `${detail}${told} Nothing was done. Look at it and continue if it is still right.`, []);
}

function someone({ role, name, quorum }) {
  if (role === "legal") return name;
  return quorum > 1 ? `${quorum} ${name}s` : `a ${name}`;
}

/** Sentences first, in groups; ids and the policy's version small at the end. */
function why({ why: told, rules, policy_version: version }) {
  const ids = [...new Set([...rules, ...told.caps.filter((cap) => cap.is_over).map((cap) => cap.rule)])];
  return [
    ...group("Rules that speak about this", told.rules.map(rule)),
    ...group("Limits over time", told.caps.map((cap) => cap.sentence)),
    ...group("What would change it", told.ways),
    ...group("Who can approve now", told.approvers.map(people)),
    element("small", { textContent: [...(ids.length ? [`Rule ${ids.join(", ")}`] : []), `Policy ${version}`].join(" · ") }),
  ];
}

function group(title, sentences) {
  if (!sentences.length) return [];
  return [element("b", { textContent: title }), element("ul", {}, ...sentences.map((textContent) => element("li", { textContent })))];
}

function rule({ sentence, answer, decides }) {
  return `${sentence.replace(/\.$/, "")} (${answer}${decides ? "" : "; a stricter rule counts"}).`;
}

function people({ name, quorum, people: able }) {
  const title = `${name[0].toUpperCase()}${name.slice(1)}${quorum > 1 ? ` (${quorum} of them)` : ""}`;
  return `${title}: ${able.join("; ") || "nobody"}`;
}

/** Unfolded reasons stay unfolded while the person types. */
function fill(box, tone, title, text, details) {
  const open = Boolean(box.querySelector("details")?.open);
  box.className = `verdict ${tone}`.trim();
  box.replaceChildren(element("b", { textContent: title }));
  if (text) box.append(element("p", { textContent: text }));
  if (details.length) {
    box.append(element("details", { open }, element("summary", { textContent: "Why?" }), ...details));
  }
}

/** "today 14:05", "tomorrow 14:05", "Mon 12 Jan 14:05", in the reader's own time. */
function when(iso) {
  const at = new Date(iso);
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const date = at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
  return `${["today", "tomorrow"][days] ?? date} ${time}`;
}
