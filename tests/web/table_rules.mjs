// Reads tables as the page does, a table a line: the rule of its columns, the numbers that a learner reads, or why it is refused.
//
//     node table_rules.mjs FOLDER       of the page's modules, beside a package.json that says that they are modules
//     job     {"settings", "learners", "text", "query", "label", "wanted"}
//     answer  {"rule": its text, "names", "task", "classes", "x", "y", "query": numbers, "notes", "groups", "repeats",
//             "folds": rows that are left out together} or {"refused": message}

import path from "node:path";
import { pathToFileURL } from "node:url";
import { answerLines } from "./lines.mjs";

const load = (name) => import(pathToFileURL(path.join(process.argv[2], `${name}.js`)));
const [{ TableState }, { Refused }, { asText }, { folds, plan }] = await Promise.all(
  ["table_state", "table_text", "table_columns", "table_folds"].map(load));

await answerLines(({ settings, learners, text, query, label, wanted }) => {
  const state = new TableState(settings, learners);
  state.change({ text, query, label, wanted });
  try {
    const problem = state.problem();
    const { rule, notes, names, labels, x, y } = problem;
    const asked = state.queries(problem);
    const planned = plan(problem.rows, problem.width, problem.columns.length);
    return {
      ...planned, folds: folds(problem, planned.groups),
      rule: asText(rule), names, task: labels.task, classes: labels.classes, x: [...x], y: [...y],
      query: asked && [...asked.numbers], notes: [...notes, ...(asked?.notes ?? [])],
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { refused: error.message };
  }
});
