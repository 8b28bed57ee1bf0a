// Saving a file that only the bearer of our token gets: fetched, and handed to the browser as a blob.

import { Problem } from "../panel/api.js";
import { notice, say } from "../panel/say.js";

const KEPT_MS = 60000;

export async function save(button) {
  button.disabled = true;
  say("Preparing the file…");
  try {
    const token = document.querySelector('meta[name="panel-token"]').content;
    const answer = await fetch(button.dataset.download, { headers: { Authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Problem(answer.status, await answer.json());
    give(await answer.blob(), /filename="?([^";]+)/.exec(answer.headers.get("Content-Disposition"))?.[1]);
    say("The file is saved.");
  } catch (error) {
    const told = error instanceof Problem ? `${error.message} ${error.body.next_step || ""}`.trim() : "The server did not answer.";
    notice(told, [["Close", () => notice("")]]);
  }
  button.disabled = false;
  button.focus();
}

function give(blob, name = "redaction-log") {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}
