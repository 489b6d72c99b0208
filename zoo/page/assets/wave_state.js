/* What the visitor has made of the wave: points, a hidden wave perhaps, the place asked about; with a past to go back to. */

export const X = [-5, 5];
export const Y = [-5.5, 5.5];
export const MOST = 40; // points; the learner was trained on twenty at most

const AMPLITUDE = [1, 5]; // waves lower than 1 are learned too, and are dull to look at
const PHASE = [0, Math.PI];
const PAST = 200;

const between = ([low, high]) => low + (high - low) * Math.random();

export class Wave {
  constructor() {
    Object.assign(this, { amplitude: between(AMPLITUDE), phase: between(PHASE) });
  }

  at(x) {
    return this.amplitude * Math.sin(x - this.phase);
  }
}

export class WaveState {
  past = [];
  points = []; // of { x, y }
  hidden = null; // a Wave that answers, or none
  revealed = false;
  chosen = -1; // index of the point that was touched last
  target = 1.5; // x at which the visitor wants to know y
  compared = false; // whether gradient steps are taken, beside MAML
  steps = 5; // so many, which is what MAML was trained for

  /** Remember how things are, to come back by `undo`. */
  keep() {
    const { points, hidden, revealed, chosen } = this;
    this.past = [...this.past, { points, hidden, revealed, chosen }].slice(-PAST);
  }

  undo() {
    const before = this.past.at(-1);
    if (before) Object.assign(this, before, { past: this.past.slice(0, -1) });
    return Boolean(before);
  }

  /** A point there, or on the hidden wave above or below. */
  point(x, y) {
    return { x, y: this.hidden ? this.hidden.at(x) : y };
  }

  add(x, y) {
    if (this.points.length >= MOST) return false;
    this.keep();
    this.points = [...this.points, this.point(x, y)];
    this.chosen = this.points.length - 1;
    return true;
  }

  /** Move a point; a drag is kept once, when it begins. */
  move(index, x, y) {
    this.points = this.points.map((point, at) => (at === index ? this.point(x, y) : point));
  }

  remove(index) {
    if (!this.points[index]) return false;
    this.keep();
    this.points = this.points.filter((_, at) => at !== index);
    this.chosen = Math.min(index, this.points.length - 1);
    return true;
  }

  clear() {
    this.keep();
    Object.assign(this, { points: [], chosen: -1, revealed: false });
  }

  /** Five points of a wave: of the hidden one, or of a new one. */
  example() {
    this.keep();
    const wave = this.hidden ?? new Wave();
    // One in each fifth of the axis: points drawn anywhere may lie in a heap, which is a poor first impression.
    this.points = [0, 1, 2, 3, 4].map((fifth) => {
      const x = Math.round((-5 + 2 * fifth + between([0.2, 1.8])) * 100) / 100;
      return { x, y: wave.at(x) };
    });
    this.chosen = -1;
  }

  /** Begin or end playing against a hidden wave. */
  play(on) {
    this.keep();
    Object.assign(this, { hidden: on ? new Wave() : null, points: [], chosen: -1, revealed: false });
  }
}
