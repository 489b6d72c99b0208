/* The demo of bandits: the visitor pulls machines by pointer or keys, and the agent pulls its own beside, once for every pull. */

import { BanditAgent } from "./bandit_agent.js";
import { BanditState, total } from "./bandit_state.js";
import { BanditView, percent } from "./bandit_view.js";
import { announce, byId, latest, set, shown, time } from "./dom.js";

export class BanditDemo {
  agent = null;

  /** name: of the agent; facts: its machines, the pulls of a game, and what it gains in one on average, beside others. */
  constructor(name, facts) {
    Object.assign(this, { name, facts });
    this.state = new BanditState(facts);
    this.view = new BanditView(byId("bandit-plot"), facts.actions, facts.length, (machine) => this.pull(machine), () => this.draw());
    this.request = latest(() => this.work());
    byId("bandit-new").addEventListener("click", () => this.begin());
    document.addEventListener("keydown", (event) => {
      if (!byId("bandit").hidden && this.press(event)) event.preventDefault();
    });
    byId("bandit-games").textContent = facts.games.toLocaleString("en");
    byId("bandit-averages").replaceChildren(...facts.averages.map(([who, mean]) => row([who, shown(mean, 1)])));
    this.show();
  }

  async load() {
    this.agent = await BanditAgent.load(this.name);
    await this.request();
  }

  /** Let the agent pull as often as the visitor has. */
  async work() {
    const { state, agent } = this;
    while (agent && state === this.state && state.agents.length < state.yours.length) {
      const { length } = state.agents;
      const memory = state.memory ?? (await agent.begin());
      const { machine, ...after } = await agent.act(memory, state.agents.at(-1)?.paid ?? 0, state.choice[length]);
      Object.assign(state, after);
      state.pull(state.agents, machine);
    }
    this.show();
  }

  /** Take a key; whether it meant something here. */
  press(event) {
    if (event.altKey || event.metaKey || event.ctrlKey || event.repeat || event.target.closest?.("input, textarea, select, [role=tab]")) return false;
    const machine = Number(event.key) - 1;
    if (machine in this.state.chances) this.pull(machine);
    else if (event.key.toLowerCase() === "n") this.begin();
    else return false;
    return true;
  }

  pull(machine) {
    const { state } = this;
    if (state.over) return announce(this.outcome);
    const paid = state.pull(state.yours, machine);
    this.show();
    this.request().then(() => state === this.state && announce(state.over ? this.outcome : this.told(machine, paid)));
  }

  begin() {
    this.state = new BanditState(this.facts);
    this.show();
    announce(`New machines. ${this.facts.length} pulls.`);
  }

  told(machine, paid) {
    const { yours, agents, length } = this.state;
    const what = `Machine ${machine + 1} ${paid ? "paid" : "paid nothing"}.`;
    return `${what} You ${total(yours)}, the agent ${total(agents)}; ${length - yours.length} pulls left.`;
  }

  get outcome() {
    const { yours, agents, best, chances } = this.state;
    const highest = Math.max(...chances);
    const knowing = `Machine ${chances.indexOf(highest) + 1}, the best, paid ${percent(highest)} of the time and alone would have gained ${best}.`;
    const [mine, its] = [total(yours), total(agents)];
    const end = mine > its ? "You won" : mine < its ? "The agent won" : "A draw";
    return `${end}: you gained ${mine}, the agent ${its}. ${knowing}`;
  }

  draw() {
    this.view.draw(this.state);
  }

  show() {
    const { state, agent } = this;
    this.draw();
    byId("bandit-hint").textContent = this.hint;
    byId("bandit-you").textContent = total(state.yours);
    byId("bandit-agent").textContent = total(state.agents);
    byId("bandit-left").textContent = state.length - state.yours.length;
    byId("bandit-ms").textContent = agent && state.agents.length ? time(agent.milliseconds) : "–";
    byId("bandit-table").replaceChildren(...this.view.rows(state).map(row));
    set(byId("bandit-new"), { class: state.over ? "main" : false });
  }

  get hint() {
    const { state } = this;
    if (!state.yours.length) return `Each machine pays with a chance of its own. ${state.length} pulls: gain more than the agent.`;
    if (state.agents.length < state.yours.length) return this.agent ? "The agent pulls …" : "Starting WebAssembly …";
    if (state.over) return this.outcome;
    const last = state.agents.at(-1);
    return `${this.told(state.yours.at(-1).machine, state.yours.at(-1).paid)} It pulled machine ${last.machine + 1}.`;
  }
}

function row(texts) {
  const made = document.createElement("tr");
  for (const text of texts) made.insertCell().textContent = text;
  return made;
}
