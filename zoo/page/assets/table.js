/* The demo of tables: what a visitor pastes, opens, chooses and downloads, and in which order it is learned. */

import { announce, byId, latest, save } from "./dom.js";
import { asText } from "./table_columns.js";
import { birds, flats } from "./table_example.js";
import { TableLearning } from "./table_learning.js";
import { LARGEST, TableState } from "./table_state.js";
import { Refused, cut, quoted, strip } from "./table_text.js";
import { score, showBars, showChoices, showFacts, showPredictions, showRule, showTrouble } from "./table_view.js";

const PAUSE = 400; // milliseconds without a key, after which what was typed is read
const MADE_UP = "It is made up by a formula, so that there is something to see. Paste your own over it.";
const EXAMPLES = { birds: [birds, `An example: birds of three kinds. ${MADE_UP}`], flats: [flats, `An example: rents of flats. ${MADE_UP}`] };

export class TableDemo {
  learners = {}; // of each kind of labels, a promise once it was needed
  problem = null;
  learned = null;
  left = null;
  predicted = null;
  done = -1; // version of the table that all these are of
  progress = 0;
  example = "birds"; // what is shown, until the visitor changes it
  refused = { table: "", query: "" };
  ready = false;

  /** facts: of the page; `tables` holds the numbers of Python's rule and the learner of each kind of labels. */
  constructor({ tables: { learners, rule }, learners: facts }) {
    this.names = learners;
    this.facts = Object.fromEntries(Object.entries(learners).map(([kind, name]) => [kind, facts[name]]));
    this.state = new TableState(rule, this.facts);
    this.relearn = latest(() => this.learn());
    this.repredict = latest(() => this.predict());
    this.listen();
    this.give("birds");
  }

  async load() {
    this.ready = true;
    await this.request();
  }

  async request() {
    await this.relearn();
    await this.repredict();
  }

  listen() {
    let waiting = 0;
    const typed = (changes) => {
      this.change(changes);
      clearTimeout(waiting);
      waiting = setTimeout(() => this.request(), PAUSE);
    };
    byId("table-text").addEventListener("input", ({ target }) => typed({ text: target.value }));
    byId("table-query").addEventListener("input", ({ target }) => typed({ query: target.value }));
    byId("table-label").addEventListener("change", ({ target }) => this.now({ label: target.value }));
    byId("table-wanted").addEventListener("change", ({ target }) => this.now({ wanted: target.value }));
    for (const name of Object.keys(EXAMPLES)) byId(`table-${name}`).addEventListener("click", () => this.give(name));
    byId("table-open").addEventListener("click", () => byId("table-file").click());
    byId("table-file").addEventListener("change", ({ target }) => this.open(target.files[0]).finally(() => (target.value = "")));
    byId("table-download").addEventListener("click", () => save(`${this.stem}.onnx`, this.model(), "application/octet-stream"));
    byId("table-download-columns").addEventListener("click", () => save(`${this.stem}.columns.json`, this.columns(), "application/json"));
  }

  /** Put an example into the page. */
  give(name) {
    const { text, query } = EXAMPLES[name][0]();
    this.put(text, query);
    this.example = name;
    this.show();
  }

  put(text, query) {
    byId("table-text").value = text;
    byId("table-query").value = query;
    byId("table-wanted").value = "auto";
    this.now({ text, query, label: null, wanted: "auto" });
  }

  /** Read a file of the visitor's; it goes nowhere. */
  async open(file) {
    if (!file) return;
    try {
      if (file.size > 4 * LARGEST) throw new Refused(`${quoted(file.name)} has ${file.size} bytes, and this page reads ${LARGEST} at most; keep fewer rows.`);
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      this.put(text, "");
    } catch (error) {
      const told = error instanceof TypeError ? `${quoted(file.name)} is no text in UTF-8; save it as CSV in UTF-8.` : error.message;
      this.refused.table = told;
      this.show();
    }
  }

