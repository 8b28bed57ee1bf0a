// Small helpers: elements, customer markup made harmless, dates.

export const $ = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const KEPT = new Set("DIV P BR SPAN B STRONG I EM U S UL OL LI BLOCKQUOTE PRE CODE H1 H2 H3 H4 TABLE TBODY THEAD TR TD TH HR".split(" "));

// Customer markup, parsed without running anything; only known elements stay, without their attributes.
export function harmless(markup) {
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  const box = element("div", { class: "said" });
  for (const child of parsed.body.childNodes) box.append(...copied(child));
  return box;
}

function copied(node) {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || ["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return [];
  const inner = [...node.childNodes].flatMap(copied);
  return KEPT.has(node.tagName) ? [element(node.tagName, {}, ...inner)] : inner;
}

export function ago(iso) {
  const minutes = Math.round((Date.now() - new Date(iso)) / 60000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.round(minutes / 60)} h ago`;
  return new Date(iso).toLocaleDateString("en-US", { month: "short", day: "numeric" });
}

export function initials(name) {
  return name.split(/\s+/).slice(0, 2).map((word) => word[0]).join("").toUpperCase();
}

export function toast(text, kind = "notice", ms = 5000) {
  const node = element("div", { class: `toast ${kind}` }, String(text).replace(/<[^>]*>/g, ""));
  $("toasts").append(node);
  setTimeout(() => node.remove(), Number(ms) || 5000);
}
