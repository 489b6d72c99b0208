/* The demo of the ball: what pointer, keys and buttons do, how the ball flies on, and the status line. */

import { BallLearning } from "./ball_learning.js";
import { BallState, END, HISTORY } from "./ball_state.js";
import { BallView, lastSeen } from "./ball_view.js";
import { announce, byId, latest, set, shown, size, time } from "./dom.js";

const PACE = 9; // steps flown in a second
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const NUDGE = 0.01;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const FEWEST = 10; // windows of the smallest tasks in training
const COMPARED_AT = 5; // steps after which predicted and real position are compared

export class BallDemo {
  learned = null;
  flying = false;
  held = -1; // the corner that is dragged
  moment = 0; // of the flight, in steps

  constructor(facts) {
    this.state = new BallState();
    this.view = new BallView(byId("ball-plot"), () => this.draw());
    this.request = latest(() => this.work());
    byId("ball-bytes").textContent = size(facts.task_bytes);
    this.listen();
    this.show();
  }

  async load() {
    this.learning = await BallLearning.load();
    await this.request();
  }

  /** Learn from the windows seen so far and predict the path ahead. */
  async work() {
    const { state } = this;
    const { support, seen, ahead, flight } = state;
    if (!this.learning || !support.length) this.learned = null;
    else {
      const learned = await this.learning.learn(support, lastSeen(state), ahead);
      const real = flight.positions.slice(seen, seen + ahead);
      this.learned = flight === state.flight ? { ...learned, seen, real } : null; // the room changed meanwhile: another pass comes
    }
    this.show();
  }

