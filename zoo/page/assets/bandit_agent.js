/* The agent that plays bandits: an exported policy, whose memory goes in and comes out with every pull. */

import { Learner, floats, whole } from "./runtime.js";

export class BanditAgent {
  static async load(name) {
    const agent = new BanditAgent(await Learner.load(name, ["reset", "act"]));
    await agent.act(await agent.begin(), 0, 0);
    agent.policy.warmed();
    return agent;
  }

  constructor(policy) {
    this.policy = policy;
  }

  /** The memory of one who has seen nothing. */
  async begin() {
    return remembered(await this.policy.tensors("reset", { observation: whole(0) }));
  }

  /** Choose a machine, and remember; reward: of the pull before, 0 at first; luck: from 0 to 1, decides by the probabilities. */
  async act(memory, reward, luck) {
    const told = { observation: whole(0), reward: floats([reward], 1), done: floats([1], 1), luck: floats([luck], 1) };
    const found = await this.policy.tensors("act", { ...told, ...memory });
    return { machine: found.action.data[0], probabilities: Array.from(found.probabilities.data), memory: remembered(found) };
  }

  get milliseconds() {
    return this.policy.milliseconds("act");
  }
}

/** What comes out of a step as `next_…` goes into the one after it as `last_…`. */
function remembered(tensors) {
  const kept = Object.entries(tensors).filter(([name]) => name.startsWith("next_"));
  return Object.fromEntries(kept.map(([name, tensor]) => [name.replace("next_", "last_"), tensor]));
}
