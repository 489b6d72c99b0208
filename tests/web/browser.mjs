// A headless Chromium from the npm registry, and a page of it that notes every request that would leave this machine.

import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

/** Start the browser; close it when done. */
export async function openBrowser() {
  // Few calls of many models: WebAssembly is compiled once and not again for speed, but where calls are timed.
  const args = process.env.ZOO_COMPILE_ONCE ? [...chromium.args, "--js-flags=--liftoff-only"] : chromium.args;
  return playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
}

/** Open a page that may talk to `origin` only; resolves to {page, external}, the addresses it asked for in vain. */
export async function openPage(browser, origin, options = {}) {
  const context = await browser.newContext(options);
  const external = [];
  await context.route("**/*", (route) => {
    const address = route.request().url();
    if (address.startsWith(`${origin}/`)) return route.continue();
    external.push(address);
    return route.abort();
  });
  return { page: await context.newPage(), external };
}
