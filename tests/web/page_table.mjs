/* Uses the page's tab of tables as visitors do, by mouse, by keys alone and by touch, and prints what it saw as JSON.

   node page_table.mjs SITE/index.html TABLES.json       of { name: { text, query } }, what is pasted one after the other */

import { readFile } from "node:fs/promises";
import { openVisits } from "./visits.mjs";
import { readContrast, readTable, unlabelled } from "./page_readings.mjs";

const [file, tables] = [process.argv[2], JSON.parse(await readFile(process.argv[3], "utf-8"))];
const { visit, settled, seen, hosted, local, close } = await openVisits(file, "#table");

const after = async (page, action) => {
  await action;
  await settled(page);
  return page.evaluate(readTable);
};

/** What a button gives the visitor: the name of the file and its bytes in base64. */
async function downloaded(page, id) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(id)]);
  return { name: download.suggestedFilename(), bytes: (await readFile(await download.path())).toString("base64") };
}

const files = async (page) => ({ model: await downloaded(page, "#table-download"), columns: await downloaded(page, "#table-download-columns") });

async function byMouse() {
  const page = await visit(hosted, { viewport: { width: 1200, height: 900 }, colorScheme: "light" });
  const birds = { ...(await page.evaluate(readTable)), ...(await files(page)) };
  const contrast = [await page.evaluate(readContrast)];
  const pasted = {};
  for (const [name, { text, query }] of Object.entries(tables)) {
    await page.fill("#table-query", query);
    pasted[name] = { ...(await after(page, page.fill("#table-text", text))), ...(await files(page)) };
  }
  await page.evaluate(() => (globalThis.hints = []) && new MutationObserver(() => hints.push(document.getElementById("table-hint").textContent))
    .observe(document.getElementById("table-hint"), { childList: true }));
  const flats = { ...(await after(page, page.click("#table-flats"))), ...(await files(page)) };
  const hints = await page.evaluate(() => hints);
  const chosen = await after(page, page.selectOption("#table-label", "district"));
  const asNumbers = await after(page, page.selectOption("#table-wanted", "numbers"));
  await after(page, page.click("#table-flats"));
  const wrongQuery = await after(page, page.fill("#table-query", "area_m2\nlarge\n"));
  await after(page, page.click("#table-birds"));
  const changed = await after(page, page.fill("#table-text", "a,k\n1,u\n2,v\n3,u\n4,v\n").then(() => page.fill("#table-query", "a,more\n2.5,x\n")));
  const wrong = await after(page, page.fill("#table-text", "name,k\nann,u\nbob,v\ncem,u\ndan,v\n"));
  contrast.push(await page.evaluate(readContrast));
  const empty = await after(page, page.fill("#table-text", ""));
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("#table-open")]);
  const give = async (name, buffer) => {
    await chooser.setFiles({ name, mimeType: "text/csv", buffer });
    await page.waitForFunction(() => !document.getElementById("table-file").value);
    return after(page);
  };
  const opened = await give("mine.csv", Buffer.from("\ufeffa;k\n1,5;u\n2,5;v\n3;u\n4;v\n", "utf-8"));
  const badFile = await give("latin.csv", Buffer.from([97, 10, 233, 10]));
  const withThreshold = await page.evaluate(async () => {
    (await zoo.table.learners.classes).facts.ood_threshold = 1.25;
    return btoa(String.fromCharCode(...await zoo.table.model()));
  });
  await page.context().close();
  return { withThreshold, birds, pasted, flats, hints, chosen, asNumbers, wrongQuery, changed, wrong, empty, opened, badFile, contrast };
}

async function byKeys() {
  const page = await visit(hosted.replace(/#.*/, ""), { viewport: { width: 900, height: 800 }, colorScheme: "dark" });
  const stops = [];
  const walkTo = async (id) => {
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press("Tab");
      const focus = await page.evaluate(() => ({ name: document.activeElement.id, visible: getComputedStyle(document.activeElement).outlineStyle !== "none" }));
      stops.push(focus);
      if (focus.name === id) return;
    }
    throw new Error(`Tab does not reach ${id}`);
  };
  const tabs = [];
  await walkTo("tab-wave");
  for (const key of ["ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight"]) {
    await page.keyboard.press(key);
    await settled(page);
    tabs.push(await page.evaluate(() => [document.activeElement.id, document.querySelector("[role=tabpanel]:not([hidden])").id]));
  }
  await walkTo("table-text");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("a,b,k\n1,x,u\n2,y,v\n3,x,u\n4,y,v\n");
  const typed = await after(page);
  await page.waitForTimeout(450);
  const said = await page.textContent("#live");
  await walkTo("table-label");
  await page.keyboard.press("a");
  const label = await after(page);
  await walkTo("table-download");
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  const contrast = [await page.evaluate(readContrast)];
  await page.context().close();
  return { tabs, typed, said, label, downloaded: download.suggestedFilename(), stops, contrast };
}

/** On a phone, opened from its disk. */
async function byTouch() {
  const page = await visit(local, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
  const first = await page.evaluate(readTable);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  for (const summary of await page.$$("#table summary")) await summary.tap();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  const small = await page.evaluate(() => [...document.querySelectorAll("button, select, summary")]
    .filter((part) => part.offsetParent && part.getBoundingClientRect().height < 24).map((part) => part.id || part.textContent));
  const nameless = await page.evaluate(unlabelled, "#table");
  await page.context().close();
  return { first, widths: [width, wide], small, nameless };
}

try {
  console.log(JSON.stringify({ mouse: await byMouse(), keys: await byKeys(), touch: await byTouch(), ...seen() }));
} finally {
  await close();
}
