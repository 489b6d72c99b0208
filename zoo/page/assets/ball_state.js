/* What the visitor has made of the ball: a room, a flight in it, how much of it was seen, and windows of flights before. */

import { drawRoom, fly, inside, isConvex, ZONES } from "./flight.js";
import { within } from "./plot.js";

export const HISTORY = 3; // positions in an example
export const MOST = 100; // windows learned from, as in training; older ones are forgotten first
export const FARTHEST = 20; // steps predicted at most
export const END = MOST + HISTORY; // positions of a flight that can be seen

export class BallState {
  room = [[0.12, 0.16], [0.84, 0.1], [0.88, 0.8], [0.2, 0.88]];
  start = [0.42, 0.4];
  angle = 0.6;
  ahead = 10;
  memory = []; // windows of earlier flights in this room
  seen = HISTORY; // positions seen of this flight
  thrown = false;

  constructor() {
    this.refly();
  }

  refly() {
    this.flight = fly(this.room, this.start, this.angle, END + FARTHEST);
  }

  /** Windows of this flight so far: three positions, and the one after them. */
  get windows() {
    const { positions } = this.flight;
    return Array.from({ length: this.seen - HISTORY }, (_, first) => ({
      x: positions.slice(first, first + HISTORY).flat(),
      y: positions[first + HISTORY],
    }));
  }

  /** What is learned from. */
  get support() {
    return [...this.memory, ...this.windows].slice(-MOST);
  }

  get position() {
    return this.flight.positions[this.thrown ? this.seen - 1 : 0];
  }

  /** Take up the ball, there or where it is, for another throw; what was seen is remembered. */
  take(position = this.position) {
    this.memory = this.support;
    Object.assign(this, { start: inside(this.room, position), seen: HISTORY, thrown: false });
    this.refly();
  }

  aim(angle) {
    if (this.thrown) this.take();
    this.angle = angle;
    this.refly();
  }

  throw() {
    if (this.thrown) this.take();
    this.thrown = true;
  }

  /** Move a corner as far as rooms of training go; the flight is flown anew in the changed room. */
  moveCorner(index, position) {
    const corner = position.map((number, axis) => within(ZONES[index][axis], number));
    const room = this.room.map((old, at) => (at === index ? corner : old));
    if (isConvex(room)) this.change(room);
  }

  newRoom() {
    this.change(drawRoom());
    Object.assign(this, { seen: HISTORY, thrown: false });
  }

  /** Another room: what was seen in the old one would mislead. */
  change(room) {
    Object.assign(this, { room, memory: [], start: inside(room, this.start) });
    this.refly();
  }

  forget() {
    const start = inside(this.room, this.position);
    Object.assign(this, { memory: [], seen: HISTORY, thrown: false, start });
    this.refly();
  }
}
