/* Applies the rule of a table's columns to rows, as `zoo.datasets.tables.columns` does, and writes it as `zoo export` does. */

import { KINDS, holds, readCells } from "./table_cells.js";
import { columnsOf } from "./table_csv.js";
import { listed, quoted, refuse } from "./table_text.js";

export const WAYS = { value: "value", missing: "missing", level: "level", either: "either" };

const FORMAT = 1;
const LARGEST = (2 - 2 ** -23) * 2 ** 127; // number of 32 bits

/** Some columns of a CSV as { title, names, cells, lines }; cells are texts, null where one is missing. */
export function given(table, names) {
  const cells = columnsOf(table, names).map((column) => column.map((text) => (table.missing.includes(text) ? null : text)));
  return { title: table.title, names, cells, lines: table.lines };
}

/** One input of the cells of its column: numbers, NaN where one is missing. */
export function encoded({ way, level, origin, scale }, read) {
  if (way === WAYS.value) return read.map((number) => (number - origin) / scale);
  if (way === WAYS.missing) return read.map((number) => Number(Number.isNaN(number)));
  const gap = way === WAYS.either ? NaN : 0;
  return read.map((cell) => (cell === null ? gap : Number(cell === level)));
}

/** The rows of a table, its columns found by name: { rows, numbers: Float32Array [rows * inputs], notes }. */
export function encodedRows(rule, { title, names, cells, lines }) {
  const used = [...new Set(rule.inputs.map(({ column }) => column))];
  const lacking = used.map((place) => rule.columns[place].name).filter((name) => !names.includes(name));
  if (lacking.length) refuse(`${title} lacks ${listed(lacking.map(quoted))}; it has ${listed(names.map(quoted))}; name the columns as in the table above.`);
  const width = rule.inputs.length;
  const numbers = new Float32Array(lines.length * width);
  const unknown = [];
  for (const place of used) {
    const { name, kind, levels } = rule.columns[place];
    const where = { title, column: name, lines };
    const read = readCells(kind, cells[names.indexOf(name)], where);
    if (kind === KINDS.levels) unknown.push(...read.filter((cell) => cell !== null && !levels.includes(cell)).map((level) => ({ level, name })));
    rule.inputs.forEach((input, at) => {
      if (input.column !== place) return;
      encoded(input, read).forEach((number, row) => {
        if (Math.abs(number) > LARGEST) refuse(`${holds(where, "a number too large for 32 bits", row)}; correct or scale it.`);
        numbers[row * width + at] = number;
      });
    });
  }
  const first = unknown[0];
  const notes = first ? [`${unknown.length === 1 ? "1 cell has" : `${unknown.length} cells have`} a level that was not learned from, first ${quoted(first.level)} in ${quoted(first.name)}; they count as none of the levels.`] : [];
  return { rows: lines.length, numbers, notes };
}

/** A rule as the text of `columns.json`, to the byte. */
export function asText({ columns, inputs }) {
  const floats = ({ column, way, level, origin, scale }) => ({ column, way, level, origin: new Float(origin), scale: new Float(scale) });
  return `${written({ format: FORMAT, columns: columns.map(({ name, kind, levels }) => ({ name, kind, levels })), inputs: inputs.map(floats) }, "\n")}\n`;
}

/** A number that stays a float in JSON, written as Python writes it: 1.0 and 1e-05. */
class Float {
  constructor(number) {
    const [digits, power] = Math.abs(number).toExponential().split("e");
    const sign = number < 0 || Object.is(number, -0) ? "-" : "";
    const exponent = Number(power);
    const plain = exponent >= -4 && exponent < 16;
    const whole = plain && exponent >= digits.replace(".", "").length - 1;
    this.text = sign + (plain ? small(digits.replace(".", ""), exponent) + (whole ? ".0" : "") : `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`);
  }
}

/** Digits without an exponent; the point, if one is needed, after the first `exponent` + 1 of them. */
function small(digits, exponent) {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return digits.length > exponent + 1 ? `${whole}.${digits.slice(exponent + 1)}` : whole;
}

function written(value, line) {
  if (value instanceof Float) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const parts = Array.isArray(value)
    ? value.map((each) => written(each, `${line} `))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${written(each, `${line} `)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length ? `${open}${line} ${parts.join(`,${line} `)}${line}${close}` : open + close;
}
