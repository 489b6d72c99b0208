/* How long the page's tab Draw takes from the end of a stroke to its answer, with one core: milliseconds of headless Chromium.

   taskset -c 0 node benchmarks/draw.mjs SITE/index.html      after `zoo demo-page --out SITE` and `npm ci --prefix tests/web`

The first answer after the page was loaded, with the example's three symbols; then, for more symbols of one drawing each, the
answer after a change of a symbol (all are learned anew) and after another stroke of what is asked: the median of eleven. Strokes
are drawn from a seed. */

import { openVisits } from "../tests/web/visits.mjs";

const TIMES = 11;
const { visit, hosted, close } = await openVisits(process.argv[2], "#draw");

let seed = 17;
/** A whole number from 200 to 1,479, by Lehmer's generator. */
const drawn = () => 200 + ((seed = (seed * 48271) % 2147483647) % 1280);
const stroke = () => Array.from({ length: 9 }, () => [drawn(), drawn()]);
const symbols = (ways) => Array.from({ length: ways }, (_, each) => ({ name: `symbol ${each}`, drawings: [[stroke()]] }));

/** Milliseconds of the page from a stroke, which follows the change of the symbols if there are new ones, to its answer. */
const told = (page, classes) => page.evaluate(async ([classes, query]) => {
  if (classes) zoo.draw.begin(classes);
  const start = performance.now();
  zoo.draw.pad.give([query]);
  await zoo.settled();
  return performance.now() - start;
}, [classes, stroke()]);

/** The median of several times, in whole milliseconds. */
async function median(measure) {
  const times = [];
  for (let time = 0; time < TIMES; time++) times.push(await measure());
  return times.sort((a, b) => a - b)[(TIMES - 1) / 2].toFixed(0);
}

try {
  const page = await visit(hosted, { viewport: { width: 1200, height: 900 } });
  console.log(`first answer after loading, 3 symbols: ${(await told(page)).toFixed(0)}`);
  for (const ways of [3, 5, 10, 20]) {
    const learned = await median(() => told(page, symbols(ways)));
    console.log(`${ways} symbols: learned anew ${learned}, asked again ${await median(() => told(page))}`);
  }
} finally {
  await close();
}
