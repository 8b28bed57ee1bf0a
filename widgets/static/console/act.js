// A form that changes something: `data-act` is where its fields go as JSON, with what `data-fixed` adds. The answer's
// `said` is told, and its part is drawn anew.

import { call } from "../panel/api.js";
import { notice, say } from "../panel/say.js";
import { holdsCardNumber } from "../panel/cards.js";
import { partOf, redraw } from "./part.js";

const CARD = "This looks like a card number. Only the last four digits may be written here.";

export async function act(form) {
  const fields = Object.fromEntries(new FormData(form));
  const typed = Object.keys(fields).filter((name) => form.elements[name].tagName === "TEXTAREA");
  if (!show(form, Object.fromEntries(typed.filter((name) => holdsCardNumber(fields[name])).map((n) => [n, CARD])))) return;
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await call("POST", form.dataset.act, { body: { ...fields, ...JSON.parse(form.dataset.fixed || "{}") } });
    await done(form, answer);
  } catch (error) {
    refused(form, error);
  }
  buttons.forEach((button) => (button.disabled = false));
}

async function done(form, answer) {
  const part = partOf(form);
  const fold = form.closest("details");
  if (fold) fold.open = false;
  form.reset();
  await redraw(part);
  say(answer.said || "Done.");
  (fold?.isConnected ? fold.querySelector("summary") : part.querySelector("h2")).focus();
}

function refused(form, error) {
  const errors = error.body?.errors || {};
  const told = Object.fromEntries(Object.entries(errors).map(([name, sentences]) => [name, [].concat(sentences).join(" ")]));
  const named = Object.keys(told).some((name) => form.elements[name] && form.querySelector(`[data-error="${name}"]`));
  if (named) show(form, told);
  else {
    const sentence = [error.message, ...Object.values(told), error.body?.next_step].filter(Boolean).join(" ");
    notice(sentence, [["Close", () => notice("")]]);
  }
}

/** Puts each error under its field; true when there is none. */
function show(form, errors) {
  let first = null;
  for (const place of form.querySelectorAll("[data-error]")) {
    const field = form.elements[place.dataset.error];
    place.textContent = errors[place.dataset.error] || "";
    place.hidden = !place.textContent;
    if (!field) continue;
    field.setAttribute("aria-invalid", String(!place.hidden));
    if (!place.hidden) first ||= field;
  }
  first?.focus?.();
  return !Object.keys(errors).length;
}
