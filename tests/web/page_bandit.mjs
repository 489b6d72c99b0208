/* Plays bandits on the page as visitors do, by mouse, by keys alone and by touch, and prints what it saw as JSON.

   node page_bandit.mjs SITE/index.html */

import { openVisits } from "./visits.mjs";
import { readBandit, readContrast, unlabelled } from "./page_readings.mjs";

const { visit, settled, seen, hosted, local, close } = await openVisits(process.argv[2], "#bandit");

const after = async (page, action) => {
  await action;
  await settled(page);
  return page.evaluate(readBandit);
};
const said = (page) => page.waitForTimeout(450).then(() => page.textContent("#live"));

async function byMouse() {
  const page = await visit(hosted, { viewport: { width: 1200, height: 900 }, colorScheme: "light" });
  const first = await page.evaluate(readBandit);
  const once = await after(page, page.click("#bandit-machine-3"));
  // Faster than the agent: what it does must not depend on when it is asked.
  const fast = await after(page, page.evaluate(() => {
    for (let pull = 0; pull < 40; pull++) document.getElementById(`bandit-machine-${1 + (pull % 5)}`).click();
  }));
  const contrast = [await page.evaluate(readContrast)];
  const over = await after(page, page.evaluate(() => {
    for (let pull = 0; pull < 80; pull++) document.getElementById("bandit-machine-2").click();
  }));
  const overSaid = await said(page);
  contrast.push(await page.evaluate(readContrast));
  const again = await after(page, page.click("#bandit-new"));
  const left = await after(page, page.evaluate(() => {
    document.getElementById("bandit-machine-1").click();
    document.getElementById("bandit-new").click(); // while the agent pulls
    document.getElementById("bandit-machine-4").click();
  }));
  await page.context().close();
  return { first, once, fast, over, overSaid, again, left, contrast };
}

async function byKeys() {
  const page = await visit(hosted.replace(/#.*/, ""), { viewport: { width: 900, height: 800 }, colorScheme: "dark" });
  const stops = [];
  const walkTo = async (id) => {
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => ({ name: document.activeElement.id, visible: getComputedStyle(document.activeElement).outlineStyle !== "none" }));
      stops.push(focus);
      if (focus.name === id) return;
    }
    throw new Error(`Tab does not reach ${id}`);
  };
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  await walkTo("tab-wave");
  const onTab = await after(page, press("ArrowLeft", "1")); // the tabs have keys of their own
  await walkTo("bandit-machine-1");
  const numbers = await after(page, press("2", "2", "5", "7", "0", "x"));
  const numbersSaid = await said(page);
  await walkTo("bandit-machine-4");
  const entered = await after(page, press("Enter"));
  await walkTo("bandit-new");
  const renewed = await after(page, press("n"));
  const renewedSaid = await said(page);
  await press("1");
  await page.evaluate(() => document.getElementById("tab-table").click());
  await page.locator("#table-text").focus();
  const elsewhere = await after(page, page.keyboard.type("12"));
  await page.evaluate(() => document.getElementById("tab-bandit").click());
  const contrast = [await page.evaluate(readContrast)];
  await page.context().close();
  return { numbers, numbersSaid, onTab, entered, renewed, renewedSaid, elsewhere, stops, contrast };
}

/** On a phone, opened from its disk. */
async function byTouch() {
  const page = await visit(local, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const widths = [await page.evaluate(() => document.documentElement.scrollWidth)];
  const tapped = await after(page, page.tap("#bandit-machine-5"));
  for (const summary of await page.$$("#bandit summary")) await summary.tap();
  widths.push(await page.evaluate(() => document.documentElement.scrollWidth));
  const small = await page.evaluate(() => [...document.querySelectorAll("button, summary")]
    .filter((part) => part.offsetParent && part.getBoundingClientRect().height < 24).map((part) => part.id || part.textContent));
  const nameless = await page.evaluate(unlabelled, "#bandit");
  await page.context().close();
  return { tapped, widths, small, nameless };
}

try {
  console.log(JSON.stringify({ mouse: await byMouse(), keys: await byKeys(), touch: await byTouch(), ...seen() }));
} finally {
  await close();
}
