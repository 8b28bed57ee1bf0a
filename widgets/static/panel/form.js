// The form of an action: opened in place, checked while typing, previewed, confirmed, sent once.

import { Problem, call } from "./api.js";
import { holdsCardNumber } from "./cards.js";
import { intend, send } from "./intent.js";
import { panel, place } from "./live.js";
import { display, minorOf, readAmount } from "./money.js";
import { element, notice, say } from "./say.js";
import { showChange, showPending, showProblem, showUnreached, showVerdict } from "./verdict.js";

const PREVIEW_AFTER_MS = 350;

let opener = null;
let timer = 0;
let latest = 0;

/** Opens the form of an action in place of the overview. */
export function open(action, from, payment) {
  const section = document.getElementById(`act-${action}`);
  if (!section) return;
  close();
  opener = from && { action, payment, id: from.closest("[id]")?.id };
  section.hidden = false;
  panel().classList.add("acting");
  const form = section.querySelector("form");
  if (form) {
    if (payment && form.elements.payment) form.elements.payment.value = payment;
    useChoice(form);
    preview(form, 0);
  }
  section.querySelector("h2").focus();
  scrollTo(0, 0);
}

/** Back to the overview, with the focus where it came from. */
export function close() {
  const section = panel().querySelector(".act:not([hidden])");
  clearTimeout(timer);
  latest += 1;
  if (!section) return;
  const form = section.querySelector("form");
  if (form) clean(form);
  section.hidden = true;
  panel().classList.remove("acting");
  const place = opener && document.getElementById(opener.id);
  (place || panel()).querySelector?.(`[data-act="${opener?.action}"]`)?.focus();
}

function clean(form) {
  form.reset();
  unconfirm(form);
  for (const field of form.querySelectorAll(".err")) tell(form, field, "");
}

/** The chosen payment brings its own currency, decimals and limit. */
export function useChoice(form) {
  const chosen = form.elements.payment?.selectedOptions[0];
  const input = form.querySelector("[data-amount]");
  if (!chosen || !input) return;
  input.dataset.digits = chosen.dataset.digits;
  input.dataset.limit = chosen.dataset.limit;
  input.dataset.currency = chosen.dataset.currency;
  input.parentElement.querySelector("em").textContent = chosen.dataset.currency;
  document.getElementById(`${input.id}-hint`).textContent = chosen.dataset.hint;
}

/** What would happen, a moment after the last change. */
export function preview(form, after = PREVIEW_AFTER_MS) {
  clearTimeout(timer);
  unconfirm(form);
  timer = setTimeout(() => ask(form), after);
}

async function ask(form) {
  const box = form.querySelector(".verdict");
  const mine = (latest += 1);
  const params = read(form, { previewing: true });
  if (!params) {
    const wrong = form.querySelector(".wrong");
    return showPending(box, wrong ? "Check the marked field." : "Fill in the amount to see what happens.");
  }
  if (!box.childElementCount) showPending(box, "Checking…");
  try {
    const found = await call("POST", "/api/v1/requests/preview", { body: body(form, params) });
    if (mine === latest) showVerdict(box, found);
  } catch (error) {
    if (mine !== latest) return;
    if (error instanceof Problem) refuse(form, error);
    else showUnreached(box);
  }
}

/** Submitting asks for a confirmation that restates the act in the server's words. */
export async function submit(form) {
  const params = read(form);
  if (!params) return form.querySelector(".wrong :is(input, select, textarea)")?.focus();
  clearTimeout(timer);
  const mine = (latest += 1);
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  try {
    const asked = body(form, params);
    const found = await call("POST", "/api/v1/requests/preview", { body: asked });
    if (mine !== latest) return;
    showVerdict(form.querySelector(".verdict"), found);
    if (found.verdict !== "deny" && !found.obstacle) confirm(form, asked, found);
  } catch (error) {
    if (error instanceof Problem) refuse(form, error);
    else showUnreached(form.querySelector(".verdict"));
  } finally {
    button.disabled = false;
  }
}

function confirm(form, asked, found) {
  const box = form.querySelector(".confirm");
  const runs = found.verdict === "allow";
  const who = document.querySelector("h1").textContent;
  const yes = element("button", { type: "button", className: "go", textContent: runs ? `${form.dataset.verb} now` : "Ask for approval" });
  const no = element("button", { type: "button", className: "plain", textContent: "Change it" });
  const then = runs ? "It runs at once and cannot be taken back." : "Nothing happens before it is approved; you can withdraw it until then.";
  box.replaceChildren(
    element("b", { textContent: `${found.summary}?` }),
    element("p", { textContent: `For ${who}. ${then}` }),
    element("div", { className: "row" }, no, yes),
  );
  no.addEventListener("click", () => {
    unconfirm(form);
    form.querySelector("[type=submit]").focus();
  });
  yes.addEventListener("click", () => act(form, asked, yes), { once: true });
  form.querySelector(".ask").hidden = true;
  box.hidden = false;
  box.focus();
}

