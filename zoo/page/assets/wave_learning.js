/* Learning a wave: from points to the generated curve, the influence of each point, and the example asked for next; and the same
   points after gradient steps, beside MAML. */

import { Learner, floats, support, whole } from "./runtime.js";
import { X } from "./wave_state.js";

const CURVE = 201; // places at which the curve is drawn, 0.05 apart
const CANDIDATES = 101; // places that could be asked for, 0.1 apart

const spread = (count) => Array.from({ length: count }, (_, at) => X[0] + ((X[1] - X[0]) * at) / (count - 1));
export const curveX = spread(CURVE);
export const candidateX = spread(CANDIDATES);

export class WaveLearning {
  static async load() {
    const learning = new WaveLearning(await Learner.load("mela_sinusoid", ["fine_tune", "influence", "query_scores"]));
    await learning.learn([{ x: 0, y: 0 }], 0, false);
    learning.learner.warmed();
    return learning;
  }

  constructor(learner) {
    this.learner = learner;
  }

  /** The curve of these points after so many gradient steps, MAML's too if it is compared, and the influence of each point. */
  async learn(points, steps, compared) {
    const known = this.support(points);
    const { prediction } = await this.learner.run("fine_tune", this.stepped(known, steps));
    const { influence } = await this.learner.run("influence", known);
    const beside = compared ? await this.beside(known, steps) : null;
    return { points, steps, curve: prediction, beside, influence, milliseconds: this.learner.milliseconds("fine_tune") };
  }

  /** MAML's curve; its graph is unpacked when it is first asked for. */
  async beside(known, steps) {
    this.maml ??= await Learner.load("maml_sinusoid", ["fine_tune"]);
    const { prediction } = await this.maml.run("fine_tune", this.stepped(known, steps));
    return prediction;
  }

  stepped(known, steps) {
    return { ...known, steps: whole(steps), query_x: floats(curveX, 1, CURVE, 1) };
  }

  /** How much a label at each candidate would tell about the target, and the candidate that would tell most. */
  async ask(points, target) {
    const places = { candidate_x: floats(candidateX, 1, CANDIDATES, 1), target_x: floats([target], 1, 1) };
    const { score, best } = await this.learner.run("query_scores", { ...this.support(points), ...places });
    return { target, scores: score, best: candidateX[best[0]] };
  }

  support(points) {
    return support(points.map(({ x }) => x), points.map(({ y }) => y), 1, 1);
  }
}

/** The curve at any x, between the places where it was computed. */
export function onCurve(curve, x) {
  const place = ((x - X[0]) / (X[1] - X[0])) * (CURVE - 1);
  const left = Math.min(CURVE - 2, Math.max(0, Math.floor(place)));
  return curve[left] + (place - left) * (curve[left + 1] - curve[left]);
}
