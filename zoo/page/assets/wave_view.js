/* Draws the wave: examples as large as their influence, the learned curve, what is asked, and the place asked about. */

import { match, set, shown, svg } from "./dom.js";
import { Plot } from "./plot.js";
import { candidateX, curveX, onCurve } from "./wave_learning.js";
import { X, Y } from "./wave_state.js";

const TICKS = [-4, -2, 0, 2, 4];
const STRIP = 34; // pixels of the strip of scores, between the plane and the numbers of its axis
const REACH = 24; // pixels around a point that take hold of it, wide enough for a finger

export class WaveView {
  constructor(host, redraw) {
    this.plot = new Plot(host, {
      x: X,
      y: Y,
      margin: [10, 12, STRIP + 30, 34],
      height: (width) => Math.round(Math.min(460, Math.max(320, width * 0.64))),
      layers: ["grid", "asked", "curves", "marks", "points", "grabs", "keys"],
      redraw: () => {
        this.axes();
        redraw();
      },
    });
    const { asked, curves, marks, keys } = this.plot.layers;
    const part = (layer, tag, name, more = {}) => layer.appendChild(svg(tag, { class: name, ...more }));
    this.strip = part(asked, "rect", "strip");
    this.scores = part(asked, "path", "scores");
    this.wish = part(asked, "line", "wish");
    this.truth = part(curves, "path", "true");
    this.beside = part(curves, "path", "curve beside");
    this.curve = part(curves, "path", "curve");
    this.target = part(marks, "line", "target");
    this.targetMark = part(marks, "circle", "target-mark", { r: 5 });
    this.targetText = part(marks, "text", "target-text");
    this.wishMark = part(marks, "circle", "wish-mark", { r: 11 });
    this.wishText = part(marks, "text", "wish-text", { text: "?", dy: 5 });
    this.empty = part(marks, "text", "empty", { text: "Click or tap here" });
    this.cursor = part(keys, "path", "cursor");
  }

  axes() {
    const { plot } = this;
    const { left, right, top, bottom } = plot.box;
    const lines = [...TICKS.map((x) => [plot.px(x), top, plot.px(x), bottom, x]), ...TICKS.map((y) => [left, plot.py(y), right, plot.py(y), y])];
    const numbers = [
      ...TICKS.map((x) => [plot.px(x), bottom + STRIP + 22, "middle", x]),
      ...TICKS.map((y) => [left - 8, plot.py(y) + 4, "end", y]),
      [right, bottom + STRIP + 22, "end", "x"],
      [left - 8, top + 12, "end", "y"],
    ];
    plot.layers.grid.replaceChildren(
      ...lines.map(([x1, y1, x2, y2, at]) => svg("line", { x1, y1, x2, y2, class: at ? false : "zero" })),
      ...numbers.map(([x, y, anchor, text]) => svg("text", { x, y, "text-anchor": anchor, text: String(text).replace("-", "−") })),
    );
    set(this.strip, { x: left, y: bottom + 6, width: right - left, height: STRIP - 6, rx: 4 });
    set(this.empty, { x: (left + right) / 2, y: plot.py(1) });
  }

  /** state: a WaveState; learned: from WaveLearning.learn, or null; asked: from its ask, or null; cursor: { x, y, held }. */
  draw(state, learned, asked, cursor) {
    const { plot } = this;
    if (!plot.ready) return;
    const seen = state.points.length ? learned : null;
    set(this.curve, { d: seen ? plot.line(curveX.map((x, at) => [x, seen.curve[at]])) : "" });
    set(this.beside, { d: seen?.beside ? plot.line(curveX.map((x, at) => [x, seen.beside[at]])) : "" });
    set(this.truth, { d: state.hidden && state.revealed ? plot.line(curveX.map((x) => [x, state.hidden.at(x)])) : "" });
    set(this.empty, { display: state.points.length || state.revealed ? "none" : null });
    this.drawPoints(state, seen);
    this.drawTarget(state, seen);
    this.drawAsked(seen && asked);
    const [x, y, arm] = [plot.px(cursor.x), plot.py(cursor.y), cursor.held ? 18 : 12];
    set(this.cursor, { d: `M${x - arm} ${y}H${x - 3}M${x + 3} ${y}H${x + arm}M${x} ${y - arm}V${y - 3}M${x} ${y + 3}V${y + arm}` });
  }

  drawPoints(state, learned) {
    const { plot } = this;
    const influence = (at) => (learned && learned.points.length === state.points.length ? learned.influence[at] : 0.05);
    const place = ({ x, y }) => ({ cx: plot.px(x), cy: plot.py(y) });
    match(plot.layers.points, "circle", state.points, (point, at) => ({
      ...place(point),
      r: 4 + 15 * Math.sqrt(influence(at)),
      class: at === state.chosen ? "point chosen" : "point",
    }));
    match(plot.layers.grabs, "circle", state.points, (point) => ({ ...place(point), r: REACH, class: "grab" }));
  }

  drawTarget(state, learned) {
    const { plot } = this;
    const { top, bottom, right } = plot.box;
    const x = plot.px(state.target);
    set(this.target, { x1: x, x2: x, y1: top, y2: bottom });
    for (const mark of [this.targetMark, this.targetText]) set(mark, { display: learned ? null : "none" });
    if (!learned) return;
    const value = onCurve(learned.curve, state.target);
    const rightSide = x < right - 90;
    set(this.targetMark, { cx: x, cy: plot.py(value) });
    set(this.targetText, { x: x + (rightSide ? 8 : -8), y: top + 14, "text-anchor": rightSide ? "start" : "end", text: `y ≈ ${shown(value, 2)}` });
  }

  drawAsked(asked) {
    const { plot } = this;
    const { top, bottom } = plot.box;
    for (const part of [this.scores, this.wish, this.wishMark, this.wishText]) set(part, { display: asked ? null : "none" });
    if (!asked) return;
    const highest = Math.max(...asked.scores) || 1;
    const foot = bottom + STRIP;
    const heights = Array.from(candidateX, (x, at) => `L${plot.px(x).toFixed(1)} ${(foot - (STRIP - 8) * (asked.scores[at] / highest)).toFixed(1)}`);
    set(this.scores, { d: `M${plot.px(X[0])} ${foot}${heights.join("")}L${plot.px(X[1])} ${foot}Z` });
    const [x, y] = [plot.px(asked.best), bottom - 7]; // beside the axis, where no example hides it
    set(this.wish, { x1: x, x2: x, y1: top + 22, y2: foot }); // below the text of the target
    set(this.wishMark, { cx: x, cy: y });
    set(this.wishText, { x, y });
  }

  /** Whether a pointer is on the plane, not on the strip or the numbers around it. */
  onPlane(event) {
    const frame = this.plot.svg.getBoundingClientRect();
    const { left, right, top, bottom } = this.plot.box;
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    return x >= left && x <= right && y >= top && y <= bottom;
  }

  /** Index of the point under a pointer, the nearest one within reach; -1 if there is none. */
  under(event, points) {
    const frame = this.plot.svg.getBoundingClientRect();
    const far = points.map(({ x, y }) => Math.hypot(event.clientX - frame.left - this.plot.px(x), event.clientY - frame.top - this.plot.py(y)));
    const nearest = far.indexOf(Math.min(...far));
    return far[nearest] <= REACH ? nearest : -1;
  }
}
