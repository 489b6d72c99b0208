/* The rule of a table's columns, made as `zoo.datasets.tables.rule` makes it: the same numbers for the same table. */

import { KINDS, kindOf, readCells } from "./table_cells.js";
import { encoded, WAYS } from "./table_columns.js";
import { byCodePoint, listed, quoted, refuse, refuseUnwritable } from "./table_text.js";

const DAY = 86_400;
const BLOCK = 128; // numbers that NumPy adds up before it halves

/**
 * Make the rule of the columns of a table.
 * given: { title, names, cells: [[text or null] of each column], lines }. labels: { texts, numbers or null }, those of the rows.
 * settings: the numbers of Python's rule. Gives { rule: { columns, inputs }, notes: [sentence] }.
 */
export function makeRule(given, labels, settings) {
  const where = given.names.map((column) => ({ title: given.title, column, lines: given.lines }));
  const kinds = given.cells.map(kindOf);
  const read = given.cells.map((cells, place) => readCells(kinds[place], cells, where[place]));
  refuseNames(given, kinds, read);
  refuseIds(given, kinds, read, settings);
  const notes = copies(given, kinds, read, labels, settings);
  const numbered = rowNumbers(given, kinds, read, settings);
  if (numbered.size) notes.push(`${named(given, numbered)} numbers the rows, and is left out.`);
  const columns = given.names.map((name, place) => ({ name, kind: kinds[place], levels: kinds[place] === KINDS.levels ? levelsOf(read[place]) : [] }));
  const made = columns.flatMap((column, place) => {
    if (numbered.has(place)) return [];
    return column.kind === KINDS.levels ? levelInputs(place, read[place], column.levels, settings) : numberInputs(place, read[place], column.kind, settings);
  });
  const inputs = telling(given, made, made.map((input) => encoded(input, read[input.column])), numbered, notes);
  if (inputs.length > settings.most_inputs) {
    refuse(`${given.title} has ${inputs.length} columns once levels and gaps have their own, and this page reads ${settings.most_inputs} at most; leave some out, or use “zoo learn”, which keeps those that go most with the labels.`);
  }
  return { rule: { columns, inputs }, notes };
}

const input = (column, way, level = "", origin = 0, scale = 1) => ({ column, way, level, origin, scale });
const present = (cells) => cells.filter((cell) => cell !== null);
const named = (given, places) => listed([...places].map((place) => quoted(given.names[place])));
const levelsOf = (found) => [...new Set(present(found))].sort(byCodePoint);

function levelInputs(place, found, levels, settings) {
  if (levels.length === 2 && !found.includes(null)) return [input(place, WAYS.either, levels[1])];
  const counts = new Map(levels.map((level) => [level, 0]));
  for (const level of present(found)) counts.set(level, counts.get(level) + 1);
  const commonest = [...levels].sort((one, other) => counts.get(other) - counts.get(one)); // stable: of the same count in their order
  return commonest.slice(0, settings.most_levels).map((level) => input(place, WAYS.level, level));
}

function numberInputs(place, found, kind, settings) {
  const there = found.filter((number) => !Number.isNaN(number));
  if (!there.length) return [];
  const [origin, scale] = kind === KINDS.moment ? [least(there), largest(there) - least(there) >= DAY ? DAY : 1] : scaled(there, settings);
  const gaps = found.length - there.length > settings.gaps * found.length;
  return [input(place, WAYS.value, "", origin, scale), ...(gaps ? [input(place, WAYS.missing)] : [])];
}

const least = (numbers) => numbers.reduce((low, number) => Math.min(low, number));
const largest = (numbers) => numbers.reduce((high, number) => Math.max(high, number));

/** What is taken off numbers, and what they are divided by, where 32 bits do not hold them well: mean and deviation. */
function scaled(there, { deviations: [low, high], far }) {
  const size = largest(there.map(Math.abs)) || 1;
  const shares = there.map((number) => number / size);
  const middle = mean(shares);
  const deviation = Math.sqrt(mean(shares.map((share) => (share - middle) * (share - middle)))) * size;
  if ((size < far * high && deviation === 0) || (low < deviation && deviation < high && size < far * deviation)) return [0, 1];
  return [middle * size, deviation > 2 ** -1022 ? deviation : size];
}

