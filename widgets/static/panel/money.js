// Amounts as people type them and as people read them. Never a floating-point number.

const PLAIN = /^(\d+)(?:\.(\d+))?$/;
const GROUPED = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

/** {amount, minor} of what was typed, or {error}. "1,450" is 1450; "1450,00" is asked back. */
export function readAmount(text, digits) {
  let typed = text.trim();
  if (GROUPED.test(typed)) typed = typed.replaceAll(",", "");
  const found = PLAIN.exec(typed);
  if (!found) return { error: "Write the amount in digits with a decimal point, such as 12.50." };
  const fraction = found[2] || "";
  if (fraction.length > digits) {
    return { error: digits ? `At most ${digits} decimals in this currency.` : "This currency has no decimals." };
  }
  const minor = BigInt(found[1] + fraction.padEnd(digits, "0"));
  if (minor === 0n) return { error: "The amount must be more than zero." };
  return { amount: typed, minor };
}

/** Minor units of a decimal string that the server wrote. */
export function minorOf(decimal, digits) {
  const [whole, fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(digits, "0"));
}

/** "$1,450.00" of a decimal string, as the server writes amounts. */
export function display(decimal, currency) {
  try {
    const written = new Intl.NumberFormat("en-US", { style: "currency", currency, minimumFractionDigits: (decimal.split(".")[1] || "").length });
    return written.format(decimal).replace("\u00a0", " ");
  } catch {
    return `${decimal} ${currency}`;
  }
}
