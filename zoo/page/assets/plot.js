/* A plane to draw on: an SVG as wide as its place, with axes in the units of the task, and layers one above the other. */

import { svg, set } from "./dom.js";

export class Plot {
  /**
   * host: the element to fill. x, y: [lowest, highest] number of each axis. margin: [top, right, bottom, left] pixels.
   * height: pixels for a width in pixels. layers: names, the undermost first. redraw: called when the size has changed.
   */
  constructor(host, { x, y, margin, height, layers, redraw }) {
    Object.assign(this, { host, x, y, margin });
    this.svg = svg("svg");
    host.append(this.svg);
    this.layers = {};
    for (const name of layers) this.svg.append((this.layers[name] = svg("g", { class: name })));
    new ResizeObserver(([{ contentRect }]) => {
      if (!contentRect.width) return; // in a tab that is not shown
      this.width = contentRect.width;
      this.height = height(this.width);
      set(this.svg, { viewBox: `0 0 ${this.width} ${this.height}`, height: this.height });
      redraw();
    }).observe(host);
  }

  get ready() {
    return Boolean(this.width);
  }

  get box() {
    const [top, right, bottom, left] = this.margin;
    return { left, top, right: this.width - right, bottom: this.height - bottom };
  }

  /** From units to pixels. */
  px(x) {
    const { left, right } = this.box;
    return left + ((x - this.x[0]) / (this.x[1] - this.x[0])) * (right - left);
  }

  py(y) {
    const { top, bottom } = this.box;
    return bottom - ((y - this.y[0]) / (this.y[1] - this.y[0])) * (bottom - top);
  }

  /** From a pointer to units; outside of the axes at their ends. */
  at(event) {
    const frame = this.svg.getBoundingClientRect();
    const { left, right, top, bottom } = this.box;
    const across = (event.clientX - frame.left - left) / (right - left);
    const up = (frame.top + bottom - event.clientY) / (bottom - top);
    return [within(this.x, this.x[0] + across * (this.x[1] - this.x[0])), within(this.y, this.y[0] + up * (this.y[1] - this.y[0]))];
  }

  /** A line through points given in units. */
  line(points, close = false) {
    const path = points.map(([x, y]) => `${this.px(x).toFixed(2)} ${this.py(y).toFixed(2)}`).join("L");
    return path && `M${path}${close ? "Z" : ""}`;
  }

  /** Follow a pointer from now until it is let go, wherever it moves. */
  follow(event, moved, done = () => {}) {
    this.svg.setPointerCapture(event.pointerId);
    const ended = (last) => {
      for (const name of ["pointerup", "pointercancel"]) this.svg.removeEventListener(name, ended);
      this.svg.removeEventListener("pointermove", moved);
      done(last);
    };
    this.svg.addEventListener("pointermove", moved);
    for (const name of ["pointerup", "pointercancel"]) this.svg.addEventListener(name, ended);
  }
}

/** A number held between two others. */
export const within = ([low, high], number) => Math.min(high, Math.max(low, number));
