/* Learning symbols: one pass over all drawings makes the task, and another tells what a new drawing is. */

import { SIZE } from "./draw_pen.js";
import { support, tones } from "./draw_state.js";
import { Learner, floats, unpack, whole } from "./runtime.js";
import { taskModel } from "./table_onnx.js";

const SHAPE = [SIZE, SIZE, 1];

export class DrawLearning {
  static async load(name, facts) {
    const learning = new DrawLearning(await Learner.load(name, ["adapt", "apply"]), facts);
    learning.template = await unpack(`payload-${name}-task`);
    const blank = new Uint8Array(SIZE * SIZE);
    await learning.answer(await learning.learn([{ name: "", pictures: [blank] }]), blank); // the first passes prepare memory
    learning.learner.warmed();
    return learning;
  }

  constructor(learner, facts) {
    Object.assign(this, { learner, facts });
  }

  /** The task of classes [{ name, pictures }]. */
  async learn(classes) {
    const { x, y, rows, ways } = support(classes);
    const given = { support_x: floats(x, 1, rows, ...SHAPE), support_y: floats(y, 1, rows, ways), support_size: whole(rows) };
    const tensors = await this.learner.tensors("adapt", given);
    const bytes = Object.values(tensors).reduce((total, { data }) => total + data.byteLength, 0);
    return { tensors, classes: classes.map(({ name }) => name), rows, bytes, milliseconds: this.learner.times.adapt.at(-1) };
  }

  /** What a task says of a picture: probabilities, the out-of-distribution score, and whether it is none of the classes. */
  async answer({ tensors }, bytes) {
    const { prediction } = await this.learner.run("apply", { ...tensors, query_x: floats(tones(bytes), 1, 1, ...SHAPE) });
    const logits = Array.from(prediction);
    const top = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const { ood_threshold: threshold } = this.facts;
    return {
      logits,
      probabilities: powers.map((power) => power / total),
      best: logits.indexOf(top),
      score: -top,
      none: threshold !== null && -top > threshold,
      milliseconds: this.learner.times.apply.at(-1),
    };
  }

  /** The task as a file of ONNX, with the names of its classes. */
  model({ tensors, classes }) {
    const { ood_threshold: threshold } = this.facts;
    const names = this.learner.inputs("apply").filter((name) => name in tensors);
    const given = Object.fromEntries(names.map((name) => [name, tensors[name]]));
    return taskModel(this.template, given, {
      classes: JSON.stringify(classes),
      ...(threshold === null ? {} : { ood_threshold: String(threshold) }),
    });
  }
}
