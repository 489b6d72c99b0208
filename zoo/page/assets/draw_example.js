/* Three symbols to begin with, made by formulas: a face, a heart and a star. */

import { units } from "./draw_pen.js";

const path = (count, at) => Array.from({ length: count + 1 }, (_, step) => at(step / count).map(units));
const arc = (x, y, radius, from, to, count = 24) =>
  path(count, (share) => {
    const angle = 2 * Math.PI * (from + share * (to - from));
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });

const face = () => [arc(0.5, 0.5, 0.34, 0.75, 1.75, 40), [[units(0.38), units(0.42)]], [[units(0.62), units(0.42)]], arc(0.5, 0.5, 0.19, 0.05, 0.45)];

const heart = () => [
  path(40, (share) => {
    const angle = 2 * Math.PI * share;
    const [x, y] = [16 * Math.sin(angle) ** 3, 13 * Math.cos(angle) - 5 * Math.cos(2 * angle) - 2 * Math.cos(3 * angle) - Math.cos(4 * angle)];
    return [0.5 + 0.021 * x, 0.47 - 0.021 * y];
  }),
];

const star = () => [path(5, (share) => {
  const angle = 2 * Math.PI * (2 * share - 0.25);
  return [0.5 + 0.36 * Math.cos(angle), 0.53 + 0.36 * Math.sin(angle)];
})];

/** The classes: [{ name, drawings: [strokes] }]. */
export const example = () => [
  { name: "face", drawings: [face()] },
  { name: "heart", drawings: [heart()] },
  { name: "star", drawings: [star()] },
];
