// The apps tray: the app in its iframe, opened by a signed form as the helpdesk does it, and its width.
import { $, element, toast } from "./dom.js";
import { AppHost } from "./zaf_host.js";

const NARROWEST = 258;
const WIDEST = 722;

export class Tray {
  constructor(here, query) {
    this.here = here;
    this.query = query;
    this.composer = null;
    this.host = null;
    this.isConsole = here.view === "console";
    this.box = this.isConsole ? $("main") : $("tray");
    this.box.hidden = false;
    if (this.isConsole) this.box.className = "console";
    else this.makeResizable();
  }

  // A fresh frame with a fresh token: the app learns who is signed in from that token only.
  async load() {
    if (this.host) this.host.stop();
    const { here } = this;
    const guid = crypto.randomUUID ? crypto.randomUUID() : `g${Date.now()}`;
    const where = this.isConsole ? "nav_bar" : "ticket_sidebar";
    const frame = element("iframe", { name: `app_${guid}`, title: "Billing", class: "app", allow: "clipboard-write" });
    const form = element("form", { method: "post", target: frame.name, hidden: true,
      action: this.address(guid) }, element("input", { type: "hidden", name: "token", value: await this.token(where) }));
    this.box.replaceChildren(...(this.isConsole ? [] : [this.head()]), frame, form);
    this.host = new AppHost({ frame, guid, appOrigin: new URL(here.facts.appUrl).origin, ...this.answers(frame, guid, where) });
    form.submit();
    form.remove();
  }

  address(guid) {
    const path = this.isConsole ? "/zendesk/console" : "/zendesk/sidebar";
    return `${this.here.facts.appUrl}${path}?${new URLSearchParams({ origin: location.origin, app_guid: guid })}`;
  }

  async token(where) {
    const { agent, ticketId } = this.here;
    const asked = new URLSearchParams({ agent, location: where, ...(ticketId ? { ticket: ticketId } : {}) });
    return (await fetch(`/_sandbox/sign?${asked}`, { cache: "no-store" })).text();
  }

  head() {
    return element("div", { class: "app-head" }, element("h2", {}, "Billing"),
      element("button", { type: "button", title: "Load again", "aria-label": "Load the app again", onclick: () => this.load() }, "↻"));
  }

  answers(frame, guid, where) {
    const { here } = this;
    const context = { product: "support", location: where, instanceGuid: guid, ...(here.ticketId ? { ticketId: here.ticketId } : {}) };
    const metadata = { appId: Number(here.facts.appId), installationId: Number(here.facts.installationId), settings: {} };
    return { context, metadata, facts: () => this.facts(), actions: this.actions(frame), writers: {
      "ticket.comment.text": (text) => this.composer && this.composer.replace(text),
      "comment.text": (text) => this.composer && this.composer.replace(text),
    } };
  }

  facts() {
    const { state, facts, scheme } = this.here;
    const { me, ticket } = state;
    return {
      colorScheme: scheme(),
      currentUser: { id: me.id, name: me.name, email: me.email, role: me.role, locale: "en-US" },
      currentAccount: { subdomain: facts.subdomain },
      ...(ticket ? { ticket } : {}),
    };
  }

  actions(frame) {
    const append = (text) => this.composer && this.composer.append(text);
    return {
      resize: ({ height, width } = {}) => {
        if (this.isConsole) return;
        if (height) frame.style.height = typeof height === "number" ? `${height}px` : height;
        if (width && width !== "100%") frame.style.width = width;
      },
      notify: (message, kind, ms) => toast(message && message.message ? message.message : message, kind, ms),
      "ticket.comment.appendText": append,
      "ticket.comment.appendMarkdown": append,
      "ticket.comment.appendHtml": (markup) => append(new DOMParser().parseFromString(markup, "text/html").body.textContent),
      "ticket.editor.insert": append,
    };
  }

  changed(before, after) {
    for (const path of ["status", "subject", "tags"]) {
      if (JSON.stringify(before[path]) !== JSON.stringify(after[path])) this.host.tell(`ticket.${path}.changed`, after[path]);
    }
    if (before.updated_at !== after.updated_at) this.host.tell("ticket.updated", { id: after.id });
  }

  repaint() {
    if (this.host) this.host.tell("colorScheme.changed", this.here.scheme());
  }

  makeResizable() {
    const split = $("split");
    split.hidden = false;
    this.width(Number(this.query.get("tray")) || 320);
    split.addEventListener("pointerdown", (event) => {
      split.setPointerCapture(event.pointerId);
      document.body.classList.add("dragging");
    });
    split.addEventListener("pointermove", (event) => {
      if (split.hasPointerCapture(event.pointerId)) this.width(window.innerWidth - event.clientX);
    });
    split.addEventListener("lostpointercapture", () => document.body.classList.remove("dragging"));
    split.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: 16, ArrowRight: -16 }[event.key];
      if (step) this.width(this.now + step);
    });
  }

  width(wanted) {
    this.now = Math.round(Math.min(WIDEST, Math.max(NARROWEST, wanted)));
    document.documentElement.style.setProperty("--tray", `${this.now}px`);
    $("split").setAttribute("aria-valuenow", this.now);
    $("split").setAttribute("aria-valuemin", NARROWEST);
    $("split").setAttribute("aria-valuemax", WIDEST);
    this.query.set("tray", this.now);
    history.replaceState(null, "", `?${this.query}`);
  }
}
