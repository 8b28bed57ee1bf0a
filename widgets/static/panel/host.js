// The helpdesk around us, through its SDK. Without it the panel works alone: only size, colour scheme and
// pop-up notes are lost.

let client = false;

const HEIGHT_MIN_PX = 200;
const HEIGHT_MAX_PX = 2400;

/** True when the helpdesk answers. `onShow` and `onHide` are called when it shows or hides the app. */
export function connect({ onShow = () => {}, onHide = () => {} } = {}) {
  client = globalThis.ZAFClient ? globalThis.ZAFClient.init() : false;
  if (!client) return false;
  client.get("colorScheme").then((got) => useScheme(got.colorScheme), () => {});
  client.on("colorScheme.changed", useScheme);
  client.on("app.activated", onShow);
  client.on("app.deactivated", onHide);
  client.on("app.willDestroy", onHide);
  followHeight();
  return true;
}

/** The number of the ticket that the helpdesk shows; rejects when it does not tell. */
export async function ticketId() {
  const context = await client.context();
  return context.ticketId ?? (await client.get("ticket.id"))["ticket.id"];
}

/** A short note in the helpdesk's own corner. `kind`: notice · alert · error. */
export function notify(text, kind = "notice") {
  if (client) client.invoke("notify", text, kind).catch(() => {});
}

function useScheme(scheme) {
  if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
}

function followHeight() {
  let asked = 0;
  const follow = () => {
    const needed = Math.ceil(document.body.getBoundingClientRect().height);
    const height = Math.min(Math.max(needed, HEIGHT_MIN_PX), HEIGHT_MAX_PX);
    if (height === asked) return;
    asked = height;
    client.invoke("resize", { width: "100%", height: `${height}px` }).catch(() => {});
  };
  new ResizeObserver(follow).observe(document.body);
}
