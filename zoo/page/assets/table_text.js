/* Texts of tables, stripped, ordered and listed as Python does it; and the error that a visitor can put right. */

const BLANK = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const SHOWN = { text: 60, item: 40, items: 12 }; // how much of what a visitor wrote stands in a message

/** What was given, what was expected and the remedy, in one line. */
export class Refused extends Error {}

export function refuse(message) {
  throw new Refused(message);
}

/** A text without the blanks around it; JavaScript's own `trim` knows other blanks. */
export function strip(text) {
  let [from, to] = [0, text.length];
  while (from < to && BLANK.test(text[from])) from++;
  while (to > from && BLANK.test(text[to - 1])) to--;
  return text.slice(from, to);
}

/** A text on one line: blanks between its words become one space. */
export const onOneLine = (text) => strip([...text].map((letter) => (BLANK.test(letter) ? " " : letter)).join("").replace(/ +/g, " "));

/** The order of Python's `sorted`: JavaScript's own goes by halves of surrogate pairs. */
export function byCodePoint(one, other) {
  const [a, b] = [[...one], [...other]];
  const at = a.findIndex((letter, place) => letter !== b[place]);
  if (at < 0) return a.length - b.length;
  return at < b.length ? a[at].codePointAt(0) - b[at].codePointAt(0) : 1;
}

/** A text on one line, not longer than so many characters. */
export function cut(text, most = SHOWN.text) {
  const line = onOneLine(String(text));
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

export const quoted = (text) => `“${cut(text)}”`;

/** The first few of some texts, and how many more there are. */
export function listed(texts) {
  const shown = texts.slice(0, SHOWN.items).map((text) => cut(text, SHOWN.item)).join(", ");
  return texts.length <= SHOWN.items ? shown : `${shown} and ${texts.length - SHOWN.items} more`;
}

export function refuseUnwritable(text, what) {
  if (/\p{Surrogate}/u.test(text)) refuse(`${what} cannot be written in UTF-8; name it otherwise.`);
}
