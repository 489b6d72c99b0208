/* The wave by keyboard: a cursor that walks over the plane, adds examples, takes hold of them, and removes them. */

import { within } from "./plot.js";
import { X, Y } from "./wave_state.js";

const STEP = 0.1;
const SAME = 0.051; // units within which the cursor is on a point
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const rounded = (number) => Math.round(number * 100) / 100;

export class WaveKeys {
  cursor = { x: 0, y: 0, held: false };

  /** wave: add, move, hold, remove, undo, answer and tell, as the demo gives them; state: its WaveState. */
  constructor(wave, state) {
    Object.assign(this, { wave, state });
  }

  /** Take a key; whether it meant something here. */
  press(event) {
    if (event.altKey || event.metaKey || (event.ctrlKey && event.key.toLowerCase() !== "z")) return false;
    const { wave, state, cursor } = this;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (ARROWS[key]) this.walk(ARROWS[key], event.shiftKey ? 10 : 1);
    else if (key === "Enter" || key === " ") this.enter();
    else if (key === "Delete" || key === "Backspace") wave.remove(this.here() >= 0 ? this.here() : state.chosen);
    else if (key === "n") this.visit(1);
    else if (key === "p") this.visit(-1);
    else if (key === "z" && event.ctrlKey) wave.undo();
    else if (key === "a") wave.answer();
    else if (key === "Escape" && cursor.held) this.let();
    else return false;
    return true;
  }

  here() {
    const { x, y } = this.cursor;
    return this.state.points.findIndex((point) => Math.abs(point.x - x) < SAME && Math.abs(point.y - y) < SAME);
  }

  walk([across, up], times) {
    const { cursor, state, wave } = this;
    cursor.x = rounded(within(X, cursor.x + across * STEP * times));
    cursor.y = rounded(within(Y, cursor.y + up * STEP * times));
    if (cursor.held) {
      wave.move(state.chosen, cursor.x, cursor.y);
      cursor.y = state.points[state.chosen].y; // a hidden wave may have led it elsewhere
    }
    wave.tell("cursor");
  }

  enter() {
    const { cursor, state, wave } = this;
    const here = this.here();
    if (cursor.held) this.let();
    else if (here >= 0) {
      cursor.held = true;
      wave.hold(here);
    } else if (wave.add(cursor.x, cursor.y)) cursor.y = state.points.at(-1).y;
  }

  let() {
    this.cursor.held = false;
    this.wave.tell("let go");
  }

  /** Go to the next point from left to right. */
  visit(by) {
    const { cursor, state, wave } = this;
    const order = state.points.map((_, at) => at).sort((a, b) => state.points[a].x - state.points[b].x);
    if (!order.length) return;
    const now = order.indexOf(state.chosen);
    const next = order[(now < 0 ? (by > 0 ? 0 : order.length - 1) : now + by + order.length) % order.length];
    Object.assign(cursor, state.points[next], { held: false });
    state.chosen = next;
    wave.tell("point");
  }
}