  change(changes) {
    this.state.change(changes);
    if ("text" in changes) this.example = "";
  }

  now(changes) {
    this.change(changes);
    this.request();
  }

  /** The learner of a kind of labels, unpacked when it is first needed. */
  learner(task) {
    return (this.learners[task] ??= TableLearning.load(this.names[task], this.facts[task]));
  }

  /** Learn from the table as it is now: the task at once, how good it is when all rows have been left out. */
  async learn() {
    const { version } = this.state;
    if (!this.ready || version === this.done) return;
    Object.assign(this, { problem: null, learned: null, left: null, predicted: null, progress: 0, done: version });
    this.refused = { table: "", query: "" };
    try {
      this.problem = this.state.problem();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused.table = error.message;
    }
    this.show();
    if (!this.problem) return;
    const learner = await this.learner(this.problem.labels.task);
    this.learned = await learner.learn(this.problem);
    await this.predict();
    const left = await learner.leaveOut(this.problem, (share) => {
      this.progress = share;
      this.show();
      return version === this.state.version;
    });
    if (version !== this.state.version) return;
    this.left = left;
    this.show();
    this.tell();
  }

  /** Predict the new rows as they are now. */
  async predict() {
    const { problem, learned } = this;
    if (!learned) return;
    const { query } = this.state;
    if (this.predicted?.query === query) return;
    this.refused.query = "";
    let predicted = null;
    try {
      const found = this.state.queries(problem);
      const learner = await this.learner(problem.labels.task);
      if (found) predicted = { query, ...found, answers: await learner.answers(learned.tensors, found.numbers, found.rows, problem.width, problem.labels) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused.query = error.message;
    }
    if (problem !== this.problem) return; // another table by now
    this.predicted = predicted;
    this.show();
  }

  /** The learned task as a file of ONNX, and the rule of its columns. */
  async model() {
    const learner = await this.learner(this.problem.labels.task);
    return learner.model(this.learned.tensors, this.problem.labels.classes);
  }

  columns() {
    return asText(this.problem.rule);
  }

  get stem() {
    return this.problem.labels.name.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 60) || "model";
  }

  tell() {
    const { problem, left } = this;
    const { name, text, alone, aloneText } = score(problem, left);
    const first = problem.names[left.rises.indexOf(Math.max(...left.rises))];
    announce(`Learned from ${problem.rows} rows. ${name}: ${text}. ${alone}: ${aloneText}. The column that matters most: ${first}.`);
  }

  show() {
    const { problem, learned, left, predicted, refused } = this;
    byId("table-hint").textContent = this.hint;
    byId("table-about").textContent = EXAMPLES[this.example]?.[1] ?? "Your table stays in this browser.";
    byId("table-notes").textContent = (problem?.notes ?? []).join(" ");
    showTrouble("table-trouble", refused.table);
    showTrouble("table-query-trouble", refused.query);
    showChoices(this.state, problem);
    showFacts(problem, learned, left);
    showBars(problem, left);
    showPredictions(problem, predicted);
    showRule(problem);
    for (const id of ["table-download", "table-download-columns"]) byId(id).disabled = !learned;
  }

  get hint() {
    const { problem, learned, left } = this;
    if (this.refused.table) return "This cannot be learned yet.";
    if (!this.ready) return "Starting WebAssembly …";
    if (!problem) return strip(this.state.text) ? "Reading …" : "Paste a table: a line that names the columns, then a line for each row.";
    if (!learned) return "Learning …";
    if (!left) return `Learned. Now without each row in turn, to see how good it is: ${Math.round(100 * this.progress)} % …`;
    const { name, text, alone, aloneText } = score(problem, left);
    const what = `Learned ${cut(problem.labels.name)} from ${problem.rows} rows of ${problem.names.length} columns.`;
    return `${what} ${name}: ${text}; ${alone.toLowerCase()}: ${aloneText}.`;
  }
}
