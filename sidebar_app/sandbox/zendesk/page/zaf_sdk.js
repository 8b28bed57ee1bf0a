// Stand-in for the helpdesk's app framework SDK: same surface, same messages, for local use only.
(function () {
  "use strict";

  const ALLOWED = /^(https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?|https:\/\/[a-z0-9-]+\.zendesk\.com)$/;
  const TIMEOUT_MS = 5 * 60 * 1000;

  function startedWith() {
    const query = new URLSearchParams(location.search);
    const hash = new URLSearchParams(location.hash.slice(1));
    const of = (name) => query.get(name) || hash.get(name);
    return { origin: of("origin"), guid: of("app_guid") };
  }

  class Client {
    constructor(origin, guid) {
      this._origin = origin;
      this._guid = guid;
      this._handlers = new Map();
      this._waiting = new Map();
      this._queue = [];
      this._last = 0;
      this._requests = 0;
      this._registered = new Promise((resolve) => { this._resolveRegistered = resolve; });
      window.addEventListener("message", (event) => this._receive(event));
      this._post({ key: "iframe.handshake", message: { version: "sandbox" } });
    }

    get(paths) { return this._bulk("get", [].concat(paths), Array.isArray(paths) ? null : paths); }

    set(path, value) {
      const single = typeof path === "string";
      return this._bulk("set", single ? { [path]: value } : path, single ? path : null);
    }

    invoke(name, ...args) {
      const single = typeof name === "string";
      return this._bulk("invoke", single ? { [name]: args } : name, single ? name : null);
    }

    on(name, handler, context) {
      const bound = { handler, call: context ? handler.bind(context) : handler };
      this._handlers.set(name, [...(this._handlers.get(name) || []), bound]);
      if (name === "app.registered") {
        this._registered.then((data) => bound.call(data));
      } else {
        this._later({ key: `iframe.on:${name}`, message: { subscriberCount: this._handlers.get(name).length } });
      }
      return this;
    }

    off(name, handler) {
      const left = (this._handlers.get(name) || []).filter((known) => handler && known.handler !== handler);
      this._handlers.set(name, left);
      this._later({ key: `iframe.off:${name}`, message: { subscriberCount: left.length } });
      return this;
    }

    has(name, handler) {
      return (this._handlers.get(name) || []).some((known) => !handler || known.handler === handler);
    }

    trigger(name, data) { this._later({ key: `iframe.trigger:${name}`, message: data }); }

    postMessage(name, data) { this._later({ key: name, message: data }); }

    request(options) {
      const asked = typeof options === "string" ? { url: options } : options;
      const name = `request:${++this._requests}`;
      return new Promise((resolve, reject) => {
        const settle = (end) => (data) => {
          this.off(`${name}.done`);
          this.off(`${name}.fail`);
          end(data && data.responseArgs ? data.responseArgs[0] : data);
        };
        this.on(`${name}.done`, settle(resolve));
        this.on(`${name}.fail`, settle(reject));
        this._later({ key: name, message: asked });
      });
    }

    context() { return this._registered.then((data) => data.context); }

    metadata() { return this._registered.then((data) => data.metadata); }

    _bulk(kind, params, single) {
      const id = ++this._last;
      const answer = new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          this._waiting.delete(id);
          reject(new Error("Invocation request timeout"));
        }, TIMEOUT_MS);
        this._waiting.set(id, { resolve, reject, timer });
      });
      this._later({ id, request: kind, params });
      return answer.then((result) => {
        const wrong = single && result.errors && result.errors[single];
        if (wrong) throw Object.assign(new Error(wrong.message), { name: wrong.name });
        return result;
      });
    }

    // Nothing but the handshake may be said before the host has registered the app.
    _later(message) {
      if (this._queue) this._queue.push(message);
      else this._post(message);
    }

    _post(message) {
      const signed = { ...message, appGuid: this._guid, instanceGuid: this._guid };
      window.parent.postMessage(JSON.stringify(signed), this._origin);
    }

    _receive(event) {
      if (event.origin !== this._origin || event.source !== window.parent) return;
      let said;
      try { said = JSON.parse(event.data); } catch { return; }
      if (said.id && this._waiting.has(said.id)) this._settle(said);
      else if (said.key && said.key.startsWith("zaf.")) this._happened(said.key.slice(4), said);
    }

    _settle(said) {
      const { resolve, reject, timer } = this._waiting.get(said.id);
      this._waiting.delete(said.id);
      clearTimeout(timer);
      if (said.error) reject(Object.assign(new Error(said.error.message), { name: said.error.name }));
      else resolve(said.result);
    }

    _happened(name, said) {
      if (name === "app.registered") {
        const queued = this._queue || [];
        this._queue = null;
        this._resolveRegistered(said.message);
        queued.forEach((message) => this._post(message));
        return;
      }
      const answers = (this._handlers.get(name) || []).map((known) => this._ask(known, said.message));
      if (said.needsReply) this._reply(name, answers);
    }

    _ask(known, message) {
      try { return Promise.resolve(known.call(message)); } catch (error) { return Promise.reject(error); }
    }

    _reply(name, answers) {
      const key = `iframe.reply:${name}`;
      Promise.all(answers).then((said) => {
        const no = said.find((answer) => answer === false || typeof answer === "string");
        this._post(no === undefined ? { key } : { key, error: { msg: no || undefined } });
      }, (error) => this._post({ key, error: { msg: (error && error.message) || String(error) } }));
    }
  }

  window.ZAFClient = {
    init(whenRegistered) {
      const { origin, guid } = startedWith();
      if (!origin || !guid) return false;
      if (!ALLOWED.test(origin)) {
        document.body.textContent = `Invalid domain ${origin}`;
        return false;
      }
      const client = new Client(origin, guid);
      if (whenRegistered) client.on("app.registered", whenRegistered);
      return client;
    },
  };
})();
