/* How long the page's tab Draw takes from the end of a stroke to its answer, with one core: milliseconds of headless Chromium.

   taskset -c 0 node benchmarks/draw.mjs SITE/index.html      after `zoo demo-page --out SITE` and `npm ci --prefix tests/web`

The first answer after the page was loaded, with the example's three symbols; then, for more symbols of one drawing each, the
answer after a change of a symbol (all are learned anew) and after another stroke of what is asked: the median of ten. */

import { openVisits } from "../tests/web/visits.mjs";

const TIMES = 10;
const { visit, hosted, close } = await openVisits(process.argv[2], "#draw");

/** Milliseconds of the page from a stroke to the answer that it shows. */
const told = (page, ways, learn) => page.evaluate(async ([ways, learn]) => {
  const stroke = () => Array.from({ length: 9 }, () => [0, 1].map(() => Math.floor(200 + Math.random() * 1280)));
  const classes = Array.from({ length: ways }, (_, each) => ({ name: `symbol ${each}`, drawings: [[stroke()]] }));
  if (ways && learn) zoo.draw.begin(classes);
  const start = performance.now();
  zoo.draw.pad.give([stroke()]);
  await zoo.settled();
  return performance.now() - start;
}, [ways, learn]);

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(0);

try {
  const page = await visit(hosted, { viewport: { width: 1200, height: 900 } });
  console.log(`first answer after loading, 3 symbols: ${(await told(page, 0, false)).toFixed(0)}`);
  for (const ways of [3, 5, 10, 20]) {
    const row = {};
    for (const learn of [true, false]) {
      const times = [];
      for (let time = 0; time < TIMES; time++) times.push(await told(page, ways, learn));
      row[learn ? "learned anew" : "asked again"] = median(times);
    }
    console.log(`${ways} symbols: ${Object.entries(row).map(([what, time]) => `${what} ${time}`).join(", ")}`);
  }
} finally {
  await close();
}
