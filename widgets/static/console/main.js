// Where the console comes together: tabs, forms that filter, forms that act, the helpdesk around us.

import { connect } from "../panel/host.js";
import { notice } from "../panel/say.js";
import { act } from "./act.js";
import { save } from "./download.js";
import { filter, partOf, redraw } from "./part.js";
import { follow } from "./tabs.js";

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.act) act(form);
  else filter(form);
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filter]");
  if (form && event.target.tagName === "SELECT") filter(form);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-query]");
  if (button) redraw(partOf(button), button.dataset.query, { focus: true });
  const file = event.target.closest("button[data-download]");
  if (file) save(file);
});

document.addEventListener("session-ended", (event) => {
  notice(`${event.detail.message} ${event.detail.body.next_step || ""}`.trim());
});

connect({ onShow: follow() });
