// Draws strokes as the page does, a drawing a line.
//
//     node draw_pen.mjs FOLDER       of the page's modules, beside a package.json that says that they are modules
//     job     {"strokes": [[[x, y], …], …]}
//     answer  {"bytes": of the picture, rows from above}

import path from "node:path";
import { pathToFileURL } from "node:url";
import { answerLines } from "./lines.mjs";

const { picture } = await import(pathToFileURL(path.join(process.argv[2], "draw_pen.js")));

await answerLines(({ strokes }) => ({ bytes: [...picture(strokes)] }));
