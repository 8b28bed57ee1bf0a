// The ticket list, and one ticket's conversation with its composer.
import { $, ago, element, harmless, initials, toast } from "./dom.js";

export function drawList(here, main) {
  document.title = "Tickets · Sandbox helpdesk";
  $("title").textContent = "Tickets";
  const rows = here.state.tickets.map((ticket) => element("tr", {},
    element("td", {}, element("span", { class: `status ${ticket.status}` }, ticket.status)),
    element("td", { class: "id" }, `#${ticket.id}`),
    element("td", { class: "subject" }, element("a", { href: here.link(`/agent/tickets/${ticket.id}`) }, ticket.subject)),
    element("td", {}, ticket.requester.name),
    element("td", { class: "when" }, ago(ticket.updated_at))));
  const heads = ["Status", "Ticket", "Subject", "Requester", "Updated"];
  main.className = "list";
  main.replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows)));
}

const MODES = [
  { key: "public", label: "Public reply", hint: "Reply to the customer" },
  { key: "note", label: "Internal note", hint: "Only colleagues see this" },
  { key: "customer", label: "As the customer", hint: "Write as the customer would" },
];

// A chosen file as the sandbox takes it.
async function attached(file) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
  return { file_name: file.name, content_type: file.type || "application/octet-stream", base64: url.slice(url.indexOf(",") + 1) };
}

export class Conversation {
  constructor(here, tray) {
    this.here = here;
    this.mode = MODES[0];
    this.shown = new Map(); // comment id -> what is drawn of it
    this.facts = element("div", { class: "facts" });
    this.log = element("div", { id: "log", role: "log", "aria-label": "Conversation", tabindex: "0" });
    this.text = element("textarea", { id: "text", rows: "3", "aria-label": "Message",
      onkeydown: (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.send(); } });
    this.files = element("input", { id: "files", type: "file", multiple: true, "aria-label": "Files" });
    this.button = element("button", { type: "button", class: "send", onclick: () => this.send() }, "Send");
    this.tabs = element("div", { class: "modes", role: "group", "aria-label": "How to write" });
    $("main").className = "ticket";
    $("main").replaceChildren(this.facts, this.log, element("div", { class: "composer" }, this.tabs, this.text,
      element("div", { class: "foot" }, this.files, element("span", { class: "faint" }, "Ctrl + Enter sends"), this.button)));
    this.drawModes();
    tray.composer = { append: (text) => this.append(text), replace: (text) => { this.text.value = text; } };
  }

  draw() {
    const { ticket, comments } = this.here.state;
    document.title = `#${ticket.id} ${ticket.subject}`;
    $("title").textContent = ticket.subject;
    this.facts.replaceChildren(
      element("span", { class: `status ${ticket.status}` }, ticket.status), element("span", {}, `#${ticket.id}`),
      element("span", {}, `${ticket.requester.name} <${ticket.requester.email}>`),
      element("span", { class: "faint" }, `via ${ticket.channel}`),
      ...ticket.tags.map((tag) => element("span", { class: "tag" }, tag)));
    this.drawLog(comments);
  }

  // Only what changed is drawn anew, so that a selection in another message stays.
  drawLog(comments) {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    for (const comment of comments) {
      const text = JSON.stringify(comment);
      const known = this.shown.get(comment.id);
      if (known && known.text === text) continue;
      const node = this.message(comment);
      if (known) known.node.replaceWith(node);
      else this.log.append(node);
      this.shown.set(comment.id, { text, node });
    }
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  message(comment) {
    const customer = comment.author.role === "end-user";
    const files = comment.attachments.map((file) => element("a", { class: "file", href: file.content_url }, file.file_name));
    return element("article", { class: comment.public ? (customer ? "customer" : "reply") : "note", "data-comment": comment.id },
      element("div", { class: "avatar", "aria-hidden": "true" }, initials(comment.author.name)),
      element("div", { class: "bubble" },
        element("div", { class: "who" }, element("b", {}, comment.author.name),
          comment.public ? null : element("span", { class: "label" }, "Internal note"),
          element("time", { datetime: comment.created_at, title: comment.created_at }, ago(comment.created_at))),
        harmless(comment.html_body), ...files));
  }

  drawModes() {
    this.tabs.replaceChildren(...MODES.map((mode) => element("button", {
      type: "button", "aria-pressed": String(mode === this.mode), "data-mode": mode.key,
      onclick: () => { this.mode = mode; this.drawModes(); this.text.focus(); } }, mode.label)));
    this.text.placeholder = this.mode.hint;
    this.text.dataset.mode = this.mode.key;
  }

  append(text) {
    this.mode = MODES[0];
    this.drawModes();
    this.text.value = [this.text.value, text].filter(Boolean).join("\n");
  }

  async send() {
    const text = this.text.value.trim();
    if (!text && !this.files.files.length) return this.text.focus();
    this.button.disabled = true;
    const as = this.mode.key === "customer" ? "customer" : this.here.agent;
    try {
      const attachments = await Promise.all([...this.files.files].map(attached));
      const body = JSON.stringify({ ticket: this.here.ticketId, as, text, public: this.mode.key !== "note", attachments });
      const answer = await fetch("/_sandbox/comments", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!answer.ok) throw new Error((await answer.json()).description || "It was not accepted.");
      this.text.value = "";
      this.files.value = "";
      await this.here.refresh();
    } catch (error) {
      toast(`Not sent: ${error.message}`, "error");
    }
    this.button.disabled = false;
    return undefined;
  }
}
