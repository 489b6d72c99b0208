/* Gradient steps on the wave, MeLA and MAML side by side: the switch, the slider, and how wrong each of the two is. */

import { byId, set, shown } from "./dom.js";
import { curveX, onCurve } from "./wave_learning.js";

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Mean squared error of a curve on a hidden wave. */
export const wrong = (curve, wave) => mean(curveX.map((x, at) => (curve[at] - wave.at(x)) ** 2));

/** Mean squared error of a curve on the points that it was learned from. */
const missed = (curve, points) => mean(points.map(({ x, y }) => (onCurve(curve, x) - y) ** 2));

const digits = (number) => (Number.isFinite(number) ? number.toPrecision(2) : "–");

export class WaveSteps {
  /** wave: change, as the demo gives it; state: its WaveState. */
  constructor(wave, state) {
    this.state = state;
    byId("wave-compare").addEventListener("change", ({ target }) =>
      wave.change(() => (state.compared = target.checked), target.checked ? "MAML beside it." : "MeLA alone, without a step."));
    byId("wave-steps").addEventListener("input", ({ target }) => wave.change(() => (state.steps = Number(target.value)), ""));
    byId("wave-steps").value = state.steps;
  }

  /** What there is to say of the two; nothing while they are not compared. */
  said(learned) {
    if (!learned.beside) return "";
    const [mela, maml] = [learned.curve, learned.beside].map((curve) => digits(missed(curve, learned.points)));
    return `After ${learned.steps} gradient steps the mean squared error on the examples is ${mela} for MeLA and ${maml} for MAML.`;
  }

  /** The slider and the errors of the two after its steps. */
  show(learned) {
    const { state } = this;
    byId("wave-compare").checked = state.compared;
    byId("wave-steps-count").textContent = shown(state.steps, 0);
    set(byId("wave-mela-legend"), { text: state.compared ? "MeLA" : "learned from them" });
    for (const id of ["wave-compared", "wave-maml-legend"]) byId(id).hidden = !state.compared;
    const curves = learned?.beside && state.points.length ? [["MeLA", learned.curve], ["MAML", learned.beside]] : [];
    const open = state.hidden && state.revealed;
    byId("wave-errors-wave").hidden = !open;
    byId("wave-errors").replaceChildren(...curves.map(([name, curve]) => {
      const row = document.createElement("tr");
      for (const text of [name, digits(missed(curve, learned.points)), ...(open ? [digits(wrong(curve, state.hidden))] : [])]) {
        row.insertCell().textContent = text;
      }
      return row;
    }));
  }
}
