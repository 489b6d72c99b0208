/* The demo of the wave: what pointer, keys and buttons do, and the status line. */

import { announce, byId, latest, set, shown, size, time } from "./dom.js";
import { WaveKeys } from "./wave_keys.js";
import { WaveLearning, onCurve } from "./wave_learning.js";
import { MOST, WaveState } from "./wave_state.js";
import { WaveSteps, wrong } from "./wave_steps.js";
import { WaveView } from "./wave_view.js";

const FIRST = [[-4.13, 2.91], [-1.34, -2.56], [0.29, -1.33]]; // something to see before the first click: points of a wave
const SLACK = 6; // pixels that a pointer may move and still click
const round = (number) => Math.round(number * 100) / 100;

export class WaveDemo {
  learned = null;
  asked = null;
  pressed = { index: -1, times: 0 }; // the example under the pointer at the last press, and how often in a row

  constructor(facts) {
    this.state = new WaveState();
    for (const [x, y] of FIRST) this.state.add(x, y);
    Object.assign(this.state, { past: [], chosen: -1 });
    this.keys = new WaveKeys(this, this.state);
    this.steps = new WaveSteps(this, this.state);
    this.view = new WaveView(byId("wave-plot"), () => this.draw());
    this.request = latest(() => this.work());
    byId("wave-bytes").textContent = size(facts.task_bytes);
    byId("wave-target").value = this.state.target;
    this.listen();
    this.show();
  }

  async load() {
    this.learning = await WaveLearning.load();
    await this.request();
  }

  /** Learn from the points as they are now: the curve at once, the question when it is ready. */
  async work() {
    const { points, target, compared } = this.state;
    const steps = compared ? this.state.steps : 0;
    if (!this.learning || !points.length) {
      this.learned = this.asked = null;
      return this.show();
    }
    const { learned } = this;
    if (points !== learned?.points || steps !== learned.steps || compared !== Boolean(learned.beside)) {
      this.learned = await this.learning.learn(points, steps, compared);
      this.asked = null;
      this.draw();
    }
    this.asked = await this.learning.ask(points, target);
    this.show();
  }

  listen() {
    const { state, view } = this;
    const host = byId("wave-plot");
    let began = null; // where a click on the plane began
    host.addEventListener("pointerdown", (event) => {
      const index = view.under(event, state.points);
      began = index < 0 ? [event.clientX, event.clientY] : null;
      this.pressed = { index, times: index === this.pressed.index ? this.pressed.times + 1 : 1 };
      if (index >= 0 && event.button === 0) this.drag(event, index);
    });
    host.addEventListener("click", (event) => {
      if (event.target === view.wishMark) return this.answer();
      if (event.detail === 2 && this.twice()) return;
      if (!view.onPlane(event)) return;
      // Adding waits for the click, so that a finger can scroll the page over the plane.
      if (!began || Math.hypot(event.clientX - began[0], event.clientY - began[1]) > SLACK) return;
      began = null;
      this.add(...view.plot.at(event).map(round));
    });
    host.addEventListener("dblclick", () => this.twice());
    host.addEventListener("keydown", (event) => {
      if (this.keys.press(event)) event.preventDefault();
    });
    host.addEventListener("blur", () => (this.keys.cursor.held = false));
    const press = (id, action) => byId(id).addEventListener("click", action);
    press("wave-answer", () => this.answer());
    press("wave-example", () => this.change(() => state.example(), "Five points of a wave."));
    press("wave-undo", () => this.undo());
    press("wave-remove", () => this.remove(state.chosen));
    press("wave-clear", () => this.change(() => state.clear(), "Cleared."));
    press("wave-new", () => this.change(() => state.play(true), "Another hidden wave."));
    press("wave-reveal", () => this.change(() => Object.assign(state, { revealed: !state.revealed }), state.revealed ? "Hidden." : "Revealed."));
    byId("wave-hidden").addEventListener("change", ({ target }) =>
      this.change(() => state.play(target.checked), target.checked ? "A hidden wave answers now." : "Points are where you put them."));
    byId("wave-target").addEventListener("input", ({ target }) => this.change(() => (state.target = Number(target.value)), ""));
  }

  /** Remove what was clicked twice, whichever event tells of it; not what the first of the two clicks has just added. */
  twice() {
    const { index, times } = this.pressed;
    if (index < 0 || times < 2) return false;
    this.pressed = { index: -1, times: 0 };
    this.remove(index);
    return true;
  }

  drag(event, index) {
    const { state, view } = this;
    let kept = false;
    state.chosen = index;
    this.draw();
    view.plot.follow(event, (moved) => {
      if (!kept && Math.hypot(moved.clientX - event.clientX, moved.clientY - event.clientY) < SLACK) return;
      if (!kept) state.keep();
      kept = true;
      this.move(index, ...view.plot.at(moved).map(round));
    }, () => this.tell("point"));
  }