const mean = (numbers) => sum(numbers, 0, numbers.length) / numbers.length;

/** Add numbers up in NumPy's order, to the same bits. */
function sum(numbers, from, count) {
  if (count > BLOCK) {
    const half = (count >> 1) - ((count >> 1) % 8);
    return sum(numbers, from, half) + sum(numbers, from + half, count - half);
  }
  if (count < 8) return numbers.slice(from, from + count).reduce((total, number) => total + number, 0);
  const parts = numbers.slice(from, from + 8);
  const whole = count - (count % 8);
  for (let at = 8; at < whole; at++) parts[at % 8] += numbers[from + at];
  const [a, b, c, d, e, f, g, h] = parts;
  return numbers.slice(from + whole, from + count).reduce((total, number) => total + number, a + b + (c + d) + (e + f + (g + h)));
}

function refuseNames(given, kinds, read) {
  given.names.forEach((name, place) => {
    refuseUnwritable(name, `the name of a column of ${given.title}`);
    if (kinds[place] === KINDS.levels) for (const level of levelsOf(read[place])) refuseUnwritable(level, `a level of column ${quoted(name)}`);
  });
}

/** Refuse texts of which no two are the same: a learner would read nothing in them, or learn rows by heart. */
function refuseIds(given, kinds, read, settings) {
  const ids = given.names.filter((_, place) => {
    const texts = kinds[place] === KINDS.levels ? present(read[place]) : [];
    return texts.length >= settings.fewest_ids && new Set(texts).size === texts.length;
  });
  if (ids.length) refuse(`${given.title} has texts that are all different in ${listed(ids.map(quoted))}, as ids and names are; leave such columns out, or write dates as 2026-11-28.`);
}

/** A word about a column that equals the label in all rows. */
function copies(given, kinds, read, labels, settings) {
  if (new Set(labels.texts).size === 1) return [];
  const same = given.names.findIndex((_, place) => {
    const wanted = kinds[place] === KINDS.levels ? labels.texts : labels.numbers;
    return wanted && read[place].every((cell, row) => cell === wanted[row]);
  });
  if (same < 0 || given.lines.length < settings.fewest_copies) return [];
  return [`${quoted(given.names[same])} equals the label in all rows; leave it out, unless it is known of new rows too.`];
}

/** Columns that number the rows from 0 or 1 on, by their names and values. */
function rowNumbers(given, kinds, read, settings) {
  const rows = given.lines.length;
  const numbers = (place) => [0, 1].some((first) => read[place].every((cell, row) => cell === row + first));
  const may = (name, place) => settings.row_numbers.includes(name.toLowerCase()) && kinds[place] === KINDS.number && kinds.length > 1 && rows > 1;
  return new Set(given.names.map((name, place) => (may(name, place) && numbers(place) ? place : -1)).filter((place) => place >= 0));
}

/** Inputs that are not the same in all rows; where all are the same, those that hold a value. */
function telling(given, inputs, values, numbered, notes) {
  const kept = inputs.filter((_, at) => new Set(values[at].filter((value) => !Number.isNaN(value))).size > 1);
  if (kept.length) {
    const used = new Set([...kept.map(({ column }) => column), ...numbered]);
    const dropped = given.names.map((_, place) => place).filter((place) => !used.has(place));
    if (dropped.length) notes.push(`${named(given, dropped)} holds the same in all rows, or nothing, and is left out.`);
    return kept;
  }
  const held = inputs.filter(({ way }) => way !== WAYS.missing);
  if (!held.length) refuse(`${given.title} holds no value in any column; fill it in.`);
  if (given.lines.length > 1) notes.push("No column differs between the rows; what is learned does not depend on them.");
  return held;
}
