// Where everything comes together: clicks, what was recorded, the helpdesk around us.

import { call, useToken } from "./api.js";
import { close, open, preview, submit, useChoice } from "./form.js";
import { connect, notify, ticketId } from "./host.js";
import { forget, send, unanswered } from "./intent.js";
import { follow, panel, place, redraw, setHidden, soon } from "./live.js";
import { element, notice, say } from "./say.js";

const RESEND_WITHIN_MS = 10 * 60 * 1000;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { act, payment, more, choose, withdraw } = button.dataset;
  if (act) open(act, button, payment);
  else if ("close" in button.dataset) close();
  else if (more) showMore(button, more);
  else if (choose) chooseCustomer(choose);
  else if (withdraw) askToWithdraw(button);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-action]");
  if (!form) return;
  if (event.target.name === "payment") useChoice(form);
  preview(form);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && panel().classList.contains("acting") && event.target.tagName !== "SELECT") close();
});

document.addEventListener("session-ended", (event) => {
  notice(`${event.detail.message} ${event.detail.body.next_step || ""}`.trim());
});

document.addEventListener("recorded", (event) => showRecorded(event.detail));
document.addEventListener("resend", (event) => sendAgain(event.detail));

/** The card is drawn from the answer at once; the panel's next drawing takes it over by its id. */
async function showRecorded(request) {
  close();
  const told = `${request.title}: ${request.status_text}.`;
  document.getElementById(request.id)?.remove();
  document.getElementById("requests").prepend(card(request));
  document.getElementById(request.id).focus();
  say(told);
  notify(told);
  await redraw().catch(() => {});
  soon();
}

function card(request) {
  const steps = request.steps.map((step) => element("li", { className: step.state, textContent: step.text }));
  const title = element("h2", {}, `${request.title} `, element("span", { className: request.tone, textContent: request.status_text }));
  const drawn = element("article", { id: request.id, className: "card", tabIndex: -1 }, title);
  drawn.append(element("p", { textContent: request.detail }), element("ol", { className: "steps" }, ...steps));
  return drawn;
}

function showMore(button, id) {
  const rows = document.getElementById(id);
  rows.hidden = false;
  button.hidden = true;
  rows.querySelector("td").tabIndex = -1;
  rows.querySelector("td").focus();
}

async function chooseCustomer(customer) {
  try {
    await redraw(customer);
    say(`Showing ${document.querySelector("h1").textContent}.`);
  } catch (error) {
    notice(error.message, [["Close", () => notice("")]]);
  }
}

function askToWithdraw(button) {
  const { withdraw, what } = button.dataset;
  const yes = element("button", { type: "button", textContent: "Yes, withdraw" });
  const no = element("button", { type: "button", className: "plain", textContent: "Keep it" });
  const question = element("span", { textContent: `Withdraw ${what}?` });
  const row = element("div", { className: "row" }, question, no, yes);
  button.hidden = true;
  button.parentElement.append(row);
  no.addEventListener("click", () => {
    row.remove();
    button.hidden = false;
    button.focus();
  });
  yes.addEventListener("click", () => takeBack(withdraw, row), { once: true });
  yes.focus();
}

async function takeBack(id, row) {
  row.textContent = "Withdrawing…";
  try {
    const request = await call("POST", `/api/v1/requests/${encodeURIComponent(id)}/withdraw`);
    say(`${request.title}: ${request.status_text}.`);
  } catch (error) {
    notice(error.message, [["Close", () => notice("")]]);
  }
  row.remove();
  await redraw().catch(() => {});
  (document.getElementById(id) || document.querySelector("#acts button") || panel()).focus();
}

async function sendAgain(intent) {
  try {
    await showRecorded(await send(intent));
    notice("");
  } catch (error) {
    notice(`Your last request was not taken: ${error.message}`, [["Close", () => notice("")]]);
  }
}

/** A confirmation that was never answered before the page was left. */
function finishBusiness() {
  const intent = unanswered(place());
  if (!intent) return;
  if (Date.now() - intent.at < RESEND_WITHIN_MS) {
    say("Sending your last request again.");
    sendAgain(intent);
    return;
  }
  forget(intent);
  notice("A request of yours was never confirmed. Look under “What happened here” before you ask again.", [
    ["Close", () => notice("")],
  ]);
}

/** The signed visit did not name the ticket: the helpdesk's SDK does. */
async function openShell(isInHelpdesk) {
  if (!isInHelpdesk) throw new Error("Open this panel in a Zendesk ticket.");
  const given = await call("POST", "/zendesk/panel", { body: { ticket: Number(await ticketId()) } });
  useToken(given.token);
  const drawn = new DOMParser().parseFromString(given.html, "text/html").getElementById("panel");
  panel().replaceWith(drawn);
}

async function start() {
  const isInHelpdesk = connect({ onShow: () => setHidden(false), onHide: () => setHidden(true) });
  if ("shell" in panel().dataset) {
    try {
      await openShell(isInHelpdesk);
    } catch (error) {
      panel().removeAttribute("aria-busy");
      panel().replaceChildren(element("p", { textContent: error.message }));
      return;
    }
  }
  follow();
  finishBusiness();
}

start();
