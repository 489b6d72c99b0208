/* The cells of one column as `zoo.datasets.tables.cells` reads them: as numbers, moments or levels, and which are missing. */

import { NUMBER } from "./table_csv.js";
import { quoted, refuse } from "./table_text.js";

export const KINDS = { number: "number", moment: "moment", levels: "levels" };

const MOMENT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$/;
const FIRST = Date.UTC(2001, 0, 1) / 1000 - 730_485 * 86_400; // the year 1 and the year 9999, as far as Python's dates go
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;

/** What a column holds: numbers or moments if all cells that are there are some, levels elsewhere. cells: [text or null]. */
export function kindOf(cells) {
  const present = cells.filter((cell) => cell !== null);
  if (present.every((cell) => NUMBER.test(cell))) return KINDS.number;
  return present.every((cell) => MOMENT.test(cell)) ? KINDS.moment : KINDS.levels;
}

/**
 * Cells of a column as what its kind says: floats, NaN where one is missing, or texts, null where one is.
 * where: { title, column, lines }, for messages.
 */
export function readCells(kind, cells, where) {
  if (kind === KINDS.levels) return cells;
  const convert = kind === KINDS.moment ? seconds : number;
  return cells.map((cell, row) => (cell === null ? NaN : convert(cell, (what) => holds(where, what, row))));
}

/** The beginning of a message about a cell. */
export function holds({ title, column, lines }, what, row) {
  return `${title} holds ${what} in column ${quoted(column)} (line ${lines[row]})`;
}

function number(cell, told) {
  if (!NUMBER.test(cell)) refuse(`${told(quoted(cell))}, but a number was expected; correct the cell, or leave it empty.`);
  const found = Number(cell);
  if (!Number.isFinite(found)) refuse(`${told(quoted(cell))}, which is too large for a number; leave the cell empty, or correct it.`);
  return found;
}

/** Seconds since 1970, in UTC where there is a time zone. */
function seconds(cell, told) {
  const parts = MOMENT.exec(cell);
  const wrong = () => refuse(`${told(quoted(cell))}, but a date such as 2026-11-28 was expected; correct the cell, or leave it empty.`);
  if (!parts) wrong();
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const real = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  const zone = /^([+-])([0-9]{2}):?([0-9]{2})$/.exec(parts[8] ?? "");
  const [ahead, past] = zone ? [Number(zone[2]), Number(zone[3])] : [0, 0];
  if (!real || ahead > 23 || past > 59) wrong();
  const whole = date.setUTCHours(hour, minute, second) / 1000 - (zone?.[1] === "-" ? -60 : 60) * (60 * ahead + past);
  if (whole < FIRST || whole > LAST) wrong();
  if (!parts[7]) return whole;
  const micro = whole * 1e6 + Number(parts[7].padEnd(6, "0"));
  if (!Number.isSafeInteger(micro)) wrong(); // so far from 1970 that parts of a second are not held exactly
  return micro / 1e6;
}
