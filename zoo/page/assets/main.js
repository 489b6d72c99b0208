/* Starts the page: tabs, WebAssembly, and the demo of the tab that is shown; the others when they are first looked at. */

import { BallDemo } from "./ball.js";
import { BanditDemo } from "./bandit.js";
import { byId, set, trouble } from "./dom.js";
import { DrawDemo } from "./draw.js";
import { start } from "./runtime.js";
import { TableDemo } from "./table.js";
import { WaveDemo } from "./wave.js";

const NAMES = ["wave", "ball", "table", "draw", "bandit"];

const facts = JSON.parse(byId("facts").textContent);
const demos = {
  wave: new WaveDemo(facts.learners.mela_sinusoid),
  ball: new BallDemo(facts.learners.mela_bouncing_ball),
  table: new TableDemo(facts),
  draw: new DrawDemo(facts.drawings, facts.learners[facts.drawings]),
  bandit: new BanditDemo(...Object.entries(facts.agents)[0]),
};
const started = start();
const loading = {};

function show(name) {
  for (const each of NAMES) {
    set(byId(`tab-${each}`), { "aria-selected": String(each === name), tabindex: each === name ? 0 : -1 });
    byId(each).hidden = each !== name;
  }
  if (name !== "ball") demos.ball.stop();
  loading[name] ??= started.then(() => demos[name].load()).catch(trouble);
}

/** Name the tab in the address, for links and for reloading. */
function nameInAddress(name) {
  try {
    history.replaceState(null, "", `#${name}`);
  } catch {
    // A page opened from a phone's files may not change its address, and does without.
  }
}

for (const name of NAMES) {
  byId(`tab-${name}`).addEventListener("click", () => {
    nameInAddress(name);
    show(name);
  });
}
document.querySelector(".tabs").addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const shownAt = NAMES.findIndex((name) => !byId(name).hidden);
  const other = NAMES.at((shownAt + step) % NAMES.length);
  byId(`tab-${other}`).focus();
  byId(`tab-${other}`).click();
});
const chosen = () => (NAMES.includes(location.hash.slice(1)) ? location.hash.slice(1) : "wave");
addEventListener("hashchange", () => show(chosen()));
show(chosen());

const carried = [...Object.keys(facts.learners), ...Object.keys(facts.agents)].join(", ");
byId("about").textContent = `Made by zoo ${facts.zoo} from ${carried}, run by onnxruntime-web ${facts.runtime}.`;

/** For tests and the curious: the demos, and a promise for when what is shown has been learned. */
globalThis.zoo = {
  ...demos,
  settled: () => Promise.all(Object.entries(loading).map(([name, loaded]) => loaded.then(() => demos[name].request()))),
};
