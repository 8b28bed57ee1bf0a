// Changing a drawn page into a newer one, keeping what the person did to it: focus, folds, open forms.

/** Makes the children of `old` those of `next`. Elements with an id stay themselves. */
export function morph(old, next) {
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const wanted of [...next.childNodes]) {
    let mine = wanted.id ? known.get(wanted.id) : place;
    if (mine && !alike(mine, wanted)) mine = null;
    if (!mine) {
      old.insertBefore(wanted, place);
      continue;
    }
    if (mine === place) place = place.nextSibling;
    else old.insertBefore(mine, place);
    update(mine, wanted);
  }
  while (place) {
    const rest = place.nextSibling;
    if (!isOpenForm(place)) place.remove();
    place = rest;
  }
}

function alike(mine, wanted) {
  return mine.nodeName === wanted.nodeName && (mine.id || "") === (wanted.id || "");
}

function update(mine, wanted) {
  if (mine.nodeType !== Node.ELEMENT_NODE) {
    if (mine.nodeValue !== wanted.nodeValue) mine.nodeValue = wanted.nodeValue;
    return;
  }
  if (isOpenForm(mine) || mine.isEqualNode(wanted)) return;
  copyAttributes(mine, wanted);
  morph(mine, wanted);
}

/** `data-keep` names the attributes that belong to the person. */
function copyAttributes(mine, wanted) {
  const kept = (wanted.dataset.keep || "").split(" ");
  for (const { name } of [...mine.attributes]) {
    if (!wanted.hasAttribute(name) && !kept.includes(name)) mine.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (!kept.includes(name) && mine.getAttribute(name) !== value) mine.setAttribute(name, value);
  }
}

function isOpenForm(node) {
  return node.nodeType === Node.ELEMENT_NODE && node.matches(".act:not([hidden])");
}
