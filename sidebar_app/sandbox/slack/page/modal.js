// The modal on top of the stack, kept as typed while its errors change.
import { renderBlock } from "./blocks.js";
import { element, textObject } from "./mrkdwn.js";

let shown = "";

export function showModal(dialog, record, names, { submit, close }) {
  if (!record) {
    shown = "";
    if (dialog.open) dialog.close();
    dialog.replaceChildren();
    return;
  }
  const key = JSON.stringify([record.view.hash, record.view.id, record.errors, record.notice]);
  if (key === shown && dialog.open) return;
  const typed = values(dialog);
  const focused = dialog.contains(document.activeElement) ? document.activeElement.name : "";
  shown = key;
  dialog.replaceChildren(form(record, names, typed, { submit, close }));
  dialog.oncancel = (event) => { event.preventDefault(); close(record.view.id); };
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector(focused ? `[name="${CSS.escape(focused)}"]` : "textarea, input, select");
  first?.focus();
}

function form(record, names, typed, { submit, close }) {
  const { view, errors, notice } = record;
  const node = element("form", {
    novalidate: true,
    "data-view": view.id,
    onsubmit: (event) => { event.preventDefault(); submit(view.id, values(node), node); },
  });
  node.append(element("h1", {}, ...textObject(view.title, names)));
  for (const block of view.blocks) {
    node.append(block.type === "input" ? input(block, names, typed, errors[block.block_id])
      : renderBlock(block, names, () => {}));
  }
  if (notice) node.append(element("p", { class: "notice", role: "alert" }, notice));
  node.append(element("div", { class: "foot" },
    element("button", { type: "button", onclick: () => close(view.id) },
      ...(view.close ? textObject(view.close, names) : ["Cancel"])),
    ...(view.submit ? [element("button", { type: "submit", class: "primary" }, ...textObject(view.submit, names))] : [])));
  return node;
}

function input(block, names, typed, error) {
  const id = `input-${block.block_id}`;
  const kind = block.element;
  const field = kind.type === "static_select" ? select(kind, names)
    : element(kind.multiline ? "textarea" : "input", { placeholder: kind.placeholder?.text });
  field.id = id;
  field.name = block.block_id;
  field.value = typed[block.block_id] ?? kind.initial_value ?? "";
  if (error) field.setAttribute("aria-describedby", `${id}-error`);
  return element("div", {},
    element("label", { for: id }, ...textObject(block.label, names), ...(block.optional ? [" (optional)"] : [])),
    field,
    ...(block.hint ? [element("p", { class: "faint" }, ...textObject(block.hint, names))] : []),
    ...(error ? [element("p", { class: "error", id: `${id}-error`, role: "alert" }, error)] : []));
}

function select(kind, names) {
  return element("select", {}, element("option", { value: "" }, "Choose an option"),
    ...kind.options.map((option) => element("option", { value: option.value }, ...textObject(option.text, names))));
}

function values(dialog) {
  const fields = dialog.querySelectorAll("textarea, input, select");
  return Object.fromEntries([...fields].map((field) => [field.name, field.value]));
}
