/* The labels of a table, read as `zoo learn` reads them: classes, or numbers, and which of the two they are. */

import { NUMBER, columnsOf } from "./table_csv.js";
import { byCodePoint, listed, onOneLine, quoted, refuse, refuseUnwritable } from "./table_text.js";

export const TASKS = { classes: "classes", numbers: "numbers" };

const LARGEST = (2 - 2 ** -23) * 2 ** 127; // number of 32 bits

/**
 * Read the labels of a table.
 * wanted: one of TASKS, or anything else for what they look like. settings: see `makeRule`, with the learner's limits.
 * Gives { name, task, texts, numbers or null, classes: [text or whole number], y: Float32Array [rows * width], width }.
 */
export function readLabels(table, name, wanted, settings) {
  if (table.header.length < 2) refuse(`${table.title} has the column ${quoted(name)} only, which is the label; add columns to learn from.`);
  const [texts] = columnsOf(table, [name]);
  texts.forEach((text, row) => {
    if (table.missing.includes(text)) refuse(`${table.title}, line ${table.lines[row]}: the label ${quoted(name)} is missing; remove such rows, or predict them below.`);
  });
  const numbers = texts.every((text) => NUMBER.test(text)) ? texts.map(Number) : null;
  const whole = Boolean(numbers?.every(Number.isInteger));
  const recognised = !numbers || (whole && new Set(numbers).size <= settings.most_kinds) ? TASKS.classes : TASKS.numbers;
  const task = Object.values(TASKS).includes(wanted) ? wanted : recognised;
  return task === TASKS.classes ? ofClasses(table, name, texts, whole ? numbers : null, settings) : ofNumbers(table, name, texts);
}

function ofClasses(table, name, texts, numbers, settings) {
  const found = numbers ? [...new Set(numbers)].sort((one, other) => one - other) : [...new Set(texts)].sort(byCodePoint);
  const classes = found.map((each) => each + (numbers ? 0 : "")); // -0 is 0
  if (classes.length < 2) refuse(`the label ${quoted(name)} is ${quoted(texts[0])} in all rows; give rows of two classes or more.`);
  if (classes.length > settings.most_classes) {
    refuse(`the label ${quoted(name)} has ${classes.length} classes, and the learner tells ${settings.most_classes} apart; join the rarest, choose another label, or predict it as a number.`);
  }
  if (numbers) {
    const large = numbers.find((number) => !Number.isSafeInteger(number));
    if (large !== undefined) refuse(`the label ${quoted(name)} has the class ${large}, too large a whole number; name the classes by texts.`);
  } else refuseAlike(name, classes);
  const y = new Float32Array(texts.length * classes.length);
  const values = numbers ?? texts;
  values.forEach((value, row) => (y[row * classes.length + classes.indexOf(value)] = 1));
  return { name, task: TASKS.classes, texts: values.map(String), numbers, classes, y, width: classes.length };
}

/** Classes whose names look the same: Python joins them, or refuses them. */
function refuseAlike(name, classes) {
  for (const each of classes) {
    refuseUnwritable(each, `a class of the label ${quoted(name)}`);
    if (each.includes("\0")) refuse(`the label ${quoted(name)} has the class ${quoted(each)}, which has a NUL in it; name it otherwise.`);
  }
  const plain = classes.map((each) => onOneLine(each.normalize("NFC")));
  const twice = classes.filter((_, at) => plain.indexOf(plain[at]) !== plain.lastIndexOf(plain[at]));
  if (twice.length) refuse(`the label ${quoted(name)} has the classes ${listed(twice.map(quoted))}, which look the same; name them otherwise.`);
}

function ofNumbers(table, name, texts) {
  texts.forEach((text, row) => {
    const here = `${table.title}, line ${table.lines[row]}: the label ${quoted(text)} in ${quoted(name)}`;
    if (!NUMBER.test(text)) refuse(`${here} is not a number; correct the line, or predict classes.`);
    if (Math.abs(Number(text)) > LARGEST) refuse(`${here} is larger than 3.4e+38, the most a number of 32 bits holds; scale it.`);
  });
  const y = Float32Array.from(texts, Number);
  return { name, task: TASKS.numbers, texts: [...y].map(String), numbers: [...y], classes: [], y, width: 1 };
}
