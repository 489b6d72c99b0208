/* Visits a page once, and prints as JSON what it asked for and complained of.

   node requests.mjs SITE/index.html */

import { openVisits } from "./visits.mjs";

const { visit, seen, hosted, close } = await openVisits(process.argv[2]);
await visit(hosted);
console.log(JSON.stringify(seen()));
await close();
