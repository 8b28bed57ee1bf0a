// Block Kit as DOM nodes. `press(button, node)` is called for a pressed button.
import { element, mrkdwn, textObject } from "./mrkdwn.js";

export function renderMessage(message, names, press) {
  if (!message.blocks?.length) return [element("div", { class: "section" }, ...mrkdwn(message.text, names))];
  return message.blocks.map((block) => renderBlock(block, names, press));
}

export function renderBlock(block, names, press) {
  switch (block.type) {
    case "header":
      return element("h2", { class: "header" }, ...textObject(block.text, names));
    case "divider":
      return element("hr", { class: "divider" });
    case "context":
      return element("div", { class: "context" },
        ...block.elements.map((text) => element("span", {}, ...textObject(text, names))));
    case "actions":
      return element("div", { class: "actions", "data-block": block.block_id },
        ...block.elements.map((button) => renderButton(button, names, press)));
    case "section":
      return section(block, names, press);
    default:
      return element("div", { class: "faint" }, `[${block.type}]`);
  }
}

function section(block, names, press) {
  const node = element("div", { class: "section" });
  if (block.text) node.append(element("div", {}, ...textObject(block.text, names)));
  if (block.fields) {
    node.append(element("div", { class: "fields" },
      ...block.fields.map((field) => element("div", {}, ...textObject(field, names)))));
  }
  if (block.accessory) node.append(renderButton(block.accessory, names, press));
  return node;
}

function renderButton(button, names, press) {
  const label = textObject(button.text, names);
  return element("button", {
    type: "button",
    class: button.style ?? "",
    "data-action": button.action_id,
    "aria-label": button.accessibility_label,
    onclick: (event) => press(button, event.currentTarget),
  }, ...label);
}

// Asks as a button's confirm dialog asks; true when the person confirms.
export function confirmed(dialog, confirm, names) {
  return new Promise((resolve) => {
    const answer = (yes) => () => { dialog.close(); resolve(yes); };
    dialog.replaceChildren(element("form", { method: "dialog" },
      element("h1", {}, ...textObject(confirm.title, names)),
      element("div", {}, ...textObject(confirm.text, names)),
      element("div", { class: "foot" },
        element("button", { type: "button", onclick: answer(false) },
          ...(confirm.deny ? textObject(confirm.deny, names) : ["Cancel"])),
        element("button", { type: "button", class: confirm.style ?? "primary", "data-confirm": true, onclick: answer(true) },
          ...(confirm.confirm ? textObject(confirm.confirm, names) : ["Yes"])))));
    dialog.oncancel = answer(false);
    dialog.showModal();
  });
}
