// Visits to the built page in headless Chromium, hosted and from the disk, with the network cut; all that it asks for is noted.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

/**
 * Host the page `file`, and start the browser.
 * Gives { visit(address, options), settled(page), seen(), hosted, local, close() }; `hash` names the tab that is shown.
 */
export async function openVisits(file, hash = "") {
  const asked = []; // of the host
  const host = createServer(async (request, response) => {
    asked.push(request.url);
    if (request.url !== "/some/where/") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html" }).end(await readFile(file));
  });
  await new Promise((ready) => host.listen(0, "127.0.0.1", ready));
  const [hosted, local] = [`http://127.0.0.1:${host.address().port}/some/where/`, pathToFileURL(file).href];

  // The package's own flags draw by a slow imitation of a GPU, and switch off what guards a page from others' content.
  const args = ["--no-sandbox", "--no-zygote", "--disable-gpu", "--js-flags=--liftoff-only"];
  const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args });
  const requests = [];
  const complaints = [];

  async function settled(page) {
    await page.waitForFunction(() => globalThis.zoo);
    await page.evaluate(() => zoo.settled());
  }

  /** Open the page, cut the network, and wait until it has learned. */
  async function visit(address, options) {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(120_000); // a shared machine may stall
    const page = await context.newPage();
    page.on("request", (request) => requests.push(request.url().split(/[?#]/)[0].replace(/^(data:|blob:).*/, "$1")));
    page.on("console", (message) => ["error", "warning"].includes(message.type()) && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(address);
    await context.setOffline(true);
    await settled(page);
    return page;
  }

  const close = async () => {
    await browser.close();
    host.close();
  };
  const seen = () => ({ requests, complaints, asked, hosted, file: local });
  return { visit, settled, seen, hosted: hosted + hash, local: local + hash, close };
}
