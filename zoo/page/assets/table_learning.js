/* Learning a table: one forward pass writes the task, and further tasks that have not seen a row say how good it is. */

import { Learner, floats, unpack, whole } from "./runtime.js";
import { folds, orders, plan } from "./table_folds.js";
import { taskModel } from "./table_onnx.js";

const CELLS = 6_000; // of supports that are adapted to in one pass, so that the page answers between two of them
const ASKED = 60_000; // cells of queries that are answered in one pass
const SMALLEST = 1e-6; // probability that a log loss counts with

export class TableLearning {
  static async load(name, facts) {
    const learning = new TableLearning(await Learner.load(name, ["adapt", "apply"]), facts);
    learning.template = await unpack(`payload-${name}-task`);
    const labels = { classes: [], width: 1 };
    await learning.learn({ x: [0, 1], y: [0, 1], rows: 2, width: 1, labels }); // the first pass prepares memory, and is no measure
    return learning;
  }

  constructor(learner, facts) {
    Object.assign(this, { learner, facts });
  }

  /** The task of all rows of a problem, { x, y, rows, width, labels }: its tensors by name, and how long the pass took. */
  async learn({ x, y, rows, width, labels }) {
    const support = { support_x: floats(x, 1, rows, width), support_y: floats(y, 1, rows, labels.width), support_size: whole(rows) };
    this.learner.warmed();
    const tensors = this.read(await this.learner.tensors("adapt", support));
    const bytes = Object.values(tensors).reduce((total, tensor) => total + 4 * tensor.data.length, 0);
    return { tensors, bytes, milliseconds: this.learner.milliseconds("adapt") };
  }

  /** What a task answers to rows: probabilities [rows * classes], or numbers [rows]. */
  async answers(tensors, numbers, rows, width, labels) {
    const { prediction } = await this.learner.run("apply", { ...tensors, query_x: floats(numbers, 1, rows, width) });
    return labels.classes.length ? softmax(prediction, labels.width) : prediction;
  }

  /** The task as a file of ONNX. */
  model(tensors, classes) {
    const threshold = this.facts.ood_threshold;
    return taskModel(this.template, tensors, {
      ...(classes.length ? { classes: JSON.stringify(classes) } : {}),
      ...(classes.length && threshold !== null ? { ood_threshold: String(threshold) } : {}),
    });
  }

  /**
   * Answers of tasks that have not seen the row, to every row as it is and with each column shuffled.
   * problem: also { columns: [[inputs of a column]] }. tell: called with the share that is done; whether to go on.
   * Gives { answers, losses, rises, groups, repeats, shuffles }, or null if `tell` said no.
   */
  async leaveOut(problem, tell) {
    const { rows, width, labels, columns } = problem;
    const { groups, repeats } = plan(rows, width, columns.length);
    const shuffles = orders(rows, repeats);
    const variants = [{ inputs: [], order: null }, ...columns.flatMap((inputs) => shuffles.map((order) => ({ inputs, order })))];
    const answers = variants.map(() => new Float32Array(rows * labels.width));
    const parts = folds(problem, groups);
    const atOnce = Math.max(1, Math.floor(CELLS / (rows * width)));
    for (let first = 0; first < parts.length; first += atOnce) {
      if (!tell(first / parts.length)) return null;
      await new Promise((next) => setTimeout(next)); // the page answers here
      const some = parts.slice(first, first + atOnce);
      const tensors = this.read(await this.learner.tensors("adapt", without(problem, some)));
      await this.ask(problem, some, tensors, variants, answers);
    }
    const losses = answers.map((each) => loss(problem, each));
    const rises = columns.map((_, at) => mean(shuffles.map((__, repeat) => losses[1 + at * repeats + repeat] - losses[0])));
    return { answers: answers[0], losses, rises, groups, repeats, shuffles };
  }

  /** Write what tasks answer to their own rows into `answers`, for every variant of these rows. */
  async ask({ x, width, labels }, parts, tensors, variants, answers) {
    const longest = Math.max(...parts.map((part) => part.length));
    const size = Math.max(1, Math.floor(ASKED / (parts.length * longest * width)));
    for (let first = 0; first < variants.length; first += size) {
      const some = variants.slice(first, first + size);
      const queries = new Float32Array(parts.length * some.length * longest * width);
      const each = (visit) => parts.forEach((part, task) => some.forEach((_, at) => part.forEach((row, place) =>
        visit(row, first + at, (task * some.length + at) * longest + place))));
      each((row, variant, query) => {
        queries.set(x.subarray(row * width, (row + 1) * width), query * width);
        const { inputs, order } = variants[variant];
        for (const input of inputs) queries[query * width + input] = x[order[row] * width + input];
      });
      const query_x = floats(queries, parts.length, some.length * longest, width);
      const { prediction } = await this.learner.run("apply", { ...tensors, query_x });
      const found = labels.classes.length ? softmax(prediction, labels.width) : prediction;
      each((row, variant, query) => answers[variant].set(found.subarray(query * labels.width, (query + 1) * labels.width), row * labels.width));
    }
  }

  /** Of the tensors that `adapt` gives those that `apply` reads. */
  read(tensors) {
    const names = this.learner.inputs("apply").filter((name) => name in tensors);
    return Object.fromEntries(names.map((name) => [name, tensors[name]]));
  }
}

/** Supports of tasks each of which lacks the rows of its part; shorter ones are filled up. */
function without({ x, y, rows, width, labels }, parts) {
  const most = rows - Math.min(...parts.map((part) => part.length));
  const [support_x, support_y] = [new Float32Array(parts.length * most * width), new Float32Array(parts.length * most * labels.width)];
  const sizes = parts.map((part, task) => {
    const out = new Set(part);
    let at = task * most;
    for (let row = 0; row < rows; row++) {
      if (out.has(row)) continue;
      support_x.set(x.subarray(row * width, (row + 1) * width), at * width);
      support_y.set(y.subarray(row * labels.width, (row + 1) * labels.width), at * labels.width);
      at++;
    }
    return rows - part.length;
  });
  return {
    support_x: floats(support_x, parts.length, most, width),
    support_y: floats(support_y, parts.length, most, labels.width),
    support_size: whole(...sizes),
  };
}

/** Of classes the mean log loss; of numbers the root of the mean squared error. */
function loss({ y, rows, labels }, answers) {
  if (!labels.classes.length) return Math.sqrt(mean([...answers].map((answer, row) => (answer - y[row]) ** 2)));
  const right = (row) => answers.subarray(row * labels.width, (row + 1) * labels.width).find((_, at) => y[row * labels.width + at]);
  return mean(Array.from({ length: rows }, (_, row) => -Math.log(Math.max(right(row), SMALLEST))));
}

const mean = (numbers) => numbers.reduce((total, number) => total + number, 0) / numbers.length;

/** Logits, so many to a row, as probabilities. */
function softmax(logits, width) {
  const found = Float32Array.from(logits);
  for (let from = 0; from < found.length; from += width) {
    const row = found.subarray(from, from + width);
    const highest = Math.max(...row);
    const odds = Array.from(row, (logit) => Math.exp(logit - highest));
    const total = odds.reduce((sum, each) => sum + each, 0);
    row.set(odds.map((each) => each / total));
  }
  return found;
}
