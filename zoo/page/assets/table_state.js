/* What the visitor has given: a table, what to predict of it, and new rows; and all that learning needs, made from these. */

import { encodedRows, given } from "./table_columns.js";
import { read } from "./table_csv.js";
import { readLabels } from "./table_labels.js";
import { makeRule } from "./table_rule.js";
import { refuse, strip } from "./table_text.js";

export const LARGEST = 2_000_000; // characters of a table, far more than its most rows need

const FEWEST = 4; // rows: one is left out, and the others must be a table still
const [TABLE, QUERY] = ["the table", "the new rows"]; // what messages call them

export class TableState {
  table = null; // as it was read
  text = "";
  query = "";
  label = null; // the column to predict; the last one unless there is one of this name
  wanted = "auto"; // classes, numbers, or what the labels look like
  version = 0; // of all but the new rows

  /** settings: the numbers of the rule of columns, see `makeRule`; learners: facts of the learner of each kind of labels. */
  constructor(settings, learners) {
    Object.assign(this, { settings, learners });
  }

  /** Change what is given; an answer that waits for an older version is void. */
  change(changes) {
    if ("text" in changes) this.table = null;
    Object.assign(this, changes);
    if (Object.keys(changes).some((name) => name !== "query")) this.version++;
  }

  /** The column to predict; null before a table was read. */
  get labelled() {
    const header = this.table?.header ?? [];
    return header.includes(this.label) ? this.label : header.at(-1) ?? null;
  }

  /**
   * The table as a task: { rule, notes, names, columns: [[inputs of a column]], labels, x, y, rows, width }; null if there is none.
   * Raises Refused for what cannot be learned, and keeps what the header says even then.
   */
  problem() {
    if (!strip(this.text)) return null;
    refuseLarge(TABLE, this.text);
    this.table = read(TABLE, this.text, this.settings.missing);
    const rows = this.table.rows.length;
    const label = this.labelled;
    const labels = readLabels(this.table, label, this.wanted, { ...this.settings, most_classes: this.learners.classes.most_classes });
    const { most_rows: most } = this.learners[labels.task];
    if (rows < FEWEST) refuse(`${TABLE} has ${rows} rows; give at least ${FEWEST}.`);
    if (rows > most) refuse(`${TABLE} has ${rows} rows, and this page learns from ${most} at most; keep that many, drawn at random, or use “zoo learn”, which draws them.`);
    const shown = given(this.table, this.table.header.filter((name) => name !== label));
    const { rule, notes } = makeRule(shown, labels, this.settings);
    const { numbers } = encodedRows(rule, shown);
    const inputs = rule.columns.map((_, place) => rule.inputs.map(({ column }, at) => (column === place ? at : -1)).filter((at) => at >= 0));
    const used = inputs.map((_, place) => place).filter((place) => inputs[place].length);
    return {
      rule, notes, labels, rows,
      names: used.map((place) => rule.columns[place].name),
      columns: used.map((place) => inputs[place]),
      x: numbers, y: labels.y, width: rule.inputs.length,
    };
  }

  /** The new rows by the rule of a problem: { rows, numbers, notes }; null if there are none. */
  queries({ rule }) {
    if (!strip(this.query)) return null;
    refuseLarge(QUERY, this.query);
    const table = read(QUERY, this.query, this.settings.missing);
    return encodedRows(rule, given(table, table.header));
  }
}

function refuseLarge(title, text) {
  if (text.length > LARGEST) refuse(`${title} has ${text.length} characters, and this page reads ${LARGEST} at most; keep fewer rows.`);
}