  add(x, y) {
    const added = this.state.add(x, y);
    this.change(() => {}, added ? `Example added at ${this.place(this.state.points.at(-1))}.` : `${MOST} examples are the most.`);
    return added;
  }

  move(index, x, y) {
    this.change(() => this.state.move(index, x, y), "");
  }

  hold(index) {
    this.state.keep();
    this.change(() => (this.state.chosen = index), `Holding the example at ${this.place(this.state.points[index])}; arrow keys move it.`);
  }

  remove(index) {
    if (this.state.remove(index)) this.change(() => {}, "Example removed.");
  }

  undo() {
    if (this.state.undo()) this.change(() => {}, "Undone.");
  }

  /** Give the example that is asked for: the hidden wave's, or one on the curve, to be dragged where it belongs. */
  answer() {
    const { learned, asked } = this;
    if (learned && asked) this.add(round(asked.best), round(onCurve(learned.curve, asked.best)));
  }

  change(action, text) {
    action();
    this.show();
    this.said = text;
    this.request().then(() => text === this.said && this.tell(text));
  }

  place({ x, y }) {
    return `x ${shown(x, 1)}, y ${shown(y, 1)}`;
  }

  /** Say what was done and what follows from it. */
  tell(what) {
    const { state, learned, asked, keys } = this;
    const chosen = state.points[state.chosen];
    const begin = { cursor: `Cursor at ${this.place(keys.cursor)}.`, point: chosen ? `Example at ${this.place(chosen)}.` : "", "let go": "Let go." };
    const parts = [begin[what] ?? what];
    if (what === "cursor" && learned) parts.push(`Predicted there: ${shown(onCurve(learned.curve, keys.cursor.x), 2)}.`);
    else if (learned && asked) {
      parts.push(`${state.points.length} examples. At x ${shown(state.target, 1)} it predicts ${shown(onCurve(learned.curve, state.target), 2)}.`);
      parts.push(this.steps.said(learned) || `It would like an example at x ${shown(asked.best, 1)}.`);
    } else if (!state.points.length) parts.push("No examples.");
    if (what === "cursor" || what === "point") this.draw();
    announce(parts.join(" ").trim());
  }

  get error() {
    const { hidden, points } = this.state;
    if (!hidden || this.learned?.points !== points) return NaN;
    return wrong(this.learned.curve, hidden);
  }

  draw() {
    this.view.draw(this.state, this.learned, this.asked, this.keys.cursor);
  }

  /** Everything beside the plane. */
  show() {
    const { state, learned, asked } = this;
    const count = state.points.length;
    this.draw();
    this.steps.show(learned);
    byId("wave-hint").textContent = this.hint(count);
    byId("wave-asked").textContent = asked && count
      ? `To tell y at x = ${shown(state.target, 1)} better, it would like an example at x = ${shown(asked.best, 1)}.` : "";
    byId("wave-target-x").textContent = `x = ${shown(state.target, 1)}`;
    byId("wave-count").textContent = count;
    byId("wave-ms").textContent = learned ? time(learned.milliseconds) : "–";
    byId("wave-error").textContent = state.revealed && count ? this.error.toPrecision(2) : "–";
    set(byId("wave-answer"), { disabled: !(asked && count) || count >= MOST });
    for (const [id, off] of [["undo", !state.past.length], ["remove", !state.points[state.chosen]], ["clear", !count]]) byId(`wave-${id}`).disabled = off;
    byId("wave-hidden").checked = Boolean(state.hidden);
    for (const id of ["wave-game", "wave-truth-legend"]) byId(id).hidden = !state.hidden;
    set(byId("wave-reveal"), { "aria-pressed": String(state.revealed), text: state.revealed ? "Hide it" : "Reveal it" });
    byId("wave-table").replaceChildren(...state.points.map(({ x, y }, at) => {
      const row = document.createElement("tr");
      const influence = learned?.points === state.points ? `${shown(100 * learned.influence[at], 0)} %` : "–";
      for (const text of [shown(x, 2), shown(y, 2), influence]) row.insertCell().textContent = text;
      return row;
    }));
  }

  hint(count) {
    if (!this.learning) return "Starting WebAssembly …";
    if (this.state.hidden && !this.state.revealed) {
      return count ? "Reveal the wave when you think it is found." : "A wave is hidden here. Click at any x, and it answers.";
    }
    if (!count) return "Click or tap: one example is enough to begin.";
    if (count < 4) return "Click to add examples. With each, a new network is written.";
    return "Drag an example, and watch the curve follow.";
  }
}
