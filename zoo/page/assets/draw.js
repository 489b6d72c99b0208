/* The demo of drawings: symbols that the visitor draws and names, and one more that is told by them whenever a stroke ends. */

import { DrawLearning } from "./draw_learning.js";
import { Pad } from "./draw_pad.js";
import { example } from "./draw_example.js";
import { picture } from "./draw_pen.js";
import { DrawState, MOST_CLASSES } from "./draw_state.js";
import { percent, showBars, showSeen, showSymbols } from "./draw_view.js";
import { announce, byId, latest, save, shown, size, time } from "./dom.js";

export class DrawDemo {
  learning = null;
  task = null;
  answer = null;
  done = -1; // version of the drawings that the task is of
  asked = null; // strokes that the answer is of

  /** name: of the learner; facts: what the page knows of it. */
  constructor(name, facts) {
    Object.assign(this, { name, facts });
    this.state = new DrawState();
    this.request = latest(() => this.work());
    this.pad = new Pad("What is to be told", (strokes) => this.ask(strokes));
    byId("draw-query").append(this.pad.canvas);
    byId("draw-undo").addEventListener("click", () => this.pad.undo());
    byId("draw-clear").addEventListener("click", () => this.pad.clear());
    byId("draw-add").addEventListener("click", () => this.add());
    byId("draw-example").addEventListener("click", () => this.begin(example()));
    byId("draw-empty").addEventListener("click", () => {
      this.begin([]);
      this.add();
    });
    byId("draw-download").addEventListener("click", () => save("symbols.onnx", this.learning.model(this.task), "application/octet-stream"));
    this.build();
  }

  async load() {
    this.learning = await DrawLearning.load(this.name, this.facts);
    await this.request();
  }

  /** Learn from the drawings as they are now, and tell what is asked. */
  async work() {
    const { learning, state } = this;
    if (!learning) return;
    const { version, query } = state;
    if (version !== this.done) {
      const { learned } = state;
      Object.assign(this, { task: learned.length ? await learning.learn(learned) : null, answer: null, asked: null, done: version });
    }
    if (query !== this.asked) {
      this.answer = this.task && query.length ? await learning.answer(this.task, picture(query)) : null;
      this.asked = query;
      if (this.answer) announce(this.verdict);
    }
    this.show();
  }

  ask(strokes) {
    this.state.query = strokes;
    this.request();
  }

  begin(classes) {
    this.state.begin(classes);
    this.pad.show([]);
    this.changed();
  }

  add() {
    const made = this.state.add();
    if (!made) return;
    this.changed();
    const { lastElementChild } = byId("draw-symbols");
    lastElementChild.querySelector("input").focus();
    lastElementChild.querySelector("input").select();
  }

  /** The classes are others, or have more or fewer drawings. */
  changed() {
    this.build();
    this.request();
  }

  build() {
    const { state } = this;
    const focus = (one, chosen) => byId("draw-symbols").children[state.classes.indexOf(one)].querySelectorAll("canvas")[chosen].focus();
    showSymbols(state.classes, {
      rename: (one, name) => {
        one.name = name;
        state.version++;
        this.request();
      },
      change: (one, at, strokes) => {
        state.change(one, one.drawings.with(at, strokes));
        this.request();
      },
      more: (one) => {
        state.change(one, [...one.drawings, []]);
        this.changed();
        focus(one, one.drawings.length - 1);
      },
      less: (one, at) => {
        state.change(one, one.drawings.toSpliced(at, 1));
        this.changed();
        focus(one, Math.max(0, at - 1));
      },
      remove: (one) => {
        state.remove(one);
        this.changed();
        byId("draw-add").focus();
      },
    });
    this.show();
  }

  get verdict() {
    const { answer, task } = this;
    const [name, odds] = [task.classes[answer.best], percent(answer.probabilities[answer.best])];
    return answer.none ? `None of these: it looks like nothing here, least unlike ${name}.` : `It looks like ${name}, ${odds}.`;
  }

  show() {
    const { state, task, answer, facts, learning } = this;
    byId("draw-hint").textContent = this.hint;
    showBars(task ? task.classes : [], answer);
    const limit = facts.ood_threshold === null ? "" : `; 19 in 20 known characters stay below ${shown(facts.ood_threshold)}`;
    byId("draw-verdict").textContent = answer ? `Its out-of-distribution score is ${shown(answer.score)}${limit}.` : "";
    byId("draw-learn-ms").textContent = task ? time(task.milliseconds) : "–";
    byId("draw-tell-ms").textContent = answer ? time(answer.milliseconds) : "–";
    byId("draw-bytes").textContent = task ? size(task.bytes) : "–";
    byId("draw-count").textContent = task ? task.rows : 0;
    byId("draw-add").disabled = state.classes.length >= MOST_CLASSES;
    byId("draw-download").disabled = !task || !learning;
    byId("draw-undo").disabled = byId("draw-clear").disabled = !state.query.length;
    showSeen(state.query);
  }

  get hint() {
    const { state, task, answer, learning } = this;
    if (!learning) return "Starting WebAssembly …";
    if (answer) return this.verdict;
    if (!task) return "Draw a symbol once, and give it a name. Then another.";
    if (task.classes.length < 2) return "Draw a second symbol, so that there is something to tell apart.";
    return state.query.length ? "Telling …" : "Draw one of the symbols in your own way in the large square. It is told by the drawings below.";
  }
}
