/* The world of the ball: rooms, and exact flight with specular reflection, as the learner was trained on. */

export const STEP = 0.1; // flown between two recorded positions
export const SIDE = 0.975; // of the frame
const LOW = [0.075, 0.4]; // where a coordinate of a corner may lie
const HIGH = [0.575, 0.9];
const BOUNCES = 16; // most bounces in one step

/** Where each of the four corners may lie: [lowest, highest] of x and of y. Counter-clockwise from the lower left. */
export const ZONES = [[LOW, LOW], [HIGH, LOW], [HIGH, HIGH], [LOW, HIGH]];

const between = ([low, high]) => low + (high - low) * Math.random();

export const isConvex = (room) =>
  room.every(([x, y], at) => {
    const [x1, y1] = room[(at + 1) % room.length];
    const [x2, y2] = room[(at + 2) % room.length];
    return (x1 - x) * (y2 - y1) - (y1 - y) * (x2 - x1) > 0;
  });

export function drawRoom() {
  for (;;) {
    const room = ZONES.map((zone) => zone.map(between));
    if (isConvex(room)) return room;
  }
}

/** Outward unit normals of the walls, and offsets: inside, normal · position < offset. */
function walls(room) {
  return room.map(([x, y], at) => {
    const [nextX, nextY] = room[(at + 1) % room.length];
    const length = Math.hypot(nextX - x, nextY - y);
    const [across, up] = [(nextY - y) / length, (x - nextX) / length];
    return { across, up, offset: across * x + up * y };
  });
}

const beyond = ({ across, up, offset }, [x, y]) => across * x + up * y - offset;

/** The position itself if it is in the room, and else the first one inside on the way to the room's middle. */
export function inside(room, position, margin = 0.02) {
  const middle = [0, 1].map((axis) => room.reduce((sum, corner) => sum + corner[axis] / room.length, 0));
  const around = walls(room);
  for (let way = 0; way < 1; way += 0.02) {
    const here = position.map((number, axis) => number + way * (middle[axis] - number));
    if (around.every((wall) => beyond(wall, here) < -margin)) return here;
  }
  return middle;
}

/**
 * Fly a ball: straight, reflected at every wall, its speed unchanged.
 * Gives `positions`, one after each step with the start first, and `legs`, the corners of the path within each step.
 */
export function fly(room, start, angle, steps) {
  const around = walls(room);
  let position = [...start];
  let velocity = [STEP * Math.cos(angle), STEP * Math.sin(angle)];
  const positions = [position];
  const legs = [];
  for (let step = 1; step < steps; step++) {
    const leg = [position];
    let left = 1;
    for (let bounce = 0; bounce < BOUNCES && left > 0; bounce++) {
      let [first, hit] = [left, null];
      for (const wall of around) {
        const towards = wall.across * velocity[0] + wall.up * velocity[1];
        const until = towards > 0 ? Math.max(0, -beyond(wall, position)) / towards : Infinity;
        if (until < first) [first, hit] = [until, wall];
      }
      position = position.map((number, axis) => number + first * velocity[axis]);
      leg.push(position);
      if (!hit) break;
      const towards = hit.across * velocity[0] + hit.up * velocity[1];
      velocity = [velocity[0] - 2 * towards * hit.across, velocity[1] - 2 * towards * hit.up];
      left -= first;
    }
    positions.push(position);
    legs.push(leg);
  }
  return { positions, legs };
}

/** Where a flight is at a moment between two steps. */
export function at({ positions, legs }, moment) {
  const step = Math.floor(moment);
  if (step >= legs.length) return positions.at(-1);
  let left = (moment - step) * STEP;
  for (let corner = 1; corner < legs[step].length; corner++) {
    const [[x, y], [nextX, nextY]] = legs[step].slice(corner - 1, corner + 1);
    const length = Math.hypot(nextX - x, nextY - y);
    if (left <= length && length) return [x + (left / length) * (nextX - x), y + (left / length) * (nextY - y)];
    left -= length;
  }
  return positions[step + 1];
}
