/* Draws symbols on the page as visitors do, by mouse, pen, keys alone and touch, and prints what it saw as JSON.

   node page_draw.mjs SITE/index.html EPISODES.json       of [{ classes: [{ name, drawings }], query: strokes }] to replay */

import { readFile } from "node:fs/promises";
import { openVisits } from "./visits.mjs";
import { readContrast, readDraw, unlabelled } from "./page_readings.mjs";

const episodes = JSON.parse(await readFile(process.argv[3], "utf-8"));
const { visit, settled, seen, hosted, local, close } = await openVisits(process.argv[2], "#draw");

const after = async (page, action) => {
  await action;
  await settled(page);
  return page.evaluate(readDraw);
};

/** Draw a line by mouse on the pad that a selector finds, from one place to another, in shares of the pad. */
async function line(page, selector, [from, to], at = 0) {
  const box = await page.locator(selector).nth(at).boundingBox();
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 });
  await page.mouse.up();
}

async function replayed(page) {
  const answers = [];
  for (const { classes, query } of episodes) {
    answers.push(await after(page, page.evaluate(([classes, query]) => {
      zoo.draw.begin(classes);
      zoo.draw.pad.give(query);
    }, [classes, query])));
  }
  return answers.map(({ classes, answer, rows, seen }) => ({ classes, answer, rows, seen }));
}

async function byMouse() {
  const page = await visit(hosted, { viewport: { width: 1200, height: 900 }, colorScheme: "light" });
  const first = await page.evaluate(readDraw);
  const drawn = await after(page, line(page, "#draw-query canvas", [[0.25, 0.5], [0.75, 0.5]]));
  const left = await after(page, line(page, "#draw-query canvas", [[0.5, 0.5], [1.4, -0.2]])); // leaves the pad
  const contrast = [await page.evaluate(readContrast)];
  const undone = await after(page, page.click("#draw-undo"));
  const renamed = await after(page, page.locator("#draw-symbols input").first().fill("smile"));
  const twins = await after(page, page.locator("#draw-symbols input").nth(1).fill("smile"));
  const more = await after(page, page.locator("#draw-symbols .more").first().click());
  const second = await after(page, line(page, "#draw-symbols canvas", [[0.2, 0.2], [0.8, 0.8]], 1));
  const less = await after(page, page.locator("#draw-symbols .delete").first().click());
  const gone = await after(page, page.locator("#draw-symbols li > :first-child button").nth(1).click());
  const added = await after(page, page.click("#draw-add"));
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#draw-download")]);
  const model = { name: download.suggestedFilename(), bytes: (await readFile(await download.path())).toString("base64") };
  const atDownload = await page.evaluate(readDraw);
  const threshold = (number) => page.evaluate((number) => {
    const { facts } = zoo.draw.learning;
    const before = facts.ood_threshold;
    facts.ood_threshold = number;
    zoo.draw.done = -1; // so that it is told anew
    return before;
  }, number);
  const usual = await threshold(0);
  const stranger = await after(page);
  await threshold(usual);
  const full = await after(page, page.evaluate(() => {
    for (let many = 0; many < 30; many++) document.getElementById("draw-add").click();
    for (let many = 0; many < 9; many++) document.querySelector("#draw-symbols .more")?.click();
  }));
  const empty = await after(page, page.click("#draw-empty"));
  const cleared = await after(page, page.click("#draw-example"));
  const episodesSeen = await replayed(page);
  await page.context().close();
  return { first, drawn, left, undone, renamed, twins, more, second, less, gone, added, model, atDownload, stranger, full, empty, cleared, episodes: episodesSeen, contrast };
}

/** A pen that is pressed while a finger is down, and one that is taken away by the system. */
async function byPen() {
  const page = await visit(local, { viewport: { width: 820, height: 1100 }, deviceScaleFactor: 2, colorScheme: "dark" });
  const pixels = await page.evaluate(() => {
    const canvas = document.querySelector("#draw-query canvas");
    return { own: canvas.width, shown: canvas.clientWidth };
  });
  const drawn = await after(page, page.evaluate(() => {
    const canvas = document.querySelector("#draw-query canvas");
    canvas.setPointerCapture = () => {}; // only a real pointer can be captured
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const send = (type, pointerId, x, y) => canvas.dispatchEvent(new PointerEvent(type, {
      pointerId, pointerType: "pen", clientX: left + x * width, clientY: top + y * height, bubbles: true, cancelable: true,
    }));
    send("pointerdown", 7, 0.25, 0.25);
    send("pointerdown", 8, 0.9, 0.9);
    send("pointermove", 8, 0.8, 0.9);
    send("pointermove", 7, 0.5, 0.75);
    send("pointerup", 8, 0.8, 0.9);
    send("pointercancel", 7, 0.5, 0.75);
  }));
  const contrast = [await page.evaluate(readContrast)];
  await page.context().close();
  return { pixels, drawn, contrast };
}

async function byKeys() {
  const page = await visit(hosted.replace(/#.*/, ""), { viewport: { width: 900, height: 800 }, colorScheme: "dark" });
  const stops = [];
  const walkTo = async (label) => {
    for (let step = 0; step < 40; step++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => ({
        name: document.activeElement.getAttribute("aria-label") || document.activeElement.id,
        visible: getComputedStyle(document.activeElement).outlineStyle !== "none",
      }));
      stops.push(focus);
      if (focus.name === label) return;
    }
    throw new Error(`Tab does not reach ${label}`);
  };
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await walkTo("tab-wave");
  await press("ArrowLeft", "ArrowLeft");
  await settled(page);
  await walkTo("What is to be told");
  const drawn = await after(page, press("ArrowLeft", "Enter", "ArrowDown", "Shift+ArrowRight", " "));
  const said = await page.waitForTimeout(450).then(() => page.textContent("#live"));
  const undone = await after(page, press("Backspace"));
  await press("Enter", "ArrowUp", "Enter");
  const cleared = await after(page, press("Delete"));
  await walkTo("Drawing 1 of heart");
  const support = await after(page, press("Enter", "Shift+ArrowUp", "Enter"));
  await walkTo("Another drawing of heart");
  const more = await after(page, press("Enter"));
  const half = await after(page, press("Enter", "ArrowUp", "Tab")); // the pen is down when the pad is left
  await page.context().close();
  return { drawn, said, undone, cleared, support, more, half, stops };
}

/** On a phone, opened from its disk. */
async function byTouch() {
  const page = await visit(local, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const widths = [await page.evaluate(() => document.documentElement.scrollWidth)];
  const tapped = await after(page, page.tap("#draw-query canvas"));
  for (const summary of await page.$$("#draw summary")) await summary.tap();
  widths.push(await page.evaluate(() => document.documentElement.scrollWidth));
  const small = await page.evaluate(() => [...document.querySelectorAll("button, summary")]
    .filter((part) => part.offsetParent && part.getBoundingClientRect().height < 24).map((part) => part.id || part.textContent));
  const nameless = await page.evaluate(unlabelled, "#draw");
  await page.context().close();
  return { tapped, widths, small, nameless };
}

try {
  console.log(JSON.stringify({ mouse: await byMouse(), pen: await byPen(), keys: await byKeys(), touch: await byTouch(), ...seen() }));
} finally {
  await close();
}
