/* Shows a learned table: how good it is, the columns that matter as bars, and what is predicted of new rows. */

import { byId, set, shown, size, time } from "./dom.js";
import { cut } from "./table_text.js";

const MOST = 200; // predicted rows that are shown

const element = (tag, attributes, ...children) => {
  const made = set(document.createElement(tag), attributes);
  made.append(...children);
  return made;
};
const percent = (share, decimals = 0) => `${shown(100 * share, decimals)} %`;

/** A number for people, to three digits. */
export const rounded = (number) => String(Number(number.toPrecision(3))).replace("-", "−");

/** What is right, or how far off, when left out, and what that is without looking at a column: { name, text, alone, aloneText }. */
export function score({ labels, rows, y }, { answers, losses }) {
  if (labels.classes.length) {
    const right = mostLikely(answers, labels).filter((at, row) => y[row * labels.width + at]).length;
    const counts = labels.classes.map((_, at) => y.filter((one, place) => one && place % labels.width === at).length);
    return { name: "Right when left out", text: percent(right / rows), alone: "Commonest class alone", aloneText: percent(Math.max(...counts) / rows) };
  }
  const mean = y.reduce((total, number) => total + number, 0) / rows;
  const apart = Math.sqrt(y.reduce((total, number) => total + ((number - mean) * rows / (rows - 1)) ** 2, 0) / rows);
  return { name: "Error when left out", text: rounded(losses[0]), alone: "The mean alone", aloneText: rounded(apart) };
}

/** The place of the most likely class of every row. */
function mostLikely(answers, { width }) {
  return Array.from({ length: answers.length / width }, (_, row) => {
    const own = answers.subarray(row * width, (row + 1) * width);
    return own.indexOf(Math.max(...own));
  });
}

/** The column to predict, and as what. */
export function showChoices(state, problem) {
  const header = state.table?.header ?? [];
  const select = byId("table-label");
  if ([...select.options].map(({ value }) => value).join("\n") !== header.join("\n")) {
    select.replaceChildren(...header.map((name) => element("option", { value: name, text: cut(name, 40) || "(no name)" })));
  }
  select.value = state.labelled ?? "";
  select.disabled = !header.length;
  const read = problem?.labels.task;
  byId("table-wanted").options[0].textContent = read && state.wanted === "auto" ? `what it looks like: ${read}` : "what it looks like";
}

/** Numbers beside the table; learned and left may be null. */
export function showFacts(problem, learned, left) {
  const told = problem && left ? score(problem, left) : null;
  const numbers = problem?.labels.task === "numbers";
  const texts = {
    "table-score-name": told?.name ?? (numbers ? "Error when left out" : "Right when left out"),
    "table-score": told?.text ?? "–",
    "table-alone-name": told?.alone ?? (numbers ? "The mean alone" : "Commonest class alone"),
    "table-alone": told?.aloneText ?? "–",
    "table-ms": learned ? time(learned.milliseconds) : "–",
    "table-bytes": learned ? size(learned.bytes) : "–",
  };
  for (const [id, text] of Object.entries(texts)) byId(id).textContent = text;
}

/** How much each column matters, that of the largest rise first. */
export function showBars(problem, left) {
  const order = left ? problem.names.map((_, at) => at).sort((one, other) => left.rises[other] - left.rises[one]) : [];
  const most = Math.max(...(left?.rises ?? []), 1e-9);
  const decimals = Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(most)))); // three digits of the longest bar
  byId("table-bars").replaceChildren(...order.map((at) => {
    const bar = element("i", {});
    bar.style.width = `${Math.max(0, 100 * left.rises[at] / most)}%`;
    const amount = shown(left.rises[at], decimals).replace(/^−(?=[0.]+$)/, "");
    return element("li", {}, element("span", { text: cut(problem.names[at], 40) }), element("span", { class: "track" }, bar),
      element("span", { text: amount.startsWith("−") ? amount : `+${amount}` }));
  }));
  byId("table-measure").textContent = left ? measure(problem, left) : "";
}

function measure({ labels, rows }, { groups, repeats }) {
  const error = labels.classes.length ? "log loss" : "error";
  const times = repeats === 1 ? "once" : `${repeats} times`;
  const out = groups === rows ? "Every row was left out by itself" : `Every row was left out once, in ${groups} groups, as there are many rows`;
  return `${out}. Bars show how much the ${error} of left-out rows rises when a column is shuffled among them, ${times}; columns that say the same share what they say.`;
}

/** What is predicted of new rows: { rows, answers }, or null. */
export function showPredictions(problem, predicted) {
  byId("table-predicted").hidden = !predicted;
  if (!predicted) return;
  const { labels } = problem;
  const cells = (texts, tag) => texts.map((text) => element(tag, tag === "th" ? { scope: "col", text } : { text }));
  const best = labels.classes.length ? mostLikely(predicted.answers, labels) : [];
  const row = (at) => {
    if (!best.length) return [at + 1, rounded(predicted.answers[at])];
    const own = predicted.answers.subarray(at * labels.width, (at + 1) * labels.width);
    return [at + 1, cut(labels.classes[best[at]], 40), ...Array.from(own, (share) => percent(share, 1))];
  };
  const titles = ["row", cut(labels.name, 40) || "label", ...labels.classes.map((name) => cut(name, 40))];
  byId("table-predictions-head").replaceChildren(element("tr", {}, ...cells(titles, "th")));
  const count = Math.min(MOST, predicted.rows);
  byId("table-predictions").replaceChildren(...Array.from({ length: count }, (_, at) => element("tr", {}, ...cells(row(at), "td"))));
  const more = predicted.rows > count ? [`The first ${count} of ${predicted.rows} rows are shown.`] : [];
  byId("table-query-notes").textContent = [...more, ...predicted.notes].join(" ");
}

/** A line that says what is wrong, where it is. */
export function showTrouble(id, text) {
  const line = byId(id);
  if (line.textContent !== text) line.textContent = text; // said once
  line.hidden = !text;
}

/** What was made of the columns. */
export function showRule(problem) {
  byId("table-rule").replaceChildren(...(problem?.rule.inputs ?? []).map(({ column, way, level }) => {
    const { name, kind } = problem.rule.columns[column];
    const read = { value: kind === "moment" ? "the date, as a number" : "the number", missing: "1 if it is missing", level: `1 if it is ${level}` };
    const row = [cut(name, 40), cut(read[way] ?? `1 if it is ${level}, else 0`, 60)];
    return element("tr", {}, ...row.map((text) => element("td", { text })));
  }));
}
