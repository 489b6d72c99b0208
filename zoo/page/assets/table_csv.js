/* Reads a CSV as `zoo.utils.tables` does: delimiters, quotes, decimal commas; what may be meant in two ways is refused. */

import { Refused, cut, listed, quoted, refuse, strip } from "./table_text.js";

export const NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

const DELIMITERS = [",", ";", "\t", "|"];
const DECIMAL_COMMA = /^[+-]?[0-9]*,[0-9]+([eE][+-]?[0-9]+)?$/;
const GROUPED = /^[+-]?[1-9][0-9]{0,2},[0-9]{3}$/; // 1,234 may be more than a thousand, or one and a bit
const LINES = /\r\n|[\n-\r\x1c-\x1e\x85\u2028\u2029]/;
const LONGEST = 131_072; // characters of a field
const [EMPTY, START, INSIDE, QUOTED, AFTER] = [0, 1, 2, 3, 4]; // where in a line the reader is

/**
 * Read a CSV with a header.
 * title: what messages call it. missing: texts of a cell that say that it is missing.
 * Gives { title, missing, header: [name], rows: [[text]], lines: [the line that each row ends on] }.
 */
export function read(title, text, missing) {
  const { table, delimiter } = split(title, text.replace(/^\uFEFF/, ""));
  if (table.length < 2) refuse(`${title} has no rows; give a first line that names the columns, such as age,city,answer, and a line for each row.`);
  const header = table[0].row.map(strip);
  if (header.every((name) => NUMBER.test(name) || DECIMAL_COMMA.test(name))) {
    refuse(`${title} begins with numbers (${listed(header)}); its first line must name the columns, such as age,city,answer.`);
  }
  const twice = header.filter((name, at) => header.indexOf(name) === at && header.lastIndexOf(name) !== at);
  if (twice.length) refuse(`${title} has more than one column named ${listed(twice.map(quoted))}; give each a name of its own.`);
  for (const { row, line } of table.slice(1)) {
    if (row.length === header.length) continue;
    const kind = { ",": "", "\t": ", separated by tabs" }[delimiter] ?? `, separated by “${delimiter}”`;
    refuse(`${title}, line ${line}: ${row.length} fields${kind}, but the header has ${header.length}; complete the line.`);
  }
  return { title, missing, header, rows: table.slice(1).map(({ row }) => row), lines: table.slice(1).map(({ line }) => line) };
}

/** The fields of some columns as stripped texts, a list for each; those of numbers with decimal points. */
export function columnsOf(table, names) {
  const places = names.map((name) => table.header.indexOf(name));
  const found = places.map((place) => table.rows.map((row) => strip(row[place])));
  const mayBeNumber = (text) => table.missing.includes(text) || NUMBER.test(text) || DECIMAL_COMMA.test(text);
  const numeric = found.map((column) => column.every(mayBeNumber));
  if (!withCommas(table, found.filter((_, at) => numeric[at]))) return found;
  return found.map((column, at) => (numeric[at] ? column.map((text) => (DECIMAL_COMMA.test(text) ? text.replace(",", ".") : text)) : column));
}

/** Whether columns of numbers have decimal commas; refuses where both commas and points occur, or commas that may group. */
function withCommas(table, columns) {
  const cells = table.rows.flatMap((_, row) => columns.map((column) => ({ text: column[row], line: table.lines[row] })));
  const commas = cells.filter(({ text }) => DECIMAL_COMMA.test(text));
  if (!commas.length) return false;
  const { text, line } = commas[0];
  const here = `${table.title}, line ${line}: ${quoted(text)}`;
  const pointed = cells.find((cell) => cell.text.includes(".") && NUMBER.test(cell.text));
  if (pointed) refuse(`${here} has a comma and ${quoted(pointed.text)} a point; write all decimals with points.`);
  if (commas.every((cell) => GROUPED.test(cell.text))) {
    refuse(`${here} may be ${text.replace(",", "")} or ${text.replace(",", ".")}; write decimals with points, and no commas between thousands.`);
  }
  return true;
}

/** The lines that are not empty, split by the delimiter that fits them best. */
function split(title, text) {
  const told = /^sep=([,;\t|])\r?\n/.exec(text); // what Excel writes to name its delimiter
  const first = text.split(LINES).slice(told ? 1 : 0).find(strip) ?? "";
  const fitting = DELIMITERS.filter((delimiter) => first.includes(delimiter));
  const tried = told ? [told[1]] : fitting.length ? fitting : [","];
  const splits = tried.map((delimiter) => {
    const table = records(title, text, delimiter).filter(({ row, line }) => row.some(strip) && !(told && line === 1));
    const width = table[0]?.row.length ?? 0;
    return { delimiter, table, width, even: table.length > 0 && table.every(({ row }) => row.length === width) };
  });
  return splits.reduce((best, each) => (each.even > best.even || (each.even === best.even && each.width > best.width) ? each : best));
}

/** Every line as { row: [field], line }; a quote counts at the beginning of a field only, as in Python. */
function records(title, text, delimiter) {
  const found = [];
  let [row, field, state, line] = [[], "", EMPTY, 1];
  const close = () => {
    if (field.length > LONGEST) throw new Refused(`${title}, line ${line}: a field of ${field.length} characters (${cut(field, 20)}); close its quotes, or shorten it.`);
    row.push(field);
    field = "";
  };
  const end = () => {
    if (state !== EMPTY) close();
    found.push({ row, line });
    [row, state] = [[], EMPTY];
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    const breaks = letter === "\n" || (letter === "\r" && text[at + 1] !== "\n");
    if (state === QUOTED) {
      if (letter === '"') state = AFTER;
      else field += letter;
    } else if (breaks) end();
    else if (letter === "\r") continue; // its line feed follows
    else if (letter === delimiter) [state] = [START, close()];
    else if (letter === '"' && state !== INSIDE) [field, state] = [state === AFTER ? `${field}"` : field, QUOTED];
    else [field, state] = [field + letter, INSIDE];
    if (breaks) line++;
  }
  if (state !== EMPTY) end();
  return found;
}
