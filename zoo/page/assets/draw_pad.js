/* A pad to draw on, by mouse, finger, pen or keys. What it shows is a list of strokes in units; what is drawn goes to `changed`. */

import { UNITS, WIDTH, units } from "./draw_pen.js";

const STEP = UNITS / 35; // that a key moves the pen
const FAR = 5; // times as far with Shift
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  strokes = [];
  stroke = null; // that is being drawn
  pointer = null; // which draws it; null for keys
  cursor = null; // of keys, once one was pressed

  /** label: what it is, for a screen reader; changed: called with all strokes once one ends, or some are gone. */
  constructor(label, changed) {
    this.changed = changed;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "pad";
    this.canvas.tabIndex = 0;
    for (const [name, value] of Object.entries({ role: "application", "aria-roledescription": "drawing pad", "aria-describedby": "draw-keys" })) {
      this.canvas.setAttribute(name, value);
    }
    this.name(label);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  name(label) {
    this.canvas.setAttribute("aria-label", label);
  }

  show(strokes) {
    this.strokes = strokes;
    this.draw();
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button || this.pointer !== null) return;
      event.preventDefault(); // no selection, and no scrolling
      canvas.focus({ preventScroll: true });
      this.lift();
      canvas.setPointerCapture(event.pointerId);
      Object.assign(this, { pointer: event.pointerId, cursor: null, stroke: [this.place(event)] });
      this.draw();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pointer) return;
      for (const each of event.getCoalescedEvents?.() ?? []) this.go(this.place(each));
      this.go(this.place(event));
      this.draw();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => event.pointerId === this.pointer && this.lift());
    }
    canvas.addEventListener("keydown", (event) => this.press(event) && event.preventDefault());
    canvas.addEventListener("blur", () => {
      if (this.pointer === null) this.lift();
      this.cursor = null;
      this.draw();
    });
  }

  /** Where a pointer is, in units. */
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [units((clientX - left) / width), units((clientY - top) / height)];
  }

  go([x, y]) {
    const [lastX, lastY] = this.stroke.at(-1);
    if (x !== lastX || y !== lastY) this.stroke.push([x, y]);
  }

  /** End the stroke that is being drawn. */
  lift() {
    const { stroke } = this;
    Object.assign(this, { stroke: null, pointer: null });
    if (stroke) this.give([...this.strokes, stroke]);
  }

  give(strokes) {
    this.show(strokes);
    this.changed(strokes);
  }

  undo() {
    this.stroke = null;
    if (this.strokes.length) this.give(this.strokes.slice(0, -1));
    else this.draw();
  }

  clear() {
    this.stroke = null;
    this.give([]);
  }

  /** Take a key; whether it meant something here. */
  press({ key, shiftKey, altKey, ctrlKey, metaKey }) {
    if (altKey || ctrlKey || metaKey || this.pointer !== null) return false;
    const move = MOVES[key];
    if (move) {
      const far = STEP * (shiftKey ? FAR : 1);
      const [x, y] = this.cursor ?? [UNITS / 2, UNITS / 2];
      this.cursor = [units((x + far * move[0]) / UNITS), units((y + far * move[1]) / UNITS)];
      if (this.stroke) this.go(this.cursor);
      this.draw();
    } else if (key === "Enter" || key === " ") {
      this.cursor ??= [UNITS / 2, UNITS / 2];
      if (this.stroke) this.lift();
      else this.stroke = [this.cursor];
      this.draw();
    } else if (key === "Backspace") this.undo();
    else if (key === "Delete") this.clear();
    else return false;
    return true;
  }

  /** Draw at the resolution of the screen. */
  draw() {
    const { canvas } = this;
    const { clientWidth: side } = canvas;
    if (!side) return;
    const pixels = Math.round(side * (globalThis.devicePixelRatio || 1));
    if (canvas.width !== pixels) [canvas.width, canvas.height] = [pixels, pixels];
    const pen = canvas.getContext("2d");
    pen.setTransform(pixels / UNITS, 0, 0, pixels / UNITS, 0, 0);
    pen.clearRect(0, 0, UNITS, UNITS);
    const { color } = getComputedStyle(canvas);
    Object.assign(pen, { lineCap: "round", lineJoin: "round", lineWidth: WIDTH * UNITS, strokeStyle: color, fillStyle: color });
    for (const points of [...this.strokes, ...(this.stroke ? [this.stroke] : [])]) {
      pen.beginPath();
      pen.moveTo(...points[0]);
      for (const point of points.length > 1 ? points.slice(1) : points) pen.lineTo(...point);
      pen.stroke();
    }
    if (!this.cursor) return;
    pen.beginPath();
    pen.arc(...this.cursor, this.stroke ? 40 : 70, 0, 2 * Math.PI);
    Object.assign(pen, { lineWidth: 14 });
    pen[this.stroke ? "fill" : "stroke"]();
  }
}
