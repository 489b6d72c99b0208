/* Uses the page that `zoo demo-page` made as visitors do, by mouse, by keys alone and by touch, and prints what it saw as JSON.

   node page.mjs SITE/index.html */

import { readBall, readContrast, readWave, unlabelled } from "./page_readings.mjs";
import { openVisits } from "./visits.mjs";

const { visit, settled, seen, hosted, local, close } = await openVisits(process.argv[2]);

const after = async (page, action, read = readWave) => {
  await action;
  await settled(page);
  return page.evaluate(read);
};

/** Pixels of the window at which a demo shows a place. */
const pixels = (page, demo, place) => page.evaluate(([name, [x, y]]) => {
  const { plot } = zoo[name].view;
  plot.host.scrollIntoView({ block: "center", behavior: "instant" });
  const frame = plot.svg.getBoundingClientRect();
  return [frame.left + plot.px(x), frame.top + plot.py(y)];
}, [demo, place]);

async function drag(page, demo, from, to) {
  await page.mouse.move(...(await pixels(page, demo, from)));
  await page.mouse.down();
  await page.mouse.move(...(await pixels(page, demo, to)), { steps: 4 });
  await page.mouse.up();
}

const said = (page) => page.waitForTimeout(450).then(() => page.textContent("#live"));
const width = (page) => page.evaluate(() => document.documentElement.scrollWidth);

async function byMouse() {
  const page = await visit(hosted, { viewport: { width: 1200, height: 860 }, colorScheme: "light" });
  const click = async (place) => after(page, page.mouse.click(...(await pixels(page, "wave", place))));
  const press = (id, read) => after(page, page.click(id), read);
  const wave = { first: await page.evaluate(readWave), cleared: await press("#wave-clear") };
  for (const place of [[-4, 2.9], [-1.5, -2], [0.5, -1.4]]) await click(place);
  wave.clicked = await click([3, 2.7]);
  wave.dragged = await after(page, drag(page, "wave", [0.5, -1.4], [1, 0.2]));
  wave.undone = await press("#wave-undo");
  wave.target = await after(page, page.fill("#wave-target", "-2.5"));
  wave.answered = await press("#wave-answer");
  wave.removed = await press("#wave-remove");
  const [x, y] = await pixels(page, "wave", [3, 2.7]);
  wave.doubled = await after(page, page.mouse.dblclick(x, y));
  const mark = await page.locator("#wave-plot .wish-mark").boundingBox();
  wave.strip = await after(page, page.mouse.click(mark.x + mark.width / 2 + 40, mark.y + mark.height + 12)); // below the plane
  wave.wished = await after(page, page.mouse.click(mark.x + mark.width / 2, mark.y + mark.height / 2));
  wave.example = await press("#wave-example");
  wave.compared = await press("label:has(#wave-compare)");
  wave.stepped = await after(page, page.fill("#wave-steps", "12"));
  wave.unmoved = await after(page, page.fill("#wave-steps", "0"));
  wave.alone = await press("label:has(#wave-compare)");
  await press("label:has(#wave-hidden)");
  await click([-2, 4]);
  wave.hidden = await click([2, 4]);
  wave.revealed = await press("#wave-reveal");
  wave.besideWave = await press("label:has(#wave-compare)");
  wave.contrast = await page.evaluate(readContrast);

  await press("#tab-ball");
  const ball = { first: await page.evaluate(readBall) };
  await drag(page, "ball", ball.first.start, [0.6, 0.6]);
  await page.waitForFunction(() => zoo.ball.state.seen > 20);
  ball.thrown = await press("#ball-pause", readBall);
  ball.all = await after(page, page.fill("#ball-seen", "100"), readBall);
  ball.again = await press("#ball-throw", readBall);
  await press("#ball-pause", readBall);
  await after(page, page.fill("#ball-seen", "40"), readBall);
  ball.ahead = await after(page, page.fill("#ball-ahead", "20"), readBall);
  ball.corner = await after(page, drag(page, "ball", ball.ahead.room[2], [0.7, 0.72]), readBall);
  ball.held = await after(page, drag(page, "ball", ball.corner.room[0], [0.9, 0.9]), readBall);
  ball.placed = await after(page, page.mouse.click(...(await pixels(page, "ball", [0.5, 0.5]))), readBall);
  ball.room = await press("#ball-room", readBall);
  ball.contrast = await page.evaluate(readContrast);
  await page.context().close();
  return { wave, ball };
}

