// Card numbers have no place in what a person types. The server masks them; better they are never sent.

const RUN = /\d(?:[ .\-]?\d){12,18}/g;

/** Whether a text seems to hold a card number: 13 to 19 digits with a right check digit. */
export function holdsCardNumber(text) {
  return (text.match(RUN) || []).some((run) => isLuhn(run.replace(/\D/g, "")));
}

function isLuhn(digits) {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