function unconfirm(form) {
  form.querySelector(".confirm").hidden = true;
  form.querySelector(".ask").hidden = false;
}

async function act(form, asked, button) {
  const verb = button.textContent;
  for (const other of form.querySelectorAll("button")) other.disabled = true;
  button.textContent = "Sending…";
  const intent = intend(place(), asked);
  try {
    const recorded = await send(intent, () => {
      button.textContent = "No connection, sending again…";
    });
    document.dispatchEvent(new CustomEvent("recorded", { detail: recorded }));
  } catch (error) {
    unconfirm(form);
    if (error.slug === "panel-out-of-date") takeFacts(form, error);
    else if (error instanceof Problem) refuse(form, error);
    else lost(form, intent);
  } finally {
    button.textContent = verb;
    for (const other of form.querySelectorAll("button")) other.disabled = false;
  }
}

/** The server was never reached: the same key may be sent again, a new act must not be started blindly. */
function lost(form, intent) {
  showUnreached(form.querySelector(".verdict"));
  notice("The server could not be reached. It is not known whether your request arrived. Sending it again is safe.", [
    ["Send again", () => {
      notice("");
      document.dispatchEvent(new CustomEvent("resend", { detail: intent }));
    }],
  ]);
}

/** What the form stands on is taken over from the answer; the person decides again. */
function takeFacts(form, problem) {
  const facts = problem.body.facts || {};
  const holder = form.elements.payment?.selectedOptions[0] || form;
  holder.dataset.seen = JSON.stringify({ ...JSON.parse(holder.dataset.seen || "{}"), ...facts });
  if (facts.refundable && holder !== form) {
    holder.dataset.limit = facts.refundable;
    holder.dataset.hint = `${display(facts.refundable, facts.currency)} can still be refunded. Leave empty for all of it.`;
    useChoice(form);
  }
  showChange(form.querySelector(".verdict"), problem);
  form.querySelector("[type=submit]").focus();
}

function refuse(form, problem) {
  for (const [name, sentences] of Object.entries(problem.body.errors || {})) {
    const place = document.getElementById(`${form.dataset.action}-${name}-err`);
    if (place) tell(form, place, sentences.join(" "));
  }
  showProblem(form.querySelector(".verdict"), problem);
  say(`Not possible. ${problem.message}`);
}

function body(form, params) {
  const chosen = form.elements.payment?.selectedOptions[0]?.dataset.seen;
  const seen = { ...JSON.parse(form.dataset.seen), ...JSON.parse(chosen || "{}") };
  return { ticket: Number(panel().dataset.ticket), action: form.dataset.action, params, seen };
}

/** The params, or null when a field is wrong. While previewing nobody is told about what is still empty. */
function read(form, { previewing = false } = {}) {
  const params = {};
  let fine = true;
  for (const input of form.querySelectorAll("[name]")) {
    const { value, error } = fieldOf(input, previewing);
    const empty = previewing && !input.value.trim();
    if (error) fine = false;
    const place = document.getElementById(`${input.id}-err`);
    if (place) tell(form, place, empty ? "" : error);
    params[input.name] = value;
  }
  return fine ? params : null;
}

function fieldOf(input, previewing) {
  const typed = input.value.trim();
  if (!typed && previewing && input.dataset.preview) return { value: input.dataset.preview };
  if (!typed) return { value: "", error: input.required ? missing(input) : "" };
  if (input.tagName === "TEXTAREA" && holdsCardNumber(typed)) {
    return { value: "", error: "This looks like a card number. Leave it out: the last four digits are enough." };
  }
  if (!("amount" in input.dataset)) return { value: typed };
  const digits = Number(input.dataset.digits);
  const found = readAmount(typed, digits);
  if (found.error) return { value: "", error: found.error };
  const { limit, currency } = input.dataset;
  if (limit && found.minor > minorOf(limit, digits)) {
    return { value: "", error: `At most ${display(limit, currency)} can still be refunded.` };
  }
  return { value: found.amount };
}

function missing(input) {
  return input.tagName === "SELECT" ? "Choose one." : "This is needed.";
}

function tell(form, place, sentence) {
  const input = document.getElementById(place.id.replace(/-err$/, ""));
  place.textContent = sentence || "";
  place.hidden = !sentence;
  input.parentElement.classList.toggle("wrong", Boolean(sentence));
  if (sentence) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