async function byKeys() {
  const page = await visit(hosted, { viewport: { width: 900, height: 800 }, colorScheme: "dark", reducedMotion: "reduce" });
  const key = (...names) => names.reduce((before, name) => before.then(() => page.keyboard.press(name)), Promise.resolve());
  const walkTo = async (id) => {
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => {
        const focused = document.activeElement;
        const { outlineStyle } = getComputedStyle(focused.nextElementSibling?.matches(".switch span") ? focused.nextElementSibling : focused);
        const ring = focused.querySelector?.(".ring");
        const visible = outlineStyle !== "none" || (ring && getComputedStyle(ring).stroke !== "none");
        return { name: focused.id || focused.dataset.name, visible: Boolean(visible) };
      });
      stops.push(focus);
      if (focus.name === id) return;
    }
    throw new Error(`Tab does not reach ${id}`);
  };
  const stops = [];
  await walkTo("wave-plot");
  const added = await after(page, key("Shift+ArrowRight", "ArrowUp", "ArrowUp", "Enter"));
  const addedSaid = await said(page);
  const moved = await after(page, key("Enter", "ArrowLeft", "ArrowDown", "Enter"));
  await key("ArrowRight");
  const cursorSaid = await said(page);
  const answered = await after(page, key("a"));
  const removed = await after(page, key("n", "Delete"));
  const undone = await after(page, key("Control+z"));
  const contrast = [await page.evaluate(readContrast)];
  await walkTo("wave-target");
  const target = await after(page, key("ArrowLeft", "ArrowLeft"));
  await walkTo("wave-hidden");
  const hidden = await after(page, key("Space"));
  await walkTo("wave-compare");
  await after(page, key("Space"));
  await walkTo("wave-steps");
  await after(page, key("ArrowRight", "ArrowRight", "ArrowLeft"));
  const back = async (id) => {
    while ((await page.evaluate(() => document.activeElement.id)) !== id) await key("Shift+Tab");
  };
  await back("wave-plot");
  const stepped = await after(page, key("Enter"));
  const steppedSaid = await said(page);
  await back("tab-wave");
  await after(page, key("ArrowRight"));
  await walkTo("Lower left corner");
  const corner = await after(page, key("ArrowRight", "Shift+ArrowUp"), readBall);
  await walkTo("Ball");
  const ballMoved = await after(page, key("ArrowUp"), readBall);
  const thrown = await after(page, key("Enter"), readBall);
  const thrownSaid = await said(page);
  contrast.push(await page.evaluate(readContrast));
  await page.context().close();
  return { added, addedSaid, moved, cursorSaid, answered, removed, undone, target, hidden, stepped, steppedSaid, corner, ballMoved, thrown, thrownSaid, stops, contrast };
}

/** On a phone, opened from its disk. */
async function byTouch() {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
  const page = await visit(local, phone);
  const before = await page.evaluate(readWave);
  const tapped = await after(page, page.touchscreen.tap(...(await pixels(page, "wave", [2.5, 1]))));
  const widths = [await width(page)];
  await after(page, page.tap("#tab-ball"));
  widths.push(await width(page));
  await page.tap("#ball-throw");
  await page.waitForFunction(() => zoo.ball.learned?.windows.length > 4);
  const thrown = await after(page, page.tap("#ball-pause"), readBall);
  const small = await page.evaluate(() => [...document.querySelectorAll("button, .switch, summary, input[type=range]")]
    .filter((part) => part.offsetParent && part.getBoundingClientRect().height < 24).map((part) => part.id || part.textContent));
  const nameless = await page.evaluate(unlabelled);
  await page.context().close();
  return { before, tapped, widths, thrown, small, nameless };
}

try {
  console.log(JSON.stringify({ mouse: await byMouse(), keys: await byKeys(), touch: await byTouch(), ...seen() }));
} finally {
  await close();
}
