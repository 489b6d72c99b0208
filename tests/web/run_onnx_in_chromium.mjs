// Run ONNX models by onnxruntime-web in headless Chromium: as run_onnx_in_node.mjs, for models below one folder, served locally.
// Every answer holds "external", the addresses outside this machine that the page has asked for.
//
//     node tests/web/run_onnx_in_chromium.mjs FOLDER < jobs.jsonl

import path from "node:path";
import { fileURLToPath } from "node:url";

import { openBrowser, openPage } from "./browser.mjs";
import { answerLines } from "./lines.mjs";
import { serveFolders } from "./static_server.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const models = path.resolve(process.argv[2]);
const server = await serveFolders({ "/": here, "/models/": models });
const browser = await openBrowser();
const { page, external } = await openPage(browser, server.origin);
await page.goto(`${server.origin}/onnx_page.html`);
await page.waitForFunction(() => "runOnnx" in window);

await answerLines(async (job) => {
  const elsewhere = /^https?:/.test(job.model);
  const model = elsewhere ? job.model : `models/${path.relative(models, path.resolve(job.model))}`;
  const run = page.evaluate((each) => window.runOnnx(each), { ...job, model });
  return { ...(await run.catch((error) => ({ error: error.message }))), external };
});
await browser.close();
await server.close();
process.exit(0);
