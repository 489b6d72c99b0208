/* Strokes of a pen as the picture that the learner reads: the same whole numbers as `zoo.datasets.images.strokes`, the same bytes. */

const SIDE = 105; // pixels of the canvas, Omniglot's
const PIXEL = 16; // units of a pixel
const RADIUS = 24; // of the pen, in units
export const UNITS = SIDE * PIXEL; // of a pad; points are whole numbers from 0 to this
export const WIDTH = (2 * RADIUS) / UNITS; // of a line, as a share of the pad
export const SIZE = 28; // pixels of a picture's side

const within = (number, low, high) => Math.min(high, Math.max(low, number));

/** Share of a pad, 0 to 1, as units. */
export const units = (share) => within(Math.round(share * UNITS), 0, UNITS);

/** The picture of strokes [[[x, y], …], …], its ink bright: SIZE * SIZE bytes, rows from above. */
export function picture(strokes) {
  const ink = new Uint8Array(SIDE * SIDE);
  for (const points of strokes) points.forEach((point, at) => touch(ink, points[Math.max(0, at - 1)], point));
  return averaged(ink);
}

/** Ink all pixels whose centre lies within the radius of a segment. */
function touch(ink, [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const [length, near] = [dx * dx + dy * dy, RADIUS * RADIUS];
  const [left, right] = reach(x0, x1);
  const [top, bottom] = reach(y0, y1);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column * PIXEL + PIXEL / 2 - x0, row * PIXEL + PIXEL / 2 - y0];
      const [along, away] = [x * dx + y * dy, x * x + y * y];
      const beside = length > 0 && along >= 0 && along <= length && away * length - along * along <= near * length;
      if (beside || away <= near || away - 2 * along + length <= near) ink[row * SIDE + column] = 1;
    }
  }
}

/** First and last pixel that a segment from one number to another can touch. */
function reach(one, other) {
  const low = Math.floor((Math.min(one, other) - RADIUS) / PIXEL);
  const high = Math.ceil((Math.max(one, other) + RADIUS) / PIXEL);
  return [within(low, 0, SIDE - 1), within(high, 0, SIDE - 1)];
}

/** Averages over areas; a pixel is SIZE parts long, and a square of the picture SIDE of them. */
function averaged(ink) {
  const covered = new Uint32Array(SIZE * SIZE);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      if (!ink[row * SIDE + column]) continue;
      for (const [y, tall] of squares(row)) for (const [x, wide] of squares(column)) covered[y * SIZE + x] += tall * wide;
    }
  }
  return Uint8Array.from(covered, (parts) => Math.floor((2 * 255 * parts + SIDE * SIDE) / (2 * SIDE * SIDE)));
}

/** The squares that a pixel lies in, one or two, and how many of its parts lie in each: [[square, parts], …]. */
function squares(pixel) {
  const [begin, end] = [pixel * SIZE, (pixel + 1) * SIZE];
  const first = Math.floor(begin / SIDE);
  const cut = (first + 1) * SIDE;
  return end <= cut ? [[first, SIZE]] : [[first, cut - begin], [first + 1, end - cut]];
}
