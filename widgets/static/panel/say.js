// Telling people: one line for screen readers, one notice that stays until it is read.

const at = (id) => document.getElementById(id);

/** Says a sentence to people who listen to the page. */
export function say(text) {
  at("said").textContent = text;
}

/** Shows a notice; `buttons` are [label, function] pairs. An empty text takes it away. */
export function notice(text, buttons = []) {
  const box = at("notice");
  box.hidden = !text;
  box.replaceChildren(text);
  if (!buttons.length) return;
  const row = element("div");
  for (const [label, act] of buttons) {
    const button = element("button", { type: "button", textContent: label });
    button.addEventListener("click", act);
    row.append(button);
  }
  box.append(row);
}

/** A new element with these properties and children. */
export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
