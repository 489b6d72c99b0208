/* Learning a room: from windows of flights to the path ahead, step after step, and the influence of each window. */

import { Learner, floats, support, whole } from "./runtime.js";
import { HISTORY } from "./ball_state.js";

export class BallLearning {
  static async load() {
    const learning = new BallLearning(await Learner.load("mela_bouncing_ball", ["rollout", "influence"]));
    await learning.learn([{ x: [0.3, 0.3, 0.4, 0.3, 0.5, 0.3], y: [0.6, 0.3] }], [[0.3, 0.3], [0.4, 0.3], [0.5, 0.3]], 1);
    learning.learner.warmed();
    return learning;
  }

  constructor(learner) {
    this.learner = learner;
  }

  /** windows: [{ x, y }]; latest: the last three positions seen. Gives the path ahead and the influence of each window. */
  async learn(windows, latest, steps) {
    const known = support(windows.flatMap(({ x }) => x), windows.flatMap(({ y }) => y), 2 * HISTORY, 2);
    const query = latest.flat();
    const { path } = await this.learner.run("rollout", { ...known, query_x: floats(query, 1, 1, 2 * HISTORY), steps: whole(steps) });
    const { influence } = await this.learner.run("influence", known);
    const pairs = Array.from({ length: steps }, (_, at) => [path[2 * at], path[2 * at + 1]]);
    return { windows, query, path: pairs, influence, milliseconds: this.learner.milliseconds("rollout") };
  }
}
