// A line of JSON in, a line of JSON out, until the input ends: how Python drives the scripts of this folder.

import { createInterface } from "node:readline";

/** Answer every line of standard input; what `answer` throws becomes {"error": its message}. */
export async function answerLines(answer) {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (!line.trim()) continue;
    let said;
    try {
      said = await answer(JSON.parse(line));
    } catch (error) {
      said = { error: String(error?.message ?? error) };
    }
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
}
