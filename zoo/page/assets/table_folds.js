/* Which rows are left out together, and how columns are shuffled: the same for the same table, and bounded in work. */

const ADAPTED = 300_000; // cells of all supports together; seconds on a laptop
const ANSWERED = 4_000_000; // cells of all queries together
const FEWEST = 10; // groups, if there are as many rows
const MOST_REPEATS = 10; // of shuffling a column

/** How many groups of rows are left out, each row alone where that is little work, and how often a column is shuffled. */
export function plan(rows, width, columns) {
  const groups = Math.min(rows, Math.max(FEWEST, Math.floor(ADAPTED / (rows * width))));
  const repeats = Math.min(MOST_REPEATS, Math.max(1, Math.floor(ANSWERED / (rows * width * columns))));
  return { groups, repeats };
}

/** The rows of each group; every class is spread over the groups. */
export function folds({ rows, labels }, groups) {
  const shuffled = order(rows, generator(1));
  const kind = (row) => (labels.classes.length ? labels.y.subarray(row * labels.width, (row + 1) * labels.width).indexOf(1) : 0);
  const sorted = shuffled.map((row) => ({ row, kind: kind(row) })).sort((one, other) => one.kind - other.kind);
  return Array.from({ length: groups }, (_, group) => sorted.filter((__, at) => at % groups === group).map(({ row }) => row).sort((a, b) => a - b));
}

/** Orders in which the rows give their cells to each other. */
export function orders(rows, repeats) {
  return Array.from({ length: repeats }, (_, repeat) => order(rows, generator(100 + repeat)));
}

/** Fisher and Yates' shuffle. */
function order(rows, random) {
  const found = Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [found[last], found[other]] = [found[other], found[last]];
  }
  return found;
}

/** Numbers from 0 to 1 of a seed: mulberry32. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
