/* Draws the room: walls, corners to drag, the ball and where it will be thrown, windows seen, the path predicted and the real one. */

import { match, set, shown, svg } from "./dom.js";
import { at, SIDE, STEP, ZONES } from "./flight.js";
import { HISTORY } from "./ball_state.js";
import { Plot } from "./plot.js";

const FAR = 3; // units from the frame's corner at which a path is lost
const REACH = 24; // pixels around a handle that take hold of it
const NAMES = ["Lower left", "Lower right", "Upper right", "Upper left"];

export class BallView {
  constructor(host, redraw) {
    this.plot = new Plot(host, {
      x: [0, SIDE],
      y: [0, SIDE],
      margin: [6, 6, 6, 6],
      height: (width) => width,
      layers: ["back", "zones", "paths", "windows", "real", "guess", "handles"],
      redraw,
    });
    const { back, paths, real, guess, handles } = this.plot.layers;
    const part = (layer, tag, name, more = {}) => layer.appendChild(svg(tag, { class: name, ...more }));
    this.frame = part(back, "rect", "frame", { rx: 8 });
    this.floor = part(back, "path", "floor");
    this.ruler = part(back, "path", "ruler");
    this.rulerText = part(back, "text", "", { text: "one step: 0.1" });
    this.trail = part(paths, "path", "trail");
    this.real = part(real, "path", "ahead-real");
    this.realDots = part(real, "g", "");
    this.guess = part(guess, "path", "ahead");
    this.guessDots = part(guess, "g", "");
    this.aim = part(handles, "path", "aim");
    this.corners = NAMES.map((name) => this.handle(`${name} corner`, "corner", 8));
    this.ball = this.handle("Ball", "ball-mark", 11);
  }

  handle(name, kind, radius) {
    const group = svg("g", { class: "handle", tabindex: 0, role: "button", "data-name": name });
    group.append(svg("circle", { class: "ring", r: radius + 6 }), svg("circle", { class: kind, r: radius }), svg("circle", { class: "grab", r: REACH }));
    this.plot.layers.handles.append(group);
    return group;
  }

  /** state: a BallState; moment: where in its flight the ball is; learned: from BallLearning, or null; held: corner that is dragged. */
  draw(state, { moment, learned, real, held, flying }) {
    const { plot } = this;
    if (!plot.ready) return;
    const { left, top, right, bottom } = plot.box;
    set(this.frame, { x: left, y: top, width: right - left, height: bottom - top });
    set(this.floor, { d: plot.line(state.room, true) });
    set(this.ruler, { d: plot.line([[0.03, 0.035], [0.03 + STEP, 0.035]]) });
    set(this.rulerText, { x: plot.px(0.045 + STEP), y: plot.py(0.035) + 4 });
    match(plot.layers.zones, "rect", held < 0 ? [] : [ZONES[held]], ([[x0, x1], [y0, y1]]) => ({
      class: "zone", rx: 6, x: plot.px(x0), y: plot.py(y1), width: plot.px(x1) - plot.px(x0), height: plot.py(y0) - plot.py(y1),
    }));
    this.drawPaths(state, moment, learned, real);
    this.corners.forEach((corner, index) => this.place(corner, state.room[index]));
    this.drawBall(state, moment, flying);
  }

  drawPaths(state, moment, learned, real) {
    const { plot } = this;
    const { flight, thrown } = state;
    const through = (first, last) => plot.line([flight.positions[first], ...flight.legs.slice(first, last).flatMap((leg) => leg.slice(1))]);
    set(this.trail, { d: thrown ? `${through(0, Math.floor(moment))}` : "" });
    const influence = (index) => (learned?.windows.length === state.support.length ? learned.influence[index] : 0);
    match(plot.layers.windows, "circle", state.support, ({ y }, index) => ({
      class: "window", cx: plot.px(y[0]), cy: plot.py(y[1]), r: 1.6 + 22 * Math.sqrt(influence(index)),
    }));
    const now = state.seen - 1;
    const ahead = learned ? learned.path.length : state.ahead;
    set(this.real, { d: real ? through(thrown ? now : 0, now + ahead) : "" });
    const dot = (kind, r) => ([x, y]) => ({ class: kind, cx: plot.px(x), cy: plot.py(y), r });
    match(this.realDots, "circle", real ? flight.positions.slice(thrown ? now + 1 : 1, now + ahead + 1) : [], dot("ahead-real-dot", 5));
    const path = learned ? [flight.positions[learned.seen - 1], ...drawable(learned.path)] : [];
    set(this.guess, { d: plot.line(path) });
    match(this.guessDots, "circle", path.slice(1), dot("ahead-dot", 3.6));
  }

  drawBall(state, moment, flying) {
    const { plot } = this;
    const [x, y] = state.thrown ? at(state.flight, moment) : state.start;
    this.place(this.ball, [x, y], `direction ${shown((state.angle * 180) / Math.PI, 0)} degrees; Enter throws`);
    const tip = (turn, length) => [x + length * Math.cos(state.angle + turn), y + length * Math.sin(state.angle + turn)];
    const arrow = [[tip(0, 0.035), tip(0, STEP)], [tip(0.25, 0.082), tip(0, STEP), tip(-0.25, 0.082)]];
    set(this.aim, { d: flying ? "" : arrow.map((line) => plot.line(line)).join("") });
  }

  place(handle, [x, y], more = "") {
    set(handle, {
      transform: `translate(${this.plot.px(x)} ${this.plot.py(y)})`,
      "aria-label": `${handle.dataset.name}, x ${shown(x, 2)}, y ${shown(y, 2)}${more && `, ${more}`}`,
    });
  }
}

/** A path as far as it can be drawn: from fewer windows than it was trained on, a learner may leave the room and the numbers. */
function drawable(path) {
  const lost = path.findIndex((position) => position.some((number) => !(Math.abs(number) < FAR)));
  return lost < 0 ? path : path.slice(0, lost);
}

/** The last positions seen, from which the path ahead is predicted. */
export const lastSeen = ({ flight, seen }) => flight.positions.slice(seen - HISTORY, seen);
