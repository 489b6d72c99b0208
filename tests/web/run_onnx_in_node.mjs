// Run ONNX models by onnxruntime-web under Node: jobs of onnx_job.mjs on standard input, one a line, answers on standard output.
//
//     node tests/web/run_onnx_in_node.mjs < jobs.jsonl

import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";

import * as ort from "onnxruntime-web/wasm";

import { answerLines } from "./lines.mjs";
import { runJob } from "./onnx_job.mjs";

if (process.env.ZOO_COMPILE_ONCE) setFlagsFromString("--liftoff-only"); // see browser.mjs
ort.env.wasm.numThreads = 1;
const sessions = new Map();
const open = async (model) => ort.InferenceSession.create(await readFile(model));

await answerLines((job) => runJob(ort, sessions, open, job));
process.exit(0);