  listen() {
    const { state, view } = this;
    const press = (id, action) => byId(id).addEventListener("click", action);
    press("ball-throw", () => this.throw());
    press("ball-pause", () => (this.flying ? this.stop() : this.go()));
    press("ball-room", () => this.change(() => state.newRoom(), "A new room, nothing seen of it yet."));
    press("ball-forget", () => this.change(() => state.forget(), "Forgotten: nothing seen of this room."));
    const slide = (id, action) => byId(id).addEventListener("input", ({ target }) => action(Number(target.value)));
    slide("ball-seen", (windows) => this.change(() => this.seek(windows + HISTORY)));
    slide("ball-aim", (degrees) => this.change(() => state.aim((degrees * Math.PI) / 180)));
    slide("ball-ahead", (steps) => this.change(() => (state.ahead = steps), null, true));
    byId("ball-real").addEventListener("change", () => this.show());
    view.corners.forEach((corner, index) => {
      corner.addEventListener("pointerdown", (event) => this.dragCorner(event, index));
      corner.addEventListener("keydown", (event) => this.nudge(event, state.room[index], (to) => state.moveCorner(index, to)));
      corner.addEventListener("blur", () => ((this.held = -1), this.draw()));
    });
    view.ball.addEventListener("pointerdown", (event) => this.dragBall(event));
    view.ball.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        this.throw();
      } else this.nudge(event, state.position, (to) => state.take(to));
    });
    view.ball.addEventListener("click", (event) => !event.detail && this.throw()); // as a screen reader presses it
    view.plot.layers.back.addEventListener("click", (event) => this.change(() => state.take(view.plot.at(event)), "Ball placed."));
  }

  nudge(event, [x, y], move) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const far = NUDGE * (event.shiftKey ? 5 : 1);
    this.held = this.view.corners.indexOf(event.currentTarget);
    this.change(() => move([x + far * arrow[0], y + far * arrow[1]]));
  }

  dragCorner(event, index) {
    event.preventDefault();
    this.held = index;
    this.view.corners[index].focus({ focusVisible: false });
    this.view.plot.follow(event, (moved) => this.change(() => this.state.moveCorner(index, this.view.plot.at(moved))), () => {
      this.held = -1;
      this.change(() => {}, "Corner moved; the ball flies anew.");
    });
  }

  /** Drag from the ball to where it should fly; letting go throws it. */
  dragBall(event) {
    event.preventDefault();
    this.view.ball.focus({ focusVisible: false });
    let aimed = false;
    const { state, view } = this;
    this.stop();
    view.plot.follow(event, (moved) => {
      const [x, y] = view.plot.at(moved);
      const [fromX, fromY] = state.position;
      aimed = Math.hypot(x - fromX, y - fromY) > 0.03;
      if (aimed) this.change(() => state.aim((Math.atan2(y - fromY, x - fromX) + 2 * Math.PI) % (2 * Math.PI)));
    }, (last) => aimed && last.type === "pointerup" && this.throw());
  }

  seek(seen) {
    Object.assign(this.state, { seen, thrown: true });
  }

  throw() {
    this.change(() => this.state.throw(), "Thrown.");
    if (STILL.matches) this.change(() => this.seek(END), "Thrown; the whole flight was seen.");
    else this.go();
  }

  /** Fly on from where the ball is. */
  go() {
    if (!this.state.thrown || this.state.seen >= END) return;
    this.flying = true;
    let before = null;
    const frame = (now) => {
      if (!this.flying) return;
      // A tab that was away does not make the ball jump.
      this.moment = Math.min(END - 1, this.moment + (Math.min(now - (before ?? now), 100) / 1000) * PACE);
      before = now;
      const seen = Math.max(this.state.seen, Math.floor(this.moment) + 1);
      if (seen !== this.state.seen) {
        this.state.seen = seen;
        this.request();
      }
      this.draw();
      if (seen < END) requestAnimationFrame(frame);
      else this.stop();
    };
    requestAnimationFrame(frame);
    this.show();
  }

  stop() {
    if (!this.flying) return;
    this.flying = false;
    this.show();
    this.tell("The ball stands still.");
  }

  /** Do something to the state. A flight stops for it, unless it is one that the flight does not mind. */
  change(action, text = null, flyOn = false) {
    if (!flyOn) this.flying = false;
    action();
    if (!flyOn) this.moment = this.state.thrown ? this.state.seen - 1 : 0;
    this.show();
    this.request().then(() => !this.flying && this.tell(text ?? ""));
  }

  get error() {
    const { learned } = this;
    if (!learned || learned.path.length < COMPARED_AT) return NaN;
    const [guess, real] = [learned.path[COMPARED_AT - 1], learned.real[COMPARED_AT - 1]];
    return Math.hypot(guess[0] - real[0], guess[1] - real[1]);
  }

  tell(text) {
    const { learned } = this;
    const [x, y] = learned ? learned.path[0] : [];
    const known = learned
      ? `Learned from ${learned.windows.length} windows. Next position predicted: x ${shown(x, 2)}, y ${shown(y, 2)}.`
      : "Nothing learned yet.";
    const off = this.error < 1 ? ` ${shown(this.error, 3)} off after five steps.` : "";
    announce(`${text} ${known}${off}`.trim());
  }

  draw() {
    const { moment, learned, held, flying } = this;
    this.view.draw(this.state, { moment, learned, held, flying, real: byId("ball-real").checked });
  }

  /** Everything beside the room. */
  show() {
    const { state, learned } = this;
    this.draw();
    const windows = state.seen - HISTORY;
    const degrees = Math.round((state.angle * 180) / Math.PI);
    byId("ball-hint").textContent = this.hint();
    byId("ball-seen").value = windows;
    byId("ball-seen-count").textContent = windows;
    byId("ball-aim").value = degrees;
    byId("ball-aim-degrees").textContent = `${degrees}°`;
    byId("ball-ahead").value = state.ahead;
    byId("ball-ahead-steps").textContent = state.ahead === 1 ? "1 step" : `${state.ahead} steps`;
    byId("ball-ms").textContent = learned ? time(learned.milliseconds) : "–";
    byId("ball-count").textContent = state.support.length === 1 ? "1 window" : `${state.support.length} windows`;
    byId("ball-error").textContent = this.error > 1 ? "far" : shown(this.error, 3);
    set(byId("ball-pause"), { text: this.flying || !state.thrown ? "Pause" : "Go on", disabled: !state.thrown || state.seen >= END });
    set(byId("ball-forget"), { disabled: !state.support.length });
  }

  hint() {
    const { state } = this;
    const known = state.support.length;
    if (!this.learning) return "Starting WebAssembly …";
    if (!known) return "Drag from the ball and let go to throw it.";
    if (known < FEWEST) return `Trained on ${FEWEST} windows and more, it may lose its way with ${known}.`;
    if (this.flying) return known < 30 ? "With every step it learns the room anew from what it has seen." : "The larger a dot, the more its window counted.";
    if (!state.thrown) return "It predicts this throw beforehand, and was never shown a wall.";
    return state.seen >= END ? "Throw again: it predicts the flight from its first three positions." : "Drag a corner, and the ball flies in the changed room.";
  }
}
