// The host's side of the app framework: answers what an app in the tray asks, tells it what happens.

export class AppHost {
  // `facts()` answers the readable paths as one object; `actions` are what the app may invoke, by name.
  constructor({ frame, appOrigin, guid, context, metadata, facts, actions, writers = {} }) {
    Object.assign(this, { frame, appOrigin, guid, context, metadata, facts, actions, writers });
    this.subscribed = new Set();
    this.listener = (event) => this.receive(event);
    window.addEventListener("message", this.listener);
  }

  stop() {
    this.tell("app.willDestroy");
    window.removeEventListener("message", this.listener);
  }

  tell(name, payload) {
    if (this.subscribed.has(name)) this.post({ key: `zaf.${name}`, message: payload });
  }

  receive(event) {
    if (event.source !== this.frame.contentWindow || event.origin !== this.appOrigin) return;
    let said;
    try { said = JSON.parse(event.data); } catch { return; }
    if (said.appGuid !== this.guid) return;
    if (said.request) this.answer(said);
    else if (typeof said.key === "string") this.hear(said.key, said.message);
  }

  hear(key, message) {
    if (key === "iframe.handshake") this.register();
    else if (key.startsWith("iframe.on:")) this.subscribe(key.slice(10));
    else if (key.startsWith("iframe.off:")) {
      if (!message || !message.subscriberCount) this.subscribed.delete(key.slice(11));
    } else if (/^request:\d+$/.test(key)) this.request(key, message);
  }

  register() {
    this.post({ key: "zaf.app.registered", message: { context: this.context, metadata: this.metadata } });
  }

  // An app that has just loaded is active; it hears so as soon as it listens.
  subscribe(name) {
    this.subscribed.add(name);
    if (name !== "app.activated" || this.activated) return;
    this.activated = true;
    this.tell(name, { firstLoad: true });
  }

  async answer({ id, request, params }) {
    const handler = { get: () => this.get(params), set: () => this.set(params), invoke: () => this.invoke(params) }[request];
    if (!handler) return this.post({ id, error: { message: `unknown request ${request}`, name: "Error" } });
    return this.post({ id, result: await handler() });
  }

  get(paths) {
    const result = { errors: {} };
    for (const path of paths) {
      const value = path.split(".").reduce((from, key) => (from == null ? undefined : from[key]), this.facts());
      if (value === undefined) result.errors[path] = { message: `"${path}" is not available here`, name: "APIPathError" };
      else result[path] = value;
    }
    return result;
  }

  set(values) {
    const result = { errors: {} };
    for (const [path, value] of Object.entries(values)) {
      if (this.writers[path]) this.writers[path](value);
      else result.errors[path] = { message: `"${path}" cannot be set here`, name: "APIPathError" };
      result[path] = value;
    }
    return result;
  }

  async invoke(calls) {
    const result = { errors: {} };
    for (const [name, args] of Object.entries(calls)) {
      if (this.actions[name]) result[name] = (await this.actions[name](...args)) ?? null;
      else result.errors[name] = { message: `"${name}" is not an action here`, name: "APIActionError" };
    }
    return result;
  }

  async request(name, asked) {
    try {
      const answer = await fetch(asked.url, {
        method: asked.type || asked.method || "GET",
        headers: { ...asked.headers, ...(asked.contentType ? { "Content-Type": asked.contentType } : {}) },
        body: asked.data && typeof asked.data !== "string" ? JSON.stringify(asked.data) : asked.data,
      });
      const text = await answer.text();
      const isJson = (answer.headers.get("Content-Type") || "").includes("json");
      const told = answer.ok ? (isJson ? JSON.parse(text) : text) : { status: answer.status, responseText: text };
      this.post({ key: `zaf.${name}.${answer.ok ? "done" : "fail"}`, message: { responseArgs: [told] } });
    } catch (error) {
      this.post({ key: `zaf.${name}.fail`, message: { responseArgs: [{ status: 0, statusText: String(error) }] } });
    }
  }

  post(message) {
    const target = this.frame.contentWindow;
    if (target) target.postMessage(JSON.stringify(message), this.appOrigin);
  }
}
