// A headless Chromium from the npm registry, and a page of it that notes every request that would leave this machine.

import chromium from "@sparticuz/chromium";
import { chromium as playwright } from "playwright-core";

/** Start the browser; close it when done. */
export async function openBrowser() {
  return playwright.launch({ executablePath: await chromium.executablePath(), args: chromium.args, headless: true });
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
