// Slack's mrkdwn as DOM nodes. Text only ever becomes text nodes, never markup.

const TOKEN = new RegExp(
  [
    "```([\\s\\S]+?)```",
    "`([^`\\n]+)`",
    "<([^>\\n]+)>",
    "(?<![\\w*])\\*(?=\\S)([^*\\n]*?\\S)\\*(?![\\w*])",
    "(?<!\\w)_(?=\\S)([^_\\n]*?\\S)_(?!\\w)",
    "(?<![\\w~])~(?=\\S)([^~\\n]*?\\S)~(?![\\w~])",
    ":([a-z0-9_+-]+):",
  ].join("|"),
  "g",
);
// Plain glyphs, because not every machine has an emoji font: [glyph, tone].
const EMOJI = {
  white_check_mark: ["✓", "good"], x: ["✗", "bad"], no_entry: ["⊘", "bad"], warning: ["⚠\ufe0e", "bad"],
  rotating_light: ["⚠\ufe0e", "bad"], question: ["?", "bad"], hourglass: ["◷", ""], hourglass_flowing_sand: ["◷", ""],
  leftwards_arrow_with_hook: ["↩\ufe0e", ""], gear: ["⚙\ufe0e", ""],
};

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function textObject(object, names) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, names) : [object.text];
}

export function mrkdwn(text, names) {
  const nodes = [];
  let quote = [];
  const flush = () => {
    if (quote.length) nodes.push(element("blockquote", {}, ...withBreaks(quote.join("\n"), names)));
    quote = [];
  };
  const plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...withBreaks(plain.join("\n"), names));
    plain.length = 0;
  };
  for (const line of text.split("\n")) {
    const mark = /^(?:&gt;|>) ?/.exec(line);
    if (mark) { flushPlain(); quote.push(line.slice(mark[0].length)); }
    else { flush(); plain.push(line); }
  }
  flush();
  flushPlain();
  return nodes;
}

function withBreaks(text, names) {
  return inline(text, names).flatMap((node) =>
    typeof node !== "string"
      ? [node]
      : node.split("\n").flatMap((line, i) => (i ? [element("br"), line] : [line])));
}

function inline(text, names) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    nodes.push(unescape(text.slice(end, match.index)));
    nodes.push(token(match, names));
    end = match.index + match[0].length;
  }
  nodes.push(unescape(text.slice(end)));
  return nodes.filter((node) => node !== "");
}

function token([whole, pre, code, angle, bold, italic, strike, emoji], names) {
  if (pre !== undefined) return element("pre", {}, unescape(pre.replace(/^\n/, "")));
  if (code !== undefined) return element("code", {}, unescape(code));
  if (angle !== undefined) return special(angle, names);
  if (bold !== undefined) return element("strong", {}, ...inline(bold, names));
  if (italic !== undefined) return element("em", {}, ...inline(italic, names));
  if (strike !== undefined) return element("s", {}, ...inline(strike, names));
  if (!EMOJI[emoji]) return whole;
  return element("span", { class: `emoji ${EMOJI[emoji][1]}`, role: "img", "aria-label": emoji.replaceAll("_", " ") },
    EMOJI[emoji][0]);
}

function special(content, names) {
  const [target, label] = split(content);
  if (target.startsWith("@")) return mention("@" + (names[target.slice(1)] ?? target.slice(1)));
  if (target.startsWith("#")) return mention("#" + (label ?? target.slice(1)));
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!")) return mention("@" + target.slice(1).split("^")[0]);
  if (/^(https?:|mailto:)/.test(target)) {
    const href = unescape(target);
    return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, unescape(label ?? target));
  }
  return `<${unescape(content)}>`;
}

function split(content) {
  const bar = content.indexOf("|");
  return bar < 0 ? [content, undefined] : [content.slice(0, bar), content.slice(bar + 1)];
}

const mention = (text) => element("span", { class: "mention" }, unescape(text));

function date(target, fallback) {
  const [, seconds, pattern] = target.split("^");
  const when = new Date(Number(seconds) * 1000);
  if (Number.isNaN(when.getTime())) return unescape(fallback ?? "");
  const as = (options) => when.toLocaleString("en-US", options);
  const parts = {
    date_num: when.toISOString().slice(0, 10),
    date: as({ month: "long", day: "numeric", year: "numeric" }),
    date_short: as({ month: "short", day: "numeric", year: "numeric" }),
    date_long: as({ weekday: "long", month: "long", day: "numeric", year: "numeric" }),
    time: as({ hour: "numeric", minute: "2-digit" }),
    time_secs: as({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  };
  const near = nearDay(when);
  for (const name of ["date", "date_short", "date_long"]) parts[`${name}_pretty`] = near ?? parts[name];
  const text = pattern.replace(/\{(\w+)\}/g, (all, name) => parts[name] ?? all);
  return element("time", { datetime: when.toISOString(), title: unescape(fallback ?? "") }, text);
}

function nearDay(when) {
  const days = Math.round((new Date(when).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86400000);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days];
}

function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
